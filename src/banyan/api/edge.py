"""The outermost layer of every answer: security headers, a limit on what a request may carry, and the last resort."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from banyan.kernel.actor import set_acting
from banyan.kernel.errors import TooLarge

MAX_BODY = 16 * 1024 * 1024
REFUSED = (
    "banyan.too_large"  # set in the scope, because the framework turns what reading raises into a plain 400
)
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "connect-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Edge:
    """Plain ASGI, because a wrapping of every response body would cost more than most requests do.

    `unexpected` answers what nobody foresaw. Further out the server would answer, too, and then cut the connection
    without a word: a client that keeps it would lose its next request.
    """

    def __init__(
        self,
        app: ASGIApp,
        unexpected: Callable[[Request, Exception], Awaitable[Response]],
        larger: Mapping[str, int] | None = None,
    ) -> None:
        self._app = app
        self._unexpected = unexpected
        self._larger = larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        has_begun = False

        async def dressed(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        # Bodies are read before anybody asks who calls, so every path has its limit.
        most = self._larger.get(scope["path"], MAX_BODY)
        try:
            await self._app(scope, _limited(scope, receive, most), dressed)
        except Exception as error:
            # Half an answer is told apart from a whole one by nothing but its connection's end.
            if has_begun:
                raise
            answer = await self._unexpected(Request(scope), error)
            await answer(scope, receive, dressed)
        finally:
            # Whoever drives the application in a task of its own goes on as nobody.
            set_acting(None)


def _limited(scope: Scope, receive: Receive, most: int) -> Receive:
    """Stop reading a body that is larger than it may be, whatever its headers promise."""
    taken = 0
    declared = Headers(scope=scope).get("content-length", "0")
    refused = declared.isdigit() and int(declared) > most

    async def read() -> Message:
        nonlocal taken
        if refused:
            scope[REFUSED] = True
            raise TooLarge
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            scope[REFUSED] = True
            raise TooLarge
        return message

    return read
