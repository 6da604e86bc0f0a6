"""After a change of structure nothing holds on to the catalog before it: a server that lives long does not grow."""

import gc
import weakref

import pytest

from factories.api import MAIN_SCHEMA, Api, unique

pytestmark = pytest.mark.anyio


async def worked(api: Api) -> None:
    """What keeps anything by what it worked on: writes with stages and rules, lists, totals, search, exports, jobs."""
    admin = api.administrator
    deal = {"name": unique("Deal"), "stage": "prospecting", "amount": "1200.50", "close_date": "2026-12-31"}
    made = await admin.ok("POST", "/records/opportunity", deal)
    moved = {"op": "update", "id": made["id"], "values": {"stage": "engaging", "next_step": "call"}}
    await admin.ok("POST", "/records/opportunity/batch", {"operations": [moved]})
    await admin.ok("GET", f"/records/opportunity/{made['id']}")
    page = {
        "select": ["name", "account", "amount"],
        "sort": [{"field": "amount", "direction": "desc"}],
        "limit": 5,
    }
    await admin.ok("POST", "/records/opportunity/query", page)
    groups = {
        "group_by": [{"field": "stage"}],
        "measures": [{"fn": "count"}, {"fn": "sum", "field": "amount"}],
    }
    await admin.ok("POST", "/records/opportunity/aggregate", groups)
    await admin.ok("GET", "/search?objects=opportunity&q=Deal")
    await admin.call(
        "POST", "/records/opportunity/export", json={"format": "csv", "columns": ["name", "account"]}
    )
    await api.run_jobs()


async def test_nothing_holds_on_to_the_catalog_before(api: Api):
    catalogs, admin = api.runtime.catalogs, api.administrator
    await worked(api)
    catalog = await catalogs.current(MAIN_SCHEMA)
    before = [weakref.ref(catalog), *(weakref.ref(obj) for obj in catalog.objects)]
    del catalog
    name = unique("note")
    field = {"api_name": name, "type": "text", "label": {"en": name}, "config": {}}
    await admin.change({"kind": "add_field", "object": "opportunity", "field": field})
    await worked(api)
    assert (await catalogs.current(MAIN_SCHEMA)).object("opportunity").field(name) is not None
    gc.collect()
    assert [each() for each in before if each() is not None] == []
