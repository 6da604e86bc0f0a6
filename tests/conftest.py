"""Fixtures every test may use: one real PostgreSQL for the session, a fresh workspace per module."""

import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from banyan.kernel.settings import Settings

pytest_plugins = ["factories.fixtures"]
# How long an example takes says more of what else the machine does.
hypothesis_settings.register_profile("banyan", deadline=None)
hypothesis_settings.load_profile("banyan")

# The tests' server may lose everything in a power cut, and is several times faster for it.
UNSAFE_BUT_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "archive_mode": "off",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
}


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Path]:
    """A temporary folder the server's own user may enter; pytest's are closed to it when we are root."""
    folder = Path(tempfile.mkdtemp(prefix="banyan-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def settings(open_folder: Path) -> Settings:
    """The settings of the session's shared installation."""
    from banyan.kernel.places import Places

    # Races put everybody at the door at once, on a slow machine too: they wait there and are not sent home.
    patient = Places(wait_ms=120_000, rush_ms=120_000)
    return Settings(home=open_folder / "home", backups=open_folder / "backups", places=patient)


@pytest.fixture(scope="session")
def targets(settings: Settings) -> Iterator:
    """Connection strings of the session's server, its control schema at the newest version."""
    from banyan.db.embedded import EmbeddedServer
    from banyan.db.schema_version import upgrade_control

    with EmbeddedServer(settings, UNSAFE_BUT_FAST) as found:
        upgrade_control(found)
        yield found


@pytest.fixture(scope="module")
async def database(targets, anyio_backend: str) -> AsyncIterator:
    """An open `Database` on the session's server."""
    from banyan.db.database import Database

    opened = await Database.open(targets, max_size=8)
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
def workspace(targets) -> Iterator:
    """A freshly provisioned workspace of this module, dropped afterwards."""
    from banyan.db.control import drop_workspace
    from banyan.workspaces import provision

    made = provision(targets, key=f"t{uuid.uuid4().hex[:12]}", name="Test")
    yield made
    drop_workspace(targets, made.key)
