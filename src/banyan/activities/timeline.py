"""The timeline of a record: activities, comments, related records and its own history, merged, newest first.

Every stream is ordered, read a page each by an authorised query, and merged. The cursor holds the place in each stream,
so no item is lost or repeated however many share one moment.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

import orjson

from banyan.activities import comments, pins
from banyan.activities.related import ACTIVITY, RelatedList, points_at, related_ids, related_lists
from banyan.db.database import Connection
from banyan.kernel.errors import FieldProblem, InvalidInput
from banyan.kernel.ids import parse_id
from banyan.metadata.catalog import Field, Object
from banyan.query.cursor import Cursor, encode
from banyan.query.parsed import ParsedQuery, Sort
from banyan.records import queries
from banyan.records.session import Session

HAPPENED, HISTORY, COMMENT, RECORD, FILE = "happened_at", "history", "comment", "record", "file"
_UNDATED = "created_at"
FILES_FIELD = "files"
_KINDS = (COMMENT, RECORD, HISTORY, FILE)
Place = list[str]  # sort value and id of the last item taken from a stream; of ids alone, one part


@dataclass(frozen=True)
class Wanted:
    """What of the timeline is asked for. `kinds` empty: everything."""

    kinds: frozenset[str] = frozenset()
    person: UUID | None = None
    text: str = ""
    limit: int = 30
    cursor: str | None = None

    def takes(self, kind: str) -> bool:
        return not self.kinds or kind in self.kinds


@dataclass(frozen=True)
class Item:
    stream: str
    at: str
    place: Place
    document: dict[str, Any]


async def read_timeline(
    connection: Connection, session: Session, obj: Object, record_id: str, wanted: Wanted
) -> dict[str, Any]:
    """{items, next_cursor, pinned on the first page}, as far as the actor may read. Raises NotFound, InvalidInput."""
    await queries.read_record(connection, session, obj, record_id, include_deleted=True)
    places = _decode(wanted.cursor)
    reading = _Reading(connection, session, obj, record_id, wanted, places)
    items, more = await reading.all_streams()
    items.sort(key=lambda item: (item.at, item.place[-1]), reverse=True)
    page = items[: wanted.limit]
    taken = places | {item.stream: item.place for item in page}
    answer: dict[str, Any] = {
        "items": [item.document for item in page],
        "next_cursor": _encode(taken) if page and (more or len(items) > wanted.limit) else None,
    }
    if wanted.cursor is None:
        answer["pinned"] = await pins.read_pinned(connection, session, obj, record_id)
    return answer


@dataclass
class _Reading:
    connection: Connection
    session: Session
    obj: Object
    record_id: str
    wanted: Wanted
    places: Mapping[str, Place]

    async def all_streams(self) -> tuple[list[Item], bool]:
        """The next items of every stream, and whether any stream has more than its page."""
        related = await related_ids(self.connection, self.session, self.lists, self.record_id)
        items: list[Item] = []
        more = False
        for found in (
            await self._activities(HAPPENED, related),
            await self._activities(_UNDATED, related),
            await self._comments(related),
            *[await self._records(each) for each in self.lists],
        ):
            more = more or len(found) > self.wanted.limit
            items += found
        history, older = await self._history()
        return items + history, more or older

    @cached_property
    def lists(self) -> list[RelatedList]:
        return related_lists(self.session, self.obj)

    async def _activities(self, stream: str, related: Mapping[str, Mapping[str, Any]]) -> list[Item]:
        """Activities that say when they happened, or (by their creation) those that do not."""
        activity = self.session.catalog.by_name.get(ACTIVITY)
        if activity is None or not self.session.policy.allows(activity.grant_key, "read"):
            return []
        dated = activity.field(HAPPENED) is not None
        own = [f for f in activity.custom_fields if not f.masked and points_at(self.session, f, self.obj)]
        where = self._of_activities(activity, own, related)
        if where is None or (stream == HAPPENED and not dated):
            return []
        if dated:
            op = "is_not_empty" if stream == HAPPENED else "is_empty"
            where.append({"field": HAPPENED, "op": op})
        rows = await self._page(activity, where, stream, "values" if stream == HAPPENED else "all")
        return [self._activity(row, stream, own, related) for row in rows]

    def _of_activities(
        self, activity: Object, own: list[Field], related: Mapping[str, Mapping[str, Any]]
    ) -> list[dict[str, Any]] | None:
        """The conditions on activities; None where none can be meant."""
        links: list[dict[str, Any]] = [
            {"field": link.api_name, "op": "eq", "value": self.record_id} for link in own
        ]
        for link in activity.custom_fields:
            ids = [*related.get(str(link.target), {})]
            if ids and not link.masked and not points_at(self.session, link, self.obj):
                links.append({"field": link.api_name, "op": "in", "value": ids})
        kinds = sorted(kind for kind in self.wanted.kinds - set(_KINDS) if not kind.startswith(f"{RECORD}:"))
        if not links or (self.wanted.kinds and not kinds and FILE not in self.wanted.kinds):
            return None
        where: list[dict[str, Any]] = [{"or": links}]
        chosen: list[dict[str, Any]] = []
        if kinds and activity.field("kind") is not None:
            chosen.append({"field": "kind", "op": "in", "value": kinds})
        if FILE in self.wanted.kinds and activity.field(FILES_FIELD) is not None:
            chosen.append({"field": FILES_FIELD, "op": "is_not_empty"})
        if self.wanted.kinds and not chosen:
            return None
        if chosen:
            where.append({"or": chosen})
        if self.wanted.person is not None:
            where.append({"field": "owner", "op": "eq", "value": str(self.wanted.person)})
        if self.wanted.text:
            searched = [f for f in (activity.title, activity.field("body")) if f is not None and not f.masked]
            like = [{"field": f.api_name, "op": "contains", "value": self.wanted.text} for f in searched]
            where.append({"or": like})
        return where

    async def _page(
        self, obj: Object, where: list[dict[str, Any]], stream: str, segment: Any, place_of: str | None = None
    ) -> list[dict[str, Any]]:
        place = self.places.get(place_of or stream)
        query = ParsedQuery(
            where={"and": where},
            sort=(Sort(field=stream, direction="desc"),),
            limit=self.wanted.limit + 1,
            cursor=encode(Cursor(segment, tuple(place)), f"-{stream}") if place else None,
        )
        page = await queries.query_page(self.connection, self.session, obj, query)
        rows: list[dict[str, Any]] = orjson.loads(page.rows)
        return rows

    def _activity(
        self, row: dict[str, Any], stream: str, own: list[Field], related: Mapping[str, Mapping[str, Any]]
    ) -> Item:
        document = {
            "kind": ACTIVITY,
            "key": f"{ACTIVITY}:{row['id']}",
            "at": row[stream],
            "record": row,
            "via": None
            if any(_id(row.get(f.api_name)) == self.record_id for f in own)
            else _via(row, related),
        }
        return Item(stream, row[stream], [row[stream], row["id"]], document)

    async def _comments(self, related: Mapping[str, Mapping[str, Any]]) -> list[Item]:
        if not self.wanted.takes(COMMENT):
            return []
        titles = {key: (name, title) for name, rows in related.items() for key, title in rows.items()}
        records = [self.record_id, *titles]
        before = self.places.get(COMMENT)
        found = await comments.read_comments(
            self.connection,
            self.session,
            records,
            person=self.wanted.person,
            text=self.wanted.text,
            before=None if before is None else UUID(before[0]),
            limit=self.wanted.limit + 1,
        )
        items = []
        for each in found:
            via = None
            if each["record"] in titles:
                name, title = titles[each["record"]]
                via = {"object": name, "id": each["record"], "label": title}
            document = {"kind": COMMENT, "key": f"{COMMENT}:{each['id']}", "at": each["at"], "comment": each}
            items.append(Item(COMMENT, each["at"], [each["id"]], document | {"via": via}))
        return items

    async def _records(self, each: RelatedList) -> list[Item]:
        """Related records by when they were made; `record:opportunity` takes those of one object."""
        if not (self.wanted.takes(RECORD) or self.wanted.takes(f"{RECORD}:{each.object.api_name}")):
            return []
        where: list[dict[str, Any]] = [{"field": each.via.api_name, "op": "eq", "value": self.record_id}]
        if self.wanted.person is not None:
            where.append({"field": "created_by", "op": "eq", "value": str(self.wanted.person)})
        if self.wanted.text:
            where.append({"field": each.object.title.api_name, "op": "contains", "value": self.wanted.text})
        name = f"{RECORD}:{each.object.api_name}.{each.via.api_name}"
        rows = await self._page(each.object, where, _UNDATED, "all", name)
        return [
            Item(
                name,
                row[_UNDATED],
                [row[_UNDATED], row["id"]],
                {
                    "kind": RECORD,
                    "key": f"{RECORD}:{row['id']}",
                    "at": row[_UNDATED],
                    "object": each.object.api_name,
                    "record": row,
                    "via": None,
                },
            )
            for row in rows
        ]

    async def _history(self) -> tuple[list[Item], bool]:
        """The record's own changes; words are not searched in them."""
        if not self.wanted.takes(HISTORY) or self.wanted.text:
            return [], False
        place = self.places.get(HISTORY)
        found = await queries.read_history(
            self.connection,
            self.session,
            self.obj,
            self.record_id,
            limit=self.wanted.limit,
            before=parse_id(place[0]) if place else None,
            actor=self.wanted.person,
        )
        items = [
            Item(
                HISTORY,
                entry["at"],
                [entry["id"]],
                {
                    "kind": HISTORY,
                    "key": f"{HISTORY}:{entry['id']}",
                    "at": entry["at"],
                    "entry": entry,
                    "via": None,
                },
            )
            for entry in found["entries"]
        ]
        return items, found["next_cursor"] is not None


def _via(row: Mapping[str, Any], related: Mapping[str, Mapping[str, Any]]) -> dict[str, Any] | None:
    """The related record through which an activity belongs here."""
    for name, titles in related.items():
        for value in row.values():
            if _id(value) in titles:
                return {"object": name, "id": _id(value), "label": titles[str(_id(value))]}
    return None


def _id(value: Any) -> str | None:
    return value.get("id") if isinstance(value, dict) else None


def _encode(places: Mapping[str, Place]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(places)).rstrip(b"=").decode()


def _decode(cursor: str | None) -> dict[str, Place]:
    """Places by stream. Raises InvalidInput for a cursor that is not one of ours."""
    if cursor is None:
        return {}
    try:
        found = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        valid = isinstance(found, dict) and all(_is_place(name, value) for name, value in found.items())
    except (ValueError, binascii.Error):
        valid = False
    if not valid:
        raise InvalidInput("invalid_query", problems=[FieldProblem("/cursor", "invalid_cursor")])
    return dict(found)


def _is_place(stream: Any, value: Any) -> bool:
    parts = 1 if stream in (HISTORY, COMMENT) else 2
    return (
        isinstance(stream, str)
        and (stream in (HAPPENED, _UNDATED, HISTORY, COMMENT) or stream.startswith(f"{RECORD}:"))
        and isinstance(value, list)
        and len(value) == parts
        and all(isinstance(part, str) for part in value)
        and parse_id(value[-1]) is not None
    )
