"""What nobody foresaw is answered with a reference, and the connection that it came on goes on."""

import asyncio
import socket

import pytest
import uvicorn

from banyan.records import queries
from factories.api import Api

pytestmark = pytest.mark.anyio


async def test_a_fault_of_ours_is_answered_and_the_connection_is_kept(api: Api, monkeypatch):
    async def broken(*_: object, **__: object) -> bytes:
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr(queries, "query_page", broken)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(api.app, lifespan="off", log_config=None))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(2):
            body = b"{}"
            head = (
                "POST /api/v1/records/lead/query HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                f"Authorization: bearer {api.administrator.token}\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body)
            answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
            assert answer.startswith(b"HTTP/1.1 500"), answer
            length = int(answer.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            assert b"internal_error" in await reader.readexactly(length)
            assert b"default-src 'self'" in answer
        writer.close()
    finally:
        server.should_exit = True
        await serving
