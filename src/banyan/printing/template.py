"""What a template says: one structure for PDF and Word. Its texts are Liquid; what records hold never is."""

from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

LANGUAGES = ("zh-CN", "en")
Language = Literal["zh-CN", "en"]
Name = r"^[a-z][a-z0-9_]{0,39}$"
ITEM, ROW_NUMBER = "item", "no"  # columns that stand for more than a field


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Fact(_Part):
    """A label with its value; one whose value comes out empty is left out."""

    label: str = Bound(default="", max_length=80)
    value: str = Bound(max_length=1_000)


class Block(_Part):
    """A heading over facts: a party, the bank."""

    heading: str = Bound(default="", max_length=200)
    lines: tuple[Fact, ...] = Bound(default=(), max_length=20)


class Column(_Part):
    """A field of the rows; `item`: product and description together, `no`: the place. `width`: a share of the page."""

    field: str = Bound(pattern=Name)
    label: str = Bound(default="", max_length=80)
    width: int = Bound(default=2, ge=1, le=20)
    optional: bool = False  # left out where no line has anything in it


class Table(_Part):
    """The rows of a sub-table field."""

    source: str = Bound(pattern=Name)
    heading: str = Bound(default="", max_length=200)
    columns: tuple[Column, ...] = Bound(min_length=1, max_length=12)


class Total(_Part):
    """`strong` is the figure that counts. One whose amount is zero is left out where it is `optional`."""

    field: str = Bound(pattern=Name)
    label: str = Bound(default="", max_length=80)
    strong: bool = False
    optional: bool = False


class Clause(_Part):
    heading: str = Bound(default="", max_length=200)
    text: str = Bound(max_length=20_000)


class Signature(_Part):
    heading: str = Bound(max_length=400)
    lines: tuple[str, ...] = Bound(default=(), max_length=6)


class TemplateDocument(_Part):
    """In the order of the page. Every text may use the fields of the document and of the records it names."""

    paper: Literal["a4", "us-letter"] = "a4"
    logo: bool = True
    letterhead: Block = Block()
    title: str = Bound(min_length=1, max_length=200)
    facts: tuple[Fact, ...] = Bound(default=(), max_length=12)
    parties: tuple[Block, ...] = Bound(default=(), max_length=3)
    intro: str = Bound(default="", max_length=5_000)
    tables: tuple[Table, ...] = Bound(default=(), max_length=3)
    totals: tuple[Total, ...] = Bound(default=(), max_length=12)
    words_label: str = Bound(default="", max_length=80)
    words_of: str = Bound(
        default="", max_length=40
    )  # the field whose amount is spelled; none: no amount in words
    clauses: tuple[Clause, ...] = Bound(default=(), max_length=60)
    bank: Block = Block()
    signatures: tuple[Signature, ...] = Bound(default=(), max_length=3)
    footer: str = Bound(default="", max_length=400)
    marks: dict[str, str] = Bound(default_factory=dict, max_length=20)  # word behind the page, by status
    file_name: str = Bound(default="", max_length=200)
