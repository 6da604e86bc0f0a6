"""Functions that formulas compile to."""

from banyan.db.migrations.scripts import run_script

revision = "0002_formulas"
down_revision = "0001_control"
branch_labels = None
depends_on = None

FUNCTIONS = """
"""


def upgrade() -> None:
    run_script(FUNCTIONS)
