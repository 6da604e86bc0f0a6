"""From syntax to the checked tree: names looked up, types agreed, every fault collected with its place."""

from dataclasses import dataclass, field, replace
from decimal import Decimal

from banyan.kernel.errors import NotFound
from banyan.metadata.catalog import Catalog, Object
from banyan.metadata.field_types.single_choice import ChoiceConfig, find_choice
from banyan.metadata.formulas import syntax
from banyan.metadata.formulas.functions import convert
from banyan.metadata.formulas.functions.base import Function, Param
from banyan.metadata.formulas.functions.registry import entry_named, names_of_functions
from banyan.metadata.formulas.names import Path, resolve, written
from banyan.metadata.formulas.problems import Faults, FormulaInvalid, nearest
from banyan.metadata.formulas.tree import Aggregate, Apply, Hop, Literal, Ref, Rows, Typed, blank
from banyan.metadata.formulas.types import BLANK, BOOLEAN, BY_NAME, NUMBER, TEXT, ValueType, type_of, unified

_VARIABLES = ("same", "key", "ordered")


@dataclass
class _Gathering:
    """The rows an aggregate under way has met so far."""

    rows: Hop | None = None


@dataclass
class Checker:
    """Checks one formula. `None` stands for an expression whose fault is already told."""

    catalog: Catalog
    obj: Object
    blank_as_zero: bool = False
    faults: Faults = field(default_factory=Faults)
    paths: list[tuple[syntax.Name, str, Path]] = field(default_factory=list)
    calls: list[tuple[syntax.Call, str]] = field(default_factory=list)
    keys: list[tuple[Typed, str]] = field(default_factory=list)
    gathering: _Gathering | None = None
    within: Hop | None = None  # checks a condition over the rows a rollup gathers, written from their side

    def typed(self, node: syntax.Node) -> Typed | None:
        match node:
            case syntax.Constant():
                return _literal(node)
            case syntax.Name():
                return self._name(node)
            case syntax.Call():
                return self._call(node)
            case _:
                raise TypeError(type(node))

    def _fault(self, code: str, at: syntax.Node | Typed, **params: object) -> None:
        self.faults.add(code, at.start, at.end, **params)

    def _name(self, node: syntax.Name) -> Typed | None:
        try:
            path = resolve(node, self.catalog, self.obj)
        except FormulaInvalid as error:
            self.faults.found.extend(error.problems)
            return None
        self.paths.append((node, written(path.steps), path))
        if path.rows is not None and not self._gathers(node, path.rows):
            return None
        rows = self.within or path.rows
        if path.field is None:
            return Rows(BLANK, node.start, node.end, rows) if rows else None
        found = type_of(path.field)
        if found is None:
            self._fault("formula_unusable_field", node, field=path.field.api_name)
            return None
        choices = self._choices(path)
        return Ref(found, node.start, node.end, path.hops, path.field, rows, choices)

    def _gathers(self, node: syntax.Name, rows: Hop) -> bool:
        if self.gathering is None or self.within is not None:
            self._fault("formula_many_outside", node, field=node.parts[0].text)
            return False
        known = self.gathering.rows
        if known is not None and (known.object, known.field) != (rows.object, rows.field):
            self._fault("formula_two_rows", node, field=node.parts[0].text)
            return False
        self.gathering.rows = rows
        return True

    def _choices(self, path: Path) -> ChoiceConfig | None:
        """The choices behind a field, also where it is a looked-up one that remembers whose they are."""
        if path.field is None:
            return None
        config = path.field.config
        if isinstance(config, ChoiceConfig):
            return config
        source = getattr(config, "choices_of", None)
        if not source:
            return None
        object_name, _, field_name = str(source).partition(".")
        try:
            origin = self.catalog.object(object_name).field(field_name)
        except NotFound:
            return None
        return origin.config if origin is not None and isinstance(origin.config, ChoiceConfig) else None

    def _call(self, node: syntax.Call) -> Typed | None:
        known = entry_named(node.name)
        if known is None:
            suggestion = nearest(node.name, names_of_functions())
            self.faults.add(
                "formula_unknown_function", node.name_start, node.name_end, function=node.name, **suggestion
            )
            for arg in node.args:
                self.typed(arg)
            return None
        self.calls.append((node, known.key))
        gathers = any(each.rows for each in known.ways) and self.gathering is None
        args, rows = self._args(node, gathers=gathers)
        if any(arg is None for arg in args):
            return None
        given = tuple(arg for arg in args if arg is not None)
        ways = tuple(each for each in known.ways if each.rows == (rows is not None))
        if not ways:
            code = "formula_needs_rows" if rows is None else "formula_many_outside"
            self._fault(code, node, function=known.key, field="")
            return None
        return self._applied(node, ways, given, rows)

    def _args(self, node: syntax.Call, *, gathers: bool) -> tuple[list[Typed | None], Hop | None]:
        if not gathers:
            return [self.typed(arg) for arg in node.args], None
        self.gathering = _Gathering()
        args = [self.typed(arg) for arg in node.args]
        rows, self.gathering = self.gathering.rows, None
        return args, rows

    def gathered(self, node: syntax.Call, given: tuple[Typed, ...], rows: Hop) -> Typed | None:
        """An aggregate of arguments already checked, as a rollup puts it together."""
        known = entry_named(node.name)
        ways = () if known is None else tuple(each for each in known.ways if each.rows)
        args = given or (Rows(BLANK, 0, 0, rows),)
        if node.name == "COUNTIF":
            args = given[-1:]
        return self._applied(node, ways, args, rows)

    def _applied(
        self, node: syntax.Call, ways: tuple[Function, ...], given: tuple[Typed, ...], rows: Hop | None
    ) -> Typed | None:
        for function in ways:
            params = function.takes.params(len(given))
            if params is None:
                continue
            args = _fitted(given, params)
            if args is not None:
                return self._made(node, function, params, args, rows)
        self._misfit(node, ways, given)
        return None

    def _misfit(self, node: syntax.Call, ways: tuple[Function, ...], given: tuple[Typed, ...]) -> None:
        counted = [(each, params) for each in ways if (params := each.takes.params(len(given)))]
        if not counted:
            expected = " / ".join(f"{each.key}({each.takes.text})" for each in ways)
            self._fault("formula_arguments", node, function=node.name, expected=expected)
            return
        for arg, param in zip(given, counted[0][1], strict=True):
            if len(counted) == 1 and param.kind not in _VARIABLES and not _fits(arg, param):
                self._fault(
                    "formula_wrong_type",
                    arg,
                    expected=param.kind.removeprefix("only "),
                    found=arg.type.name,
                    argument=param.name,
                )
                return
        found = ", ".join(arg.type.name for arg in given)
        self._fault("formula_types", node, function=node.name, found=found)

    def _made(
        self,
        node: syntax.Call,
        function: Function,
        params: tuple[Param, ...],
        args: tuple[Typed, ...],
        rows: Hop | None,
    ) -> Typed | None:
        if function.matches:
            args = tuple(self._keys(args, params))
        if self.blank_as_zero and "arithmetic" in function.needs:
            args = tuple(convert.zero(arg) if arg.type == NUMBER else arg for arg in args)
        given = _returned(function, params, args)
        if rows is None:
            return Apply(given, node.start, node.end, function, args)
        made = Aggregate(given, node.start, node.end, function, args, rows)
        return convert.zero(made) if self.blank_as_zero and "total" in function.needs else made

    def _keys(self, args: tuple[Typed, ...], params: tuple[Param, ...]) -> list[Typed]:
        """Texts compared with a choice as its keys; a label stands for its key."""
        choices = next((arg.choices for arg in args if isinstance(arg, Ref) and arg.choices), None)
        if choices is None:
            return list(args)
        out: list[Typed] = []
        for arg, param in zip(args, params, strict=True):
            if isinstance(arg, Literal) and arg.type == TEXT and param.kind in ("key", "text"):
                key = find_choice(choices, arg.value)
                if key is None:
                    words = [word for one in choices.choices for word in (*one.label.values(), one.key)]
                    self._fault("formula_unknown_choice", arg, value=arg.value, **nearest(arg.value, words))
                if key is not None:
                    self.keys.append((arg, key))
                out.append(replace(arg, value=key or arg.value))
            else:
                out.append(arg)
        return out


def _literal(node: syntax.Constant) -> Literal:
    if node.value == "" and isinstance(node.value, str):
        return blank(node.start, node.end)
    kind = BOOLEAN if isinstance(node.value, bool) else NUMBER if isinstance(node.value, Decimal) else TEXT
    return Literal(kind, node.start, node.end, node.value)


def _fits(arg: Typed, param: Param) -> bool:  # noqa: PLR0911 - one per kind
    if isinstance(arg, Rows):
        return param.kind == "rows"
    name, kind = arg.type.name, param.kind
    if kind == "money":
        return isinstance(arg, Ref) and any(spec.suffix == "__cur" for spec in arg.field.specs)
    if kind == "choice":
        return isinstance(arg, Ref) and arg.choices is not None
    if kind in ("any", "same", "key") or name == "blank":
        return True
    if kind == "scalar":
        return name not in ("record", "list")
    if kind == "ordered":
        return name in ("number", "text", "date", "datetime")
    if kind in ("date", "datetime"):
        return name in ("date", "datetime")
    return name == kind.removeprefix("only ")


def _fitted(given: tuple[Typed, ...], params: tuple[Param, ...]) -> tuple[Typed, ...] | None:
    """The arguments converted to what is taken; None when they cannot be."""
    if not all(_fits(arg, param) for arg, param in zip(given, params, strict=True)):
        return None
    meant: dict[str, ValueType] = {}
    for variable in _VARIABLES:
        chosen: ValueType | None = BLANK
        for arg, param in zip(given, params, strict=True):
            if param.kind == variable and chosen is not None:
                chosen = unified(chosen, arg.type)
        if chosen is None:
            return None
        meant[variable] = TEXT if chosen == BLANK else chosen
    return tuple(convert.to(arg, param.kind, meant) for arg, param in zip(given, params, strict=True))


def _returned(function: Function, params: tuple[Param, ...], args: tuple[Typed, ...]) -> ValueType:
    if function.returns in _VARIABLES:
        return next(
            arg.type for arg, param in zip(args, params, strict=True) if param.kind == function.returns
        )
    return BY_NAME.get(function.returns, BLANK)
