"""Second factors, tokens, sign-in history, identity providers, mail."""

from banyan.db.migrations.scripts import run_script

revision = "0003_identity"
down_revision = "0002_access"
branch_labels = None
depends_on = None

TABLES = """
"""


def upgrade() -> None:
    run_script(TABLES)
