"""Two objects to compute on: a folder with lines, an account above it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from banyan.db.statements import run
from banyan.metadata.formulas.facade import LowerContext, check, lower
from factories.house import House

Document = dict[str, Any]
CHOICES = {
    "choices": [
        {"key": "new", "label": {"zh-CN": "新建", "en": "New"}},
        {"key": "won", "label": {"zh-CN": "赢单", "en": "Won"}},
    ]
}


def field(api_name: str, kind: str, label: str, **config: Any) -> Document:
    names = {"zh-CN": label, "en": api_name}
    return {"api_name": api_name, "type": kind, "label": names, "config": config}


FOLDER = [
    field("account", "relation", "客户", target="account"),
    field("amount", "currency", "金额"),
    field("qty", "number", "数量"),
    field("rate", "percent", "税率"),
    field("day", "date", "日期"),
    field("moment", "datetime", "时间"),
    field("done", "boolean", "完成"),
    field("stage", "single_choice", "阶段", **CHOICES),
    field("colours", "multiple_choice", "颜色", **CHOICES),
    field("note", "long_text", "备注（一）"),
]
LINE = [
    field("folder", "relation", "文件夹", target="folder"),
    field("qty", "number", "数量"),
    field("price", "number", "单价"),
    field("day", "date", "日期"),
]


async def build(house: House) -> None:
    names = {"kind": "create_object", "title_field": "name"}
    title = field("name", "text", "名称")
    folder = {"api_name": "folder", "label": {"zh-CN": "文件夹", "en": "Folder"}, "fields": [title, *FOLDER]}
    line = {"api_name": "line", "label": {"zh-CN": "明细", "en": "Line"}, "fields": [title, *LINE]}
    await house.change({**names, **folder})
    await house.change({**names, **line})


async def value(house: House, formula: str, record: UUID | None, name: str = "folder", **options: Any) -> Any:
    """A formula's value on one record as JSON; an error as the API shows it."""
    (found,) = await values(house, [formula], record, name, **options)
    return found


async def values(
    house: House, formulas: Sequence[str], record: UUID | None, name: str = "folder", **options: Any
) -> list[Any]:
    catalog = await house.catalog()
    obj = catalog.object(name)
    base = obj.table.alias("r")
    context = LowerContext("Asia/Shanghai", "CNY")
    columns = []
    for formula in formulas:
        checked = check(formula, catalog, obj, **options)
        lowered = lower(checked, base, house.schema, context)
        error = sa.null() if lowered.error is None else lowered.error
        shown = lowered.value
        if checked.type.name == "number":
            shown = sa.cast(sa.func.trim_scale(shown), sa.Text)
        columns.append(sa.func.json_build_array(sa.cast(error, sa.Text), sa.func.to_json(shown)))
    found = []
    async with house.database.reader() as connection:
        for column in columns:
            statement = sa.select(column).select_from(base)
            where = base.c.id == record if record is not None else sa.true()
            row = await (await run(connection, statement.where(where).limit(1))).fetchone()
            assert row is not None
            error, result = orjson.loads(row[0])
            found.append(result if error is None else {"error": error})
    return found
