"""Tables of the feature printing (ADR 18)."""

from banyan.db.migrations.scripts import run_script

revision = "0018_printing"
down_revision = "0017_receivables"
branch_labels = None
depends_on = None

TABLES = """
-- Templates a workspace made its own; `document` is checked before it is written. Without one of these what ships is
-- used. Of several for the same object and language the one of the document's company goes before those of none.
CREATE TABLE print_template (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  object_id uuid NOT NULL,
  language text NOT NULL CONSTRAINT ck_print_template_language CHECK (language IN ('zh-CN', 'en')),
  company_id uuid,
  name text NOT NULL,
  document jsonb NOT NULL,
  active boolean NOT NULL DEFAULT true,
  version integer NOT NULL DEFAULT 1,
  updated_by uuid,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_print_template_object ON print_template (object_id, language, id);
"""


def upgrade() -> None:
    run_script(TABLES)
