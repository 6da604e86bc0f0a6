"""Reading the facts for one workspace's health page."""

import asyncio
import platform
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib.metadata import version

from banyan.db.database import Database
from banyan.db.figures import database_figures, outbox_figures, queue_figures, schema_figures
from banyan.db.slow import count_slow, failed_kinds, slow_groups
from banyan.kernel.settings import Settings
from banyan.observing.figures import Backups, Process, Space, read_backups, read_processes, read_space
from banyan.observing.health import Facts

LATELY = timedelta(days=1)
MOST_SHOWN = 20


async def read_facts(database: Database, settings: Settings, schema: str) -> Facts:
    """Figures of the installation, and what is slow or failed in one workspace alone."""
    import psutil

    now = datetime.now(UTC)
    since = now - LATELY
    async with database.reader() as connection:
        server = await database_figures(connection)
        tables = await schema_figures(connection, schema)
        queue = await queue_figures(connection, schema)
        outbox = await outbox_figures(connection, [schema])
        failures = await failed_kinds(connection, schema, since)
        slow = await slow_groups(connection, schema, since, MOST_SHOWN)
        times = await count_slow(connection, schema, since)
    backups, home, folder, processes = await asyncio.to_thread(_outside, settings)
    memory = psutil.virtual_memory()
    return Facts(
        now=now,
        database=server,
        tables=tables,
        queue=queue,
        outbox=outbox,
        failures=failures,
        slow=slow,
        slow_times=times,
        slow_ms=settings.observing.slow_ms,
        managed=settings.database_url is not None,
        backups=backups,
        home=home,
        backup_folder=folder,
        processes=processes,
        free_memory=memory.available,
        total_memory=memory.total,
        versions={**_versions(), "postgresql": server.version.split()[0]},
    )


def _outside(settings: Settings) -> tuple[Backups | None, Space | None, Space | None, tuple[Process, ...]]:
    return read_backups(settings), read_space(settings.home), read_space(settings.backups), read_processes()


@lru_cache(maxsize=1)
def _versions() -> dict[str, str]:
    return {"banyan": version("banyan"), "python": platform.python_version()}
