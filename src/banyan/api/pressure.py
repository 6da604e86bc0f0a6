"""Back-pressure: how many requests work at once, per kind and per workspace; the surplus is told when to come again.

Plain ASGI below the security headers. It stands before sign-in, so a workspace is told by a token that has opened a
session here before; everybody else shares one name. A body is read before a place is taken: whoever sends slowly holds
none.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass

import orjson
import structlog
from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from banyan.api.caller import COOKIE, bearer_of, language_of
from banyan.api.lanes import Bounds, Lane
from banyan.api.problems import MEDIA_TYPE, problem_document
from banyan.api.runtime import Runtime
from banyan.api.traffic import Kind, kind_of, only_reads
from banyan.db.database import HEAVY
from banyan.kernel.errors import BanyanError
from banyan.kernel.places import Places

STRANGERS = ""
LONG_PLACES, LONG_SHARE = 32, 24
HEAVY_WAIT, HEAVY_QUEUE = 4, 40  # times the ordinary wait: a report is worth waiting for, but not in a crowd
WATCH_AFTER_S = (
    0.25  # most requests are over by then, and no task watches whether their callers are still there
)
TOLD_EVERY_S = 10.0
_log = structlog.get_logger("banyan.pressure")


def lanes_of(places: Places) -> dict[Kind, Lane]:
    """The lanes of one process."""
    wait, rush = places.wait_ms / 1000, places.rush_ms / 1000
    long = HEAVY_WAIT * wait
    return {
        Kind.ENTRY: Lane(Bounds(places.entry, places.entry, wait, rush)),
        Kind.ORDINARY: Lane(Bounds(places.working, places.working_share, wait, rush)),
        # A heavy read lasts as long as it reads: a long wait says nothing about a load, so nobody is passed over.
        Kind.HEAVY: Lane(Bounds(places.heavy, places.heavy_share, long, long, HEAVY_QUEUE, retry_after=5)),
        Kind.LONG: Lane(Bounds(LONG_PLACES, LONG_SHARE, wait, long, HEAVY_QUEUE, retry_after=5)),
    }


class Pressure:
    """The limiter of one web process."""

    def __init__(self, app: ASGIApp, places: Places) -> None:
        self._app = app
        self.lanes = lanes_of(places)
        self._told = 0.0

    def lane_of(self, kind: Kind) -> Lane:
        """Where a request of this kind takes its place."""
        return self.lanes[Kind.ORDINARY if kind is Kind.STREAM else kind]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = kind_of(scope["method"], scope["path"]) if scope["type"] == "http" else Kind.FREE
        if kind is Kind.FREE:
            await self._app(scope, receive, send)
            return
        call = _Call(scope, receive, send)
        if kind is not Kind.LONG:
            await call.read_body()
        owner = _workspace(scope)
        try:
            await self._work(self.lane_of(kind), kind, owner, call)
        except asyncio.CancelledError:
            if not call.is_gone:
                raise
            call.uncancel()  # By us, because nobody waits for the answer any more.
        finally:
            call.stop_watching()

    async def _work(self, lane: Lane, kind: Kind, owner: str, call: "_Call") -> None:
        call.watch(until_entered=not only_reads(call.scope["method"], call.scope["path"]))
        try:
            entered = await lane.enter(owner)
        except BanyanError as refusal:
            self._tell(kind, lane)
            await _refuse(call, refusal)
            return
        call.enter()
        place = _Place(lane, owner, entered)
        if kind is Kind.STREAM:
            call.begun = place.leave
        mark = HEAVY.set(kind is Kind.HEAVY)
        try:
            await self._app(call.scope, call.receive, call.send)
        finally:
            HEAVY.reset(mark)
            place.leave()

    def _tell(self, kind: Kind, lane: Lane) -> None:
        """One line now and then: a line per refusal would be a load of its own."""
        now = asyncio.get_running_loop().time()
        if now - self._told > TOLD_EVERY_S:
            self._told = now
            _log.warning("requests_refused", lane=kind.value, refused=lane.refused, waiting=lane.waiting)


@dataclass
class _Place:
    """A place that was taken; it is given back once, however often that is said."""

    lane: Lane
    owner: str
    entered: float
    is_held: bool = True

    def leave(self) -> None:
        if self.is_held:
            self.is_held = False
            self.lane.leave(self.owner, self.entered)


@dataclass
class _Call:
    """One request: what was read of it before it got a place, and whether its caller is still there."""

    scope: Scope
    channel: Receive
    out: Send
    is_gone: bool = False
    begun: Callable[[], None] | None = None  # told when the answer of a stream begins

    def __post_init__(self) -> None:
        self._read: list[Message] = []
        self._failed: Exception | None = None
        self._answered = False
        self._entered = False
        self._bell: asyncio.TimerHandle | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._task: asyncio.Task[object] | None = None

    async def read_body(self) -> None:
        """Take the body in. What goes wrong with it goes wrong where the application reads it."""
        try:
            while True:
                message = await self.channel()
                self._read.append(message)
                if message["type"] != "http.request" or not message.get("more_body", False):
                    break
        except BanyanError as error:
            self._failed = error
        self._read.reverse()

    async def receive(self) -> Message:
        if self._read:
            return self._read.pop()
        if self._failed is not None:
            raise self._failed
        return await self.channel()

    async def send(self, message: Message) -> None:
        if self.begun is not None and message["type"] == "http.response.start":
            self.begun()
            self.stop_watching()  # From here on the stream itself looks whether somebody listens.
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            self._answered = True
            self.stop_watching()
        await self.out(message)

    def watch(self, *, until_entered: bool) -> None:
        """Break the request off when its caller goes away; one that writes only while it waits for its place."""
        self._task = asyncio.current_task()
        self._until_entered = until_entered
        if self._failed is None and self._is_whole():
            self._bell = asyncio.get_running_loop().call_later(WATCH_AFTER_S, self._start_watching)

    def enter(self) -> None:
        self._entered = True
        if self._until_entered:
            self.stop_watching()

    def stop_watching(self) -> None:
        if self._bell is not None:
            self._bell.cancel()
        if self._watcher is not None and self._watcher is not asyncio.current_task():
            self._watcher.cancel()

    def uncancel(self) -> None:
        if self._task is not None:
            self._task.uncancel()

    def _is_whole(self) -> bool:
        """Whether nothing but the end of the connection can still come; only then may somebody else listen for it."""
        return bool(self._read) and not self._read[0].get("more_body", False)

    def _start_watching(self) -> None:
        self._watcher = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        while True:
            message = await self.channel()
            if message["type"] == "http.disconnect":
                break
        if not self._answered and self._task is not None:
            self.is_gone = True
            self._task.cancel()


async def _refuse(call: _Call, refusal: BanyanError) -> None:
    document = problem_document(refusal, language_of(Request(call.scope)), secrets.token_hex(6))
    body = orjson.dumps(document)
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", b"%d" % len(body)),
        (b"retry-after", b"%d" % refusal.params["retry_after"]),
        (b"cache-control", b"no-store"),
    ]
    await call.out({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await call.out({"type": "http.response.body", "body": body})


def _workspace(scope: Scope) -> str:
    """The workspace of a token that is known here; who names one with a token of his own making is a stranger."""
    headers = Headers(scope=scope)
    token = bearer_of(headers)
    if not token and "cookie" in headers:
        token = cookie_parser(headers["cookie"]).get(COOKIE, "")
    runtime: Runtime | None = getattr(scope["app"].state, "runtime", None)
    return (token and runtime is not None and runtime.proven.workspace(token)) or STRANGERS
