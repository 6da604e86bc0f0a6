"""Generated formulas with an evaluator of their own: it knows nothing of how formulas become SQL."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Any

from hypothesis import strategies as st

Row = Mapping[str, Any]
EXACT = Context(prec=400, rounding=ROUND_HALF_UP)
TWENTY = Decimal(1).scaleb(-20)


class Failed(Exception):
    """The value is an error."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Expression:
    """A formula and what it gives for a row; None is empty. Raises Failed for an error."""

    text: str
    value: Callable[[Row], Any]


def outcome(expression: Expression, row: Row) -> Any:
    with localcontext(EXACT):
        try:
            return expression.value(row)
        except Failed as failed:
            return {"error": failed.code}


def _strict(make: Callable[..., Any], *args: Expression) -> Callable[[Row], Any]:
    """All arguments first, so that the leftmost error wins; anything empty makes all of it empty."""

    def value(row: Row) -> Any:
        found = [arg.value(row) for arg in args]
        return None if None in found else make(*found)

    return value


def _column(name: str) -> Expression:
    return Expression(name, lambda row: row[name])


def _constant(text: str, value: Any) -> Expression:
    return Expression(text, lambda _: value)


def _divided(a: Expression, b: Expression) -> Expression:
    def value(row: Row) -> Any:
        left, right = a.value(row), b.value(row)
        if right == 0:
            raise Failed("division_by_zero")
        if left is None or right is None:
            return None
        return (left.quantize(TWENTY) / right).quantize(TWENTY)

    return Expression(f"({a.text} / {b.text})", value)


def _remainder(a: Decimal, b: Decimal) -> Decimal:
    if b == 0:
        raise Failed("division_by_zero")
    return a - b * (a / b).to_integral_value("ROUND_FLOOR") if (a % b) and (a % b < 0) != (b < 0) else a % b


def _signed(sign: str, make: Callable[[Any, Any], Any]) -> Callable[[Expression, Expression], Expression]:
    return lambda a, b: Expression(f"({a.text} {sign} {b.text})", _strict(make, a, b))


def _if(condition: Expression, a: Expression, b: Expression) -> Expression:
    return Expression(
        f"IF({condition.text}, {a.text}, {b.text})",
        lambda row: (a if condition.value(row) is True else b).value(row),
    )


def _caught(a: Expression, b: Expression) -> Expression:
    def value(row: Row) -> Any:
        try:
            return a.value(row)
        except Failed:
            return b.value(row)

    return Expression(f"IFERROR({a.text}, {b.text})", value)


def _filled(a: Expression, b: Expression) -> Expression:
    def value(row: Row) -> Any:
        found = a.value(row)
        return b.value(row) if found is None else found

    return Expression(f"COALESCE({a.text}, {b.text})", value)


def _least(a: Expression, b: Expression) -> Expression:
    def value(row: Row) -> Any:
        found = [each for each in (a.value(row), b.value(row)) if each is not None]
        return min(found, default=None)

    return Expression(f"MIN({a.text}, {b.text})", value)


def _text_of(value: Any) -> str:
    if isinstance(value, Decimal):
        shown = format(value, "f")
        shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
        return "0" if shown in ("-0", "") else shown
    return "" if value is None else str(value)


def _joined(a: Expression, b: Expression) -> Expression:
    def value(row: Row) -> Any:
        left, right = a.value(row), b.value(row)
        return _text_of(left) + _text_of(right) or None

    return Expression(f"({a.text} & {b.text})", value)


def _compared(sign: str, make: Callable[[Any, Any], bool]) -> Callable[[Expression, Expression], Expression]:
    def build(a: Expression, b: Expression) -> Expression:
        def value(row: Row) -> bool:
            left, right = a.value(row), b.value(row)
            if left is None or right is None:
                return sign == "=" and left is right
            return make(left, right)

        return Expression(f"({a.text} {sign} {b.text})", value)

    return build


def _all(a: Expression, b: Expression) -> Expression:
    return Expression(f"AND({a.text}, {b.text})", lambda row: a.value(row) is True and b.value(row) is True)


def _some(a: Expression, b: Expression) -> Expression:
    return Expression(f"OR({a.text}, {b.text})", lambda row: a.value(row) is True or b.value(row) is True)


def _not(a: Expression) -> Expression:
    return Expression(f"NOT({a.text})", lambda row: a.value(row) is not True)


def _blank(a: Expression) -> Expression:
    return Expression(f"ISBLANK({a.text})", lambda row: a.value(row) is None)


def _length(a: Expression) -> Expression:
    return Expression(f"LEN({a.text})", lambda row: Decimal(len(a.value(row) or "")))


def _later(a: Expression, b: Expression) -> Expression:
    def moved(day: date, days: Decimal) -> date:
        try:
            return day + timedelta(days=int(days))
        except OverflowError as error:
            raise Failed("out_of_range") from error

    return Expression(f"({a.text} + {b.text})", _strict(moved, a, b))


def _called(name: str, make: Callable[..., Any], *args: Expression, more: str = "") -> Expression:
    shown = ", ".join(arg.text for arg in args) + more
    return Expression(f"{name}({shown})", _strict(make, *args))


_LITERALS = st.decimals(-1000, 1000, places=2).map(lambda v: _constant(f"({format(v, 'f')})", v))
_ZERO = st.just(_constant("0", Decimal(0)))
_WORDS = st.sampled_from(["", "a", "上海", 'say "hi"', "'; DROP TABLE x --", "%_\\", "}{"]).map(
    lambda text: _constant('"' + text.replace('"', '""') + '"', text or None)
)
_DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31)).map(
    lambda day: _constant(f"DATE({day.year}, {day.month}, {day.day})", day)
)
_COMPARISONS = (
    _compared("=", lambda a, b: a == b),
    _compared("<>", lambda a, b: a != b),
    _compared("<", lambda a, b: a < b),
    _compared(">=", lambda a, b: a >= b),
)
_ARITHMETIC = (
    _signed("+", lambda a, b: a + b),
    _signed("-", lambda a, b: a - b),
    _signed("*", lambda a, b: a * b),
    _divided,
    _caught,
    _filled,
    _least,
    lambda a, b: _called("MOD", _remainder, a, b),
)


def expressions(depth: int = 4) -> st.SearchStrategy[Expression]:
    """Formulas of any type, up to `depth` levels."""
    number, text, truth, day = _typed(depth)
    return st.one_of(number, text, truth, day)


def _typed(depth: int) -> tuple[st.SearchStrategy[Expression], ...]:
    number = st.one_of(_LITERALS, _ZERO, st.just(_column("qty")), st.just(_column("rate")))
    text: st.SearchStrategy[Expression] = st.one_of(_WORDS, st.just(_column("note")))
    truth: st.SearchStrategy[Expression] = st.just(_column("done"))
    day: st.SearchStrategy[Expression] = st.one_of(_DAYS, st.just(_column("day")))
    for _ in range(depth):
        number, text, truth, day = _level(number, text, truth, day)
    return number, text, truth, day


def _level(
    number: st.SearchStrategy[Expression],
    text: st.SearchStrategy[Expression],
    truth: st.SearchStrategy[Expression],
    day: st.SearchStrategy[Expression],
) -> tuple[st.SearchStrategy[Expression], ...]:
    def pair(make: Any, of: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        return st.tuples(make, of, of).map(lambda parts: parts[0](parts[1], parts[2]))

    few = st.integers(0, 5)
    numbers = st.one_of(
        number,
        pair(st.sampled_from(_ARITHMETIC), number),
        st.builds(_if, truth, number, number),
        st.builds(lambda a: _called("ABS", abs, a), number),
        st.builds(_length, text),
        st.builds(lambda a: _called("YEAR", lambda d: Decimal(d.year), a), day),
        pair(st.just(_signed("-", lambda a, b: Decimal((a - b).days))), day),
        st.builds(
            lambda a, n: _called(
                "ROUND", lambda v: v.quantize(Decimal(1).scaleb(-n)), a, more=f", {n}"
            ),
            number,
            few,
        ),
    )  # fmt: skip
    texts = st.one_of(
        text,
        pair(st.just(_joined), text),
        st.builds(_joined, text, number),
        st.builds(_if, truth, text, text),
        pair(st.just(_filled), text),
        st.builds(lambda a, n: _called("LEFT", lambda v: v[:n] or None, a, more=f", {n}"), text, few),
    )
    truths = st.one_of(
        truth,
        pair(st.sampled_from(_COMPARISONS), number),
        pair(st.sampled_from(_COMPARISONS[:2]), text),
        pair(st.sampled_from(_COMPARISONS), day),
        pair(st.sampled_from((_all, _some)), truth),
        st.builds(_not, truth),
        st.builds(_blank, st.one_of(number, text, day)),
    )
    days = st.one_of(day, st.builds(_later, day, number), st.builds(_if, truth, day, day))
    return numbers, texts, truths, days
