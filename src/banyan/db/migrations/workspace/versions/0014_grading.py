"""Tables of the feature grading (ADR 17)."""

from banyan.db.migrations.scripts import run_script

revision = "0014_grading"
down_revision = "0013_forecasts"
branch_labels = None
depends_on = None

TABLES = """
-- Rules that set a level, a tag or a territory; `settings` holds the checked document.
CREATE TABLE grading_rule (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  object_id uuid NOT NULL,
  position integer NOT NULL DEFAULT 0,
  active boolean NOT NULL DEFAULT false,
  settings jsonb NOT NULL,
  owner_id uuid,
  version integer NOT NULL DEFAULT 1,
  updated_by uuid,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_grading_rule_object ON grading_rule (object_id, position, id);

-- What a rule holds of a record. `placed`: the rule put the value there (NULL: not looked at yet); one that a person
-- had put there stays when the rule lets go. An expired mark stays until its condition ends, so that it expires once.
CREATE TABLE grading_mark (
  rule_id uuid NOT NULL,
  record_id uuid NOT NULL,
  object_id uuid NOT NULL,
  field_id uuid NOT NULL,
  value text NOT NULL,
  since timestamptz NOT NULL,
  until timestamptz,
  state text NOT NULL DEFAULT 'held' CONSTRAINT ck_grading_mark_state CHECK (state IN ('held', 'expired', 'gone')),
  placed boolean,
  PRIMARY KEY (rule_id, record_id)
);
CREATE INDEX ix_grading_mark_record ON grading_mark (record_id);
CREATE INDEX ix_grading_mark_until ON grading_mark (until) WHERE state = 'held' AND until IS NOT NULL;

-- Which fields of an object make a record complete, with their weights; none: those its layout leads with.
CREATE TABLE completeness_setting (
  object_id uuid PRIMARY KEY,
  fields jsonb NOT NULL,
  version integer NOT NULL DEFAULT 1,
  updated_by uuid,
  updated_at timestamptz NOT NULL DEFAULT now()
);
"""


def upgrade() -> None:
    run_script(TABLES)
