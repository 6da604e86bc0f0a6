"""Instalments from terms, pure: templates, and amounts in percent that make exactly the whole."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from banyan.kernel.errors import FieldProblem, InvalidInput
from banyan.kernel.money import rounded, shared

MOST = 120
_HUNDRED = Decimal(100)
_PERCENT = Decimal("0.0001")


@dataclass(frozen=True)
class Instalment:
    """Due on a day, or so many days after a milestone. With `percent` the amount follows from the whole."""

    name: str
    due_on: date | None = None
    milestone: str | None = None
    days_after: int | None = None
    percent: Decimal | None = None
    amount: Decimal | None = None
    id: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Step:
    """One part of a template: at signing plus days, every so many months, or after a milestone."""

    names: dict[str, str]
    percent: str
    days: int = 0
    milestone: dict[str, str] | None = None


@dataclass(frozen=True)
class Template:
    key: str
    label: dict[str, str]
    steps: tuple[Step, ...] = ()
    every_months: int = 0  # without steps: so many equal parts, so many months apart


def _name(zh: str, en: str) -> dict[str, str]:
    return {"zh-CN": zh, "en": en}


_DELIVERED, _ACCEPTED = _name("发货", "Delivery"), _name("验收合格", "Acceptance")
TEMPLATES: dict[str, Template] = {
    each.key: each
    for each in (
        Template("at_once", _name("一次付清", "In full"), (Step(_name("全款", "In full"), "100", 30),)),
        Template(
            "halves",
            _name("预付 50%、验收后 50%", "50 % first, 50 % after acceptance"),
            (
                Step(_name("预付款", "Down payment"), "50", 7),
                Step(_name("尾款", "Final payment"), "50", 30, _ACCEPTED),
            ),
        ),
        Template(
            "three_steps",
            _name("3-6-1：预付、发货、质保", "30/60/10: down payment, delivery, retention"),
            (
                Step(_name("预付款", "Down payment"), "30", 7),
                Step(_name("发货款", "On delivery"), "60", 15, _DELIVERED),
                Step(_name("质保金", "Retention"), "10", 365, _ACCEPTED),
            ),
        ),
        Template("monthly", _name("按月等额", "Monthly, equal parts"), every_months=1),
        Template("quarterly", _name("按季等额", "Quarterly, equal parts"), every_months=3),
    )
}


@dataclass(frozen=True)
class Wanted:
    """What to fill a template with. `count`: parts of one without steps."""

    template: str
    starts_on: date
    count: int = 3
    language: str = "zh-CN"


def from_template(wanted: Wanted) -> list[Instalment]:
    """Raises InvalidInput for an unknown template or a number of parts that makes no plan."""
    template = TEMPLATES.get(wanted.template)
    if template is None:
        problem = FieldProblem("/template", "unknown_plan_template", {"template": wanted.template})
        raise InvalidInput(problems=[problem])
    if template.steps:
        return [_step(step, wanted) for step in template.steps]
    if not 1 <= wanted.count <= MOST:
        raise InvalidInput(problems=[FieldProblem("/count", "plan_count", {"limit": MOST})])
    parts = shared(_HUNDRED, [Decimal(1)] * wanted.count, "XXX")
    words = "第 {} 期" if wanted.language == "zh-CN" else "Instalment {}"
    return [
        Instalment(
            words.format(place + 1),
            months_after(wanted.starts_on, template.every_months * place),
            percent=part,
        )
        for place, part in enumerate(parts)
    ]


def _step(step: Step, wanted: Wanted) -> Instalment:
    name, percent = _word(step.names, wanted), Decimal(step.percent)
    if step.milestone is not None:
        return Instalment(
            name, milestone=_word(step.milestone, wanted), days_after=step.days, percent=percent
        )
    return Instalment(name, wanted.starts_on + timedelta(days=step.days), percent=percent)


def _word(words: dict[str, str], wanted: Wanted) -> str:
    return words.get(wanted.language) or words["en"]


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return day.replace(year=year, month=month, day=min(day.day, calendar.monthrange(year, month)[1]))


def valued(total: Decimal, currency: str, rows: Sequence[Instalment]) -> list[Instalment]:
    """Amounts of what stands in percent, by largest remainder where all of it makes the whole; percents of amounts.

    Amounts that are given stand as they are, whatever the percent beside them says: that has four digits only. Where
    percents and amounts are mixed each percent is rounded by itself.
    """
    check_rows(rows, currency)
    weights = [row.percent or Decimal(0) for row in rows if row.amount is None]
    if len(weights) == len(rows) and sum(weights) == _HUNDRED:
        amounts = shared(total, weights, currency)
        return [replace(row, amount=amount) for row, amount in zip(rows, amounts, strict=True)]
    found = []
    for row in rows:
        if row.amount is None and row.percent is not None:
            found.append(replace(row, amount=rounded(total * row.percent / _HUNDRED, currency)))
        elif row.amount is not None and row.percent is None and total:
            found.append(replace(row, percent=percent_of(row.amount, total)))
        else:
            found.append(row)
    return found


def percent_of(amount: Decimal, total: Decimal) -> Decimal:
    return (amount * _HUNDRED / total).quantize(_PERCENT, ROUND_HALF_UP)


def check_rows(rows: Sequence[Instalment], currency: str) -> None:
    """Raises InvalidInput with everything wrong in single instalments."""
    problems: list[FieldProblem] = []
    if not 1 <= len(rows) <= MOST:
        raise InvalidInput(problems=[FieldProblem("/instalments", "plan_count", {"limit": MOST})])
    for place, row in enumerate(rows):
        pointer = f"/instalments/{place}"
        if row.percent is None and row.amount is None:
            problems.append(FieldProblem(f"{pointer}/amount", "required", {"field": "amount"}))
        if row.amount is not None and row.amount != rounded(row.amount, currency):
            problems.append(FieldProblem(f"{pointer}/amount", "money_digits", {"currency": currency}))
        if row.percent is not None and not 0 < row.percent <= _HUNDRED:
            problems.append(FieldProblem(f"{pointer}/percent", "plan_percent"))
    if problems:
        raise InvalidInput(problems=problems)


def left_over(total: Decimal, rows: Sequence[Instalment]) -> Decimal:
    """What the plan lacks (or, below zero, has too much) of the whole."""
    return total - sum((row.amount or Decimal(0) for row in rows), Decimal(0))
