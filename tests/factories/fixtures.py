"""Fixtures made of the factories: an installed workspace below the API, and the application itself."""

from collections.abc import AsyncIterator

import httpx
import pytest

from banyan.kernel.settings import Settings
from factories.api import BASE, PASSWORD, Api, Person
from factories.house import House


@pytest.fixture(scope="module")
async def house(database, workspace) -> House:
    """A workspace of this module's own with the standard packages."""
    from banyan.setup.facade import install_packages

    await install_packages(database, workspace.schema)
    return House(database, workspace)


@pytest.fixture(scope="session")
async def api(settings: Settings, targets, anyio_backend: str) -> AsyncIterator[Api]:
    """The application on the workspace `main`, set up once; tests keep apart by names of their own."""
    from banyan.app import create_app
    from banyan.jobs import MemoryJobQueue
    from banyan.workspaces import new_setup_token, provision

    provision(targets)
    app = create_app(settings, targets)
    async with app.router.lifespan_context(app):
        runtime = app.state.runtime
        runtime.queue = MemoryJobQueue()
        body = {
            "token": new_setup_token(targets),
            "organisation": "榕树公司",
            "language": "en",
            "currency": "CNY",
            "name": "Ada Admin",
            "email": "ada@example.com",
            "password": PASSWORD,
        }
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            response = await client.post("/api/v1/setup", json=body)
        assert response.status_code == 201, response.text
        document = response.json()
        found = Api(app, runtime, Person(client, document["user"], document["token"]))
        found.administrator.client = found.client(document["token"])
        yield found
        await found.close()


@pytest.fixture(scope="session")
def admin(api: Api) -> Person:
    return api.administrator


@pytest.fixture(scope="module")
async def member(api: Api) -> Person:
    """A person who sees own records only; one per module."""
    return await api.person()


@pytest.fixture(scope="module")
async def colleague(api: Api) -> Person:
    """Another person in the same role as `member`."""
    return await api.person()
