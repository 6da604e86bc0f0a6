"""Settings of one installation, read once from the environment (BANYAN_*)."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from banyan.kernel.errors import InvalidInput
from banyan.kernel.limits import DEFAULT_LIMITS, BuildLimits
from banyan.kernel.places import DEFAULT_PLACES, Places

TIMEZONE = "Asia/Shanghai"  # of every workspace, until workspaces have one of their own


@dataclass(frozen=True)
class FileStorage:
    """Where new files go. `kind` database: into it; folder: under `folder`; s3: into `bucket`, below `prefix`."""

    kind: str = "database"
    folder: Path | None = None
    bucket: str = ""
    prefix: str = ""
    endpoint: str = ""  # of a store that is not Amazon's
    region: str = "us-east-1"
    access_key: str = ""
    secret_key: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls, source: Mapping[str, str]) -> "FileStorage":
        """BANYAN_FILES: `database`, a folder, or `s3://bucket/prefix` with BANYAN_S3_…."""
        place = source.get("BANYAN_FILES") or "database"
        if place == "database":
            return cls()
        if not place.startswith("s3://"):
            return cls("folder", Path(place).expanduser().absolute())
        bucket, _, prefix = place.removeprefix("s3://").partition("/")
        return cls(
            "s3",
            None,
            bucket,
            prefix.strip("/"),
            source.get("BANYAN_S3_ENDPOINT") or "",
            source.get("BANYAN_S3_REGION") or "us-east-1",
            source.get("BANYAN_S3_KEY") or "",
            source.get("BANYAN_S3_SECRET") or "",
        )


MOST_UNASKED = 2  # web processes, where nobody says how many: each takes some 125 MB
MOST_ASKED = 64
METRICS_FOLDER = "metrics"  # under the home: what its processes have counted


@dataclass(frozen=True)
class Observing:
    """What is measured (ADR 21). All but the log of slow statements is off until it is asked for."""

    slow_ms: int = 500  # statements that take longer are kept; 0: none
    metrics: bool = False  # GET /metrics
    metrics_token: str = field(default="", repr=False)  # none: loopback alone
    otlp_endpoint: str = ""  # where traces go
    server_timing: bool = False

    @classmethod
    def from_environment(cls, source: Mapping[str, str]) -> "Observing":
        """BANYAN_SLOW_MS, BANYAN_METRICS(_TOKEN), BANYAN_OTLP_ENDPOINT or OpenTelemetry's own, BANYAN_SERVER_TIMING."""
        slow = source.get("BANYAN_SLOW_MS")
        traces = source.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") or ""
        everything = source.get("BANYAN_OTLP_ENDPOINT") or source.get("OTEL_EXPORTER_OTLP_ENDPOINT") or ""
        return cls(
            slow_ms=500 if not slow else max(0, int(slow)),
            metrics=source.get("BANYAN_METRICS") == "1",
            metrics_token=source.get("BANYAN_METRICS_TOKEN") or "",
            otlp_endpoint=traces or (f"{everything.rstrip('/')}/v1/traces" if everything else ""),
            server_timing=source.get("BANYAN_SERVER_TIMING") == "1",
        )


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
    files: FileStorage = FileStorage()
    fonts: str | None = None  # folder of the fonts that documents are printed with; none: as installed here
    limits: BuildLimits = DEFAULT_LIMITS  # of building: BANYAN_LIMIT_…
    observing: Observing = Observing()
    places: Places = DEFAULT_PLACES  # to work in at once: back-pressure

    @classmethod
    def from_environment(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Read BANYAN_HOME, BANYAN_BACKUPS, BANYAN_DATABASE_URL, BANYAN_HOST, BANYAN_PORT, BANYAN_WEB_WORKERS."""
        source = os.environ if env is None else env
        home = Path(source.get("BANYAN_HOME") or ".banyan").expanduser().absolute()
        backups = Path(source.get("BANYAN_BACKUPS") or f"{home}-backups").expanduser().absolute()
        web_workers = int(source.get("BANYAN_WEB_WORKERS") or min(MOST_UNASKED, _processors()))
        if not 1 <= web_workers <= MOST_ASKED:
            raise InvalidInput(
                "setting_out_of_range",
                setting="BANYAN_WEB_WORKERS",
                least=1,
                most=MOST_ASKED,
                value=str(web_workers),
            )
        return cls(
            home=home,
            backups=backups,
            database_url=source.get("BANYAN_DATABASE_URL") or None,
            host=source.get("BANYAN_HOST") or "127.0.0.1",
            port=int(source.get("BANYAN_PORT") or 8765),
            web_workers=web_workers,
            statement_timeout_ms=int(source.get("BANYAN_STATEMENT_TIMEOUT_MS") or 30_000),
            debug=source.get("BANYAN_DEBUG") == "1",
            public_url=(source.get("BANYAN_PUBLIC_URL") or "").rstrip("/") or None,
            files=FileStorage.from_environment(source),
            fonts=source.get("BANYAN_FONTS") or None,
            limits=BuildLimits.from_environment(source),
            places=Places.from_environment(source, web_workers),
            observing=Observing.from_environment(source),
        )


def _processors() -> int:
    """Those that this process may use, where the system says so."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS
        return os.cpu_count() or 1
