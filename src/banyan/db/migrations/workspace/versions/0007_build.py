"""Change sets in draft, recalculations."""

from banyan.db.migrations.scripts import run_script

revision = "0007_build"
down_revision = "0006_files"
branch_labels = None
depends_on = None

TABLES = """
"""


def upgrade() -> None:
    run_script(TABLES)
