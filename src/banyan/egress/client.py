"""Outgoing connections: named schemes, the address checked and then connected to, no redirects, limits.

A name is resolved once and the checked address is what we connect to, so that a name server cannot answer
twice in two ways (DNS rebinding). Private addresses are refused unless an administrator has said, for this
one target, that it stands inside the house.
"""

import asyncio
import ipaddress
import json
import socket
import ssl
from collections.abc import AsyncIterable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpcore

from banyan.kernel.errors import InvalidInput, Unavailable

TIMEOUT_S = 10.0
MOST_BYTES = 1024 * 1024
_FAILURES = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError, TimeoutError)


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP

    def document(self) -> dict[str, Any]:
        """The body as a JSON object; raises Unavailable for anything else."""
        try:
            found = json.loads(self.body)
        except ValueError as error:
            raise Unavailable("remote_answer_odd") from error
        if not isinstance(found, dict):
            raise Unavailable("remote_answer_odd")
        return found


async def checked_address(host: str, port: int, *, allow_private: bool) -> str:
    """The address to connect to. Raises InvalidInput `remote_private`, Unavailable `remote_unreachable`."""
    try:
        async with asyncio.timeout(TIMEOUT_S):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, TimeoutError) as error:
        raise Unavailable("remote_unreachable", host=host) from error
    addresses = [str(entry[4][0]) for entry in found]
    # One private address among public ones is how rebinding looks: all must pass.
    if not addresses or (not allow_private and not all(map(is_public, addresses))):
        raise InvalidInput("remote_private", host=host)
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an address is reachable for everybody: not loopback, private, link-local, shared, mapped or reserved."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if found in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
    return found.is_global and not found.is_multicast


async def connect(host: str, port: int, *, allow_private: bool) -> socket.socket:
    """An open socket to a checked address, for protocols other than HTTP."""
    address = await checked_address(host, port, allow_private=allow_private)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.settimeout(0)
    try:
        async with asyncio.timeout(TIMEOUT_S):
            await asyncio.get_running_loop().sock_connect(opened, (address, port))
    except (OSError, TimeoutError) as error:
        opened.close()
        raise Unavailable("remote_unreachable", host=host) from error
    return opened


class _Checked(httpcore.AsyncNetworkBackend):
    """Resolves and checks, then hands the address itself to the real backend; TLS still names the host."""

    def __init__(self, *, allow_private: bool) -> None:
        self._inner = httpcore.AnyIOBackend()
        self._allow_private = allow_private

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        address = await checked_address(host, port, allow_private=self._allow_private)
        return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        raise InvalidInput("remote_private", host=path)

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


async def fetch(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
    allow_private: bool = False,
) -> Answer:
    """One request. https only, plain http to a target that is allowed to be private; redirects are not followed."""
    parts = urlsplit(url)
    if parts.scheme not in (("https", "http") if allow_private else ("https",)) or not parts.hostname:
        raise InvalidInput("remote_scheme", url=url[:200])
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), TIMEOUT_S)
    pool = httpcore.AsyncConnectionPool(
        ssl_context=ssl.create_default_context(),
        network_backend=_Checked(allow_private=allow_private),
    )
    try:
        async with (
            asyncio.timeout(2 * TIMEOUT_S),
            pool,
            pool.stream(
                method,
                url,
                headers=list((headers or {}).items()),
                content=content,
                extensions={"timeout": timeouts},
            ) as answer,
        ):
            return Answer(answer.status, await _limited(answer.aiter_stream()))
    except _FAILURES as error:
        raise Unavailable("remote_unreachable", host=parts.hostname) from error


async def _limited(stream: AsyncIterable[bytes]) -> bytes:
    body = bytearray()
    async for part in stream:
        body += part
        if len(body) > MOST_BYTES:
            raise Unavailable("remote_answer_odd")
    return bytes(body)
