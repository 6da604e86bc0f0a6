"""The equipment rental of the designers' walk, made by the API: for what is done with it afterwards."""

from typing import Any


def field(name: str, kind: str, config: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    label = {"en": name.capitalize(), "zh-CN": f"{name}（中）"}
    return {"api_name": name, "type": kind, "label": label, "config": config or {}, **more}


def choice(key: str, *when: str) -> dict[str, Any]:
    return {"key": key, "label": {"en": key.capitalize()}, "when": list(when)}


def build(admin: Any) -> None:
    def make(name: str, *fields: dict[str, Any]) -> dict[str, Any]:
        return {
            "kind": "create_object",
            "api_name": name,
            "label": {"en": name.capitalize()},
            "fields": fields,
        }

    def add(name: str, one: dict[str, Any]) -> dict[str, Any]:
        return {"kind": "add_field", "object": name, "field": one}

    models = {"depends_on": "kind", "choices": [choice("boom", "lift"), choice("hammer", "drill")]}
    lines = {"relation": "line.lease", "columns": ["machine", "days", "amount"], "totals": ["amount"]}
    total = {"relation": "line.lease", "function": "sum", "field": "amount"}
    rule = {"key": "order", "error_when": "ends < starts", "message": {"en": "Ends first"}, "field": "ends"}
    sections = [{"label": {"en": "Main"}, "fields": ["starts", "ends"], "columns": 1}]
    operations = [
        make("site", field("city", "text"), field("zip", "text"), field("note", "long_text")),
        make("machine", field("kind", "single_choice", {"choices": [choice("lift"), choice("drill")]})),
        make(
            "lease",
            field("starts", "date"),
            field("ends", "date", visible_when={"field": "starts", "op": "is_not_empty"}),
        ),
        make("line", field("days", "number", {"scale": 0})),
        add("machine", field("model", "single_choice", models)),
        add("machine", field("site", "relation", {"target": "site"})),
        add("machine", field("rate", "number")),
        add("machine", field("where", "lookup", {"path": "site.city"})),
        add("line", field("lease", "relation", {"target": "lease"})),
        add("line", field("machine", "relation", {"target": "machine"})),
        add("line", field("amount", "formula", {"formula": "days * machine.rate"})),
        add("lease", field("lines", "sub_table", lines)),
        add("lease", field("total", "rollup", total)),
        {
            "kind": "update_object",
            "object": "lease",
            "set": {"rules": [rule], "layout": {"sections": sections}},
        },
    ]
    admin.ok("POST", "/metadata/changes", {"operations": operations})
