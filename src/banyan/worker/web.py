"""One web process as a child of `banyan serve`.

Arguments are the listening socket, a descriptor to report on, the application, and where web processes tell how many
connections they have: the descriptor of a file, and which of them this one is.
"""

import asyncio
import importlib
import socket
import sys

import uvicorn

from banyan.live.hub import end_streams
from banyan.worker.door import Crowd, Door
from banyan.worker.lifeline import end_with_parent, importing, say_ready, wait_for_parent
from banyan.worker.wire import WholeAnswers

GRACE_S = 5
KEEP_ALIVE_S = 65


class _Server(uvicorn.Server):
    """Reports once the application has started and connections are accepted."""

    def __init__(self, config: uvicorn.Config, ready: int, crowd: Crowd) -> None:
        super().__init__(config)
        self._ready = ready
        self._crowd = crowd
        self._doors: list[Door] = []

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup([])  # all but the taking of connections
        for each in sockets or ():
            door = Door(each, self._crowd, self.server_state.connections, self._protocol)
            door.open()
            self._doors.append(door)
        self.servers = list(self._doors)  # type: ignore[arg-type] # closed and waited for, no more
        if self.started and not self.should_exit:
            say_ready(self._ready)

    def _protocol(self) -> asyncio.Protocol:
        return WholeAnswers(self.config, self.server_state, self.lifespan.state)

    async def on_tick(self, counter: int) -> bool:
        for door in self._doors:
            door.tell()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for door in self._doors:
            door.close()
            await door.wait_closed()  # Who is just coming in is told to go like the others.
        end_streams()
        await super().shutdown(sockets)


def main(listener: int, ready: int, application: str, crowd: Crowd) -> int:
    """Serve until SIGTERM; returns the exit code."""
    config = uvicorn.Config(
        application,
        factory=True,
        http=WholeAnswers,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=KEEP_ALIVE_S,
    )
    server = _Server(config, ready, crowd)
    server.run(sockets=[socket.socket(fileno=listener)])
    return 0 if server.started else 3


if __name__ == "__main__":
    with importing():
        importlib.import_module(sys.argv[3].split(":")[0])
    wait_for_parent()
    end_with_parent()
    crowd = Crowd(int(sys.argv[4]), int(sys.argv[5]))
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], crowd))
