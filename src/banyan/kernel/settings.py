"""Settings of one installation, read once from the environment (BANYAN_*)."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from banyan.kernel.limits import DEFAULT_LIMITS, BuildLimits

TIMEZONE = "Asia/Shanghai"  # of every workspace, until workspaces have one of their own


@dataclass(frozen=True)
class Settings:
    """What an installation may choose.

    `home` holds the embedded database, uploads and secrets; `backups` defaults to a folder beside it and should
    be put on another disk. `database_url` names a managed server (its superuser or a role that may create roles
    and schemas); without it the embedded server under `home` is used.
    """

    home: Path
    backups: Path
    database_url: str | None = None
    host: str = "127.0.0.1"
    port: int = 8765
    web_workers: int = 1
    statement_timeout_ms: int = 30_000
    debug: bool = False
    public_url: str | None = None  # how people reach this installation; links in mails begin with it
    limits: BuildLimits = DEFAULT_LIMITS  # of building: BANYAN_LIMIT_…

    @classmethod
    def from_environment(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Read BANYAN_HOME, BANYAN_BACKUPS, BANYAN_DATABASE_URL, BANYAN_HOST, BANYAN_PORT, BANYAN_WEB_WORKERS."""
        source = os.environ if env is None else env
        home = Path(source.get("BANYAN_HOME") or ".banyan").expanduser().absolute()
        backups = Path(source.get("BANYAN_BACKUPS") or f"{home}-backups").expanduser().absolute()
        return cls(
            home=home,
            backups=backups,
            database_url=source.get("BANYAN_DATABASE_URL") or None,
            host=source.get("BANYAN_HOST") or "127.0.0.1",
            port=int(source.get("BANYAN_PORT") or 8765),
            web_workers=int(source.get("BANYAN_WEB_WORKERS") or 1),
            statement_timeout_ms=int(source.get("BANYAN_STATEMENT_TIMEOUT_MS") or 30_000),
            debug=source.get("BANYAN_DEBUG") == "1",
            public_url=(source.get("BANYAN_PUBLIC_URL") or "").rstrip("/") or None,
            limits=BuildLimits.from_environment(source),
        )
