"""The outermost layer of every answer: security headers, and a limit on what a request may carry."""

from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
    """Plain ASGI, because a wrapping of every response body would cost more than most requests do."""

    def __init__(self, app: ASGIApp, larger: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._larger = larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        # Bodies are read before anybody asks who calls, so every path has its limit.
        most = self._larger.get(scope["path"], MAX_BODY)
        await self._app(scope, _limited(scope, receive, most), dressed)


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
