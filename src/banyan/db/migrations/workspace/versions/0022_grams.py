"""The search index of each record table is made anew over what numbers are searched by since control 0004."""

from banyan.db.migrations.scripts import run_script

revision = "0022_grams"
down_revision = "0021_observing"
branch_labels = None
depends_on = None

INDEXES = r"""
DO $$
DECLARE
  found record;
BEGIN
  FOR found IN
    SELECT indexname, indexdef FROM pg_indexes
    WHERE schemaname = current_schema() AND tablename LIKE 'r\_%' AND indexdef LIKE '%control.bigrams(%'
  LOOP
    EXECUTE format('DROP INDEX %I', found.indexname);
    EXECUTE replace(found.indexdef, 'control.bigrams(', 'control.grams(');
  END LOOP;
END
$$;
"""


def upgrade() -> None:
    run_script(INDEXES)
