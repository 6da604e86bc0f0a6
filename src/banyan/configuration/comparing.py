"""From a document and a workspace to the operations that bring the one to the other, and what stands in the way.

Objects and fields are matched by API name, then by alias. Nothing is removed unless asked; what only the workspace has
is named. The order of operations is found by planning them: a formula waits until everything it reads is there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from banyan.configuration.document import Document, WrittenObject
from banyan.configuration.writing import config_values, defaults_of, field_values, object_values, plain_config
from banyan.kernel.errors import BanyanError
from banyan.metadata.catalog import Field, Object
from banyan.metadata.changes.apply import handle, read_operations
from banyan.metadata.changes.operations import FieldChanges, ObjectChanges, Operation
from banyan.metadata.changes.state import State, check_config
from banyan.metadata.definitions import FieldDefinition, ObjectDefinition
from banyan.metadata.field_types.conversions import conversion
from banyan.metadata.field_types.registry import FIELD_TYPES

_OBJECT_SETTINGS = frozenset(ObjectChanges.model_fields) - {"field_order"}
_FIELD_SETTINGS = frozenset(FieldChanges.model_fields)
_AT_CREATION = frozenset(
    {"api_name", "label", "label_plural", "icon", "color", "title_field", "in_navigation", "searchable"}
)


@dataclass(frozen=True)
class Clash:
    """Something the document asks for that cannot be had: where, and why."""

    object: str
    field: str | None
    error: BanyanError


@dataclass
class Difference:
    operations: list[Operation] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    only_here: list[str] = field(default_factory=list)


def compare(document: Document, state: State, *, prune: bool = False) -> Difference:
    """Pure. The operations can be applied to `state` as they stand when there are no clashes."""
    return _Comparison(document, state, prune).run()


class _Comparison:
    def __init__(self, document: Document, state: State, prune: bool) -> None:
        self._document, self._state, self._prune = document, state, prune
        self._found = Difference()

    def run(self) -> Difference:
        fresh = [each for each in self._document.objects if self._known(each.api_name) is None]
        for written in fresh:
            self._try(written.api_name, None, self._creation(written))
        waiting: list[tuple[str, str, dict[str, Any]]] = []
        for written in self._document.objects:
            waiting += self._fields(written)
        self._in_order(waiting)
        if self._prune:
            for written in self._document.objects:
                self._remove_fields(written)
        for written in self._document.objects:
            self._arrange(written)
        for written in self._document.objects:
            self._order(written)
        self._only_here()
        return self._found

    def _known(self, name: str) -> Object | None:
        return self._state.catalog().by_name.get(name)

    def _creation(self, written: WrittenObject) -> dict[str, Any]:
        """The object with its title; other fields follow, for they may point anywhere."""
        values = object_values(written)
        title = [each for each in written.fields if each.api_name == written.title_field]
        return {
            "kind": "create_object",
            **{name: value for name, value in values.items() if name in _AT_CREATION},
            "object_kind": written.kind,
            "fields": [_sent(each) for each in title],
        }

    def _fields(self, written: WrittenObject) -> Iterator[tuple[str, str, dict[str, Any]]]:
        obj = self._known(written.api_name)
        for each in written.fields if obj is not None else ():
            known = obj.by_name.get(each.api_name) if obj is not None else None
            place = {"object": written.api_name}
            if known is None or known.system:
                yield written.api_name, each.api_name, {"kind": "add_field", **place, "field": _sent(each)}
            else:
                yield from self._field_changes(written.api_name, known, each)

    def _field_changes(
        self, object_name: str, known: Field, wanted: FieldDefinition
    ) -> Iterator[tuple[str, str, dict[str, Any]]]:
        place = {"object": object_name, "field": known.api_name}
        name = wanted.api_name
        if wanted.type not in FIELD_TYPES:
            yield object_name, name, {"kind": "retype_field", **place, "type": wanted.type}
            return
        config = _config(wanted)
        if wanted.type != known.kind.key:
            if known.kind.computed or conversion(known.kind.key, wanted.type) is None:
                yield (
                    object_name,
                    name,
                    {"kind": "retype_field", **place, "type": wanted.type, "config": config},
                )
                return
            yield object_name, name, {"kind": "retype_field", **place, "type": wanted.type, "config": config}
        now, then = field_values(known.definition, config_values(known)), field_values(wanted, config)
        blank = defaults_of(FieldDefinition, _FIELD_SETTINGS)
        changes = {
            setting: then.get(setting, blank.get(setting))
            for setting in sorted(_FIELD_SETTINGS)
            if then.get(setting) != now.get(setting)
        }
        if wanted.type != known.kind.key:
            changes.pop("config", None)
        if "config" in changes:
            changes["config"] = config
        if changes:
            yield object_name, name, {"kind": "update_field", **place, "set": changes}

    def _in_order(self, waiting: list[tuple[str, str, dict[str, Any]]]) -> None:
        """Round after round, whatever can be planned; what never can is a clash with its reason."""
        while waiting:
            left, reasons = [], list[BanyanError]()
            for object_name, field_name, operation in waiting:
                error = self._plan(operation)
                if error is not None:
                    left.append((object_name, field_name, operation))
                    reasons.append(error)
            if len(left) == len(waiting):
                self._found.clashes += [
                    Clash(object_name, field_name, error)
                    for (object_name, field_name, _), error in zip(left, reasons, strict=True)
                ]
                return
            waiting = left

    def _remove_fields(self, written: WrittenObject) -> None:
        obj, names = self._known(written.api_name), {each.api_name for each in written.fields}
        waiting: list[tuple[str, str, dict[str, Any]]] = [
            (
                written.api_name,
                each.api_name,
                {"kind": "remove_field", "object": written.api_name, "field": each.api_name},
            )
            for each in (obj.custom_fields if obj is not None else ())
            if each.api_name not in names and each.api_name != written.title_field
        ]
        self._in_order(waiting)

    def _arrange(self, written: WrittenObject) -> None:
        obj = self._known(written.api_name)
        if obj is None:
            return
        now, then = object_values(obj.definition), object_values(written)
        blank = defaults_of(ObjectDefinition, _OBJECT_SETTINGS)
        changes = {
            setting: then.get(setting, blank.get(setting))
            for setting in sorted(_OBJECT_SETTINGS)
            if then.get(setting) != now.get(setting)
        }
        if changes:
            operation = {"kind": "update_object", "object": obj.api_name, "set": changes}
            self._try(written.api_name, None, operation)

    def _order(self, written: WrittenObject) -> None:
        """Fields in the order of the document; those it does not know come after."""
        obj = self._known(written.api_name)
        if obj is None:
            return
        now = [each.api_name for each in obj.custom_fields]
        wanted = [each.api_name for each in written.fields if each.api_name in now]
        wanted += [name for name in now if name not in wanted]
        if wanted != now:
            self._try(
                written.api_name,
                None,
                {"kind": "update_object", "object": obj.api_name, "set": {"field_order": wanted}},
            )

    def _only_here(self) -> None:
        for written in self._document.objects:
            obj, names = self._known(written.api_name), {each.api_name for each in written.fields}
            for each in obj.custom_fields if obj is not None else ():
                if each.api_name not in names and not names.intersection(each.definition.aliases):
                    self._found.only_here.append(f"{written.api_name}.{each.api_name}")

    def _try(self, object_name: str, field_name: str | None, operation: Mapping[str, Any]) -> None:
        error = self._plan(operation)
        if error is not None:
            self._found.clashes.append(Clash(object_name, field_name, error))

    def _plan(self, document: Mapping[str, Any]) -> BanyanError | None:
        try:
            (operation,) = read_operations([document])
            self._state = handle(self._state, operation).state
        except BanyanError as error:
            return error
        self._found.operations.append(operation)
        return None


def _sent(wanted: FieldDefinition) -> dict[str, Any]:
    return {**field_values(wanted, _config(wanted)), "label": dict(wanted.label)}


def _config(wanted: FieldDefinition) -> dict[str, Any]:
    """The configuration as it is written of a field that is there, so that both compare alike."""
    kind = FIELD_TYPES.get(wanted.type)
    if kind is None:
        return dict(wanted.config)
    return plain_config(kind, check_config(wanted.type, wanted.config))


def objects_named(document: Document) -> Sequence[str]:
    return [written.api_name for written in document.objects]
