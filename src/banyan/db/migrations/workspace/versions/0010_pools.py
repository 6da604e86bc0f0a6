"""Tables of the feature pools (ADR 17)."""

from banyan.db.migrations.scripts import run_script

revision = "0010_pools"
down_revision = "0009_uploads"
branch_labels = None
depends_on = None

TABLES = """
-- What a pool does, beside its record. `state` is what the passes remember: turns, when they last ran.
CREATE TABLE pool_settings (
  pool_id uuid PRIMARY KEY,
  settings jsonb NOT NULL,
  state jsonb NOT NULL DEFAULT '{}',
  version integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now(),
  updated_by uuid
);

-- Who owned a record from when to when, and how that began and ended.
CREATE TABLE owner_period (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  object_id uuid NOT NULL,
  record_id uuid NOT NULL,
  user_id uuid NOT NULL,
  pool_id uuid,
  from_at timestamptz NOT NULL,
  until_at timestamptz,
  began text NOT NULL,
  began_by uuid,
  ended text,
  ended_by uuid,
  reason text,
  respond_by timestamptz,
  contacted_at timestamptz,
  accepted_at timestamptz,
  escalated_at timestamptz,
  warned_for timestamptz,
  run_id uuid
);
CREATE UNIQUE INDEX uq_owner_period_open ON owner_period (record_id) WHERE until_at IS NULL;
CREATE INDEX ix_owner_period_record ON owner_period (record_id, from_at);
CREATE INDEX ix_owner_period_pool ON owner_period (pool_id, from_at) WHERE pool_id IS NOT NULL;
CREATE INDEX ix_owner_period_user ON owner_period (user_id, from_at) WHERE pool_id IS NOT NULL;
CREATE INDEX ix_owner_period_waiting ON owner_period (respond_by)
  WHERE until_at IS NULL AND contacted_at IS NULL AND escalated_at IS NULL;
CREATE INDEX ix_owner_period_run ON owner_period (run_id) WHERE run_id IS NOT NULL;

-- What somebody asked a pool's managers for: a claim, or more time.
CREATE TABLE pool_request (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  pool_id uuid NOT NULL,
  object_id uuid NOT NULL,
  record_id uuid NOT NULL,
  user_id uuid NOT NULL,
  kind text NOT NULL CONSTRAINT ck_pool_request_kind CHECK (kind IN ('claim', 'extend')),
  state text NOT NULL DEFAULT 'open'
    CONSTRAINT ck_pool_request_state CHECK (state IN ('open', 'granted', 'refused')),
  reason text,
  answer text,
  asked_at timestamptz NOT NULL,
  decided_at timestamptz,
  decided_by uuid
);
CREATE UNIQUE INDEX uq_pool_request_open ON pool_request (record_id, user_id, kind) WHERE state = 'open';
CREATE INDEX ix_pool_request_pool ON pool_request (pool_id, state, asked_at);

-- One line per pass that did something, so that it can be shown and taken back.
CREATE TABLE pool_run (
  id uuid PRIMARY KEY,
  pool_id uuid NOT NULL,
  kind text NOT NULL CONSTRAINT ck_pool_run_kind CHECK (kind IN ('recycle', 'assign')),
  rule text,
  at timestamptz NOT NULL,
  count integer NOT NULL DEFAULT 0,
  undone_at timestamptz,
  undone_by uuid,
  undone integer
);
CREATE INDEX ix_pool_run_pool ON pool_run (pool_id, at DESC);
"""


def upgrade() -> None:
    run_script(TABLES)
