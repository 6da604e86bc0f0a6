"""What the search index of records knows a text by: pairs of characters, and of numbers four digits at a time.

A pair of digits stands in every tenth phone number: a search for the end of one read lists of a tenth of the table
each. Four digits stand in one of a thousand.
"""

from banyan.db.migrations.scripts import run_script

revision = "0004_grams"
down_revision = "0003_sandboxes"
branch_labels = None
depends_on = None

GRAMS = """
CREATE FUNCTION control.number_grams(value text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog
AS $$
DECLARE
  grams text[] := '{}';
  run text;
BEGIN
  FOR run IN SELECT (regexp_matches(value, '[0-9]{4,}', 'g'))[1] LOOP
    FOR place IN 1..length(run) - 3 LOOP
      grams := grams || substr(run, place, 4);
    END LOOP;
  END LOOP;
  RETURN grams;
END
$$;

CREATE FUNCTION control.grams(value text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog
AS $$
BEGIN
  IF value ~ '[0-9]{4}' THEN
    RETURN control.bigrams(value) || control.number_grams(value);
  END IF;
  RETURN control.bigrams(value);
END
$$;
COMMENT ON FUNCTION control.grams(text) IS
  'bigrams(text), and every four neighbouring digits; for GIN indexes.';

CREATE FUNCTION control.asked_grams(query text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog
AS $$
DECLARE
  grams text[] := '{}';
  word text;
  outside text;
BEGIN
  FOREACH word IN ARRAY string_to_array(
    lower(translate(query, E'\\n\\r\\t\\u3000', '    ') COLLATE "pg_c_utf8"), ' ')
  LOOP
    IF word ~ '[0-9]{4}' THEN
      -- Pairs within such a run tell nothing beside its fours; those across its ends are kept.
      outside := regexp_replace(word, '([0-9])[0-9]{2,}([0-9])', '\\1 \\2', 'g');
      grams := grams || control.number_grams(word)
        || ARRAY(SELECT gram FROM unnest(control.bigrams(outside)) AS gram WHERE left(gram, 1) <> '^');
    ELSE
      grams := grams || control.search_grams(word);
    END IF;
  END LOOP;
  RETURN grams;
END
$$;
COMMENT ON FUNCTION control.asked_grams(text) IS
  'What grams(text) must contain for every word of the query to occur; a word of one character means a beginning.';
"""


def upgrade() -> None:
    run_script(GRAMS)
