"""The stream of live changes: Server-Sent Events that tell that something changed, never what.

Clients read again through the API, with the rights of that moment. Rights are asked when a stream opens and once a
minute; a session that ends ends its streams.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from banyan.api.caller import Caller, CallerDep, caller_of
from banyan.api.strict import StrictRoute
from banyan.kernel.errors import BanyanError, InvalidInput, NotFound, TooMany
from banyan.kernel.ids import new_id, parse_id
from banyan.live import presence
from banyan.live.changes import News, wanted
from banyan.live.hub import ending
from banyan.metadata.catalog import Object
from banyan.notifications.inbox import unread_count
from banyan.records import queries

router = APIRouter(tags=["live"], route_class=StrictRoute)
MOST_WATCHED = 50
NOBODY = UUID(int=0)
RIGHTS_EVERY_S = 60.0
BEAT_S = 15.0
PRESENCE_S = 4.0
WAIT_S = 1.0


@router.get("/live")
async def live(
    request: Request,
    caller: CallerDep,
    records: Annotated[str, Query(max_length=3_000)] = "",
    objects: Annotated[str, Query(max_length=1_000)] = "",
) -> StreamingResponse:
    """Messages `record`, `object`, `inbox`, `presence`, `catalog`, `end`; records as `object:id`, comma separated."""
    if caller.runtime.hub.is_full_for(caller.schema, caller.actor.user_id or NOBODY):
        raise TooMany("too_many_streams", retry_after=30)
    asked = [part for part in records.split(",") if part]
    names = [part for part in objects.split(",") if part]
    if len(asked) + len(names) > MOST_WATCHED:
        raise InvalidInput("too_many_watched", limit=MOST_WATCHED)
    stream = _Stream(request, caller, asked, names)
    await stream.look()
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream.messages(), media_type="text/event-stream", headers=headers)


@dataclass
class _Stream:
    request: Request
    caller: Caller
    asked: list[str]
    names: list[str]
    key: UUID = field(default_factory=new_id)
    records: dict[UUID, Object] = field(default_factory=dict)
    objects: dict[UUID, str] = field(default_factory=dict)
    _seen: dict[UUID, list[UUID]] = field(default_factory=dict)
    _last: dict[str, float] = field(default_factory=dict)
    _version: int = 0

    def __post_init__(self) -> None:
        self._version = self.caller.session.full.version

    @property
    def me(self) -> UUID:
        return self.caller.actor.user_id or NOBODY

    async def look(self) -> None:
        """What of the asked the caller may see now; the rest is as if it were not there."""
        caller = self.caller
        self.records, self.objects = {}, {}
        async with caller.runtime.database.reader() as connection:
            for part in self.asked:
                name, _, text = part.partition(":")
                key = parse_id(text)
                try:
                    obj = caller.object(name)
                    await queries.read_record(connection, caller.session, obj, key or "")
                except NotFound:
                    continue
                if key is not None:
                    self.records[key] = obj
        for name in self.names:
            try:
                self.objects[caller.object(name).id] = name
            except NotFound:
                continue

    async def messages(self) -> AsyncIterator[bytes]:
        """Until the client goes, the session ends, or the process does."""
        runtime, schema = self.caller.runtime, self.caller.schema
        self.request.state.quiet = True
        try:
            async with runtime.hub.listen(schema, self.me) as queue:
                yield b"retry: 3000\n\n"
                yield await self._inbox()
                async for message in self._presence(first=True):
                    yield message
                while not ending():
                    try:
                        news = await asyncio.wait_for(queue.get(), timeout=WAIT_S)
                    except TimeoutError:
                        news = News()
                    for message in self._told(news):
                        yield message
                    if self.me in news.inbox:
                        yield await self._inbox()
                    async for message in self._by_the_clock():
                        yield message
        except BanyanError as error:
            yield _message("end", {"code": error.code})
        finally:
            await asyncio.shield(self._leave())

    async def _by_the_clock(self) -> AsyncIterator[bytes]:
        """What is looked at now and then: rights, the catalog's version, who is here."""
        if self._due("rights", RIGHTS_EVERY_S):
            self.caller = await caller_of(self.request)
            await self.look()
        version = self.caller.runtime.catalogs.version_known(self.caller.schema)
        if version is not None and version != self._version:
            self._version = version
            yield _message("catalog", {"version": version})
        if self._due("presence", PRESENCE_S):
            async for message in self._presence(beat=self._due("beat", BEAT_S)):
                yield message
            yield b": still here\n\n"

    def _due(self, what: str, every_s: float) -> bool:
        now = time.monotonic()
        if now - self._last.setdefault(what, now) < every_s:
            return False
        self._last[what] = now
        return True

    async def _leave(self) -> None:
        async with self.caller.runtime.database.transaction() as connection:
            await presence.leave(connection, self.caller.schema, self.key)

    def _told(self, news: News) -> list[bytes]:
        found = [
            _message(
                "record",
                {
                    "object": self.records[each.record_id].api_name,
                    "id": str(each.record_id),
                    "version": each.version,
                    "mine": each.actor_id == self.me,
                },
            )
            for each in wanted(news, self.records)
        ]
        changed = (
            self.objects
            if news.flood
            else {key: self.objects[key] for key in self.objects.keys() & news.objects}
        )
        mine = {each.object_id for each in news.records if each.actor_id != self.me}
        return found + [
            _message("object", {"object": name, "mine": key not in mine and not news.flood})
            for key, name in changed.items()
        ]

    async def _inbox(self) -> bytes:
        async with self.caller.runtime.database.reader() as connection:
            count = await unread_count(connection, self.caller.schema, self.me)
        return _message("inbox", {"unread": count})

    async def _presence(self, *, first: bool = False, beat: bool = False) -> AsyncIterator[bytes]:
        """Who else is here, when it changed."""
        if not self.records:
            return
        caller = self.caller
        async with caller.runtime.database.reader() as connection:
            # Who looks through another's eyes does not make them be here.
            if (first or beat) and not caller.actor.read_only:
                places = [(obj.id, key) for key, obj in self.records.items()]
                await presence.come(connection, caller.schema, self.key, self.me, places)
            found = await presence.present(connection, caller.schema, list(self.records), self.me)
            if found == self._seen and not first:
                return
            people = {str(user) for users in found.values() for user in users}
            user = caller.session.catalog.by_name.get("user")
            names = await queries.labels_of(connection, caller.session, user, people) if user else {}
        changed = [key for key in self.records if found.get(key, []) != self._seen.get(key, [])]
        self._seen = found
        for key in changed:
            shown: list[dict[str, Any]] = [
                {"id": str(each), "label": names.get(str(each))} for each in found.get(key, [])
            ]
            place = {"object": self.records[key].api_name, "id": str(key)}
            yield _message("presence", {**place, "people": shown})


def _message(kind: str, document: dict[str, Any]) -> bytes:
    return b"event: " + kind.encode() + b"\ndata: " + orjson.dumps(document) + b"\n\n"
