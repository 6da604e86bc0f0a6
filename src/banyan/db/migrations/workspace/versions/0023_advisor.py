"""Indexes that administrators asked for (ADR 23)."""

from banyan.db.migrations.scripts import run_script

revision = "0023_advisor"
down_revision = "0022_grams"
branch_labels = None
depends_on = None

TABLES = """
-- `name` is that of the index in this schema; one that goes with its field is gone, whatever stands here.
CREATE TABLE advised_index (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  object_id uuid NOT NULL,
  fields uuid[] NOT NULL,
  name text NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CONSTRAINT ck_advised_index_state
    CHECK (state IN ('waiting', 'making', 'ready', 'failed', 'dropping', 'dropped')),
  progress jsonb NOT NULL DEFAULT '{}',
  error text,
  asked_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz
);
-- The same index is made or stands once.
CREATE UNIQUE INDEX uq_advised_index_name ON advised_index (name) WHERE state NOT IN ('failed', 'dropped');
"""


def upgrade() -> None:
    run_script(TABLES)
