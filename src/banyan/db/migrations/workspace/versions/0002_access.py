"""Organisation, roles, field rules, sharing, handover (ADR 0011)."""

from banyan.db.migrations.scripts import run_script

revision = "0002_access"
down_revision = "0001_platform"
branch_labels = None
depends_on = None

# A record's department is its owner's. It is stored with the record, because a list under a department scope must be
# an index scan, whatever the number of people in the department.
DEPARTMENTS = """
DO $$
DECLARE t text;
BEGIN
  FOR t IN SELECT table_name FROM meta_object LOOP
    EXECUTE format('ALTER TABLE %I ADD COLUMN IF NOT EXISTS department_id uuid', t);
    IF EXISTS (SELECT FROM information_schema.columns WHERE table_schema = current_schema()
               AND table_name = 'r_user' AND column_name = 'f_department') THEN
      EXECUTE format('UPDATE %I r SET department_id = u.f_department FROM r_user u WHERE u.id = r.owner_id '
                     'AND u.f_department IS NOT NULL', t);
    END IF;
    EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON %I (department_id, id) WHERE deleted_at IS NULL',
                   'ix_' || t || '_department_id', t);
  END LOOP;
END $$;
"""

ROLES = """
ALTER TABLE role
  ADD COLUMN description jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN kind text NOT NULL DEFAULT 'custom' CONSTRAINT ck_role_kind CHECK (kind IN ('standard', 'custom')),
  ADD COLUMN locked boolean NOT NULL DEFAULT false,
  ADD COLUMN powers text[] NOT NULL DEFAULT '{}',
  ADD COLUMN position integer NOT NULL DEFAULT 0,
  ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE role_grant
  ADD COLUMN departments uuid[] NOT NULL DEFAULT '{}',
  ADD COLUMN condition jsonb;
UPDATE role SET powers = '{configure,people,roles,security,audit}' WHERE key = 'administrator';
DELETE FROM role_grant WHERE action = 'configure';

CREATE TABLE role_field (
  role_key text NOT NULL CONSTRAINT fk_role_field_role REFERENCES role (key) ON DELETE CASCADE,
  object text NOT NULL,
  field_id uuid NOT NULL,
  level text NOT NULL CONSTRAINT ck_role_field_level CHECK (level IN ('hidden', 'masked', 'read', 'edit')),
  unmask boolean NOT NULL DEFAULT false,
  PRIMARY KEY (role_key, object, field_id)
);
CREATE TABLE role_holder (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  role_key text NOT NULL CONSTRAINT fk_role_holder_role REFERENCES role (key) ON DELETE CASCADE,
  kind text NOT NULL CONSTRAINT ck_role_holder_kind CHECK (kind IN ('user', 'position', 'department', 'group')),
  holder_id uuid NOT NULL,
  starts_at timestamptz,
  ends_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by uuid,
  CONSTRAINT uq_role_holder UNIQUE (role_key, kind, holder_id),
  CONSTRAINT ck_role_holder_time CHECK (ends_at IS NULL OR starts_at IS NULL OR ends_at > starts_at)
);
CREATE INDEX ix_role_holder_holder ON role_holder (kind, holder_id);
INSERT INTO role_holder (role_key, kind, holder_id) SELECT role_key, 'user', user_id FROM role_assignment;
-- Until now administrators saw all data and the audit. Both are roles of their own from here on: who held the one holds
-- all three, so that nobody loses data in silence and the audit is not vacant. Packages complete the roles.
INSERT INTO role (key, label) SELECT key, jsonb_build_object('en', key) FROM unnest(ARRAY['all_data', 'auditor']) AS key
  WHERE EXISTS (SELECT FROM role_assignment WHERE role_key = 'administrator') ON CONFLICT DO NOTHING;
INSERT INTO role_holder (role_key, kind, holder_id)
  SELECT key, 'user', user_id FROM role_assignment, unnest(ARRAY['all_data', 'auditor']) AS key
  WHERE role_key = 'administrator' ON CONFLICT DO NOTHING;
DROP TABLE role_assignment;

CREATE TABLE object_access (
  object text PRIMARY KEY,
  parent_field uuid
);
"""

ORGANISATION = """
CREATE TABLE membership (
  user_id uuid NOT NULL,
  department_id uuid NOT NULL,
  kind text NOT NULL CONSTRAINT ck_membership_kind CHECK (kind IN ('member', 'deputy')),
  PRIMARY KEY (user_id, department_id, kind)
);
CREATE INDEX ix_membership_department ON membership (department_id);
CREATE TABLE group_member (
  group_id uuid NOT NULL,
  user_id uuid NOT NULL,
  PRIMARY KEY (group_id, user_id)
);
CREATE INDEX ix_group_member_user ON group_member (user_id);
CREATE TABLE handover (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  at timestamptz NOT NULL DEFAULT now(),
  actor_id uuid,
  from_user uuid NOT NULL,
  to_user uuid NOT NULL,
  counts jsonb NOT NULL DEFAULT '{}',
  undone_at timestamptz,
  undone_by uuid
);
CREATE TABLE handover_item (
  handover_id uuid NOT NULL CONSTRAINT fk_handover_item_handover REFERENCES handover (id) ON DELETE CASCADE,
  object_id uuid NOT NULL,
  record_id uuid NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (handover_id, object_id, record_id)
);
CREATE TABLE installed_package (
  key text PRIMARY KEY,
  version integer NOT NULL
);
"""

# A principal is written as text, 'user:…', 'department:…', 'group:…', 'role:…': one array per person matches them all.
SHARING = """
CREATE TABLE sharing_rule (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  object text NOT NULL,
  name jsonb NOT NULL,
  condition jsonb NOT NULL,
  principals text[] NOT NULL,
  access text NOT NULL CONSTRAINT ck_sharing_rule_access CHECK (access IN ('read', 'edit')),
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by uuid,
  version integer NOT NULL DEFAULT 1
);
CREATE TABLE record_share (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  object_id uuid NOT NULL,
  record_id uuid NOT NULL,
  principal text NOT NULL,
  kind text NOT NULL CONSTRAINT ck_record_share_kind CHECK (kind IN ('share', 'team')),
  team_role text,
  access text NOT NULL CONSTRAINT ck_record_share_access CHECK (access IN ('read', 'edit')),
  until timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by uuid,
  CONSTRAINT uq_record_share UNIQUE (object_id, record_id, kind, principal)
);
CREATE INDEX ix_record_share_principal ON record_share (principal, object_id);
-- Somebody who looks through this person's eyes; such a session only reads.
ALTER TABLE session ADD COLUMN real_user_id uuid;
CREATE TABLE seen_as (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  at timestamptz NOT NULL DEFAULT now(),
  user_id uuid NOT NULL,
  by_user uuid,
  reason text NOT NULL
);
CREATE INDEX ix_seen_as_user ON seen_as (user_id, at DESC);
-- Who looked is not for the one who looked to take back.
REVOKE UPDATE, DELETE ON seen_as FROM banyan_app;
UPDATE policy_version SET version = version + 1;
"""


def upgrade() -> None:
    for part in (DEPARTMENTS, ROLES, ORGANISATION, SHARING):
        run_script(part)
