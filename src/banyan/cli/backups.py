"""`banyan backup now|list|verify` and `banyan restore`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from banyan.cli.environment import settings_from_environment
from banyan.cli.refusals import say
from banyan.kernel.errors import StartRefused
from banyan.kernel.settings import Settings

if TYPE_CHECKING:
    from banyan.backup import BaseBackup

MB = 1024 * 1024
backup_app = typer.Typer(no_args_is_help=True, help="Back up the embedded database.")


def register(app: typer.Typer) -> None:
    app.add_typer(backup_app, name="backup")
    app.command("restore")(restore_command)


@backup_app.command("now")
def now() -> None:
    """Take a base backup now (the log is archived all the time by itself)."""
    from banyan.audit.installation import note_everywhere
    from banyan.backup import take_base
    from banyan.db.embedded.places import prepare_places
    from banyan.db.targets import resolve_targets

    settings = _embedded_settings()
    with resolve_targets(settings) as targets:
        base = take_base(prepare_places(settings), targets)
        note_everywhere(targets, "backup_taken", {"backup": base.stamp, "by": "command"})
    print(_line(base))


@backup_app.command("list")
def list_command() -> None:
    """List base backups, oldest first."""
    from banyan.backup import list_bases
    from banyan.db.embedded.places import prepare_places

    places = prepare_places(_embedded_settings())
    bases = list_bases(places)
    for base in bases:
        print(_line(base))
    if not bases:
        print(say("尚无备份：", "No backup yet: ") + str(places.bases))


@backup_app.command("verify")
def verify_command(
    stamp: Annotated[str | None, typer.Argument(help="Which backup (default: the newest).")] = None,
) -> None:
    """Restore a backup aside, start it, compare every table; print how much and how fast."""
    from banyan.backup import list_bases, verify
    from banyan.db.embedded.places import prepare_places

    places = prepare_places(_embedded_settings())
    chosen = next((base for base in list_bases(places) if base.stamp == stamp), None)
    if stamp is not None and chosen is None:
        raise StartRefused("no_backup", path=str(places.bases / stamp))
    proof = verify(places, chosen)
    print(
        say(
            f"{proof.stamp}：已恢复并逐表比对，{proof.tables} 张表、{proof.rows} 行一致。"
            f"RPO ≤ {proof.rpo_seconds:.0f} 秒，RTO {proof.rto_seconds:.1f} 秒。",
            f"{proof.stamp}: restored and compared, {proof.tables} tables with {proof.rows} rows are equal. "
            f"RPO ≤ {proof.rpo_seconds:.0f} s, RTO {proof.rto_seconds:.1f} s.",
        )
    )


def restore_command(
    to: Annotated[str, typer.Option(help="A time such as 2026-11-21T10:00:00+08:00, or `latest`.")],
    into: Annotated[
        Path | None, typer.Option(help="Make a new home here instead of restoring in place.")
    ] = None,
) -> None:
    """Bring the database back to a moment. The former data folder is kept beside."""
    from banyan.audit.installation import leave_note
    from banyan.backup import restore

    settings = _embedded_settings()
    done = restore(settings, _moment(to), into.absolute() if into else None)
    detail = {"to": to, "backup": done.base.stamp, "in_place": into is None}
    leave_note(into.absolute() if into else settings.home, "restored", detail)
    print(
        say(
            f"已恢复到 {to}（基础备份 {done.base.stamp}，{done.seconds:.1f} 秒）：{done.data}",
            f"Restored to {to} (base backup {done.base.stamp}, {done.seconds:.1f} s): {done.data}",
        )
    )
    if done.kept:
        print(say("原数据保留在：", "The former data is kept in: ") + str(done.kept))


def _embedded_settings() -> Settings:
    settings = settings_from_environment()
    if settings.database_url:
        raise StartRefused("backup_needs_embedded")
    return settings


def _moment(text: str) -> datetime | None:
    if text == "latest":
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise StartRefused("settings_invalid", reason=f"--to {text}") from error
    return moment.astimezone(UTC)


def _line(base: "BaseBackup") -> str:
    rows = sum(table["rows"] for table in base.tables.values())
    return say(
        f"{base.stamp}  {base.size / MB:.1f} MB  {len(base.tables)} 张表  {rows} 行  {base.seconds:.1f} 秒",
        f"{base.stamp}  {base.size / MB:.1f} MB  {len(base.tables)} tables  {rows} rows  {base.seconds:.1f} s",
    )
