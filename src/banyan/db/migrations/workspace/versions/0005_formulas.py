"""What formulas read beside records: rates of exchange, the working calendar."""

from banyan.db.migrations.scripts import run_script

revision = "0005_formulas"
down_revision = "0004_audit"
branch_labels = None
depends_on = None

TABLES = """
"""


def upgrade() -> None:
    run_script(TABLES)
