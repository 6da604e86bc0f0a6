"""Rich text 富文本: HTML of a few harmless elements, cleaned on every write, with a plain twin for search."""

import html
import re
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from pydantic import Field as Bound
from sqlalchemy.sql.elements import ColumnElement

from banyan.kernel.ids import parse_id
from banyan.metadata.field_types.base import (
    Columns,
    ColumnSpec,
    FieldLike,
    FieldType,
    TypeConfig,
    ValueContext,
    ValueProblem,
    Values,
    text_of,
)

TAGS = frozenset(
    "p br strong em s u h1 h2 h3 ul ol li a blockquote code pre span hr".split()  # noqa: SIM905 - one line to read
)
_MARKUP = re.compile(r"</?[a-zA-Z][^>]*>")
_BLOCKS = re.compile(r"<br>|<hr>|</(?:p|h[1-3]|li|blockquote|pre)>")
_MENTION = re.compile(r'<span data-mention="([0-9a-f-]{36})">')
_LONGEST_RAW = 4  # times the limit: markup may weigh more than what it says


class RichTextConfig(TypeConfig):
    """`max_length` counts the characters of the HTML."""

    max_length: int = Bound(default=64_000, ge=1, le=1_000_000)


def cleaned(text: str) -> str:
    """Only elements of the list, links to the web and mail, and mentions of people by their id."""
    import nh3

    return nh3.clean(
        text,
        tags=set(TAGS),
        attributes={"a": {"href"}, "span": {"data-mention"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        attribute_filter=_attribute,
    )


def _attribute(element: str, attribute: str, value: str) -> str | None:
    if (element, attribute) != ("span", "data-mention"):
        return value
    found = parse_id(value)
    return None if found is None else str(found)


def plain(text: str) -> str:
    """What cleaned HTML says, a line per block."""
    import nh3

    lines = html.unescape(nh3.clean(_BLOCKS.sub("\n", text), tags=set())).replace("\xa0", " ").split("\n")
    return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))


def mentions(text: str) -> list[UUID]:
    """People mentioned in cleaned HTML, each once."""
    return list(dict.fromkeys(UUID(found) for found in _MENTION.findall(text)))


class RichText(FieldType):
    key = "rich_text"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "富文本", "en": "Rich text"}
    Config = RichTextConfig
    operators = ("contains", "not_contains", "is_empty", "is_not_empty")
    sortable = False
    searchable = True
    aggregates = ()
    json_format: ClassVar[Mapping[str, Any]] = {"type": "string", "contentMediaType": "text/html"}
    examples = (
        "<p>您好 <strong>世界</strong> &amp; 1 &lt; 2</p>",
        "<h2>A</h2><ul><li>b</li></ul><script>x()</script>",
        '<p><span data-mention="0197a0b0-0000-7000-8000-000000000001">@王芳</span> <a href="https://a.cn">x</a></p>',
        "plain & simple",
    )

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", sa.Text(), "text"), ColumnSpec("__t", sa.Text(), "text", tracked=False))

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        text = text_of(raw)
        if len(text) > field.config.max_length * _LONGEST_RAW:
            raise ValueProblem("too_long", limit=field.config.max_length)
        if not _MARKUP.search(text):
            text = "".join(f"<p>{html.escape(line, quote=False)}</p>" for line in text.splitlines())
        text = cleaned(text)
        if len(text) > field.config.max_length:
            raise ValueProblem("too_long", limit=field.config.max_length)
        found = self.derive(text, bulk=context.bulk)
        return {"": text, **found} if found["__t"] else self.empty(field)

    def derive(self, text: str | None, *, bulk: bool) -> Values:
        """The plain twin. It is cheap enough that `bulk` makes no difference."""
        return {"__t": plain(text) if text else None}

    def comparable(self, field: FieldLike, columns: Columns) -> ColumnElement[Any]:
        return columns["__t"]

    def python(self, field: FieldLike, value: Any) -> Any:
        return plain(value)

    def search_columns(self, field: FieldLike) -> tuple[str, ...]:
        return ("__t",)

    def index_columns(self, field: FieldLike) -> tuple[str, ...]:
        return ()
