"""One web process as a child of `banyan serve`.

Arguments are the listening socket and a descriptor to report on.
"""

import importlib
import socket
import sys

import uvicorn

from banyan.live.hub import end_streams
from banyan.worker.lifeline import end_with_parent, importing, say_ready, wait_for_parent
from banyan.worker.wire import WholeAnswers

GRACE_S = 5
KEEP_ALIVE_S = 65


class _Server(uvicorn.Server):
    """Reports once the application has started and connections are accepted."""

    def __init__(self, config: uvicorn.Config, ready: int) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and not self.should_exit:
            say_ready(self._ready)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        end_streams()
        await super().shutdown(sockets)


def main(listener: int, ready: int, application: str) -> int:
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
    server = _Server(config, ready)
    server.run(sockets=[socket.socket(fileno=listener)])
    return 0 if server.started else 3


if __name__ == "__main__":
    with importing():
        importlib.import_module(sys.argv[3].split(":")[0])
    wait_for_parent()
    end_with_parent()
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
