"""The middleware that knows which request a task is about and, where asked, measures it."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from banyan.kernel.errand import Errand, Place, begin_errand, end_errand
from banyan.observing.metrics import Metrics
from banyan.observing.tracing import Tracing

API = "/api/v1"
VIEW_HEADER = b"x-banyan-view"
UNMATCHED = "unmatched"  # no route took it: its path could be anything
_FAILED = 500
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@dataclass
class RequestErrand(Errand):
    """A request; its scope fills as it goes through routing and sign-in, so it is read only when asked."""

    scope: Scope

    @property
    def route(self) -> str:
        """The template of the route, never the path itself: paths hold ids."""
        path = getattr(self.scope.get("route"), "path", None)
        if path is None:
            return UNMATCHED
        inside = self.scope["path"].startswith(API) and not path.startswith(API)
        return f"{API}{path}" if inside else str(path)

    @property
    def method(self) -> str:
        """The method, of those there are: anybody may send any word."""
        return self.scope["method"] if self.scope["method"] in _METHODS else "OTHER"

    def place(self) -> Place:
        state = self.scope.get("state") or {}
        actor, policy = state.get("actor"), state.get("policy")
        roles = () if policy is None else tuple(sorted({role.key for role in policy.roles}))
        return Place(
            "request",
            f"{self.method} {self.route}",
            None if actor is None else actor.workspace,
            self._object(),
            self._view(),
            roles,
        )

    def _object(self) -> str | None:
        """The object of a path that names one; other words in its place are not kept."""
        found = (self.scope.get("path_params") or {}).get("object_name", "")
        return found if _NAME.fullmatch(found) else None

    def _view(self) -> str | None:
        found = next((value for name, value in self.scope["headers"] if name == VIEW_HEADER), None)
        return None if found is None else found.decode("latin-1")


@dataclass
class _Answer:
    status: int = _FAILED
    is_stream: bool = False


class Requests:
    """Plain ASGI. Where neither metrics, traces nor timing are on it sets one context variable and nothing else."""

    def __init__(
        self, app: ASGIApp, *, metrics: Metrics | None, tracing: Tracing | None, timing: bool
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._tracing = tracing
        self._timing = timing
        self._measures = timing or metrics is not None or tracing is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        errand = RequestErrand(scope)
        token = begin_errand(errand)
        try:
            if not self._measures:
                await self._app(scope, receive, send)
            elif self._tracing is None:
                await self._measured(errand, receive, send)
            else:
                with self._tracing.request(errand.method, scope["headers"]) as span:
                    answer = await self._measured(errand, receive, send, span.failed)
                    span.answered(errand.method, errand.route, answer.status)
        finally:
            end_errand(token)

    async def _measured(
        self,
        errand: RequestErrand,
        receive: Receive,
        send: Send,
        failed: Callable[[str, str], None] | None = None,
    ) -> _Answer:
        answer, started = _Answer(), time.perf_counter()

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                headers = MutableHeaders(scope=message)
                answer.is_stream = headers.get("content-type", "").startswith("text/event-stream")
                if self._timing:
                    headers["Server-Timing"] = _timing(errand, time.perf_counter() - started)
            await send(message)

        try:
            await self._app(errand.scope, receive, noting)
        except Exception:
            if failed is not None:
                failed(errand.method, errand.route)
            raise
        finally:
            if self._metrics is not None:
                seconds = None if answer.is_stream else time.perf_counter() - started
                self._metrics.request(errand.method, errand.route, answer.status, seconds)
        return answer


def _timing(errand: Errand, seconds: float) -> str:
    """What browsers show beside a request. Statements after the answer has begun are not in it."""
    count = f"{errand.statements} statement{'' if errand.statements == 1 else 's'}"
    return f'app;dur={seconds * 1000:.1f}, db;dur={errand.database_s * 1000:.1f};desc="{count}"'
