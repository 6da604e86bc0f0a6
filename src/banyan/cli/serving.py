"""`banyan serve`, `banyan worker`, `banyan setup-link`."""

import dataclasses
from typing import Annotated

import typer

from banyan.cli.environment import settings_from_environment
from banyan.cli.refusals import say
from banyan.kernel.errors import StartRefused

ROLES = ("web", "worker")


def register(app: typer.Typer) -> None:
    app.command()(serve)
    app.command()(worker)
    app.command("setup-link")(setup_link)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (BANYAN_HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (BANYAN_PORT).")] = None,
    workers: Annotated[int | None, typer.Option(help="Web processes (BANYAN_WEB_WORKERS).", min=1)] = None,
    roles: Annotated[str, typer.Option(help="What to run here: web, worker or both.")] = "web,worker",
    reload: Annotated[bool, typer.Option(help="Restart when the source changes (development).")] = False,
) -> None:
    """Run Banyan: database, web and background work, in one command."""
    from banyan.cli.supervisor import Supervisor

    chosen = tuple(part.strip() for part in roles.split(",") if part.strip())
    if not chosen or any(role not in ROLES for role in chosen):
        raise StartRefused("settings_invalid", reason=f"--roles {roles} (web, worker)")
    settings = settings_from_environment()
    settings = dataclasses.replace(
        settings,
        host=settings.host if host is None else host,
        port=settings.port if port is None else port,
        web_workers=settings.web_workers if workers is None else workers,
        observing=dataclasses.replace(
            settings.observing, server_timing=settings.observing.server_timing or reload
        ),
    )
    raise typer.Exit(Supervisor(settings, chosen, reload=reload).run())


def worker() -> None:
    """Run background work only (another process or machine runs the web)."""
    import importlib

    # Commands and worker are siblings; the process is named and not imported.
    importlib.import_module("banyan.worker").run(settings_from_environment())


def setup_link() -> None:
    """Print a fresh link for the first sign-in; earlier links stop working."""
    from banyan import workspaces
    from banyan.cli.supervisor import shown_address
    from banyan.db.schema_version import upgrade_control
    from banyan.db.targets import resolve_targets

    settings = settings_from_environment()
    with resolve_targets(settings) as targets:
        upgrade_control(targets)
        if workspaces.provision(targets).is_set_up:
            raise StartRefused("already_set_up")
        token = workspaces.new_setup_token(targets)
    address = shown_address(settings.host, settings.port)
    print(say("首次登录：", "First sign-in: ") + f"{address}/setup?token={token}")
