"""Which workspace a sandbox is a copy of."""

from banyan.db.migrations.scripts import run_script

revision = "0003_sandboxes"
down_revision = "0002_formulas"
branch_labels = None
depends_on = None

COLUMN = """
ALTER TABLE control.workspace ADD COLUMN sandbox_of text;
"""


def upgrade() -> None:
    run_script(COLUMN)
