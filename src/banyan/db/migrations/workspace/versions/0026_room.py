"""Pages of record tables keep room for the next version of a row (ADR 32). What is full stays as it is."""

from banyan.db.migrations.scripts import run_script

revision = "0026_room"
down_revision = "0025_session_proof_catalog"
branch_labels = None
depends_on = None

ROOM = r"""
DO $$
DECLARE
  found record;
BEGIN
  FOR found IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename LIKE 'r\_%'
  LOOP
    EXECUTE format('ALTER TABLE %I SET (fillfactor = 90)', found.tablename);
  END LOOP;
END
$$;
"""


def upgrade() -> None:
    run_script(ROOM)
