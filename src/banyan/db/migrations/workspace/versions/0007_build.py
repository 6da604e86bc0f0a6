"""Change sets in draft, recalculations, what became of dropped columns."""

from banyan.db.migrations.scripts import run_script

revision = "0007_build"
down_revision = "0006_files"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE change_set (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  name text NOT NULL CONSTRAINT ck_change_set_name CHECK (length(name) BETWEEN 1 AND 120),
  note text,
  state text NOT NULL DEFAULT 'draft'
    CONSTRAINT ck_change_set_state CHECK (state IN ('draft', 'published', 'discarded')),
  base_version bigint NOT NULL,
  operations jsonb NOT NULL DEFAULT '[]',
  version integer NOT NULL DEFAULT 1,
  created_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_by uuid,
  updated_at timestamptz NOT NULL DEFAULT now(),
  change_id uuid,
  CONSTRAINT ck_change_set_published CHECK ((state = 'published') = (change_id IS NOT NULL))
);
CREATE INDEX ix_change_set_state ON change_set (state, updated_at DESC);
REVOKE DELETE ON change_set FROM banyan_app;

ALTER TABLE meta_change ADD COLUMN name text, ADD COLUMN note text;
ALTER TABLE meta_field ADD COLUMN purged_at timestamptz;
ALTER TABLE meta_object ADD COLUMN purged_at timestamptz;

-- Computed values that are being set again: which fields of which object, of which rows (null: all), how far it is.
CREATE TABLE recalculation (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  object_id uuid NOT NULL,
  field_ids uuid[] NOT NULL,
  scope jsonb,
  reason text NOT NULL,
  last uuid,
  done bigint NOT NULL DEFAULT 0,
  total bigint,
  attempts integer NOT NULL DEFAULT 0,
  error text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
-- The day or hour for which fields that depend on the time were last set.
CREATE TABLE recalculation_mark (
  kind text PRIMARY KEY,
  at timestamptz NOT NULL
);
"""


def upgrade() -> None:
    run_script(TABLES)
