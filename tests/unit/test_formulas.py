"""Formulas without a database: faults with place and suggestion, how they are kept, what they use, circles."""

from typing import Any
from uuid import UUID, uuid5

import pytest

from banyan.kernel.errors import Conflict
from banyan.metadata.catalog import Catalog, build_catalog
from banyan.metadata.definitions import FieldDefinition, ObjectDefinition, StoredField, StoredObject
from banyan.metadata.formulas.facade import (
    BOOLEAN,
    NUMBER,
    FormulaInvalid,
    check,
    computation,
    dependencies,
    rewrite,
)

ROOT = UUID(int=7)
CHOICES = {"choices": [{"key": "won", "label": {"zh-CN": "赢单", "en": "Won"}}]}
FIELDS: dict[str, list[tuple[str, str, str, dict[str, Any]]]] = {
    "account": [
        ("name", "text", "名称", {}),
        ("amount", "currency", "金额（元）", {}),
        ("start", "date", "开始", {}),
        ("stage", "single_choice", "阶段", CHOICES),
        ("parent", "relation", "上级", {"target": "account"}),
        ("twin", "number", "重名", {}),
        ("twin2", "number", "重名", {}),
        ("true", "number", "真值", {}),
    ],
    "contact": [
        ("name", "text", "姓名", {}),
        ("account", "relation", "客户", {"target": "account"}),
        ("backup", "relation", "备用客户", {"target": "account"}),
        ("qty", "number", "数量", {}),
    ],
    "line": [("account", "relation", "客户", {"target": "account"}), ("qty", "number", "数量.净", {})],
}


def catalog(*more: tuple[str, str, str, dict[str, Any]]) -> Catalog:
    """`more`: (object, field, type, config)."""
    extra = [(name, (field, kind, field.title(), config)) for name, field, kind, config in more]
    objects, fields = [], []
    for name, plain in FIELDS.items():
        label = {"zh-CN": {"account": "客户", "contact": "联系人"}.get(name, "明细"), "en": name.title()}
        obj = StoredObject(
            id=uuid5(ROOT, name),
            table_name=f"r_{name}",
            position=len(objects),
            definition=ObjectDefinition(api_name=name, label=label),
        )
        objects.append(obj)
        for api_name, kind, chinese, config in [*plain, *(field for owner, field in extra if owner == name)]:
            definition = FieldDefinition(
                api_name=api_name, type=kind, label={"zh-CN": chinese, "en": api_name.title()}, config=config
            )
            place = uuid5(obj.id, api_name)
            fields.append(
                StoredField(
                    id=place,
                    object_id=obj.id,
                    slug=f"f_{api_name}",
                    position=len(fields),
                    definition=definition,
                )
            )
    return build_catalog("ws_test", 1, objects, fields)


def faults(text: str, name: str = "account", **options: Any) -> list[dict[str, Any]]:
    found = catalog()
    with pytest.raises(FormulaInvalid) as refused:
        check(text, found, found.object(name), **options)
    return [{"code": problem.code, **problem.params} for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("text", "code", "start", "end", "suggestion"),
    [
        ("", "formula_empty", 0, 0, None),
        ("amount +", "formula_unfinished", 8, 8, None),
        ("(amount", "formula_unfinished", 7, 7, None),
        ("amount amount", "formula_unexpected", 7, 13, None),
        ("amount ? 1", "formula_character", 7, 8, None),
        ('name & "abc', "formula_string_open", 7, 11, None),
        ("1 /* no end", "formula_comment_open", 2, 11, None),
        ("{amount", "formula_brace_open", 0, 7, None),
        ("amuont * 2", "formula_unknown_field", 0, 6, "amount"),
        ("parent.amuont", "formula_unknown_field", 7, 13, "amount"),
        ("amount.name", "formula_not_relation", 0, 6, None),
        ("SUMM(1)", "formula_unknown_function", 0, 4, "SUM"),
        ('stage = "wno"', "formula_unknown_choice", 8, 13, "won"),
        ("ROUND(name)", "formula_wrong_type", 6, 10, None),
        ('amount + "1"', "formula_types", 0, 12, None),
        ("IF(1)", "formula_arguments", 0, 4, None),
        ("line.qty", "formula_many_outside", 0, 8, None),
        ("SUM(line.qty * contact.account.qty)", "formula_two_rows", 15, 34, None),
        ("COUNT(contact)", "formula_which_relation", 6, 13, "contact.account"),
        ("COUNTIF(amount > 1)", "formula_needs_rows", 0, 18, None),
        ("parent.parent.parent.parent.name", "formula_path_too_long", 21, 27, None),
        ("重名", "formula_same_label", 0, 2, "twin"),
        ("a" * 10_001, "formula_too_long", 10_000, 10_001, None),
        ("(" * 10_000 + ")" * 10_000, "formula_too_long", 10_000, 20_000, None),
        ("(" * 4_000 + "1" + ")" * 4_000, "formula_too_deep", 64, 65, None),
        ("-" * 100 + "1", "formula_too_deep", 36, 101, None),
        ("IFERROR(1 / " * 20 + "amount" + ", 1)" * 20, "formula_too_complex", 0, 325, None),
    ],
)
def test_a_fault_has_its_place_and_what_may_have_been_meant(text, code, start, end, suggestion):
    found = faults(text)[0]
    assert found["code"] == code, found
    assert found["start"] == start
    assert found.get("suggestion") == suggestion
    if code not in ("formula_arguments", "formula_needs_rows", "formula_too_complex"):
        assert found["end"] == end


def test_every_fault_is_told_at_once():
    assert [each["code"] for each in faults('amuont + SUMM(1) & IF(stage = "x", 1, 2)')] == [
        "formula_unknown_field",
        "formula_unknown_function",
        "formula_unknown_choice",
    ]


def test_a_thousand_parts_are_the_limit():
    assert faults("SUM(" + ",".join(["1"] * 1_100) + ")")[0]["code"] == "formula_too_large"


def test_the_result_may_be_asked_for():
    found = catalog()
    assert faults("name", expect=NUMBER)[0]["code"] == "formula_wrong_result"
    assert check('""', found, found.object("account"), expect=BOOLEAN).type == BOOLEAN


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("如果（阶段 ＝ “赢单”， {金额（元）}， 0）", 'IF(stage = "won", amount, 0)'),
        ("{上级.金额(元)} /* 上级 */ + 1", "parent.amount /* 上级 */ + 1"),
        ("SUM(line.qty)", "SUM(line.account.qty)"),
        ("sum({明细.数量.净})", None),
        ("SUM(contact.backup.qty)", "SUM(contact.backup.qty)"),
        ("{真值} + 1", "{true} + 1"),
        ("１＋２", "1+2"),
        ("Start", "start"),
    ],
)
def test_names_are_kept_as_api_names(text: str, kept: str | None):
    found = catalog()
    account = found.object("account")
    if kept is None:
        assert faults(text)
        return
    once = check(text, found, account).text
    assert once == kept
    assert check(once, found, account).text == kept


def test_a_rename_changes_the_names_and_nothing_else():
    found = catalog()
    new = {("account", "amount"): "value", ("line", ""): "item", ("line", "qty"): "count"}
    text = '{金额（元）}+parent.amount * SUM( line.qty ) & "amount"'
    kept = rewrite(text, lambda obj, field: new.get((obj, field)), found, found.object("account"))
    assert kept == 'value+parent.value * SUM( item.account.count ) & "amount"'


def test_what_a_formula_uses_and_when_it_changes():
    found = catalog()
    checked = check(
        "SUM(line.qty) + parent.amount + DAYS(TODAY(), start) + COUNT(line)", found, found.object("account")
    )
    shown = [
        (
            [(hop.object.api_name, hop.field.api_name, hop.many) for hop in use.hops],
            use.field and use.field.api_name,
        )
        for use in checked.uses
    ]
    assert shown == [
        ([("line", "account", True)], "qty"),
        ([("account", "parent", False)], "amount"),
        ([], "start"),
        ([("line", "account", True)], None),
    ]
    assert checked.volatile == "daily"
    assert check("WORKDAY(start, 3)", found, found.object("account")).reads == {"calendar"}


def rollup(**config: Any) -> dict[str, Any]:
    return {"relation": "line.account", "function": "sum", "field": "qty", **config}


def test_computed_fields_come_in_the_order_they_need():
    found = catalog(
        ("account", "net", "formula", {"formula": "total - 1"}),
        ("account", "total", "rollup", rollup(condition="qty > 1")),
        ("contact", "shown", "lookup", {"path": "account.stage"}),
        ("contact", "far", "formula", {"formula": "account.net * 2"}),
    )
    graph = dependencies(found)
    names = [
        next(f.api_name for f in found.by_id[object_id].fields if f.id == field_id)
        for object_id, field_id in graph.nodes
    ]
    assert names.index("total") < names.index("net") < names.index("far")
    line = found.object("line")
    users = graph.users_of(line.id, line.by_name["qty"].id)
    account = found.object("account")
    assert users == ((account.id, account.by_name["total"].id),)
    contact = found.object("contact")
    shown = computation(found, contact, contact.by_name["shown"])
    assert shown.config["result"] == "choice"
    assert shown.config["choices_of"] == "account.stage"
    total = computation(found, account, account.by_name["total"])
    assert total.config["result"] == "number"
    assert total.config["condition"] == "qty > 1"


@pytest.mark.parametrize(
    "fields",
    [
        [("account", "a", "formula", {"formula": "a + 1"})],
        [
            ("account", "a", "rollup", rollup(field="b")),
            ("line", "b", "formula", {"formula": "account.c * 2"}),
            ("account", "c", "formula", {"formula": "a + 1"}),
        ],
        [
            ("account", "a", "formula", {"formula": "SUM(line.b)"}),
            ("line", "b", "lookup", {"path": "account.c"}),
            ("account", "c", "formula", {"formula": "SUM(contact.account.d)"}),
            ("contact", "d", "formula", {"formula": "account.a"}),
        ],
    ],
)
def test_a_circle_is_refused_with_its_way(fields):
    with pytest.raises(Conflict) as refused:
        dependencies(catalog(*fields))
    assert refused.value.code == "formula_cycle"
    steps = refused.value.params["path"].split(" → ")
    assert steps[0] == steps[-1]
    assert set(steps) == {f"{owner}.{name}" for owner, name, _, _ in fields}


def test_a_field_of_a_faulty_configuration_says_where():
    found = catalog(("account", "bad", "rollup", rollup(condition="qtty > 1")))
    account = found.object("account")
    with pytest.raises(FormulaInvalid) as refused:
        computation(found, account, account.by_name["bad"])
    (problem,) = refused.value.problems
    assert (problem.pointer, problem.code) == ("/config/condition", "formula_unknown_field")
    assert problem.params["suggestion"] == "qty"


@pytest.mark.parametrize("kind", ["encrypted", "location", "json"])
def test_what_is_stored_apart_from_its_meaning_cannot_be_read(kind: str):
    found = catalog(("account", "odd", kind, {}))
    with pytest.raises(FormulaInvalid) as refused:
        check("ISBLANK(odd)", found, found.object("account"))
    assert refused.value.problems[0].code == "formula_unusable_field"


def test_rows_are_named_by_the_sub_table_that_shows_them():
    found = catalog(("account", "lines", "sub_table", {"relation": "line.account"}))
    account = found.object("account")
    assert check("SUM(lines.qty)", found, account).text == "SUM(lines.qty)"
    assert len(check("COUNT(lines) + COUNT(lines.qty)", found, account).uses) == 2


def test_a_masked_field_is_not_asked():
    found = catalog()
    account = found.object("account")
    seen = found.restricted((("account", ((account.by_name["amount"].id, "masked"),)),))
    with pytest.raises(FormulaInvalid) as refused:
        check("amount > 10", seen, seen.object("account"))
    assert refused.value.problems[0].code == "formula_masked_field"
    hidden = found.restricted((("account", ((account.by_name["amount"].id, "hidden"),)),))
    with pytest.raises(FormulaInvalid) as unknown:
        check("amount > 10", hidden, hidden.object("account"))
    assert unknown.value.problems[0].code == "formula_unknown_field"
    assert unknown.value.problems[0].params.get("suggestion") != "amount"
