"""`banyan audit verify|head|archive`."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from banyan.cli.environment import settings_from_environment
from banyan.cli.refusals import say
from banyan.kernel.settings import Settings

if TYPE_CHECKING:
    from banyan.audit.verify import Verdict
    from banyan.db.database import Database

T = TypeVar("T")
audit_app = typer.Typer(no_args_is_help=True, help="Prove that the audit is as it was written.")
_Space = Annotated[str | None, typer.Option("--workspace", help="Key of one workspace (default: all).")]
_FAULTS = {
    "changed": ("审计条目被修改", "an entry was changed"),
    "removed": ("审计条目被删除", "an entry was removed"),
    "added": ("封存后插入了条目", "an entry was added after sealing"),
    "seal_changed": ("封存记录被修改", "the seal was changed"),
    "seal_missing": ("封存记录缺失", "the seal is missing"),
    "head_missing": ("封存链被截短，找不到给定的链头", "the chain was cut: the given head is not in it"),
    "head_differs": ("封存链与给定的链头不一致", "the chain is not the one the given head belongs to"),
    "archive_damaged": ("归档文件缺失或损坏", "an archive file is missing or damaged"),
}


def register(app: typer.Typer) -> None:
    app.add_typer(audit_app, name="audit")


@audit_app.command("verify")
def verify_command(
    workspace: _Space = None,
    head: Annotated[
        str | None, typer.Option("--head", help="A head kept elsewhere, as `banyan audit head` printed it.")
    ] = None,
) -> None:
    """Compute the whole chain anew. Exit code 1 when anything does not fit."""
    from banyan.audit.verify import verify

    if head is not None and workspace is None:
        raise typer.BadParameter("--head: --workspace")

    async def work(database: "Database", schema: str) -> "Verdict":
        return await verify(database, schema, head)

    found = _run(workspace, work)
    for key, verdict in found:
        print(verdict_line(key, verdict))
    raise typer.Exit(0 if all(verdict.intact for _, verdict in found) else 1)


@audit_app.command("head")
def head_command(workspace: _Space = None) -> None:
    """Seal what is waiting and print the head of the chain; keep it outside of the database."""
    from banyan.audit.seals import head_of, seal_workspace

    async def work(database: "Database", schema: str) -> str:
        await seal_workspace(database, schema)
        newest = await head_of(database, schema)
        return say("尚无封存", "no seal yet") if newest is None else f"{newest}  {newest.at.isoformat()}"

    for key, text in _run(workspace, work):
        print(f"{key}  {text}")


@audit_app.command("archive")
def archive_command(workspace: _Space = None) -> None:
    """Move entries past their hot time into files now (the worker does it by itself)."""
    from banyan.audit.archive import archive_workspace

    folder = settings_from_environment().home / "audit"

    async def work(database: "Database", schema: str) -> str:
        path = await archive_workspace(database, schema, folder)
        return str(path) if path else say("没有到期的条目", "nothing is old enough")

    for key, text in _run(workspace, work):
        print(f"{key}  {text}")


def verdict_line(key: str, verdict: "Verdict") -> str:
    """One line a person reads."""
    if verdict.fault is None:
        return say(
            f"{key}：完整。{verdict.seals} 次封存，{verdict.entries} 条，另有 {verdict.unsealed} 条待封存。"
            f"链头 {verdict.head}",
            f"{key}: intact. {verdict.seals} seals, {verdict.entries} entries, {verdict.unsealed} waiting. "
            f"Head {verdict.head}",
        )
    place = f"{verdict.seq or ''} {verdict.entry or verdict.file or ''}".strip()
    return say(
        f"{key}：{_FAULTS[verdict.fault][0]}。封存号与条目：{place}",
        f"{key}: {_FAULTS[verdict.fault][1]}. Seal and entry: {place}",
    )


def _run(key: str | None, work: Callable[["Database", str], Awaitable[T]]) -> list[tuple[str, T]]:
    return asyncio.run(_each(settings_from_environment(), key, work))


async def _each(
    settings: Settings, key: str | None, work: Callable[["Database", str], Awaitable[T]]
) -> list[tuple[str, T]]:
    from banyan import workspaces
    from banyan.db.database import Database
    from banyan.db.targets import resolve_targets
    from banyan.kernel.errors import NotFound

    with resolve_targets(settings) as targets:
        chosen = [each for each in workspaces.list_workspaces(targets) if key in (None, each.key)]
        if not chosen:
            raise NotFound("workspace_not_found", key=str(key))
        database = await Database.open(targets)
        try:
            return [(each.key, await work(database, each.schema)) for each in chosen]
        finally:
            await database.close()
