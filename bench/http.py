"""A small keep-alive HTTP/1.1 client: it must cost less than what it measures."""

import asyncio
import json
import re
import time
from dataclasses import dataclass
from typing import Any

TIMING = re.compile(rb"app;dur=([0-9.]+), ?db;dur=([0-9.]+);desc=\"([0-9]+) statement", re.IGNORECASE)


@dataclass
class Answer:
    status: int
    body: bytes
    head: bytes = b""

    def json(self) -> Any:
        return json.loads(self.body)

    def timing(self) -> tuple[float, float, int] | None:
        """Milliseconds of the server and within it of the database, and statements, where the server tells them."""
        found = TIMING.search(self.head)
        return (float(found[1]), float(found[2]), int(found[3])) if found else None


class _Chunks:
    """A body that comes in chunks."""

    def __init__(self) -> None:
        self._raw = bytearray()
        self._parts: list[bytes] = []
        self._left = 0  # of the chunk at hand
        self._skip = 0  # of its end of line
        self._last = False

    def feed(self, data: bytes) -> bytes | None:
        """The body, once it is whole."""
        self._raw += data
        while True:
            if self._left:
                part = bytes(self._raw[: self._left])
                del self._raw[: len(part)]
                self._parts.append(part)
                self._left -= len(part)
                if self._left:
                    return None
            if self._skip:
                if len(self._raw) < self._skip:
                    return None
                del self._raw[: self._skip]
                self._skip = 0
                if self._last:
                    return b"".join(self._parts)
            end = self._raw.find(b"\r\n")
            if end < 0:
                return None
            self._left, self._skip = int(self._raw[:end], 16), 2
            self._last = self._left == 0
            del self._raw[: end + 2]


class _Wire(asyncio.Protocol):
    """One connection: one answer at a time, put together from what arrives."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Answer] | None = None
        self._parts: list[bytes] = []
        self._head = b""
        self._missing = 0
        self._chunks: _Chunks | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    @property
    def is_open(self) -> bool:
        return self.transport is not None and not self.transport.is_closing()

    def ask(self, raw: bytes) -> asyncio.Future[Answer]:
        if self.transport is None:
            raise ConnectionResetError("not connected")
        self._answer = asyncio.get_running_loop().create_future()
        self._parts, self._head, self._chunks = [], b"", None
        self.transport.write(raw)
        return self._answer

    def data_received(self, data: bytes) -> None:
        if not self._head:
            self._parts.append(data)
            data = self._read_head()
            if not self._head:
                return
        if self._chunks is not None:
            body = self._chunks.feed(data)
            if body is not None:
                self._give(body)
            return
        self._parts.append(data)
        self._missing -= len(data)
        if self._missing <= 0:
            self._give(b"".join(self._parts))

    def _read_head(self) -> bytes:
        """What of the body came with the head."""
        whole = b"".join(self._parts)
        head, end, rest = whole.partition(b"\r\n\r\n")
        if not end:
            return b""
        self._head, self._parts = head + end, []
        lowered = self._head.lower()
        at = lowered.find(b"content-length:")
        self._missing = int(lowered[at + 15 : lowered.index(b"\r\n", at)]) if at >= 0 else 0
        self._chunks = _Chunks() if at < 0 and b"chunked" in lowered else None
        return rest

    def _give(self, body: bytes) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(Answer(int(self._head[9:12]), body, self._head))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError("closed by the server"))


class Client:
    """One connection, made when first used, and again where the server has closed it meanwhile."""

    def __init__(self, host: str, port: int, token: str | None = None) -> None:
        self._host, self._port, self._token = host, port, token
        self._wire: _Wire | None = None

    def request(self, method: str, path: str, body: Any = None, *lines: str) -> bytes:
        """The bytes of a request, made once and sent often. `lines` are further ones of its head."""
        payload = b"" if body is None else json.dumps(body).encode()
        head = f"{method} /api/v1{path} HTTP/1.1\r\nHost: {self._host}\r\nContent-Length: {len(payload)}\r\n"
        head += "Content-Type: application/json\r\n" if payload else ""
        head += f"Authorization: Bearer {self._token}\r\n" if self._token else ""
        head += "".join(f"{line}\r\n" for line in lines)
        return head.encode() + b"\r\n" + payload

    async def send(self, raw: bytes) -> Answer:
        if self._wire is None or not self._wire.is_open:
            loop = asyncio.get_running_loop()
            _, self._wire = await loop.create_connection(_Wire, self._host, self._port)
        return await self._wire.ask(raw)

    async def call(self, method: str, path: str, body: Any = None, *lines: str) -> Answer:
        return await self.send(self.request(method, path, body, *lines))

    def close(self) -> None:
        if self._wire is not None and self._wire.transport is not None:
            self._wire.transport.close()


@dataclass(frozen=True)
class Sample:
    """Seconds per request of one round, and how long the round took."""

    latencies: list[float]
    seconds: float

    @property
    def p50_ms(self) -> float:
        ordered = sorted(self.latencies)
        return ordered[len(ordered) // 2] * 1000

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds


async def drive(works: list[Any], seconds: float) -> Sample:
    """Run each of `works` (one per connection) again and again for `seconds`."""
    latencies: list[float] = []
    start = time.perf_counter()
    end = start + seconds

    async def loop(work: Any) -> None:
        while time.perf_counter() < end:
            begin = time.perf_counter()
            await work()
            latencies.append(time.perf_counter() - begin)

    await asyncio.gather(*(loop(work) for work in works))
    return Sample(latencies, time.perf_counter() - start)
