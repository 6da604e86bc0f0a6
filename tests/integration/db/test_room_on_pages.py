"""Pages of record tables keep room: a row's next version lies beside it, and no index is written to (ADR 32)."""

import pytest

from factories.api import MAIN_SCHEMA, Api, unique

pytestmark = pytest.mark.anyio
ROWS, EACH = 400, 20
CHANGED = """
SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE schemaname = %s AND relname = %s
"""


async def test_changing_some_records_writes_to_no_index(api: Api):
    admin, name = api.administrator, unique("shelf")
    note = {"api_name": "note", "type": "text", "label": {"en": "Note"}, "config": {}, "searchable": False}
    await admin.change(
        {"kind": "create_object", "api_name": name, "label": {"en": name}},
        {"kind": "add_field", "object": name, "field": note},
    )
    rows = [{"op": "create", "values": {"name": f"N{i}", "note": "before"}} for i in range(ROWS)]
    await admin.ok("POST", f"/records/{name}/batch", {"operations": rows})
    table = (await api.runtime.catalogs.current(MAIN_SCHEMA)).object(name).table_name
    async with api.runtime.database.transaction() as connection:
        some = (
            f'SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM {MAIN_SCHEMA}."{table}") x'
        )
        await connection.execute(
            f"UPDATE {MAIN_SCHEMA}.\"{table}\" SET f_note = 'after' WHERE id IN ({some} WHERE n %% %s = 0)",
            (EACH,),
        )
        row = await (await connection.execute(CHANGED, (MAIN_SCHEMA, table))).fetchone()
    assert row == (ROWS // EACH, ROWS // EACH)


async def test_every_record_table_keeps_room(api: Api):
    full = (
        "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = 'r' "
        r"AND relname LIKE 'r\_%%' AND NOT coalesce('fillfactor=90' = ANY(reloptions), false)"
    )
    async with api.runtime.database.reader() as connection:
        assert await (await connection.execute(full, (MAIN_SCHEMA,))).fetchall() == []
