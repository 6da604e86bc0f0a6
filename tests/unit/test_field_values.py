"""What the wider field types read, and what they refuse, beyond the examples every type is tried with."""

from typing import Any
from uuid import UUID

import pytest

from banyan.kernel.errors import InvalidInput
from banyan.kernel.messages import message
from banyan.metadata.catalog import build_field
from banyan.metadata.changes.state import check_config
from banyan.metadata.definitions import FieldDefinition, StoredField
from banyan.metadata.field_types.base import ValueContext, ValueProblem
from banyan.metadata.field_types.registry import FIELD_TYPES
from banyan.metadata.field_types.rich_text import mentions

CONTEXT = ValueContext()


def field_of(type_key: str, **config: Any) -> Any:
    definition = FieldDefinition(api_name="value", type=type_key, label={"en": "Value"}, config=config)
    stored = StoredField(
        id=UUID(int=1), object_id=UUID(int=2), slug="f_value", position=1, definition=definition
    )
    return build_field(stored)


def read(type_key: str, cell: str, **config: Any) -> Any:
    field = field_of(type_key, **config)
    return field.kind.to_json(field, field.kind.parse_cell(field, cell, CONTEXT))


def refusal(type_key: str, raw: Any, **config: Any) -> str:
    field = field_of(type_key, **config)
    with pytest.raises(ValueProblem) as caught:
        field.kind.parse(field, raw, CONTEXT)
    return caught.value.code


@pytest.mark.parametrize(
    ("type_key", "cell", "value"),
    [
        ("time", "9:30", "09:30:00"),
        ("time", "09:30:15", "09:30:15"),
        ("time", "3:05 PM", "15:05:00"),
        ("time", "12:10 am", "00:10:00"),
        ("time", "下午3点半", "15:30:00"),
        ("time", "15时20分", "15:20:00"),
        ("time", "中午12点", "12:00:00"),
        ("duration", "1小时30分", 90),
        ("duration", "1:30", 90),
        ("duration", "90分钟", 90),
        ("duration", "1h 30m", 90),
        ("duration", "1.5 小时", 90),
        ("duration", "2天", 2880),
        ("rating", "★★★☆☆", 3),
        ("tags", "VIP、vip; 华东", ["VIP", "华东"]),
        ("json", '{"a": [1]}', {"a": [1]}),
        ("location", "31.23, 121.47", {"lat": 31.23, "lng": 121.47}),
        ("location", "33.5°S 70.6°W", {"lat": -33.5, "lng": -70.6}),
        ("rich_text", "a < b\nc", "<p>a &lt; b</p><p>c</p>"),
    ],
)
def test_cells_are_read_as_people_write_them(type_key: str, cell: str, value: Any):
    assert read(type_key, cell) == value


@pytest.mark.parametrize(
    ("form", "cell", "value"),
    [
        ("ean13", "690-1234 567892", "6901234567892"),
        ("ean8", "96385074", "96385074"),
        ("upca", "036000291452", "036000291452"),
        ("qr", "https://例.cn", "https://例.cn"),
    ],
)
def test_barcodes_keep_their_form(form: str, cell: str, value: str):
    assert read("barcode", cell, format=form) == value


@pytest.mark.parametrize(
    ("type_key", "raw", "config", "code"),
    [
        ("time", "24:00", {}, "not_time"),
        ("time", 930, {}, "not_time"),
        ("duration", "1分半", {}, "not_duration"),
        ("duration", "0.001小时", {}, "not_whole_minutes"),
        ("duration", -1, {}, "below_minimum"),
        ("duration", 10**9, {}, "above_maximum"),
        ("rating", 6, {}, "above_maximum"),
        ("tags", ["x" * 41], {}, "tag_too_long"),
        ("tags", ["a,b"], {}, "tag_separator"),
        ("tags", [str(n) for n in range(31)], {}, "too_many_tags"),
        ("barcode", "6901234567890", {"format": "ean13"}, "barcode_check_digit"),
        ("barcode", "6.90E+12", {"format": "ean13"}, "spreadsheet_damage"),
        ("barcode", "123", {"format": "ean8"}, "barcode_digits"),
        ("barcode", "中", {"format": "code128"}, "barcode_letters"),
        ("json", ["\x00"], {}, "null_character"),
        ("json", "null", {}, "not_json"),
        ("json", 7, {}, "not_json"),
        ("json", {"a": "x" * 64_000}, {}, "json_too_large"),
        ("location", {"lat": 91, "lng": 0}, {}, "location_range"),
        ("location", {"lat": "x", "lng": 0}, {}, "not_number"),
        ("location", "somewhere", {}, "not_location"),
        ("address", {"province": "上海"}, {}, "unknown_division"),
        ("address", {"province": "广东省", "city": "杭州市"}, {}, "unknown_division"),
        ("address", {"city": "深圳市"}, {}, "unknown_division"),
        ("address", {"street": "x", "country": "DE"}, {}, "address_in_china"),
        ("address", {"street": "x", "country": "Germany"}, {"scope": "international"}, "not_country_code"),
        ("address", {"street": "x", "floor": "3"}, {}, "unknown_key"),
        ("encrypted", "***", {}, "encrypted_mask"),
        ("encrypted", "secret", {}, "encrypted_no_key"),
        ("text", "ab-1", {"pattern": "[A-Z]{2}-[0-9]+"}, "pattern_mismatch"),
    ],
)
def test_bad_values_are_refused(type_key: str, raw: Any, config: dict[str, Any], code: str):
    assert refusal(type_key, raw, **config) == code


def test_deep_json_is_refused():
    deep: Any = 1
    for _ in range(30):
        deep = [deep]
    assert refusal("json", deep) == "json_too_deep"


def test_a_pattern_asks_in_its_own_words_and_in_linear_time():
    told = {"zh-CN": "两个字母加数字", "en": "Two letters and digits"}
    config = {"pattern": "(a+)+b", "pattern_message": told, "max_length": 4000}
    field = field_of("text", **config)
    with pytest.raises(ValueProblem) as caught:
        field.kind.parse(field, "a" * 4000, CONTEXT)
    assert message(caught.value.code, "zh-CN", caught.value.params) == told["zh-CN"]
    assert message(caught.value.code, "en", caught.value.params) == told["en"]
    assert field.kind.parse(field, "aab", CONTEXT)[""] == "aab"


@pytest.mark.parametrize("pattern", ["(", "a(?=b)", "(a)\\1", "x{99999}"])
def test_a_pattern_that_does_not_hold_is_refused_with_its_place(pattern: str):
    with pytest.raises(InvalidInput) as caught:
        check_config("text", {"pattern": pattern})
    assert caught.value.problems[0].pointer == "/config/pattern"


@pytest.mark.parametrize("minutes", [0, 5, 60, 90, 1440, 100_000])
def test_a_duration_reads_back_in_both_languages(minutes: int):
    kind, field = FIELD_TYPES["duration"], field_of("duration")
    for language in ("zh-CN", "en"):
        text = kind.to_text(field, minutes, language=language)
        assert kind.parse_cell(field, text, CONTEXT)[""] == minutes


PARTS = ("province", "city", "district", "street", "postal_code")


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        ("上海市浦东新区世纪大道100号", ("上海市", None, "浦东新区", "世纪大道100号", None)),
        ("上海市上海市浦东新区世纪大道100号 200120", ("上海市", None, "浦东新区", "世纪大道100号", "200120")),
        ("上海浦东新区世纪大道100号", ("上海市", None, "浦东新区", "世纪大道100号", None)),
        ("广东省 深圳市 南山区 科技园", ("广东省", "深圳市", "南山区", "科技园", None)),
        ("中国广东深圳南山区科技园", ("广东省", "深圳市", "南山区", "科技园", None)),
        ("吉林市船营区北京路", ("吉林省", "吉林市", "船营区", "北京路", None)),
        ("内蒙古呼和浩特市新城区中山路1号", ("内蒙古自治区", "呼和浩特市", "新城区", "中山路1号", None)),
        ("某处 12 号", (None, None, None, "某处 12 号", None)),
    ],
)
def test_chinese_addresses_are_taken_apart(cell: str, parts: tuple[str | None, ...]):
    found = read("address", cell)
    assert tuple(found[name] for name in PARTS) == parts
    assert found["text"] == "".join(part for part in parts[:4] if part)


def test_addresses_abroad_run_from_the_small_to_the_large():
    field = field_of("address", scope="international")
    raw = {"street": "Unter den Linden 1", "city": "Berlin", "postal_code": "10117", "country": "de"}
    found = field.kind.to_json(field, field.kind.parse(field, raw, CONTEXT))
    assert found["text"] == "Unter den Linden 1, Berlin, 10117, DE"


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("<p onclick='x()'>a<script>alert(1)</script></p>", "<p>a</p>"),
        ('<p><a href="javascript:x()">a</a></p>', '<p><a rel="noopener noreferrer nofollow">a</a></p>'),
        ('<p>a<img src=x onerror="x()"></p>', "<p>a</p>"),
        ('<p><span data-mention="not an id" style="color:red">a</span></p>', "<p><span>a</span></p>"),
        ("<svg><style>*{}</style></svg><p>a</p>", "<p>a</p>"),
    ],
)
def test_rich_text_keeps_only_what_is_harmless(raw: str, kept: str):
    field = field_of("rich_text")
    assert field.kind.parse(field, raw, CONTEXT)[""] == kept


def test_rich_text_knows_whom_it_mentions_and_what_it_says():
    person = UUID(int=7)
    html = f'<h2>A&amp;B</h2><p>x <span data-mention="{person}">@王芳</span></p><ul><li>y</li></ul>'
    field = field_of("rich_text")
    values = field.kind.parse(field, html, CONTEXT)
    assert mentions(values[""]) == [person]
    assert values["__t"] == "A&B\nx @王芳\ny"
    assert field.kind.parse(field, "<p> </p>", CONTEXT)[""] is None
