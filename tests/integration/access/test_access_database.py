"""The database as the second wall: what the application's own role cannot do, whatever it is told."""

import psycopg
import pytest
from psycopg import errors

from factories.api import Api

REFUSED = (errors.InsufficientPrivilege, errors.FeatureNotSupported)
SCHEMA = "ws_main"


@pytest.fixture
def app(targets, api: Api):
    """The role every request runs as, with SQL of its own choice."""
    with psycopg.connect(targets.app, autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize(
    "statement",
    [
        f"ALTER TABLE {SCHEMA}.r_account ADD COLUMN x text",
        f"DROP TABLE {SCHEMA}.r_account",
        f"TRUNCATE {SCHEMA}.r_account",
        f"CREATE TABLE {SCHEMA}.x (a int)",
        f"CREATE INDEX ON {SCHEMA}.r_account (name)",
        f"CREATE FUNCTION {SCHEMA}.x() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA x",
        "CREATE ROLE x",
        "SET ROLE banyan_owner",
        "ALTER ROLE banyan_app SUPERUSER",
        "ALTER SYSTEM SET fsync = off",
        "COPY (SELECT 1) TO '/tmp/x'",
        "CREATE EXTENSION vector",
    ],
)
def test_application_role_cannot_alter_the_house(app, statement: str):
    with pytest.raises(REFUSED):
        app.execute(statement)


@pytest.mark.parametrize("table", ["audit_entry", "record_history", "audit_seal", "seen_as"])
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", "TRUNCATE"])
def test_what_was_written_down_stays(app, table: str, verb: str):
    column = {"audit_entry": "action", "record_history": "action", "audit_seal": "seq", "seen_as": "reason"}[
        table
    ]
    statement = {
        "UPDATE": f"UPDATE {SCHEMA}.{table} SET {column} = {column}",
        "DELETE": f"DELETE FROM {SCHEMA}.{table}",
        "TRUNCATE": f"TRUNCATE {SCHEMA}.{table}",
    }[verb]
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute(statement)


@pytest.mark.parametrize("table", ["meta_object", "meta_field", "meta_version", "meta_change"])
def test_the_catalog_changes_through_the_owner_alone(app, table: str):
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute(f"DELETE FROM {SCHEMA}.{table}")


def test_the_application_reads_no_files_and_no_passwords(app):
    for statement in (
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT * FROM pg_authid",
        "SELECT * FROM pg_shadow",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            app.execute(statement)
