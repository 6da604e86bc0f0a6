"""`banyan import`: the wizard's engine on the command line."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    app.command("import", help="Import a CSV or XLSX file into an object.")(import_file)


def import_file(
    file: Annotated[Path, typer.Argument(help="A CSV or XLSX file.")],
    object_name: Annotated[str, typer.Option("--object", help="API name of the object, e.g. account.")],
    user: Annotated[
        str | None, typer.Option("--as", help="Sign-in name to act as; default: an administrator.")
    ] = None,
    mapping: Annotated[
        list[str] | None, typer.Option("--map", help="COLUMN=field; replaces the suggestion for that column.")
    ] = None,
    skip: Annotated[list[str] | None, typer.Option("--skip", help="A column to leave out.")] = None,
    value: Annotated[
        list[str] | None, typer.Option("--value", help="COLUMN:old=new; replaces a cell before it is read.")
    ] = None,
    create_missing: Annotated[
        list[str] | None,
        typer.Option("--create-missing", help="A relation field whose missing records are created."),
    ] = None,
    create_choices: Annotated[
        list[str] | None,
        typer.Option("--create-choices", help="A choice field whose missing choices are added."),
    ] = None,
    key: Annotated[str | None, typer.Option("--key", help="Unique field; rows that match update.")] = None,
    currency: Annotated[str | None, typer.Option("--currency", help="Currency of amounts, e.g. USD.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and report only; write nothing.")] = False,
    problems: Annotated[Path | None, typer.Option("--problems", help="Where to write rejected rows.")] = None,
    workspace: Annotated[str, typer.Option("--workspace", help="Key of the workspace.")] = "main",
) -> None:
    """Analyse, map, check and load one file; prints the report."""
    from banyan.cli.importing import Wish, run_import

    wish = Wish(
        file=file,
        object_name=object_name,
        user=user,
        mapping=_pairs(mapping),
        skip=frozenset(skip or ()),
        values=_values(value),
        create_missing=frozenset(create_missing or ()),
        create_choices=frozenset(create_choices or ()),
        key=key,
        currency=currency,
        dry_run=dry_run,
        problems=problems,
        workspace=workspace,
    )
    raise typer.Exit(asyncio.run(run_import(wish)))


def _pairs(items: list[str] | None) -> dict[str, str]:
    pairs = {}
    for item in items or ():
        column, equals, field = item.rpartition("=")
        if not equals:
            raise typer.BadParameter(f"{item}: write COLUMN=field")
        pairs[column] = field
    return pairs


def _values(items: list[str] | None) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for item in items or ():
        place, equals, new = item.rpartition("=")
        column, colon, old = place.partition(":")
        if not equals or not colon:
            raise typer.BadParameter(f"{item}: write COLUMN:old=new")
        found.setdefault(column, {})[old] = new
    return found
