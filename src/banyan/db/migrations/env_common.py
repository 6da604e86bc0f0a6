"""What both script trees share.

Run on the connection given by `schema_version`, never on one of their own.
"""

from alembic import context
from sqlalchemy.engine import Connection


def run() -> None:
    attributes = context.config.attributes
    connection: Connection = attributes["connection"]
    context.configure(
        connection=connection,
        version_table="schema_version",
        version_table_schema=attributes["schema"],
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()
