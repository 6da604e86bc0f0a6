"""The head of an answer leaves with what follows it, in order, and never later than the loop comes round."""

import asyncio
from typing import Any

import pytest

from banyan.worker.wire import _Together

pytestmark = pytest.mark.anyio
HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n"
GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"


class Transport:
    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        assert not self.closed
        self.sent.append(data)

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def get_extra_info(self, name: str) -> str:
        return name


@pytest.fixture
async def wire() -> Any:
    return _Together(Transport(), asyncio.get_running_loop())


async def test_a_head_and_its_body_are_one(wire: Any):
    wire.write(HEAD)
    assert wire.sent == []
    wire.write(b"body")
    assert wire.sent == [HEAD + b"body"]
    await asyncio.sleep(0)
    assert wire.sent == [HEAD + b"body"]


async def test_a_head_alone_leaves_by_itself_and_a_stream_goes_on(wire: Any):
    wire.write(HEAD)  # of HEAD, of 204, of a stream that has nothing to say yet
    await asyncio.sleep(0)
    assert wire.sent == [HEAD]
    for part in (b"data: 1\n\n", b"data: 2\n\n"):
        wire.write(part)
    assert wire.sent == [HEAD, b"data: 1\n\n", b"data: 2\n\n"]


async def test_going_on_comes_before_the_answer(wire: Any):
    wire.write(GO_ON)
    wire.write(HEAD)
    wire.write(b"body")
    assert b"".join(wire.sent) == GO_ON + HEAD + b"body"


async def test_closing_sends_what_is_held_and_nothing_is_written_afterwards(wire: Any):
    wire.write(HEAD)
    wire.close()
    assert (wire.sent, wire.closed) == ([HEAD], True)
    gone = _Together(Transport(), asyncio.get_running_loop())
    gone.write(HEAD)
    gone._transport.closed = True  # by the other side
    await asyncio.sleep(0)
    assert gone.sent == []
    assert gone.get_extra_info("peername") == "peername"
