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


class Client:
    """One connection."""

    def __init__(self, host: str, port: int, token: str | None = None) -> None:
        self._host, self._port, self._token = host, port, token
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    def request(self, method: str, path: str, body: Any = None) -> bytes:
        """The bytes of a request, made once and sent often."""
        payload = b"" if body is None else json.dumps(body).encode()
        head = f"{method} /api/v1{path} HTTP/1.1\r\nHost: {self._host}\r\nContent-Length: {len(payload)}\r\n"
        head += "Content-Type: application/json\r\n" if payload else ""
        head += f"Authorization: Bearer {self._token}\r\n" if self._token else ""
        return head.encode() + b"\r\n" + payload

    async def send(self, raw: bytes) -> Answer:
        if self._writer is None or self._reader is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port, limit=1 << 24)
        self._writer.write(raw)
        head = await self._reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        lowered = head.lower()
        at = lowered.find(b"content-length:")
        if at >= 0:
            length = int(lowered[at + 15 : lowered.index(b"\r\n", at)])
            return Answer(status, await self._reader.readexactly(length) if length else b"", head)
        return Answer(status, await self._chunks() if b"chunked" in lowered else b"", head)

    async def _chunks(self) -> bytes:
        parts = []
        while self._reader is not None:
            size = int(await self._reader.readuntil(b"\r\n"), 16)
            part = await self._reader.readexactly(size + 2)
            if size == 0:
                break
            parts.append(part[:-2])
        return b"".join(parts)

    async def call(self, method: str, path: str, body: Any = None) -> Answer:
        return await self.send(self.request(method, path, body))

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


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
