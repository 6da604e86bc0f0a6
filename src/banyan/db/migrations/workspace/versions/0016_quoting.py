"""Tables of the feature quoting (ADR 18)."""

from banyan.db.migrations.scripts import run_script

revision = "0016_quoting"
down_revision = "0015_held_rules"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE quoting_settings (
  id boolean PRIMARY KEY DEFAULT true CONSTRAINT ck_quoting_settings_one CHECK (id),
  document jsonb NOT NULL,
  version integer NOT NULL DEFAULT 1,
  updated_by uuid,
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- What was sent of a quote, as it was sent.
CREATE TABLE quote_sent (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  quote_id uuid NOT NULL,
  quote_version integer NOT NULL,
  sent_at timestamptz NOT NULL,
  sent_by uuid,
  name text NOT NULL,
  media_type text NOT NULL,
  sha256 bytea NOT NULL CONSTRAINT ck_quote_sent_sha256 CHECK (length(sha256) = 32),
  content bytea NOT NULL
);
CREATE INDEX ix_quote_sent_quote ON quote_sent (quote_id, id DESC);

-- The token is known to whoever was given the link; here lies its hash.
CREATE TABLE quote_link (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  quote_id uuid NOT NULL,
  sent_id uuid,
  token_hash bytea NOT NULL CONSTRAINT uq_quote_link_token UNIQUE,
  language text NOT NULL,
  made_at timestamptz NOT NULL,
  made_by uuid,
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  ended_at timestamptz
);
-- One link of a quote answers at a time: a new one ends the one before.
CREATE UNIQUE INDEX uq_quote_link_open ON quote_link (quote_id) WHERE used_at IS NULL AND ended_at IS NULL;

CREATE TABLE quote_acceptance (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  quote_id uuid NOT NULL CONSTRAINT uq_quote_acceptance_quote UNIQUE,
  link_id uuid,
  answered_at timestamptz NOT NULL,
  answer text NOT NULL CONSTRAINT ck_quote_acceptance_answer CHECK (answer IN ('accepted', 'declined')),
  name text NOT NULL CONSTRAINT ck_quote_acceptance_name CHECK (length(name) BETWEEN 1 AND 200),
  title text CONSTRAINT ck_quote_acceptance_title CHECK (length(title) <= 200),
  reason text CONSTRAINT ck_quote_acceptance_reason CHECK (length(reason) <= 1000),
  address text,
  agent text,
  sha256 bytea,
  signature bytea,
  recorded_by uuid
);
-- What was sent and what was answered is evidence: it is added to and nothing else.
REVOKE UPDATE, DELETE ON quote_sent, quote_acceptance FROM banyan_app;
"""


def upgrade() -> None:
    run_script(TABLES)
