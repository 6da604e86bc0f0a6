"""A publish that is cut off anywhere leaves the old configuration whole, or the new one."""

from typing import Any

import psycopg
import pytest

from banyan.configuration.applying import export
from banyan.configuration.writing import to_yaml
from banyan.kernel.errors import BanyanError
from banyan.metadata.changes import apply, sets
from factories.house import House

pytestmark = pytest.mark.anyio


def field(name: str, kind: str, config: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"api_name": name, "type": kind, "label": {"en": name}, "config": config or {}, **more}


def change(tag: str) -> list[dict[str, Any]]:
    base = {"object": "product"}
    return [
        {"kind": "create_object", "api_name": f"o{tag}", "label": {"en": f"o{tag}"}},
        {"kind": "add_field", **base, "field": field(f"n{tag}", "number", default="1", indexed=True)},
        {"kind": "add_field", **base, "field": field(f"f{tag}", "formula", {"formula": f"n{tag} + 1"})},
        {"kind": "retype_field", **base, "field": "series", "type": "long_text"},
        {"kind": "update_field", **base, "field": "code", "set": {"api_name": f"c{tag}", "indexed": True}},
        {"kind": "remove_field", **base, "field": f"gone{tag}"},
        {"kind": "update_object", **base, "set": {"icon": tag}},
    ]


class Cut:
    """Ends the server's side of a connection when its turn has come."""

    def __init__(self, owner: str, turn: int) -> None:
        self.owner, self.left = owner, turn

    async def __call__(self, connection: Any) -> None:
        self.left -= 1
        if self.left == 0:
            with psycopg.connect(self.owner, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))


async def picture(house: House) -> tuple[str, Any]:
    session = await house.session()
    async with house.database.reader() as connection:
        text = to_yaml(await export(connection, session))
        rows = await connection.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = %s "
            "UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = %s ORDER BY 1, 2, 3",
            (house.schema, house.schema),
        )
        return text, await rows.fetchall()


POINTS = ("_execute", "set_new", "write_definitions", "record_change", "save_set")


@pytest.mark.parametrize("turn", range(1, 12))
async def test_a_publish_cut_off_at_any_operation_leaves_the_old_configuration_whole(
    house: House, targets: Any, monkeypatch: pytest.MonkeyPatch, turn: int
):
    tag = f"t{turn}"
    await house.change({"kind": "add_field", "object": "product", "field": field(f"gone{tag}", "text")})
    await house.create("product", {"name": tag, "series": "S", f"gone{tag}": "kept"})
    before = await picture(house)
    actor = house._changer
    async with house.database.transaction() as connection:
        draft = await sets.create_set(connection, house.schema, actor, tag, change(tag))
    cut = Cut(targets.owner, turn)
    for name in POINTS:
        known = getattr(apply, name)

        async def cutting(connection: Any, *rest: Any, known: Any = known) -> Any:
            await cut(connection)
            return await known(connection, *rest)

        monkeypatch.setattr(apply, name, cutting)
    with pytest.raises((BanyanError, psycopg.Error)):
        await house.changes.publish(house.schema, draft.id, draft.version, actor)
    monkeypatch.undo()
    assert cut.left <= 0  # a step without statements notices at the next
    assert await picture(house) == before
    async with house.database.reader() as connection:
        assert (await sets.read_set(connection, house.schema, draft.id)).state == "draft"
    # Nothing is in the way of doing it again.
    applied, _, _ = await house.changes.publish(house.schema, draft.id, draft.version, actor)
    assert await picture(house) != before
    await house.revert(applied)
    assert (await picture(house))[0] == before[0]
