"""What the platform's schema promises, and names and compiled statements that stay stable."""

import importlib
import threading

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects.postgresql import JSONB

from banyan.db.compile import compile_statement
from banyan.db.constraints import LONGEST_NAME, constraint_name, translate
from banyan.db.schema_version import check_versions, upgrade_workspace
from banyan.kernel.errors import InvalidInput
from banyan.workspaces import list_workspaces, provision


@pytest.fixture(scope="module")
def asker(targets):
    with psycopg.connect(targets.app, autocommit=True) as connection:
        yield connection


def one(targets, statement, *params):
    with psycopg.connect(targets.app) as connection:
        return connection.execute(statement, params).fetchone()[0]


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("华为", ["^华", "华为"]),
        ("Ab c", ["^a", "ab", "^c"]),
        ("a\nb\u3000c", ["^a", "^b", "^c"]),
        ("  ", []),
        ("", []),
        ("100%_\\", ["^1", "10", "00", "0%", "%_", "_\\"]),
    ],
)
def test_bigrams_are_pairs_within_words_and_first_characters(targets, text, grams):
    assert one(targets, "SELECT control.bigrams(%s)", text) == grams


@pytest.mark.parametrize(
    ("name", "query", "found"),
    [
        ("深圳市华为技术有限公司", "华为", True),
        ("深圳市华为技术有限公司", "技术 华为", True),
        ("深圳市华为技术有限公司", "为华", False),
        ("Shenzhen Huawei", "HUA", True),
        ("Shenzhen Huawei", "s", True),
        ("Shenzhen Huawei", "u", False),
    ],
)
def test_search_grams_are_contained_where_the_words_occur(targets, name, query, found):
    assert one(targets, "SELECT control.bigrams(%s) @> control.search_grams(%s)", name, query) is found


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("华为 123", ["^华", "华为", "^1", "12", "23"]),
        ("a12345", ["^a", "a1", "12", "23", "34", "45", "1234", "2345"]),
        ("1234-5678", ["^1", "12", "23", "34", "4-", "-5", "56", "67", "78", "1234", "5678"]),
    ],
)
def test_grams_know_numbers_four_digits_at_a_time(targets, text, grams):
    assert one(targets, "SELECT control.grams(%s)", text) == grams


@pytest.mark.parametrize(
    ("query", "grams"),
    [
        ("86420", ["8642", "6420"]),
        ("8642", ["8642"]),
        ("864", ["86", "64"]),
        ("ab86420c 华", ["8642", "6420", "ab", "b8", "0c", "^华"]),
        ("1234-5678", ["1234", "5678", "4-", "-5"]),
        ("", []),
    ],
)
def test_numbers_are_asked_for_by_fours(targets, query, grams):
    assert one(targets, "SELECT control.asked_grams(%s)", query) == grams


@given(st.text("0123456789aZ华- \u3000^", max_size=24), st.integers(0, 24), st.integers(1, 12))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_piece_of_a_text_is_found_by_its_grams(asker, text, start, length):
    """Words of one character aside: they mean a beginning."""
    words = " ".join(w for w in text[start : start + length].replace("\u3000", " ").split(" ") if len(w) > 1)
    found = asker.execute("SELECT control.grams(%s) @> control.asked_grams(%s)", (text, words)).fetchone()
    assert found == (True,)


def test_search_indexes_of_before_are_made_anew(targets, workspace):
    script = importlib.import_module("banyan.db.migrations.workspace.versions.0022_grams").INDEXES
    with psycopg.connect(targets.owner) as connection:
        connection.execute(f"SET LOCAL search_path = {workspace.schema}")
        connection.execute("CREATE TABLE r_old (name text); CREATE TABLE other (name text)")
        for table in ("r_old", "other"):
            connection.execute(f"CREATE INDEX ix_{table} ON {table} USING gin (control.bigrams(name))")
        connection.execute(script.encode())
        found = connection.execute(
            "SELECT tablename, indexdef FROM pg_indexes WHERE tablename IN ('r_old', 'other')"
        )
        kinds = {table: "control.grams(" in text for table, text in found}
        connection.rollback()
    assert kinds == {"r_old": True, "other": False}


def test_grams_may_be_indexed(targets, workspace):
    with psycopg.connect(targets.owner) as connection:
        connection.execute(f"CREATE TABLE {workspace.schema}.g (name text)")
        connection.execute(f"CREATE INDEX ON {workspace.schema}.g USING gin (control.bigrams(name))")
        connection.rollback()


def test_workspace_is_provisioned_once_also_by_two_at_once(targets, workspace):
    made = []
    threads = [
        threading.Thread(target=lambda: made.append(provision(targets, workspace.key))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [workspace, workspace]
    assert workspace in list_workspaces(targets)
    upgrade_workspace(targets, workspace.schema)
    check_versions(targets)


def test_key_of_a_workspace_never_becomes_sql(targets):
    with pytest.raises(InvalidInput, match="invalid_workspace_key"):
        provision(targets, 'main"; DROP')


def test_imports_are_staged_by_the_app_role_in_a_schema_of_their_own(targets, workspace):
    with psycopg.connect(targets.app) as connection:
        connection.execute(f"CREATE UNLOGGED TABLE {workspace.staging}.rows (n int)")
        connection.rollback()


def test_long_names_are_cut_with_a_mark_that_keeps_them_apart():
    assert constraint_name("uq", "account", "name") == "uq_account_name"
    long = [constraint_name("ix", "x" * 60, column) for column in ("first", "second")]
    assert all(len(name) == LONGEST_NAME for name in long)
    assert long[0] != long[1]
    assert len(constraint_name("ix", "客" * 40, "名").encode()) <= LONGEST_NAME


def test_statement_is_compiled_once_and_bound_to_other_values():
    table = sa.table("t", sa.column("a", sa.Integer), sa.column("doc", JSONB), schema="ws_x")
    statement = sa.select(table.c.a).where(table.c.a == sa.bindparam("a", 1), table.c.a.in_([2, 3]))
    first, second = compile_statement(statement), compile_statement(statement)
    assert first.sql == second.sql
    assert "ws_x.t" in first.sql
    assert first.bind({"a": 9})["a"] == 9
    assert sorted(value for value in first.params.values()) == [1, 2, 3]
    with pytest.raises(KeyError):
        first.bind({"other": 1})


def test_compiled_insert_hands_json_and_percent_signs_through(targets):
    column = sa.column("doc", JSONB)
    compiled = compile_statement(
        sa.select(
            sa.literal({"a": "100%"}, JSONB).label("doc"), sa.literal_column("'5%'"), column.is_(None)
        ).select_from(sa.values(column, name="v").data([(None,)]))
    )
    with psycopg.connect(targets.app) as connection:
        row = connection.execute(compiled.sql, compiled.params).fetchone()
    assert row[:2] == ({"a": "100%"}, "5%")


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("SELECT '99999999999'::int", "value_out_of_range"),
        ("SELECT chr(0)", None),
        ("SELECT no_such_column", None),
    ],
)
def test_driver_error_becomes_a_refusal_only_where_a_person_can_mend_it(targets, statement, code):
    with psycopg.connect(targets.app) as connection, pytest.raises(psycopg.Error) as caught:
        connection.execute(statement)
    refusal = translate(caught.value)
    assert (refusal.code if refusal else None) == code


def test_nul_in_a_text_is_invalid_text(targets):
    with psycopg.connect(targets.app) as connection, pytest.raises(psycopg.Error) as caught:
        connection.execute("SELECT %s", ("a\0b",))
    assert translate(caught.value).code == "invalid_text"
