"""Sealing, search and limits of the audit."""

from banyan.db.migrations.scripts import run_script

revision = "0004_audit"
down_revision = "0003_identity"
branch_labels = None
depends_on = None

# `xact` orders the trail by when it became visible: ids of a transaction that commits late are older than those already
# sealed, its number is never below the oldest one still running. The defaults are stable, so no row is rewritten.
TRAIL = """
ALTER TABLE audit_entry
  ADD COLUMN outcome text NOT NULL DEFAULT 'done'
    CONSTRAINT ck_audit_entry_outcome CHECK (outcome IN ('done', 'denied', 'failed')),
  ADD COLUMN real_user_id uuid,
  ADD COLUMN session text,
  ADD COLUMN object_id uuid,
  ADD COLUMN record_id uuid,
  ADD COLUMN xact xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX ix_audit_entry_xact ON audit_entry (xact, id);
CREATE INDEX ix_audit_entry_actor ON audit_entry (actor_id, id DESC);
CREATE INDEX ix_audit_entry_action ON audit_entry (action, id DESC);
CREATE INDEX ix_audit_entry_record ON audit_entry (record_id, id DESC) WHERE record_id IS NOT NULL;
CREATE INDEX ix_audit_entry_text ON audit_entry
  USING gin (control.bigrams(target::text || ' ' || detail::text));

ALTER TABLE record_history
  ADD COLUMN origin jsonb DEFAULT nullif(current_setting('banyan.origin', true), '')::jsonb,
  ADD COLUMN xact xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX ix_record_history_xact ON record_history (xact, id);
CREATE INDEX ix_record_history_actor ON record_history (actor_id, id DESC);
"""

SEALS = """
CREATE TABLE audit_seal (
  seq bigint PRIMARY KEY CONSTRAINT ck_audit_seal_seq CHECK (seq > 0),
  form smallint NOT NULL,
  at timestamptz NOT NULL,
  from_xact xid8 NOT NULL,
  from_id uuid NOT NULL,
  to_xact xid8 NOT NULL,
  to_id uuid NOT NULL,
  count integer NOT NULL CONSTRAINT ck_audit_seal_count CHECK (count > 0),
  leaves bytea NOT NULL,
  previous_hash bytea NOT NULL,
  hash bytea NOT NULL CONSTRAINT uq_audit_seal_hash UNIQUE
);

CREATE TABLE audit_archive (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  at timestamptz NOT NULL DEFAULT now(),
  first_seq bigint NOT NULL,
  last_seq bigint NOT NULL,
  file text NOT NULL,
  count bigint NOT NULL,
  sha256 bytea NOT NULL,
  CONSTRAINT ck_audit_archive_range CHECK (first_seq <= last_seq)
);

-- Seals are added, never changed; what an archive file holds is for the owner role alone to say.
REVOKE UPDATE, DELETE ON audit_seal FROM banyan_app;
REVOKE INSERT, UPDATE, DELETE ON audit_archive FROM banyan_app;
"""

# The one way out of the hot table: sealed, in a recorded file, and older than the least time the law knows.
# It runs with the rights of its caller, and only the owner role may call it.
FORGET = """
CREATE FUNCTION audit_forget(archive uuid) RETURNS bigint
LANGUAGE sql
BEGIN ATOMIC
  WITH part AS (
    SELECT f.from_xact, f.from_id, l.to_xact, l.to_id FROM audit_archive a
    JOIN audit_seal f ON f.seq = a.first_seq JOIN audit_seal l ON l.seq = a.last_seq WHERE a.id = archive
  ), gone AS (
    DELETE FROM audit_entry e USING part p
    WHERE (e.xact, e.id) > (p.from_xact, p.from_id) AND (e.xact, e.id) <= (p.to_xact, p.to_id)
    AND e.at < now() - interval '180 days' RETURNING 1
  ) SELECT count(*) FROM gone;
END;
REVOKE EXECUTE ON FUNCTION audit_forget(uuid) FROM PUBLIC;
"""

LIMITS = """
CREATE TABLE audit_setting (
  only_row boolean PRIMARY KEY DEFAULT true CONSTRAINT ck_audit_setting_only_row CHECK (only_row),
  hot_days integer NOT NULL DEFAULT 180 CONSTRAINT ck_audit_setting_hot_days CHECK (hot_days >= 180),
  hold boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1
);
INSERT INTO audit_setting DEFAULT VALUES;

CREATE TABLE usage_limit (
  kind text NOT NULL CONSTRAINT ck_usage_limit_kind CHECK (kind IN ('read', 'export', 'unmask', 'claim')),
  role_key text,
  alarm_at bigint CONSTRAINT ck_usage_limit_alarm CHECK (alarm_at > 0),
  refuse_at bigint CONSTRAINT ck_usage_limit_refuse CHECK (refuse_at > 0),
  habit_factor numeric CONSTRAINT ck_usage_limit_habit CHECK (habit_factor >= 1),
  CONSTRAINT uq_usage_limit UNIQUE NULLS NOT DISTINCT (kind, role_key)
);
INSERT INTO usage_limit (kind, alarm_at, refuse_at, habit_factor) VALUES
  ('read', 600, 10000, 10), ('export', 100000, 2000000, NULL), ('unmask', 50, 200, NULL), ('claim', 100, 500, NULL);

CREATE TABLE usage_count (
  user_id uuid NOT NULL,
  kind text NOT NULL,
  hour timestamptz NOT NULL,
  amount bigint NOT NULL,
  PRIMARY KEY (user_id, kind, hour)
);
CREATE INDEX ix_usage_count_hour ON usage_count (hour);

CREATE TABLE audit_alarm (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  at timestamptz NOT NULL DEFAULT now(),
  kind text NOT NULL,
  user_id uuid NOT NULL,
  period timestamptz NOT NULL,
  amount bigint NOT NULL,
  most bigint NOT NULL,
  reason text NOT NULL CONSTRAINT ck_audit_alarm_reason CHECK (reason IN ('limit', 'habit', 'refused')),
  acknowledged_by uuid,
  acknowledged_at timestamptz,
  note text,
  CONSTRAINT uq_audit_alarm UNIQUE (user_id, kind, period, reason)
);
REVOKE DELETE ON audit_alarm, audit_setting FROM banyan_app;
"""


def upgrade() -> None:
    for part in (TRAIL, SEALS, FORGET, LIMITS):
        run_script(part)
