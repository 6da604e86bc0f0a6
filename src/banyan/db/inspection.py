"""Questions about a whole server that backup and status ask."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql

from banyan.db.roles import APP, OWNER, Passwords

_SCHEMAS = "(nspname = 'control' OR nspname LIKE 'ws\\_%%')"


@dataclass(frozen=True)
class TableSum:
    """How many rows a table has and a sum over their contents that does not depend on their order."""

    rows: int
    checksum: str


def table_sums(connection: psycopg.Connection[Any]) -> dict[str, TableSum]:
    """Return the sums of every table of every workspace, as the connection's snapshot sees them."""
    connection.execute(
        "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL statement_timeout = 0"
    )
    names = connection.execute(
        "SELECT nspname, relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
        f" WHERE relkind = 'r' AND {_SCHEMAS} AND nspname NOT LIKE '%%\\_staging' ORDER BY 1, 2",
        (),
    ).fetchall()
    return {f"{schema}.{table}": _sum_of(connection, schema, table) for schema, table in names}


def _sum_of(connection: psycopg.Connection[Any], schema: str, table: str) -> TableSum:
    row = connection.execute(
        sql.SQL(
            "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM {} t"
        ).format(sql.Identifier(schema, table))
    ).fetchone()
    return TableSum(int(row[0]), str(row[1])) if row else TableSum(0, "0")


@dataclass(frozen=True)
class Mark:
    """A named point in the log and what the tables held there.

    `exact` is false on a server that never rests.
    """

    name: str
    exact: bool
    tables: dict[str, TableSum]


def mark_with_sums(superuser: str, name: str, patience_s: float = 10.0) -> Mark:
    """Set a restore point at a moment when no write is under way, and sum the tables as of that moment.

    Readers and writers are not held up: the sums come from a snapshot.
    """
    deadline = time.monotonic() + patience_s
    with psycopg.connect(superuser) as reading, psycopg.connect(superuser, autocommit=True) as marking:
        while True:
            before = _log_position(marking)
            reading.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            row = reading.execute(
                "SELECT pg_snapshot_xmin(s) = pg_snapshot_xmax(s) FROM pg_current_snapshot() s"
            ).fetchone()
            at_rest = bool(row and row[0]) and _log_position(marking) == before
            if at_rest or time.monotonic() > deadline:
                break
            reading.rollback()
            time.sleep(0.02)
        marking.execute("SELECT pg_create_restore_point(%s)", (name,))
        return Mark(name, at_rest, table_sums(reading))


def _log_position(connection: psycopg.Connection[Any]) -> str:
    row = connection.execute("SELECT pg_current_wal_insert_lsn()::text").fetchone()
    return str(row[0]) if row else ""


def close_segment(superuser: str, patience_s: float = 60.0) -> bool:
    """Start a new log segment and wait until everything before it is in the archive.

    False if it takes too long.
    """
    with psycopg.connect(superuser, autocommit=True) as connection:
        row = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
        wanted = str(row[0]) if row else ""
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            done = connection.execute("SELECT last_archived_wal FROM pg_stat_archiver").fetchone()
            if done and done[0] and str(done[0])[:24] >= wanted:
                return True
            time.sleep(0.05)
    return False


@dataclass(frozen=True)
class ArchiverState:
    """How the continuous archive does. Times are None until something has happened."""

    last_archived_at: datetime | None
    last_failed_at: datetime | None
    failing: bool


def archiver_state(superuser: str) -> ArchiverState:
    """Return when a segment was archived last and whether archiving fails right now."""
    with psycopg.connect(superuser, autocommit=True) as connection:
        row = connection.execute(
            "SELECT last_archived_time, last_failed_time FROM pg_stat_archiver"
        ).fetchone()
    done, failed = row or (None, None)
    return ArchiverState(done, failed, failed is not None and (done is None or failed > done))


def server_version(superuser: str) -> str:
    """Return the version as the server names it, such as `18.4`."""
    with psycopg.connect(superuser, autocommit=True) as connection:
        return str(connection.info.parameter_status("server_version"))


def set_passwords(superuser: str, superuser_password: str, passwords: Passwords) -> None:
    """Give all three roles the passwords of this home (a backup brings those of its own time)."""
    with psycopg.connect(superuser, autocommit=True) as connection:
        for role, password in (
            ("postgres", superuser_password),
            (OWNER, passwords.owner),
            (APP, passwords.app),
        ):
            hashed = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
            connection.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                    sql.Identifier(role), sql.Literal(hashed.decode())
                )
            )
