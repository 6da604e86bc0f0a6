"""The application may count the rows of its tables afresh (ANALYZE): a load does, before it asks what it filled."""

from banyan.db.migrations.scripts import run_script

revision = "0020_statistics"
down_revision = "0019_partners"
branch_labels = None
depends_on = None

RIGHT = """
DO $$
BEGIN
  EXECUTE format('GRANT MAINTAIN ON ALL TABLES IN SCHEMA %I TO banyan_app', current_schema());
  EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT MAINTAIN ON TABLES TO banyan_app', current_schema());
END
$$;
"""


def upgrade() -> None:
    run_script(RIGHT)
