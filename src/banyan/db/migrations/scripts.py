"""How a revision runs SQL text as it stands."""

import psycopg
from alembic import op


def run_script(text: str) -> None:
    """Run one or more statements on the migration's connection.

    With no parameters and so no meaning for `%`.
    """
    driver = op.get_bind().connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError(type(driver))
    driver.execute(text.encode())
