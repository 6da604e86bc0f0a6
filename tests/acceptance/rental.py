"""A rental order as an administrator designs it, made by the API: conditions, choices, rules, a sub-table."""

LAYOUT = {
    "sections": [
        {
            "label": {"zh-CN": "资费", "en": "Tariff"},
            "fields": ["kind", "tariff", "price", "deposit"],
            "columns": 2,
        },
        {
            "label": {"zh-CN": "时间", "en": "Time"},
            "fields": ["starts", "ends", "closed", "finish", "map"],
            "columns": 1,
        },
        {"label": {"zh-CN": "明细", "en": "Items"}, "fields": ["lines", "total"]},
        {"label": {"zh-CN": "备注", "en": "Notes"}, "fields": ["note"], "collapsed": True},
    ]
}
GIFT_LAYOUT = {"sections": [{"label": {"zh-CN": "赠送", "en": "Gift"}, "fields": ["note", "kind", "closed"]}]}
RULE = {
    "key": "order",
    "error_when": "ends < starts",
    "message": {"zh-CN": "结束不能早于开始", "en": "It ends before it starts"},
    "field": "ends",
}
CHEAP = {
    "key": "cheap",
    "error_when": "price < 1",
    "message": {"zh-CN": "价格太低", "en": "Nobody rents for less than 1"},
}


def field(name, kind, label, config=None, **more):
    return {"api_name": name, "type": kind, "label": {"en": label}, "config": config or {}, **more}


def choice(key, label, *when):
    return {"key": key, "label": {"en": label}, "when": list(when)}


def when(name, op, value):
    return {"field": name, "op": op, "value": value}


ORDER = [
    field(
        "kind",
        "single_choice",
        "Kind",
        {"choices": [choice("paid", "Paid"), choice("free", "Free"), choice("gift", "Gift")]},
    ),
    field(
        "tariff",
        "single_choice",
        "Tariff",
        {
            "depends_on": "kind",
            "choices": [
                choice("day", "By day", "paid"),
                choice("week", "By week", "paid"),
                choice("trial", "Trial"),
            ],
        },
        placeholder={"en": "How it is paid"},
    ),
    field(
        "price",
        "number",
        "Price",
        visible_when=when("kind", "eq", "paid"),
        help={"en": "Per day, without tax"},
    ),
    field(
        "deposit",
        "number",
        "Deposit",
        visible_when=when("kind", "eq", "paid"),
        required_when=when("tariff", "eq", "week"),
    ),
    field("starts", "date", "Starts"),
    field("ends", "date", "Ends", readonly_when=when("closed", "eq", value=True)),
    field("closed", "boolean", "Closed"),
    field("note", "text", "Note"),
    field(
        "finish",
        "button",
        "Finish",
        {"action": "set", "values": {"closed": True}, "confirm": {"en": "Finish this order?"}},
    ),
    field("map", "button", "Search", {"action": "open", "url": "https://example.com/?q={name}"}),
]
LINE = [
    field("quantity", "number", "Quantity", required=True),
    field("rate", "number", "Rate"),
    field("line_total", "formula", "Amount", {"formula": "quantity * rate"}),
]
LINES = field(
    "lines",
    "sub_table",
    "Lines",
    {
        "relation": "rental_line.rental",
        "columns": ["name", "quantity", "rate", "line_total"],
        "totals": ["quantity", "line_total"],
    },
)


def build(admin):
    """The objects `rental` and `rental_line`."""
    operations = [
        {"kind": "create_object", "api_name": "rental", "label": {"en": "Rental"}, "fields": ORDER},
        {"kind": "create_object", "api_name": "rental_line", "label": {"en": "Line"}, "fields": LINE},
        {
            "kind": "add_field",
            "object": "rental_line",
            "field": field("rental", "relation", "Rental", {"target": "rental"}),
        },
        {"kind": "add_field", "object": "rental", "field": LINES},
        {
            "kind": "add_field",
            "object": "rental",
            "field": field("total", "formula", "Total", {"formula": "SUM(lines.line_total)"}),
        },
        {
            "kind": "add_field",
            "object": "rental",
            "field": field("share", "formula", "Share", {"formula": "100 / COUNT(lines)"}),
        },
        {
            "kind": "update_object",
            "object": "rental",
            "set": {
                "layout": LAYOUT,
                "quick_create": ["name", "kind"],
                "record_type_field": "kind",
                "layouts": [
                    {"key": "gift", "label": {"en": "Gift"}, "record_types": ["gift"], "layout": GIFT_LAYOUT}
                ],
                "rules": [RULE, CHEAP],
            },
        },
    ]
    admin.ok("POST", "/metadata/changes", {"operations": operations})
