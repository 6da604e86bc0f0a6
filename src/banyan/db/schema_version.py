"""Bring the platform's own tables to the version this program knows, and refuse any other.

A schema at the newest version costs one query; Alembic is imported only when there is something to do.
"""

import random
import time
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from banyan.db.roles import APP, ConnectionTargets
from banyan.kernel.errors import StartRefused

CONTROL_SCHEMA = "control"
MIGRATIONS = Path(__file__).with_name("migrations")
LOCK_TIMEOUT = "2s"
ATTEMPTS = 20
# Any constant will do, as long as every Banyan process uses the same one.
_ADVISORY_SPACE = 0x42414E59


def upgrade_control(targets: ConnectionTargets) -> None:
    """Create or upgrade the `control` schema and the job queue."""
    _upgrade("control", targets, CONTROL_SCHEMA)


def upgrade_workspace(targets: ConnectionTargets, schema: str) -> None:
    """Create or upgrade one workspace's schema, together with the schema its imports are staged in."""
    _upgrade("workspace", targets, schema)


def check_versions(targets: ConnectionTargets) -> None:
    """Look only: every schema must be at a version this program knows.

    Raises:
        StartRefused: `schema_version_unknown`; a newer program has been here, and this one must not touch it.
    """
    with psycopg.connect(targets.owner, autocommit=True) as connection:
        if _current(connection, "control", CONTROL_SCHEMA) is None:
            return
        rows = connection.execute("SELECT schema_name FROM control.workspace").fetchall()
        for (schema,) in rows:
            _current(connection, "workspace", schema)


def known_versions(tree: str) -> list[str]:
    """Return the versions of one script tree, oldest first; a revision is named as its file."""
    return sorted(path.stem for path in (MIGRATIONS / tree / "versions").glob("[0-9]*.py"))


def staging_schema(schema: str) -> str:
    """Return the schema where imports of a workspace keep their rows until they are loaded."""
    return f"{schema}_staging"


def _current(connection: psycopg.Connection[Any], tree: str, schema: str) -> str | None:
    table = sql.Identifier(schema, "schema_version")
    found = connection.execute("SELECT to_regclass(%s)", (table.as_string(connection),)).fetchone()
    if found is None or found[0] is None:
        return None
    row = connection.execute(sql.SQL("SELECT version_num FROM {}").format(table)).fetchone()
    version = str(row[0]) if row else None
    if version is not None and version not in known_versions(tree):
        raise StartRefused(
            "schema_version_unknown", schema=schema, version=version, known=known_versions(tree)[-1]
        )
    return version


def _upgrade(tree: str, targets: ConnectionTargets, schema: str) -> None:
    newest = known_versions(tree)[-1]
    with psycopg.connect(targets.owner, autocommit=True) as connection:
        if _current(connection, tree, schema) == newest:
            return
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _run(tree, targets, schema, newest)
        except psycopg.errors.LockNotAvailable:
            if attempt == ATTEMPTS:
                raise StartRefused("schema_locked", schema=schema) from None
            time.sleep(random.uniform(0.05, 0.5))  # noqa: S311 - jitter, no secret
        else:
            return


def _run(tree: str, targets: ConnectionTargets, schema: str, newest: str) -> None:
    """One attempt, in one transaction: either the schema is at `newest` afterwards or nothing has changed."""
    import sqlalchemy
    from alembic import command
    from alembic.config import Config

    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(targets.owner),
        poolclass=sqlalchemy.pool.NullPool,
    )
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        if not isinstance(driver, psycopg.Connection):
            raise TypeError(type(driver))
        _prepare(driver, schema, staged=tree == "workspace")
        if _current(driver, tree, schema) == newest:  # Another process was quicker.
            return
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS / tree))
        config.attributes.update(connection=connection, schema=schema)
        try:
            command.upgrade(config, "head")
        except sqlalchemy.exc.DBAPIError as error:
            if isinstance(error.orig, psycopg.errors.LockNotAvailable):
                raise error.orig from error
            raise
        connection.commit()


def _prepare(connection: psycopg.Connection[Any], schema: str, *, staged: bool) -> None:
    """Take the schema's turn, make the schema and say who may do what in it."""
    name, app = sql.Identifier(schema), sql.Identifier(APP)
    connection.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (_ADVISORY_SPACE, schema))
    connection.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(sql.Literal(LOCK_TIMEOUT)))
    connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(name))
    connection.execute(sql.SQL("SET LOCAL search_path = {}").format(name))
    if not staged:
        return
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(name, app))
    connection.execute(
        sql.SQL(
            "ALTER DEFAULT PRIVILEGES IN SCHEMA {} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}"
        ).format(name, app)
    )
    connection.execute(
        sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA {} GRANT USAGE, SELECT ON SEQUENCES TO {}").format(
            name, app
        )
    )
    staging = sql.Identifier(staging_schema(schema))
    connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(staging))
    connection.execute(sql.SQL("GRANT USAGE, CREATE ON SCHEMA {} TO {}").format(staging, app))
