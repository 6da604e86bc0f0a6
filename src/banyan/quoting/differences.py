"""What is otherwise in one document than in another: fields of the header, and lines, paired by what they sell."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from banyan.metadata.catalog import Object
from banyan.quoting.sheets import same

Record = Mapping[str, Any]
_HEADER = (
    "name", "account", "contact", "company", "partner", "currency", "price_book", "prices_with_tax", "tax_mode",
    "discount", "reduction", "valid_until", "payment_terms", "delivery_terms", "starts_on", "ends_on", "total",
)  # fmt: skip
_LINE = ("name", "product", "quantity", "unit", "unit_price", "discount", "tax_rate", "note", "total")


def between(
    obj: Object, line: Object, before: tuple[Record, Sequence[Record]], after: tuple[Record, Sequence[Record]]
) -> list[dict[str, Any]]:
    """One entry per field or line that differs, in the order of the later document; as far as both tell it."""
    found = []
    for name in _HEADER:
        field = obj.field(name)
        if field is not None and not field.masked and name in before[0] and name in after[0]:
            old, new = before[0][name], after[0][name]
            if not same(old, new):
                found.append(_changed(name, field.label, old, new))
    return [*found, *_lines(line, before[1], after[1])]


def _changed(
    name: str, label: Mapping[str, str], old: Any, new: Any, line: str | None = None
) -> dict[str, Any]:
    return {
        "kind": "changed", "line": line, "field": name, "label": dict(label), "before": old, "after": new,
        "text": None,
    }  # fmt: skip


def _lines(line: Object, before: Sequence[Record], after: Sequence[Record]) -> Iterator[dict[str, Any]]:
    known = {field.api_name: field for field in line.fields if not field.masked}
    left = list(before)
    for new in after:
        old = _partner(left, new)
        if old is None:
            yield _whole("added", new, None, new.get("total"))
            continue
        left.remove(old)
        for name in _LINE:
            if name in known and not same(old.get(name), new.get(name)):
                yield _changed(name, known[name].label, old.get(name), new.get(name), _name(new))
    for old in left:
        yield _whole("removed", old, old.get("total"), None)


def _partner(left: Sequence[Record], new: Record) -> Record | None:
    """The line before that sells the same; of several the one in the same place, else the first."""
    alike = [old for old in left if sold(old) == sold(new)]
    return next(
        (old for old in alike if same(old.get("position"), new.get("position"))), next(iter(alike), None)
    )


def sold(line: Record) -> Any:
    """What a line is paired by: its product, else its words."""
    product = line.get("product")
    return (product.get("id") if isinstance(product, Mapping) else product) or line.get("name")


def _name(line: Record) -> str:
    product = line.get("product")
    label = product.get("label") if isinstance(product, Mapping) else None
    return str(line.get("name") or label or line.get("position") or "")


def _whole(kind: str, line: Record, before: Any, after: Any) -> dict[str, Any]:
    return {
        "kind": kind, "line": _name(line), "field": "total", "label": None, "before": before, "after": after,
        "text": None,
    }  # fmt: skip
