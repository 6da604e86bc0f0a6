"""Sealing, search and limits of the audit."""

from banyan.db.migrations.scripts import run_script

revision = "0004_audit"
down_revision = "0003_identity"
branch_labels = None
depends_on = None

TABLES = """
"""


def upgrade() -> None:
    run_script(TABLES)
