"""Names of constraints and indexes, and what PostgreSQL's refusals mean to a caller."""

import hashlib
from typing import Any, Literal

import orjson
import psycopg
from psycopg import errors

from banyan.kernel.errors import BanyanError, Conflict, FieldProblem, InvalidInput, Unavailable

LONGEST_NAME = 63
_HASH_LENGTH = 8

Kind = Literal["pk", "uq", "ut", "ck", "fk", "ix", "nn"]


def constraint_name(kind: Kind, table: str, *columns: str) -> str:
    """Return `kind_table_columns`.

    Cut to 63 bytes with a hash of the whole so that it stays unique and stable.
    """
    whole = "_".join((kind, table, *columns))
    if len(whole.encode()) <= LONGEST_NAME:
        return whole
    mark = hashlib.sha256(whole.encode()).hexdigest()[:_HASH_LENGTH]
    room = LONGEST_NAME - _HASH_LENGTH - 1
    return f"{whole.encode()[:room].decode('utf-8', 'ignore')}_{mark}"


# Most telling class first: psycopg's error classes form a hierarchy and the first match wins.
_MEANINGS: tuple[tuple[type[psycopg.Error], type[BanyanError], str], ...] = (
    (errors.UniqueViolation, Conflict, "unique_violation"),
    (errors.ExclusionViolation, Conflict, "unique_violation"),
    (errors.CheckViolation, InvalidInput, "check_violation"),
    (errors.NotNullViolation, InvalidInput, "not_null_violation"),
    (errors.ForeignKeyViolation, Conflict, "foreign_key_violation"),
    (errors.LockNotAvailable, Unavailable, "lock_not_available"),
    (errors.QueryCanceled, Unavailable, "statement_timeout"),
    (errors.DiskFull, Unavailable, "disk_full"),
    (errors.SerializationFailure, Conflict, "serialization_failure"),
    (errors.DeadlockDetected, Conflict, "serialization_failure"),
    (errors.TooManyConnections, Unavailable, "database_busy"),
    (errors.OutOfMemory, Unavailable, "database_busy"),
    (errors.ReadOnlySqlTransaction, Unavailable, "database_read_only"),
    (errors.NumericValueOutOfRange, InvalidInput, "value_out_of_range"),
    (errors.StringDataRightTruncation, InvalidInput, "value_too_long"),
    (errors.DatetimeFieldOverflow, InvalidInput, "value_out_of_range"),
    (errors.CharacterNotInRepertoire, InvalidInput, "invalid_text"),
    (errors.UntranslatableCharacter, InvalidInput, "invalid_text"),
)


# Where the server finds that a value does not fit into an index; other limits of that class are our own mistakes.
_FORMING_ENTRIES = ("index_form_tuple_context", "_bt_check_third_page")

# No connection at all (the driver gives no state), connection failures, shutdown by an operator or a crash.
_GONE = ("08", "57P")


def translate(error: psycopg.Error) -> BanyanError | None:
    """Return the refusal a caller may see, or None for an error that is our own mistake.

    Params of the result: `constraint`, `table`, `schema`, `column`, each only where the server named it.
    Values never
    appear in it.
    """
    if isinstance(error, errors.CheckViolation) and (refused := _rule_broken(error)) is not None:
        return refused
    if isinstance(error, errors.ProgramLimitExceeded) and error.diag.source_function in _FORMING_ENTRIES:
        return InvalidInput("too_long_for_index", **_named(error))
    for source, target, code in _MEANINGS:
        if isinstance(error, source):
            return target(code, **_named(error))
    if isinstance(error, psycopg.OperationalError) and (error.sqlstate or _GONE[0]).startswith(_GONE):
        return Unavailable("database_gone")
    if isinstance(error, psycopg.DataError) and "NUL" in str(error):
        return InvalidInput("invalid_text")
    return None


def _rule_broken(error: psycopg.Error) -> BanyanError | None:
    """What a rule says that the database holds: its own words in every language, at its field."""
    try:
        told = orjson.loads(error.diag.message_detail or "{}")
    except orjson.JSONDecodeError:
        return None
    if not isinstance(told, dict) or not isinstance(told.get("said"), dict):
        return None
    params = {"message": told["said"], "field": told["field"], **_named(error)}
    place = f"/{told['field']}" if told["field"] else ""
    return InvalidInput(problems=[FieldProblem(place, "rule_broken", params)], **_named(error))


def _named(error: psycopg.Error) -> dict[str, Any]:
    facts = error.diag
    found = {
        "constraint": facts.constraint_name,
        "table": facts.table_name,
        "schema": facts.schema_name,
        "column": facts.column_name,
    }
    return {name: value for name, value in found.items() if value}
