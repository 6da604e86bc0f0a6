"""Rows of the trail as people read them: names for ids, fields for columns, words for codes.

An auditor may read no record, so names come from here and not from a query in their name: those of people and of
objects, nothing else. Values before and after are what the audit is for.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from banyan.api.caller import Caller
from banyan.audit.search import Row
from banyan.audit.words import ACTIONS, KINDS, OUTCOMES, word
from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.kernel.ids import parse_id
from banyan.metadata.catalog import Field, Object

_BEGINNINGS = ("create", "import")
_USER = "user"
Document = dict[str, Any]


async def people_named(connection: Connection, caller: Caller, ids: Iterable[UUID]) -> dict[str, str]:
    """Names of people by id."""
    wanted = set(ids)
    people = caller.session.full.object(_USER)
    table, name = people.table, people.title.physical()
    if not wanted:
        return {}
    cursor = await run(connection, sa.select(table.c.id, table.c[name]).where(table.c.id.in_(wanted)))
    return {str(row[0]): str(row[1]) for row in await cursor.fetchall()}


async def shown(
    connection: Connection, caller: Caller, rows: Sequence[Row], *, changes: bool
) -> list[Document]:
    """Documents of rows; with `changes` also what each record held before and after."""
    ids = {found for row in rows for found in (row.actor_id, row.real_user_id) if found is not None}
    ids |= {found for row in rows if changes for found in _mentioned(row)}
    names = await people_named(connection, caller, ids)
    return [_document(caller, row, names, changes=changes) for row in rows]


def _mentioned(row: Row) -> set[UUID]:
    """Ids among the values: some are people's."""
    values = [side for sides in _sides(row).values() for side in sides] if row.source == "change" else []
    return {found for value in values if isinstance(value, str) and (found := parse_id(value)) is not None}


def _document(caller: Caller, row: Row, names: Mapping[str, str], *, changes: bool) -> Document:
    language, catalog = caller.actor.language, caller.session.full
    obj = catalog.by_id.get(row.object_id) if row.object_id else None
    target: Document = orjson.loads(row.target)
    if obj is None and isinstance(target.get("object"), str):
        obj = catalog.by_name.get(target["object"])
    label = None if obj is None else obj.definition.label.get(language) or obj.api_name
    document: Document = {
        "id": str(row.id),
        "source": row.source,
        "at": row.at.isoformat(),
        "actor": _person(row.actor_id, names)
        | {"kind": row.actor_kind, "kind_label": word(KINDS, row.actor_kind, language)},
        "real_user": None if row.real_user_id is None else _person(row.real_user_id, names),
        "action": row.action,
        "action_label": word(ACTIONS, row.action, language),
        "outcome": row.outcome,
        "outcome_label": word(OUTCOMES, row.outcome, language),
        "object": None if obj is None else {"name": obj.api_name, "label": label},
        "record": None if row.record_id is None else str(row.record_id),
        "target": target,
        "address": row.address,
        "client": row.client,
        "session": row.session,
    }
    if row.source == "entry":
        return document | {"detail": orjson.loads(row.detail), "fields": [], "changes": None}
    fields = _fields(obj, row)
    document |= {"detail": {}, "fields": [_label(field, language) for field in fields], "changes": None}
    if changes:
        document["changes"] = [_change(caller, field, row, names) for field in fields]
    return document


def _person(user: UUID | None, names: Mapping[str, str]) -> Document:
    return {"id": None if user is None else str(user), "name": None if user is None else names.get(str(user))}


def _sides(row: Row) -> dict[str, list[Any]]:
    """Old and new by column; numbers stay the text they were written in. A new record had nothing before."""
    found = json.loads(row.detail, parse_float=str, parse_int=str)
    return {column: [None, value] for column, value in found.items()} if row.action in _BEGINNINGS else found


def _fields(obj: Object | None, row: Row) -> list[Field]:
    if obj is None:
        return []
    columns = obj.by_slug
    return list(dict.fromkeys(columns[column] for column in _sides(row) if column in columns))


def _label(field: Field, language: str) -> str:
    return field.label.get(language) or next(iter(field.label.values()))


def _change(caller: Caller, field: Field, row: Row, names: Mapping[str, str]) -> Document:
    sides = _sides(row)
    return {
        "field": field.api_name,
        "label": _label(field, caller.actor.language),
        "from": _value(caller, field, {column: pair[0] for column, pair in sides.items()}, names),
        "to": _value(caller, field, {column: pair[1] for column, pair in sides.items()}, names),
    }


def _value(caller: Caller, field: Field, columns: Mapping[str, Any], names: Mapping[str, str]) -> str | None:
    """One side of a change as text. A related record is named by its id: its title is not the auditor's to see."""
    parts = {spec.suffix: columns.get(field.physical(spec.suffix)) for spec in field.specs}
    main = parts.get("")
    if main is None:
        return next((str(part) for part in parts.values() if part is not None), None)
    if field.kind.pointing:
        return "; ".join(
            names.get(str(part), str(part)) for part in (main if isinstance(main, list) else [main])
        )
    plain = {
        name: part if isinstance(part, bool | list | dict | None) else str(part)
        for name, part in parts.items()
    }
    if any(part is None for part in plain.values()):
        return str(main)  # a further part did not change and is not in this entry
    value = field.kind.to_json(field, plain)
    return field.kind.to_text(field, value, language=caller.actor.language, labels=True)


async def everybody(connection: Connection, caller: Caller, most: int = 2_000) -> list[Document]:
    """People by name, for the filter."""
    people = caller.session.full.object(_USER)
    table, name = people.table, people.title.physical()
    cursor = await run(connection, sa.select(table.c.id, table.c[name]).order_by(table.c[name]).limit(most))
    return [{"id": str(row[0]), "name": str(row[1])} for row in await cursor.fetchall()]


def header(language: str) -> list[str]:
    """Titles of an exported file."""
    chinese = ["时间（UTC）", "操作人", "操作", "结果", "对象", "记录", "来源", "内容"]
    english = ["Time (UTC)", "Who", "Action", "Outcome", "Object", "Record", "From", "Content"]
    return english if language == "en" else chinese


def cells(document: Document, told: str) -> list[str]:
    """One row of an exported file, under `header`."""
    who = document["actor"]["name"] or document["actor"]["kind_label"]
    if document["real_user"] is not None:
        who = f"{document['real_user']['name'] or document['real_user']['id']} → {who}"
    return [
        str(document["at"])[:19].replace("T", " "),
        who,
        document["action_label"],
        document["outcome_label"],
        document["object"]["label"] if document["object"] else "",
        document["record"] or "",
        " ".join(part for part in (document["address"], document["client"]) if part),
        told,
    ]


async def taken_by(connection: Connection, caller: Caller) -> str:
    """The mark of an exported file: who took it, and when."""
    user = caller.actor.user_id
    names = await people_named(connection, caller, [] if user is None else [user])
    return f"{next(iter(names.values()), '')} {datetime.now(UTC):%Y-%m-%d %H:%M} UTC".strip()
