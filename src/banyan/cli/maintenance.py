"""`banyan status`."""

import typer

from banyan.cli.environment import settings_from_environment
from banyan.cli.refusals import say
from banyan.kernel.settings import Settings


def register(app: typer.Typer) -> None:
    app.command()(status)


def status() -> None:
    """Say what is running here and when it was last backed up. Starts nothing."""
    settings = settings_from_environment()
    if settings.database_url:
        print(say("数据库：托管（BANYAN_DATABASE_URL）", "Database: managed (BANYAN_DATABASE_URL)"))
        return
    _embedded_status(settings)


def _embedded_status(settings: Settings) -> None:
    from banyan.backup import last_proof, list_bases
    from banyan.db.embedded.locks import someone_uses
    from banyan.db.embedded.places import prepare_places
    from banyan.db.embedded.processes import live_postmaster, read_status

    places = prepare_places(settings)
    running = live_postmaster(places.data)
    used = someone_uses(places.locks)
    state = read_status(places.data)[1] if running else say("未运行", "not running")
    print(say("目录：", "Home: ") + str(places.home))
    print(
        say("数据库：", "Database: ")
        + state
        + ("" if used or not running else say("（无人使用）", " (unused)"))
    )
    bases = list_bases(places)
    newest = bases[-1].finished_at.isoformat(timespec="seconds") if bases else say("无", "none")
    print(say("最近备份：", "Last base backup: ") + newest)
    proof = last_proof(places)
    if proof:
        print(
            say("最近验证：", "Last proof: ")
            + proof.at.isoformat(timespec="seconds")
            + f"  RPO ≤ {proof.rpo_seconds:.0f} s  RTO {proof.rto_seconds:.1f} s"
        )
