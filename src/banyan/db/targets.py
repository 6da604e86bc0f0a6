"""Where this installation's database is: embedded under its home, or a managed server."""

import contextlib
from collections.abc import Iterator, Mapping

from banyan.db.roles import ConnectionTargets
from banyan.kernel.settings import Settings


@contextlib.contextmanager
def resolve_targets(
    settings: Settings, options: Mapping[str, str] | None = None
) -> Iterator[ConnectionTargets]:
    """Yield connection strings that work; the embedded server is started if needed and left afterwards."""
    # Imported here: the package of the embedded server offers this function too.
    if settings.database_url:
        from banyan.db.managed import managed_targets

        yield managed_targets(settings)
        return
    from banyan.db.embedded.server import EmbeddedServer

    with EmbeddedServer(settings, options) as targets:
        yield targets
