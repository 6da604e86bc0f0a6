"""The two roles every installation has.

`banyan_owner` changes schemas, `banyan_app` reads and writes rows.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

DATABASE = "banyan"
OWNER = "banyan_owner"
APP = "banyan_app"


@dataclass(frozen=True, repr=False)
class ConnectionTargets:
    """Conninfo strings (libpq) for the three roles. They hold passwords: never print them."""

    app: str
    owner: str
    superuser: str


class Passwords(Protocol):
    @property
    def owner(self) -> str: ...
    @property
    def app(self) -> str: ...


def target_for(host: str, port: int, database: str, user: str, password: str) -> str:
    """Return the conninfo of one role on one server."""
    return make_conninfo("", host=host, port=port, dbname=database, user=user, password=password)


def ensure_roles(superuser: str, passwords: Passwords, targets: ConnectionTargets) -> None:
    """Create roles and the database where missing, set their passwords. `superuser` points to any database.

    Passwords are hashed here, so that no server log can ever show them.
    """
    with psycopg.connect(superuser, autocommit=True) as connection:
        for role, password in ((OWNER, passwords.owner), (APP, passwords.app)):
            _ensure_role(connection, role, password)
        database = psycopg.conninfo.conninfo_to_dict(targets.app).get("dbname") or DATABASE
        _ensure_database(connection, str(database))


def _ensure_role(connection: psycopg.Connection[Any], role: str, password: str) -> None:
    hashed = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
    verb = "ALTER" if exists else "CREATE"
    connection.execute(
        sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
            sql.SQL(verb), sql.Identifier(role), sql.Literal(hashed)
        )
    )


def _ensure_database(connection: psycopg.Connection[Any], name: str) -> None:
    database, owner, app = sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(APP)
    # A managed server's administrator is no superuser there: to hand things to a role it must be a
    # member of it.
    connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(owner))
    exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
    if not exists:
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    connection.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(database, app))
    connection.execute(
        sql.SQL("GRANT CONNECT, CREATE, TEMPORARY ON DATABASE {} TO {}").format(database, owner)
    )
