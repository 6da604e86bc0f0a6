"""Tables of what was slow and what failed (ADR 21). Nothing in them says who, or what was written."""

from banyan.db.migrations.scripts import run_script

revision = "0021_observing"
down_revision = "0020_statistics"
branch_labels = None
depends_on = None

TABLES = """
-- Statements that took longer than the threshold. `statement` has `?` for every literal and parameter; `view_id` is the
-- view that the client says it showed, `roles` are keys of the roles held, never the person.
CREATE TABLE slow_statement (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  at timestamptz NOT NULL DEFAULT now(),
  kind text NOT NULL CONSTRAINT ck_slow_statement_kind CHECK (kind IN ('request', 'job')),
  route text NOT NULL,
  object text,
  view_id uuid,
  roles text[] NOT NULL DEFAULT '{}',
  seconds double precision NOT NULL,
  statement text NOT NULL,
  statement_hash text NOT NULL,
  plan_hash text
);
CREATE INDEX ix_slow_statement_at ON slow_statement (at);

-- Why jobs failed: a code, never a message.
CREATE TABLE job_failure (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  at timestamptz NOT NULL DEFAULT now(),
  name text NOT NULL,
  code text NOT NULL
);
CREATE INDEX ix_job_failure_at ON job_failure (at);
"""


def upgrade() -> None:
    run_script(TABLES)
