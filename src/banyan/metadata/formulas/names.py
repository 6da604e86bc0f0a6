"""From the names in a formula to fields of the catalog: API names first, then labels; never a guess."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from banyan.kernel.collation import fold
from banyan.metadata.catalog import Catalog, Field, Inverse, Object
from banyan.metadata.formulas.problems import FormulaInvalid, fault, nearest
from banyan.metadata.formulas.syntax import Name, Part
from banyan.metadata.formulas.tree import Hop

MAX_HOPS = 3
Step = tuple[str, str | None]  # object and field, or an object alone, by API name


@dataclass(frozen=True, eq=False)
class Path:
    """Where a name leads. `field` None: the rows themselves."""

    rows: Hop | None
    hops: tuple[Hop, ...]
    field: Field | None
    steps: tuple[Step, ...]


def resolve(name: Name, catalog: Catalog, base: Object) -> Path:
    """Follow a name from a record of `base`. Raises FormulaInvalid at the part that leads nowhere."""
    try:
        return _Walk(catalog, base).follow(name.parts)
    except FormulaInvalid:
        whole = _whole(name)
        found = None if whole is None else _by_label(base.fields, whole.text)
        if found is None:
            raise
        return Path(None, (), _open(found, name.parts[0]), ((base.api_name, found.api_name),))


def _whole(name: Name) -> Part | None:
    """A label in braces may itself hold a full stop."""
    if not name.braced or len(name.parts) == 1:
        return None
    text = ".".join(part.text for part in name.parts)
    return Part(text, name.parts[0].start, name.parts[-1].end)


@dataclass
class _Walk:
    catalog: Catalog
    base: Object

    def follow(self, parts: tuple[Part, ...]) -> Path:
        rows, rest, steps = self._rows(parts)
        current = self.base if rows is None else rows.object
        hops: list[Hop] = []
        for index, part in enumerate(rest):
            found = self._field(current, part, first=index == 0 and rows is None)
            steps.append((current.api_name, found.api_name))
            if index == len(rest) - 1:
                return Path(rows, tuple(hops), found, tuple(steps))
            target = self.catalog.by_name.get(str(found.target)) if found.target else None
            if target is None:
                raise fault("formula_not_relation", part.start, part.end, field=found.api_name)
            hops.append(Hop(found, many=False, object=target))
            if len(hops) > MAX_HOPS:
                raise fault("formula_path_too_long", part.start, part.end, limit=MAX_HOPS)
            current = target
        return Path(rows, (), None, tuple(steps))

    def _field(self, obj: Object, part: Part, *, first: bool) -> Field:
        found = obj.field(part.text) or _by_label(obj.fields, part.text)
        if found is None:
            _refuse_shared_label(obj.fields, part)
            known = [*_labels(obj.fields), *obj.by_name]
            if first:
                known += [inverse.object.api_name for inverse in self.catalog.inverses(obj)]
            raise fault(
                "formula_unknown_field",
                part.start,
                part.end,
                field=part.text,
                object=obj.api_name,
                **nearest(part.text, known),
            )
        return _open(found, part)

    def _rows(self, parts: tuple[Part, ...]) -> tuple[Hop | None, tuple[Part, ...], list[Step]]:
        """The first step when it leads to many: a sub-table, or an object whose relation points here."""
        first = parts[0]
        field = self.base.field(first.text)
        if field is None and self._pointing(first.text, labels=False) == []:
            field = _by_label(self.base.fields, first.text)
        if field is not None:
            hop = sub_table(self.catalog, field)
            steps: list[Step] = [] if hop is None else [(self.base.api_name, field.api_name)]
            return (None, parts, []) if hop is None else (hop, parts[1:], steps)
        pointing = self._pointing(first.text, labels=True)
        if not pointing:
            return None, parts, []
        chosen, rest = self._via(pointing, parts)
        hop = Hop(chosen.field, many=True, object=chosen.object)
        child = chosen.object.api_name
        return hop, rest, [(child, None), (child, chosen.field.api_name)]

    def _pointing(self, text: str, *, labels: bool) -> list[Inverse]:
        child = self.catalog.by_name.get(text)
        if child is None and labels:
            wanted = fold(text).strip()
            named = [
                obj for obj in self.catalog.objects if wanted in map(_folded, obj.definition.label.values())
            ]
            child = named[0] if len(named) == 1 else None
        return [one for one in self.catalog.inverses(self.base) if one.object is child]

    def _via(self, pointing: list[Inverse], parts: tuple[Part, ...]) -> tuple[Inverse, tuple[Part, ...]]:
        if len(parts) > 1:
            child = pointing[0].object
            named = child.field(parts[1].text) or _by_label(child.fields, parts[1].text)
            for inverse in pointing:
                if inverse.field is named:
                    return inverse, parts[2:]
        own = [inverse for inverse in pointing if not inverse.field.system]
        if len(own) == 1:
            return own[0], parts[1:]
        names = sorted(inverse.field.api_name for inverse in pointing)
        raise fault(
            "formula_which_relation",
            parts[0].start,
            parts[0].end,
            object=parts[0].text,
            suggestion=f"{pointing[0].object.api_name}.{names[0]}",
            relations=", ".join(names),
        )


def sub_table(catalog: Catalog, field: Field) -> Hop | None:
    """The rows a field shows, for a field that holds none of its own: its type says which object points back."""
    inverse = field.kind.inverse(field)
    if inverse is None:
        return None
    child_name, relation_name = inverse
    child = catalog.by_name.get(child_name)
    relation = None if child is None else child.field(relation_name)
    return None if child is None or relation is None else Hop(relation, many=True, object=child)


def _open(field: Field, part: Part) -> Field:
    if field.masked:
        raise fault("formula_masked_field", part.start, part.end, field=field.api_name)
    return field


def _folded(text: str) -> str:
    return fold(text).strip()


def _labels(fields: Iterable[Field]) -> list[str]:
    return [text for field in fields for text in field.label.values()]


def _by_label(fields: Iterable[Field], text: str) -> Field | None:
    """The one field with this label in any language; two with one label are named by their API names."""
    wanted = fold(text).strip()
    found = [field for field in fields if wanted in map(_folded, field.label.values())]
    own = [field for field in found if not field.system]
    chosen = own or found
    return chosen[0] if len(chosen) == 1 else None


def _refuse_shared_label(fields: Iterable[Field], part: Part) -> None:
    wanted = _folded(part.text)
    names = [field.api_name for field in fields if wanted in map(_folded, field.label.values())]
    if len(names) > 1:
        raise fault(
            "formula_same_label",
            part.start,
            part.end,
            field=part.text,
            names=", ".join(names),
            suggestion=names[0],
        )


def written(steps: Iterable[Step], renamed: Mapping[Step, str] | None = None) -> str:
    """A path by API names, as it is kept."""
    new = renamed or {}
    text = ".".join(new.get(step) or str(step[1] or step[0]) for step in steps)
    return f"{{{text}}}" if text.upper() in ("TRUE", "FALSE") else text
