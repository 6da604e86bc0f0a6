"""`banyan config`: the configuration of a workspace as YAML: export, diff, apply, revert, history."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from banyan.cli.environment import settings_from_environment
from banyan.cli.refusals import say

if TYPE_CHECKING:
    from banyan.db.database import Database
    from banyan.records.session import Session

_Space = Annotated[str, typer.Option("--workspace", help="Key of the workspace.")]
_User = Annotated[
    str | None, typer.Option("--user", help="E-mail of who does it (default: the installation).")
]
_Prune = Annotated[bool, typer.Option("--prune", help="Also remove fields that the file does not have.")]
Work = Callable[["Database", "Session"], Awaitable[int]]

group = typer.Typer(no_args_is_help=True, help="The configuration of a workspace as YAML.")


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="config")


@group.command("export", help="Write the configuration, or that of some objects, as YAML.")
def export_command(
    workspace: _Space = "main",
    objects: Annotated[str | None, typer.Option("--objects", help="API names, by commas.")] = None,
    rows: Annotated[str | None, typer.Option("--rows", help="object:key, …: their records too.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File (default: standard output).")] = None,
) -> None:
    from banyan.configuration.applying import export
    from banyan.configuration.writing import to_yaml

    async def work(database: "Database", session: "Session") -> int:
        chosen = objects.split(",") if objects else None
        keys = dict(part.split(":", 1) for part in rows.split(",")) if rows else {}
        async with database.reader() as connection:
            text = to_yaml(await export(connection, session, objects=chosen, rows=keys))
        if out is None:
            sys.stdout.write(text)
        else:
            out.write_text(text, "utf-8")
        return 0

    _run(workspace, None, work)


@group.command("diff", help="What applying a file would do; exit code 2 when something stands in the way.")
def diff_command(file: Path, workspace: _Space = "main", prune: _Prune = False) -> None:
    from banyan.configuration.applying import difference

    async def work(database: "Database", session: "Session") -> int:
        async with database.reader() as connection:
            found = await difference(connection, session.actor.workspace, _read(file), prune=prune)
        return _print_difference(found, session.actor.language)

    _run(workspace, None, work)


@group.command("apply", help="Apply a file as one change: all of it, or nothing.")
def apply_command(file: Path, workspace: _Space = "main", prune: _Prune = False, user: _User = None) -> None:
    from banyan.configuration.applying import Applier
    from banyan.events import EventBus, SubscriberRegistry
    from banyan.jobs import PostgresJobQueue
    from banyan.metadata.changes.apply import Changes

    async def work(database: "Database", session: "Session") -> int:
        bus = EventBus(SubscriberRegistry(), PostgresJobQueue())
        applier = Applier(database, Changes(database, _limits()), bus)
        done = await applier.apply(session, _read(file), file.name, prune=prune)
        print(
            say(
                f"已应用：{done.operations} 项操作，{done.views} 个视图，{done.roles} 个角色，{done.rows} 行数据",
                f"Applied: {done.operations} operations, {done.views} views, {done.roles} roles, {done.rows} rows",
            )
        )
        if done.change is not None:
            print(say(f"变更：{done.change}", f"Change: {done.change}"))
        for name in done.only_here:
            print(say(f"  仅此处有：{name}", f"  only here: {name}"))
        return 0

    _run(workspace, user, work)


@group.command("revert", help="Take a published change back.")
def revert_command(change: str, workspace: _Space = "main", user: _User = None) -> None:
    from banyan.kernel.errors import NotFound
    from banyan.kernel.ids import parse_id
    from banyan.metadata.changes.apply import Changes

    async def work(database: "Database", session: "Session") -> int:
        found = parse_id(change)
        if found is None:
            raise NotFound("unknown_change", change=change)
        undone, version, _ = await Changes(database, _limits()).revert(
            session.actor.workspace, found, session.actor
        )
        print(say(f"已撤销，变更 {undone}，配置版本 {version}", f"Reverted by {undone}; version {version}"))
        return 0

    _run(workspace, user, work)


@group.command("history", help="Published changes, newest first.")
def history_command(workspace: _Space = "main", limit: int = 20) -> None:
    import orjson

    from banyan.metadata.changes.apply import Changes

    async def work(database: "Database", session: "Session") -> int:
        for each in orjson.loads(await Changes(database, _limits()).history(session.actor.workspace, limit)):
            mark = say("（已撤销）", " (reverted)") if each["reverted_by"] else ""
            print(f"{each['id']}  {each['at'][:19]}  {each['name'] or ''}  {len(each['operations'])}{mark}")
        return 0

    _run(workspace, None, work)


def _limits() -> Any:
    from banyan.kernel.settings import Settings

    return Settings.from_environment().limits


def _read(file: Path) -> Any:
    from banyan.configuration.document import read_document
    from banyan.kernel.errors import NotFound

    if not file.is_file():
        raise NotFound("file_not_found", path=str(file))
    return read_document(file.read_text("utf-8-sig"), _limits())


def _print_difference(found: Any, language: str) -> int:
    from banyan.kernel.messages import message

    for each in found.operations:
        values = each.model_dump(mode="json", exclude_unset=True)
        place = ".".join(str(values[name]) for name in ("object", "api_name") if values.get(name))
        named = values.get("field")
        place += f".{named['api_name'] if isinstance(named, dict) else named}" if named else ""
        told = ", ".join(values.get("set", {}))
        print(f"  {each.kind:16} {place}{'  ' + told if told else ''}")
    for name in found.only_here:
        print(say(f"  仅此处有         {name}", f"  only here        {name}"))
    for clash in found.clashes:
        problem = clash.error.problems[0] if clash.error.problems else clash.error
        place = ".".join(part for part in (clash.object, clash.field) if part)
        print(
            say("  无法应用", "  cannot be applied")
            + f"  {place}: {message(problem.code, language, problem.params)}"
        )
    if not found.operations and not found.clashes:
        print(say("没有差别", "No difference"))
    return 2 if found.clashes else 0


def _run(key: str, user: str | None, work: Work) -> None:
    code = asyncio.run(_in_workspace(key, user, work))
    if code:
        raise typer.Exit(code)


async def _in_workspace(key: str, user: str | None, work: Work) -> int:
    from banyan.cli.importing import acting
    from banyan.db.database import Database
    from banyan.db.targets import resolve_targets
    from banyan.imports.facade import current_session
    from banyan.kernel.errors import Denied
    from banyan.workspaces import load

    with resolve_targets(settings_from_environment()) as targets:
        database = await Database.open(targets)
        try:
            async with database.reader() as connection:
                workspace = await load(connection, key)
                actor = await acting(connection, workspace.schema, user, workspace.language)
                session = await current_session(connection, actor, workspace.currency)
            if not session.policy.has("configure"):
                raise Denied("power_needed", power="configure")
            return await work(database, session)
        finally:
            await database.close()
