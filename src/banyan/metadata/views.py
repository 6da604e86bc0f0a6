"""Saved views: what a list or board shows, private to a person or shared by all."""

from collections.abc import Collection, Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, field_validator
from pydantic import Field as Bound

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.filters.ast import conditions
from banyan.filters.document import parse_filter
from banyan.kernel.errors import Denied, FieldProblem, InvalidInput, NotFound
from banyan.metadata.catalog import Catalog, Object
from banyan.metadata.labels import Label, checked_label
from banyan.metadata.tables import metadata_tables

_WRITTEN = ("object", "name", "kind", "visibility", "roles", "config")


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ViewSort(_View):
    field: str
    direction: Literal["asc", "desc"] = "asc"
    nulls: Literal["first", "last"] = "last"


class ViewColor(_View):
    """Rows (or the cell of `field`) that satisfy `where` stand on this colour; the first rule that holds is taken."""

    where: dict[str, Any]
    color: Literal["gray", "red", "orange", "yellow", "green", "teal", "blue", "indigo", "purple", "pink"]
    field: str | None = None

    @field_validator("where")
    @classmethod
    def _filter(cls, where: dict[str, Any]) -> dict[str, Any]:
        parse_filter(where, "/config/colors/where")
        return where


class ViewConfig(_View):
    """Columns, filter and order. Names of fields that no longer exist are passed over when shown.

    A board, a list or a timeline in groups is grouped by `group_by`; a calendar or a timeline lies on `date_field` (to
    `end_field`), a gallery shows `image_field`, a split list says `line_field` beside the name. The first `pinned`
    columns of a list stay while it is scrolled sideways. A board has lanes by `lane_field`, shows `card_fields`, warns
    where a column holds more than `wip` cards, marks what `blocked_field` says, and warms cards after `age_days`.
    """

    columns: tuple[str, ...] = Bound(default=(), max_length=200)
    where: dict[str, Any] | None = None
    sort: tuple[ViewSort, ...] = Bound(default=(), max_length=5)
    group_by: str | None = None
    widths: Mapping[str, int] = Bound(default_factory=dict)
    pinned: int = Bound(default=1, ge=0, le=20)
    colors: tuple[ViewColor, ...] = Bound(default=(), max_length=20)
    density: Literal["dense", "normal", "roomy"] = "normal"
    date_field: str | None = None
    end_field: str | None = None
    image_field: str | None = None
    line_field: str | None = None
    lane_field: str | None = None
    blocked_field: str | None = None
    card_fields: tuple[str, ...] = Bound(default=(), max_length=4)
    wip: Mapping[str, Annotated[int, Bound(ge=1, le=100_000)]] = Bound(default_factory=dict, max_length=200)
    age_days: tuple[Annotated[int, Bound(ge=1, le=3650)], ...] = Bound(
        default=(7, 14, 30), min_length=3, max_length=3
    )

    @field_validator("age_days")
    @classmethod
    def _ages(cls, days: tuple[int, ...]) -> tuple[int, ...]:
        if list(days) != sorted(set(days)):
            raise InvalidInput(problems=[FieldProblem("/config/age_days", "ages_not_rising")])
        return days

    @field_validator("where")
    @classmethod
    def _filter(cls, where: dict[str, Any] | None) -> dict[str, Any] | None:
        parse_filter(where, "/config/where")
        return where


class NewView(_View):
    object: str
    name: Label
    kind: Literal["list", "board", "calendar", "timeline", "gallery", "split"] = "list"
    visibility: Literal["shared", "private", "roles"] = "private"
    roles: tuple[str, ...] = Bound(default=(), max_length=50)
    position: int | None = None
    config: ViewConfig = ViewConfig()

    @field_validator("name")
    @classmethod
    def _name(cls, name: Label) -> Label:
        return checked_label(name)

    @classmethod
    def from_package(cls, written: Mapping[str, Any], position: int) -> "NewView":
        """A package writes the parts of the configuration beside the name."""
        outer = {"object", "name", "kind"}
        config = {name: value for name, value in written.items() if name not in outer}
        return cls.model_validate(
            {
                **{name: written[name] for name in outer},
                "config": config,
                "visibility": "shared",
                "position": position,
            }
        )


class ViewChanges(_View):
    name: Label | None = None
    visibility: Literal["shared", "private", "roles"] | None = None
    roles: tuple[str, ...] | None = Bound(default=None, max_length=50)
    position: int | None = None
    config: ViewConfig | None = None

    @field_validator("name")
    @classmethod
    def _name(cls, name: Label | None) -> Label | None:
        return None if name is None else checked_label(name)


async def create_view(
    connection: Connection, catalog: Catalog, view: NewView, *, owner: UUID | None
) -> dict[str, Any]:
    """Save a view. `owner` None is the package's own; shared views are seen by everyone."""
    obj = catalog.object(view.object)
    table = metadata_tables(catalog.schema).view
    last = sa.select(sa.func.coalesce(sa.func.max(table.c.position), -1) + 1).where(
        table.c.object_id == obj.id
    )
    cursor = await run(
        connection,
        sa.insert(table)
        .values(
            object_id=obj.id,
            definition=_definition(view),
            owner_id=owner,
            position=last.scalar_subquery() if view.position is None else view.position,
        )
        .returning(table.c.id, table.c.position),
    )
    view_id, position = await cursor.fetchone() or (None, 0)
    return _document(obj, view_id, _definition(view), owner, position, editable=True)


def _definition(view: NewView) -> dict[str, Any]:
    return view.model_dump(mode="json", include={"name", "kind", "visibility", "roles", "config"})


async def has_views(connection: Connection, schema: str) -> bool:
    """Whether any view was ever saved here: a package brings its own only to a workspace without."""
    table = metadata_tables(schema).view
    return await (await run(connection, sa.select(table.c.id).limit(1))).fetchone() is not None


async def list_views(
    connection: Connection,
    catalog: Catalog,
    user: UUID | None,
    *,
    administrator: bool,
    roles: Collection[str] = (),
) -> list[dict[str, Any]]:
    """Views the user may see: shared ones, those of their roles, and their own."""
    table = metadata_tables(catalog.schema).view
    columns = (table.c.id, table.c.object_id, table.c.definition, table.c.owner_id, table.c.position)
    cursor = await run(connection, sa.select(*columns).order_by(table.c.position, table.c.id))
    found = []
    for view_id, object_id, definition, owner, position in await cursor.fetchall():
        document, known = orjson.loads(definition), catalog.by_id.get(object_id)
        obj = None if known is None else catalog.by_name.get(known.api_name)
        shared = document["visibility"] != "private"
        theirs = document["visibility"] == "roles" and (administrator or _meets(document, roles))
        if (
            obj is None
            or not (document["visibility"] == "shared" or theirs or (user is not None and owner == user))
            or not _answerable(catalog, obj, document["config"])
        ):
            continue
        editable = administrator if owner is None else (owner == user or (shared and administrator))
        found.append(_document(obj, view_id, document, owner, position, editable=editable))
    return found


async def shared_views(
    connection: Connection, catalog: Catalog, *, ids: bool = False
) -> list[dict[str, Any]]:
    """Views that are not anybody's own, as `NewView` reads them, in the order of objects; with `id` where asked."""
    table = metadata_tables(catalog.schema).view
    columns = (table.c.id, table.c.object_id, table.c.definition)
    cursor = await run(connection, sa.select(*columns).order_by(table.c.position, table.c.id))
    order = {obj.id: place for place, obj in enumerate(catalog.objects)}
    found = []
    for view_id, object_id, stored in await cursor.fetchall():
        definition = orjson.loads(stored)
        if object_id in order and definition["visibility"] != "private":
            obj = catalog.by_id[object_id]
            shown = _document(obj, view_id, definition, None, 0, editable=True)
            written = {
                name: shown[name]
                for name in ("object", "name", "kind", "visibility", "roles", "config")
                if name in shown
            }
            values = NewView.model_validate(written).model_dump(mode="json", exclude_defaults=True)
            found.append((order[object_id], {**values, "id": str(view_id)} if ids else values))
    return [view for _, view in sorted(found, key=lambda pair: pair[0])]


def _meets(document: Mapping[str, Any], roles: Collection[str]) -> bool:
    return not set(document.get("roles", ())).isdisjoint(roles)


def _answerable(catalog: Catalog, obj: Object, config: Mapping[str, Any]) -> bool:
    """Whether this reader could run the view: one that asks something of a hidden or masked field is not theirs."""
    asked = [condition.path for condition in conditions(parse_filter(config["where"]))]
    asked += [config[name] for name in ("group_by", "lane_field") if config.get(name)]
    rules = [parse_filter(rule["where"]) for rule in config.get("colors", ())]
    asked += [condition.path for rule in rules for condition in conditions(rule)]
    return not any(_is_withheld(catalog, obj, path) for path in asked)


def _is_withheld(catalog: Catalog, obj: Object, path: str) -> bool:
    current: Object | None = obj
    for part in path.split("."):
        if current is None:
            return False
        field = current.field(part)
        if field is None:
            names = {
                name
                for each in current.concealed_fields
                for name in (each.api_name, *each.definition.aliases)
            }
            return part in names
        if field.masked:
            return True
        current = catalog.by_name.get(str(field.target)) if field.target else None
    return False


def _document(
    obj: Object,
    view_id: UUID,
    definition: dict[str, Any],
    owner: UUID | None,
    position: int,
    *,
    editable: bool,
) -> dict[str, Any]:
    config = definition["config"]
    columns = [name for name in map(obj.current_name, config["columns"]) if name]
    sort = [
        {**item, "field": name}
        for item in config["sort"]
        if (name := obj.current_name(item["field"])) and not obj.by_name[name.partition(".")[0]].masked
    ]
    cards = [name for name in map(obj.current_name, config.get("card_fields", ())) if name]
    where = None if config["where"] is None else _renamed(obj, config["where"])
    colors = [
        {
            **rule,
            "where": _renamed(obj, rule["where"]),
            "field": rule["field"] and obj.current_name(rule["field"]),
        }
        for rule in config.get("colors", ())
    ]
    return {
        "id": str(view_id),
        "object": obj.api_name,
        **definition,
        "config": {
            **config,
            "columns": columns,
            "card_fields": cards,
            "sort": sort,
            "where": where,
            "colors": colors,
        },
        "owner": None if owner is None else str(owner),
        "position": position,
        "editable": editable,
    }


def _renamed(obj: Object, where: dict[str, Any]) -> dict[str, Any]:
    """The filter with today's field names; conditions inside relations keep the names they were saved with."""
    if "field" in where:
        return {**where, "field": obj.current_name(where["field"]) or where["field"]}
    if "not" in where:
        return {"not": _renamed(obj, where["not"])}
    return {
        key: [_renamed(obj, part) for part in value] if isinstance(value, list) else value
        for key, value in where.items()
    }


async def change_view(
    connection: Connection,
    catalog: Catalog,
    view_id: UUID,
    changes: ViewChanges,
    user: UUID,
    *,
    administrator: bool,
) -> dict[str, Any]:
    """Change one's own view; administrators also shared ones.

    What is not changed stays as it is stored: the editor may not see all of its fields.
    """
    current = await _owned(connection, catalog, view_id, user, administrator=administrator)
    changed = changes.model_dump(mode="json", exclude_unset=True, exclude={"position"})
    given = {name: value for name, value in changed.items() if value is not None}
    if changes.config is not None:
        # Whole, with what was left to its default: a stored configuration has every member.
        given["config"] = changes.config.model_dump(mode="json")
    table = metadata_tables(catalog.schema).view
    stored = sa.select(table.c.definition).where(table.c.id == view_id).with_for_update()
    row = await (await run(connection, stored)).fetchone()
    definition = (orjson.loads(row[0]) if row else {}) | given
    position = current["position"] if changes.position is None else changes.position
    await run(
        connection,
        sa.update(table)
        .where(table.c.id == view_id)
        .values(
            definition=definition,
            position=position,
            version=table.c.version + 1,
        ),
    )
    return {**current, **given, "position": position}


async def remove_view(
    connection: Connection, catalog: Catalog, view_id: UUID, user: UUID, *, administrator: bool
) -> None:
    await _owned(connection, catalog, view_id, user, administrator=administrator)
    table = metadata_tables(catalog.schema).view
    await run(connection, sa.delete(table).where(table.c.id == view_id))


async def _owned(
    connection: Connection, catalog: Catalog, view_id: UUID, user: UUID, *, administrator: bool
) -> dict[str, Any]:
    """A view the user sees and may edit; one they cannot see is unknown."""
    for view in await list_views(connection, catalog, user, administrator=administrator):
        if view["id"] == str(view_id):
            if not view["editable"]:
                raise Denied("view_not_yours")
            return view
    raise NotFound("unknown_view", view=str(view_id))
