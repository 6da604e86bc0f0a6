"""The registry of workspaces, set-up tokens, search grams and the job queue."""

from importlib import resources

from banyan.db.migrations.scripts import run_script

revision = "0001_control"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
GRANT USAGE ON SCHEMA control TO banyan_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA control GRANT SELECT, INSERT, UPDATE ON TABLES TO banyan_app;

CREATE TABLE control.workspace (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  key text NOT NULL CONSTRAINT uq_workspace_key UNIQUE
    CONSTRAINT ck_workspace_key CHECK (key ~ '^[a-z][a-z0-9_]{0,47}$'),
  schema_name text NOT NULL CONSTRAINT uq_workspace_schema_name UNIQUE,
  name text NOT NULL,
  language text NOT NULL,
  currency text NOT NULL CONSTRAINT ck_workspace_currency CHECK (currency ~ '^[A-Z]{3}$'),
  created_at timestamptz NOT NULL DEFAULT now(),
  set_up_at timestamptz
);

CREATE TABLE control.setup_token (
  token_hash bytea PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT now(),
  used_at timestamptz
);
GRANT DELETE ON control.setup_token TO banyan_app;
"""

# One pass over the characters. Duplicates stay: a GIN index drops them itself, and sorting them out here
# costs two
# thirds more (measured: 100,000 names of 34 characters in 0.9 s, with DISTINCT 1.5 s, with substr() 5 s
# and quadratic
# in the length of the text).
GRAMS = """
CREATE FUNCTION control.bigrams(value text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog
AS $$
DECLARE
  grams text[] := '{}';
  previous text := ' ';
  current text;
BEGIN
  FOREACH current IN ARRAY string_to_array(
    lower(translate(value, E'\\n\\r\\t\\u3000', '    ') COLLATE "pg_c_utf8"), NULL)
  LOOP
    IF current <> ' ' THEN
      IF previous = ' ' THEN
        grams := grams || ('^' || current);
      ELSE
        grams := grams || (previous || current);
      END IF;
    END IF;
    previous := current;
  END LOOP;
  RETURN grams;
END
$$;
COMMENT ON FUNCTION control.bigrams(text) IS
  'Pairs of neighbouring characters of each word, and ^x for its first one; lower case; for GIN indexes.';

CREATE FUNCTION control.search_grams(query text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog
AS $$
DECLARE
  grams text[] := '{}';
  word text;
BEGIN
  FOREACH word IN ARRAY string_to_array(
    lower(translate(query, E'\\n\\r\\t\\u3000', '    ') COLLATE "pg_c_utf8"), ' ')
  LOOP
    IF length(word) = 1 THEN
      grams := grams || ('^' || word);
    ELSIF length(word) > 1 THEN
      grams := grams || (control.bigrams(word))[2:];
    END IF;
  END LOOP;
  RETURN grams;
END
$$;
COMMENT ON FUNCTION control.search_grams(text) IS
  'What bigrams(text) must contain for every word of the query to occur; a word of one character means a
  beginning.';
"""


QUEUE = """
CREATE SCHEMA IF NOT EXISTS banyan_jobs;
GRANT USAGE ON SCHEMA banyan_jobs TO banyan_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA banyan_jobs GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO banyan_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA banyan_jobs GRANT USAGE, SELECT ON SEQUENCES TO banyan_app;
SET LOCAL search_path = banyan_jobs;
"""


def upgrade() -> None:
    run_script(TABLES)
    run_script(GRAMS)
    run_script(QUEUE)
    # The job library's own schema; its names are unqualified and land in banyan_jobs.
    run_script(resources.files("procrastinate.sql").joinpath("schema.sql").read_text(encoding="utf-8"))
    run_script("SET LOCAL search_path = control")
