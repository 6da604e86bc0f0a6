"""The server's side of a connection, which sends an answer whole.

The server hands over the head of an answer and then its body, and the event loop sends each at once: two calls of the
system, and whoever waits for the answer wakes twice. Here a head waits for the body that follows it in the same step.
"""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_BEGINS, _ENDS = b"HTTP/1.", b"\r\n\r\n"


class _Together:
    """A transport whose heads go out with what follows, and at the latest when the loop comes round."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._head: bytes | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if self._head is not None:
            head, self._head = self._head, None
            self._transport.write(head + data)
        elif data.startswith(_BEGINS) and data.endswith(_ENDS):
            self._head = data
            self._loop.call_soon(self._flush)
        else:
            self._transport.write(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._head is not None:
            head, self._head = self._head, None
            if not self._transport.is_closing():
                self._transport.write(head)


class WholeAnswers(HttpToolsProtocol):
    """The server's HTTP protocol over such a transport."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        together: Any = _Together(cast("asyncio.Transport", transport), self.loop)
        super().connection_made(together)
