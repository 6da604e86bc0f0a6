"""A web process of its own with few places, behind a real socket: callers can go away."""

import asyncio
import contextlib
import dataclasses
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
import uvicorn

from banyan.api.pressure import Pressure
from banyan.app import create_app
from banyan.kernel.places import Places


class Narrow:
    """Three places, two of them for one workspace; one heavy."""

    def __init__(self, port: int, pressure: Pressure) -> None:
        self.port = port
        self.lanes = pressure.lanes

    def client(self, token: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{self.port}/api/v1",
            headers={"authorization": f"Bearer {token}", "accept-language": "en"},
            timeout=60,
        )


def limiter(app) -> Pressure:
    """The limiter among the layers of an application."""
    layer = app.middleware_stack
    while not isinstance(layer, Pressure):
        layer = layer.app if hasattr(layer, "app") else layer._app
    return layer


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()


@contextlib.asynccontextmanager
async def served(settings, targets, places: Places) -> AsyncIterator[Narrow]:
    app = create_app(dataclasses.replace(settings, places=places), targets)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = _Server(uvicorn.Config(app, log_level="error", lifespan="on"))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        await server.is_up.wait()
        yield Narrow(listener.getsockname()[1], limiter(app))
        server.should_exit = True
        await task


@pytest.fixture(scope="module")
async def narrow(api, settings, targets) -> AsyncIterator[Narrow]:
    # However long these tests hold places it is a rush: what a load changes is tested in counted time.
    places = Places(working=3, working_share=2, heavy=1, heavy_share=1, wait_ms=100, rush_ms=600_000)
    async with served(settings, targets, places) as found:
        yield found
