"""JSON put together as text by the server.

`json_build_object` and `json_agg` over whole rows ask the server's own catalog for the type of every value of every
row. Told once by the compiled statement, with `concat` between fixed parts, a page of 80 records costs it half.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

_MOST_ARGUMENTS = 90  # a function of the server takes 100
_WRITTEN_AS_THEY_ARE = (sa.Integer, sa.Boolean)


class KeyText(sa.Text):
    """Text of letters, digits and underscores only, held to it by whoever writes it: nothing in it is escaped."""


Member = tuple[str, ColumnElement[Any]]
Part = str | ColumnElement[Any]


class JsonObject(sa.Case[Any]):
    """An object with these members, NULL where `stands` is NULL; as a JSON value, or within a page as text.

    The text is of the columns it was made of: an adapted copy of the expression has none of its own.
    """

    inherit_cache = True

    def __init__(self, stands: ColumnElement[Any], members: Sequence[Member]) -> None:
        named = [part for name, value in members for part in (_quoted(name), value)]
        super().__init__((stands.is_not(None), sa.func.json_build_object(*named)))
        self.stands, self.members = stands, members

    def text(self) -> ColumnElement[Any]:
        """The same as text, `null` where there is none."""
        whole = object_text(self.members, given=[self.stands])
        return sa.case((self.stands.is_not(None), whole), else_=_quoted("null"))


def object_text(members: Sequence[Member], given: Sequence[ColumnElement[Any]] = ()) -> ColumnElement[Any]:
    """A JSON object as text. `given`: expressions that are known not to be NULL."""
    parts: list[Part] = ["{"]
    for index, (name, value) in enumerate(members):
        parts += [f"{',' if index else ''}{json.dumps(name, ensure_ascii=False)}:"]
        parts += _value(value, is_given=any(value is each for each in given))
    return _joined([*parts, "}"])


def _value(value: ColumnElement[Any], *, is_given: bool) -> list[Part]:
    if isinstance(value, JsonObject):
        return [value.text()]
    if isinstance(value.type, sa.Uuid) and is_given:
        return ['"', value, '"']
    plain: ColumnElement[Any]
    if isinstance(value.type, _WRITTEN_AS_THEY_ARE):
        plain = sa.cast(value, sa.Text)
    elif isinstance(value.type, sa.Uuid | KeyText) or _is_written_number(value):
        plain = _quoted('"').op("||")(sa.cast(value, sa.Text)).op("||")(_quoted('"'))
    else:
        plain = sa.cast(sa.func.to_json(value), sa.Text)
    return [plain if is_given else sa.func.coalesce(plain, _quoted("null"))]


def _is_written_number(value: ColumnElement[Any]) -> bool:
    """A number sent as text, so that nobody rounds it: nothing in it needs to be escaped."""
    return isinstance(value, sa.Cast) and isinstance(value.clause.type, sa.Numeric)


def _joined(parts: Sequence[Part]) -> ColumnElement[Any]:
    pieces = list(_merged(parts))
    while len(pieces) > _MOST_ARGUMENTS:
        starts = range(0, len(pieces), _MOST_ARGUMENTS)
        pieces = [sa.func.concat(*pieces[at : at + _MOST_ARGUMENTS], type_=sa.Text()) for at in starts]
    return sa.func.concat(*pieces, type_=sa.Text())


def _merged(parts: Sequence[Part]) -> Iterator[ColumnElement[Any]]:
    """Fixed parts that follow one another as one."""
    fixed = ""
    for part in parts:
        if isinstance(part, str):
            fixed += part
            continue
        if fixed:
            yield _quoted(fixed)
        fixed = ""
        yield part
    if fixed:
        yield _quoted(fixed)


def _quoted(text: str) -> ColumnElement[Any]:
    """Part of the statement: names come from the catalog, and a value of its own would be sent with each execution."""
    return sa.literal_column("'" + text.replace("'", "''") + "'", sa.Text())
