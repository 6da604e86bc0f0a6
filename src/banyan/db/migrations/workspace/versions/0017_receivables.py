"""Tables of the feature receivables (ADR 18)."""

from banyan.db.migrations.scripts import run_script

revision = "0017_receivables"
down_revision = "0016_quoting"
branch_labels = None
depends_on = None

TABLES = """
-- One reconciliation of all money from its rows.
CREATE TABLE receivables_check (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  at timestamptz NOT NULL,
  night date,
  run_by uuid,
  rules integer NOT NULL DEFAULT 0,
  findings integer NOT NULL DEFAULT 0,
  took_ms integer NOT NULL DEFAULT 0
);
-- Two workers may both find that the night's is due: this makes it one.
CREATE UNIQUE INDEX uq_receivables_check_night ON receivables_check (night) WHERE night IS NOT NULL;

-- A record in which what is kept is not what its rows make.
CREATE TABLE receivables_finding (
  check_id uuid NOT NULL REFERENCES receivables_check (id) ON DELETE CASCADE,
  rule text NOT NULL,
  object_id uuid NOT NULL,
  record_id uuid NOT NULL,
  expected numeric,
  found numeric
);
CREATE INDEX ix_receivables_finding_check ON receivables_finding (check_id, rule);
"""


def upgrade() -> None:
    run_script(TABLES)
