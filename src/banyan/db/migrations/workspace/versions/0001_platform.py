"""Platform tables of one workspace.

Names are unqualified: `schema_version` puts the schema on the search path.
"""

from banyan.db.migrations.scripts import run_script

revision = "0001_platform"
down_revision = None
branch_labels = None
depends_on = None

METADATA = """
CREATE TABLE meta_version (
  only_row boolean PRIMARY KEY DEFAULT true CONSTRAINT ck_meta_version_only_row CHECK (only_row),
  version bigint NOT NULL
);
INSERT INTO meta_version (version) VALUES (0);

CREATE TABLE meta_object (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  api_name text NOT NULL,
  table_name text NOT NULL CONSTRAINT uq_meta_object_table_name UNIQUE,
  definition jsonb NOT NULL,
  position integer NOT NULL DEFAULT 0,
  archived_at timestamptz
);
CREATE UNIQUE INDEX uq_meta_object_api_name ON meta_object (api_name) WHERE archived_at IS NULL;

CREATE TABLE meta_field (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  object_id uuid NOT NULL CONSTRAINT fk_meta_field_object REFERENCES meta_object (id),
  api_name text NOT NULL,
  slug text NOT NULL,
  type text NOT NULL,
  definition jsonb NOT NULL,
  position integer NOT NULL DEFAULT 0,
  archived_at timestamptz,
  CONSTRAINT uq_meta_field_slug UNIQUE (object_id, slug)
);
CREATE UNIQUE INDEX uq_meta_field_api_name ON meta_field (object_id, api_name) WHERE archived_at IS NULL;

CREATE TABLE meta_alias (
  object_id uuid CONSTRAINT fk_meta_alias_object REFERENCES meta_object (id),
  api_name text NOT NULL,
  target_id uuid NOT NULL,
  CONSTRAINT uq_meta_alias UNIQUE NULLS NOT DISTINCT (object_id, api_name)
);

CREATE TABLE meta_change (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  version bigint NOT NULL,
  actor_id uuid,
  at timestamptz NOT NULL DEFAULT now(),
  operations jsonb NOT NULL,
  inverse jsonb,
  reverted_by uuid
);
CREATE INDEX ix_meta_change_version ON meta_change (version);

CREATE TABLE meta_view (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  object_id uuid NOT NULL CONSTRAINT fk_meta_view_object REFERENCES meta_object (id),
  definition jsonb NOT NULL,
  owner_id uuid,
  position integer NOT NULL DEFAULT 0,
  version integer NOT NULL DEFAULT 1
);
CREATE INDEX ix_meta_view_object ON meta_view (object_id, position);

-- The catalog changes only through the owner role's change pipeline; views are the users' own.
REVOKE INSERT, UPDATE, DELETE ON meta_version, meta_object, meta_field, meta_alias, meta_change FROM
banyan_app;
"""

RIGHTS = """
CREATE TABLE role (
  key text PRIMARY KEY,
  label jsonb NOT NULL
);
CREATE TABLE role_grant (
  role_key text NOT NULL CONSTRAINT fk_role_grant_role REFERENCES role (key) ON DELETE CASCADE,
  object text NOT NULL,
  action text NOT NULL,
  scope text NOT NULL,
  PRIMARY KEY (role_key, object, action)
);
CREATE TABLE role_assignment (
  user_id uuid NOT NULL,
  role_key text NOT NULL CONSTRAINT fk_role_assignment_role REFERENCES role (key),
  PRIMARY KEY (user_id, role_key)
);
CREATE TABLE policy_version (
  only_row boolean PRIMARY KEY DEFAULT true CONSTRAINT ck_policy_version_only_row CHECK (only_row),
  version bigint NOT NULL
);
INSERT INTO policy_version (version) VALUES (0);
"""

IDENTITY = """
CREATE TABLE credential (
  user_id uuid PRIMARY KEY,
  sign_in text NOT NULL CONSTRAINT uq_credential_sign_in UNIQUE
    CONSTRAINT ck_credential_sign_in CHECK (sign_in = lower(sign_in)),
  password_hash text,
  state text NOT NULL CONSTRAINT ck_credential_state CHECK (state IN ('invited', 'active', 'disabled')),
  language text NOT NULL DEFAULT 'zh-CN',
  failed_count integer NOT NULL DEFAULT 0,
  locked_until timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE session (
  token_hash bytea PRIMARY KEY,
  user_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  address inet,
  client text
);
CREATE INDEX ix_session_user ON session (user_id);
CREATE TABLE one_time_link (
  token_hash bytea PRIMARY KEY,
  user_id uuid NOT NULL,
  purpose text NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);
"""

TRAIL = """
CREATE TABLE record_history (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  object_id uuid NOT NULL,
  record_id uuid NOT NULL,
  version integer NOT NULL,
  action text NOT NULL,
  actor_id uuid,
  actor_kind text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  changes jsonb NOT NULL,
  import_id uuid
);
CREATE INDEX ix_record_history_record ON record_history (record_id, id DESC);
CREATE INDEX ix_record_history_import ON record_history (import_id) WHERE import_id IS NOT NULL;

CREATE TABLE audit_entry (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  at timestamptz NOT NULL DEFAULT now(),
  actor_id uuid,
  actor_kind text NOT NULL,
  action text NOT NULL,
  target jsonb NOT NULL DEFAULT '{}',
  detail jsonb NOT NULL DEFAULT '{}',
  address inet,
  client text
);
CREATE INDEX ix_audit_entry_at ON audit_entry (at DESC);

-- What has been written down stays as it was written.
REVOKE UPDATE, DELETE ON record_history, audit_entry FROM banyan_app;
"""

WORK = """
CREATE TABLE outbox (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  at timestamptz NOT NULL DEFAULT now(),
  kind text NOT NULL,
  object_id uuid,
  record_id uuid,
  actor_id uuid,
  payload jsonb NOT NULL DEFAULT '{}',
  depth integer NOT NULL DEFAULT 0
);
CREATE TABLE idempotency (
  actor_id uuid NOT NULL,
  route text NOT NULL,
  key text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  status integer,
  body bytea,
  content_type text,
  request_hash bytea NOT NULL,
  PRIMARY KEY (actor_id, route, key)
);
CREATE INDEX ix_idempotency_at ON idempotency (at);
CREATE TABLE import_job (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  object_id uuid NOT NULL,
  created_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  state text NOT NULL,
  file_name text NOT NULL,
  size bigint NOT NULL,
  data jsonb NOT NULL DEFAULT '{}',
  progress jsonb,
  report jsonb,
  error jsonb,
  job_id bigint,
  version integer NOT NULL DEFAULT 1
);
CREATE TABLE autonumber (
  field_id uuid NOT NULL,
  period text NOT NULL,
  last bigint NOT NULL,
  PRIMARY KEY (field_id, period)
);
"""


def upgrade() -> None:
    for part in (METADATA, RIGHTS, IDENTITY, TRAIL, WORK):
        run_script(part)
