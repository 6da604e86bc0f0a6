"""Comments, pins, the inbox, what one snoozed or opened last, presence, lists written as files."""

from banyan.db.migrations.scripts import run_script

revision = "0008_work_places"
down_revision = "0007_build"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE comment (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  object_id uuid NOT NULL,
  record_id uuid NOT NULL,
  author_id uuid NOT NULL,
  body text NOT NULL CONSTRAINT ck_comment_body CHECK (length(body) BETWEEN 1 AND 10000),
  mentions uuid[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  deleted_at timestamptz
);
CREATE INDEX ix_comment_record ON comment (record_id, id DESC) WHERE deleted_at IS NULL;

CREATE TABLE timeline_pin (
  record_id uuid NOT NULL,
  item_key text NOT NULL CONSTRAINT ck_timeline_pin_key CHECK (length(item_key) BETWEEN 3 AND 120),
  pinned_by uuid NOT NULL,
  pinned_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (record_id, item_key)
);

CREATE TABLE notification (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  user_id uuid NOT NULL,
  kind text NOT NULL,
  object_id uuid,
  record_id uuid,
  actor_id uuid,
  count integer NOT NULL DEFAULT 1,
  params jsonb NOT NULL DEFAULT '{}',
  same text NOT NULL,
  shown boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  read_at timestamptz,
  archived_at timestamptz,
  snoozed_until timestamptz,
  mailed_at timestamptz
);
-- Equal unread ones become one; this is what makes it so under concurrent writers.
CREATE UNIQUE INDEX uq_notification_same ON notification (user_id, same)
  WHERE read_at IS NULL AND archived_at IS NULL;
CREATE INDEX ix_notification_user ON notification (user_id, created_at DESC, id DESC) WHERE archived_at IS NULL;
CREATE INDEX ix_notification_unmailed ON notification (created_at) WHERE mailed_at IS NULL;

CREATE TABLE notification_preference (
  user_id uuid PRIMARY KEY,
  kinds jsonb NOT NULL DEFAULT '{}',
  digest text NOT NULL DEFAULT 'off'
    CONSTRAINT ck_notification_preference_digest CHECK (digest IN ('off', 'daily', 'weekdays')),
  digest_hour integer NOT NULL DEFAULT 8
    CONSTRAINT ck_notification_preference_hour CHECK (digest_hour BETWEEN 0 AND 23),
  digest_on date
);

-- Up to when something has been looked for, so that it is told once.
CREATE TABLE notification_mark (
  kind text PRIMARY KEY,
  at timestamptz NOT NULL
);

CREATE TABLE today_snooze (
  user_id uuid NOT NULL,
  record_id uuid NOT NULL,
  reason text NOT NULL,
  until timestamptz NOT NULL,
  PRIMARY KEY (user_id, record_id, reason)
);

CREATE TABLE recent (
  user_id uuid NOT NULL,
  record_id uuid NOT NULL,
  object_id uuid NOT NULL,
  opened integer NOT NULL DEFAULT 1,
  last_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, record_id)
);
CREATE INDEX ix_recent_user ON recent (user_id, last_at DESC);

-- Who looks at what now: lost in a crash, as it should be.
CREATE UNLOGGED TABLE presence (
  stream uuid NOT NULL,
  record_id uuid NOT NULL,
  object_id uuid NOT NULL,
  user_id uuid NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (stream, record_id)
);
CREATE INDEX ix_presence_record ON presence (record_id);

CREATE TABLE export_job (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  user_id uuid NOT NULL,
  object_id uuid NOT NULL,
  request jsonb NOT NULL,
  name text NOT NULL,
  format text NOT NULL CONSTRAINT ck_export_job_format CHECK (format IN ('csv', 'xlsx')),
  state text NOT NULL DEFAULT 'waiting'
    CONSTRAINT ck_export_job_state CHECK (state IN ('waiting', 'running', 'ready', 'failed', 'gone')),
  rows bigint NOT NULL,
  done bigint NOT NULL DEFAULT 0,
  size bigint,
  error text,
  created_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  expires_at timestamptz
);
CREATE INDEX ix_export_job_user ON export_job (user_id, created_at DESC);
"""


def upgrade() -> None:
    run_script(TABLES)
