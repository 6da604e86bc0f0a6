"""What a computed field computes: its checked tree, what it reads, and the columns it sets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from banyan.kernel.errors import FieldProblem
from banyan.metadata.catalog import Catalog, Field, Object
from banyan.metadata.field_types.formula import FormulaConfig
from banyan.metadata.field_types.lookup import LookupConfig
from banyan.metadata.field_types.rollup import RollupConfig
from banyan.metadata.formulas import syntax
from banyan.metadata.formulas.checking import Checker
from banyan.metadata.formulas.functions.base import LowerContext, Sql, Volatile, first_error
from banyan.metadata.formulas.lowering import Lowering
from banyan.metadata.formulas.names import Path, resolve, written
from banyan.metadata.formulas.problems import FormulaInvalid, fault
from banyan.metadata.formulas.reading import parse
from banyan.metadata.formulas.results import Checked, canonical, finished
from banyan.metadata.formulas.tree import Hop, Ref, Typed, Use
from banyan.metadata.formulas.types import BOOLEAN

ERROR = "__err"
_FUNCTIONS = {
    "count": "COUNT",
    "sum": "SUM",
    "avg": "AVERAGE",
    "min": "MIN",
    "max": "MAX",
    "count_distinct": "COUNTUNIQUE",
}
_COPIED = {"currency": "currency", "text": "line", "single_choice": "choice", "multiple_choice": "choices"}


@dataclass(frozen=True, eq=False)
class Computation:
    """One computed field. `config` is its configuration as it is kept: API names of today, the result filled in."""

    obj: Object
    field: Field
    uses: tuple[Use, ...]
    volatile: Volatile
    reads: frozenset[str]
    tree: Typed
    config: Mapping[str, Any]

    def values(self, base: sa.FromClause, context: LowerContext) -> dict[str, Sql]:
        """SQL of each column over `base`, an alias of the object's table, by suffix."""
        lowering = Lowering(base, self.obj.schema, context)
        lowered = lowering.lower(self.tree)
        result, scale = self.config["result"], self.config["scale"]
        value, error = lowered.value, lowered.error
        if result == "number":
            error = first_error(error, sa.func.control.fx_too_large(lowered.value))
            value = sa.func.control.fx_fit(lowered.value, sa.literal_column(str(int(scale))))
        elif result == "text" and not isinstance(self.tree, Ref):
            error = first_error(error, sa.func.control.fx_too_long(lowered.value))
        if error is not None and (result == "text" or lowered.error is not None):
            value = sa.case((error.is_(None), value))
        parts = {"": value}
        if isinstance(self.tree, Ref):
            more = (spec.suffix for spec in self.tree.field.specs if spec.suffix not in ("", ERROR))
            parts |= {
                suffix: lowering.column(self.tree, suffix)
                for suffix in more
                if result in ("currency", "line")
            }
        parts[ERROR] = sa.cast(sa.null(), sa.Text) if error is None else error
        return parts


def computation(catalog: Catalog, obj: Object, field: Field) -> Computation:
    """What `field` computes. Raises FormulaInvalid, its problems pointing into the field's configuration."""
    config = field.config
    match config:
        case FormulaConfig():
            found, kept = _formula(catalog, obj, config)
        case RollupConfig():
            found, kept = _rollup(catalog, obj, config)
        case LookupConfig():
            found, kept = _lookup(catalog, obj, config)
        case _:
            raise TypeError(field.kind.key)
    whole = {**config.model_dump(mode="json"), **kept}
    return Computation(obj, field, found.uses, found.volatile, found.reads, found.tree, whole)


def _formula(catalog: Catalog, obj: Object, config: FormulaConfig) -> tuple[Checked, dict[str, Any]]:
    checker = Checker(catalog, obj, config.blank_as_zero)
    checker.faults.pointer = "/config/formula"
    found = _at(
        "/config/formula", lambda: finished(config.formula, checker, checker.typed(parse(config.formula)))
    )
    if found.type.name == "record":
        raise _refused("/config/formula", "formula_record_result")
    return found, {
        "formula": found.text,
        "result": "choices" if found.type.name == "list" else found.type.name,
    }


def _at(pointer: str, check: Any) -> Any:
    """Problems of a part of the configuration point at that part."""
    try:
        return check()
    except FormulaInvalid as error:
        raise FormulaInvalid(
            problems=[FieldProblem(pointer, one.code, one.params) for one in error.problems]
        ) from error


def _refused(pointer: str, code: str, **params: Any) -> FormulaInvalid:
    return FormulaInvalid(problems=[FieldProblem(pointer, code, {"start": 0, "end": 0, **params})])


def _name(text: str) -> syntax.Name:
    node = parse(text)
    if not isinstance(node, syntax.Name):
        raise fault("formula_not_path", 0, len(text))
    return node


def relation_of(catalog: Catalog, obj: Object, config: RollupConfig) -> tuple[Hop, Path]:
    """The rows a rollup goes over. Raises FormulaInvalid."""

    def read() -> tuple[Hop, Path]:
        path = resolve(_name(config.relation), catalog, obj)
        if path.rows is None or path.field is not None:
            raise fault("formula_needs_rows", 0, len(config.relation), function="rollup")
        return path.rows, path

    found: tuple[Hop, Path] = _at("/config/relation", read)
    return found


def _rollup(catalog: Catalog, obj: Object, config: RollupConfig) -> tuple[Checked, dict[str, Any]]:
    rows, path = relation_of(catalog, obj, config)
    kept: dict[str, Any] = {"relation": written(path.steps)}
    checker = Checker(catalog, rows.object, config.blank_as_zero, within=rows)
    args: list[Typed] = []
    if config.function != "count":
        value, kept["field"] = _at(
            "/config/field", lambda: _within(catalog, rows, config.field or "", config)
        )
        args.append(value)
    if config.condition:
        condition, kept["condition"] = _at(
            "/config/condition", lambda: _within(catalog, rows, config.condition or "", config, boolean=True)
        )
        args.append(condition)
    name = _FUNCTIONS[config.function] + ("IF" if config.condition else "")
    tree = _at("/config/field", lambda: _gathered(checker, name, args, rows))
    found = finished("", checker, tree)
    if config.function in ("count", "count_distinct"):
        kept["scale"] = 0
    return found, {**kept, "result": found.type.name}


def _gathered(checker: Checker, name: str, args: list[Typed], rows: Hop) -> Typed | None:
    call = syntax.Call(0, 0, 1, name, (), 0, 0)
    return checker.gathered(call, tuple(args), rows)


def _within(
    catalog: Catalog, rows: Hop, text: str, config: RollupConfig, *, boolean: bool = False
) -> tuple[Typed, str]:
    """A formula from the side of the rows, and how it is kept."""
    checker = Checker(catalog, rows.object, config.blank_as_zero, within=rows)
    tree = checker.typed(parse(text))
    if tree is not None and boolean and tree.type != BOOLEAN:
        found = tree.type.name
        checker.faults.add("formula_wrong_result", tree.start, tree.end, expected="boolean", found=found)
    if tree is None or checker.faults.found:
        raise checker.faults.error()
    return tree, canonical(text, checker)


def _lookup(catalog: Catalog, obj: Object, config: LookupConfig) -> tuple[Checked, dict[str, Any]]:
    checker = Checker(catalog, obj)
    found = _at("/config/path", lambda: finished(config.path, checker, checker.typed(_name(config.path))))
    source = found.tree
    if not isinstance(source, Ref) or not source.hops:
        raise _refused("/config/path", "formula_not_path")
    if source.type.name == "record":
        raise _refused("/config/path", "formula_record_result")
    kept = {"path": found.text, "choices_of": None, "result": source.type.name}
    field, holder = source.field, source.hops[-1].object
    if field.kind.computed:
        kept |= {
            "result": field.definition.config.get("result"),
            "choices_of": field.definition.config.get("choices_of"),
        }
    elif field.kind.key in _COPIED:
        kept["result"] = _COPIED[field.kind.key]
    elif source.type.name == "list":
        kept["result"] = "choices"
    if source.choices is not None and kept["choices_of"] is None:
        kept["choices_of"] = f"{holder.api_name}.{field.api_name}"
    return found, kept
