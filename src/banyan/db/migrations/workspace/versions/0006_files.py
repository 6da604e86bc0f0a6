"""Files of records."""

from banyan.db.migrations.scripts import run_script

revision = "0006_files"
down_revision = "0005_formulas"
branch_labels = None
depends_on = None

TABLES = """
"""


def upgrade() -> None:
    run_script(TABLES)
