"""Organisation, roles, field rules, sharing."""

from banyan.db.migrations.scripts import run_script

revision = "0002_access"
down_revision = "0001_platform"
branch_labels = None
depends_on = None

TABLES = """
"""


def upgrade() -> None:
    run_script(TABLES)
