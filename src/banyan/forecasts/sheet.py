"""The forecast sheet: per person and category what the deals say, what those who lead expect, and last week's figures.

Every sum is made of deals that the reader may see now. People stand below whom they report to, as far as the reader
sees both; what somebody's line brings is their own and their reports'.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from banyan.db.database import Connection
from banyan.forecasts.judgements import Judgement, read_judgements
from banyan.forecasts.periods import MONTHS, Period, next_to, parse_period, period_of
from banyan.forecasts.settings import ForecastSettings, read_settings
from banyan.forecasts.snapshots import Snapshot, deals_of, last_before
from banyan.kernel.errors import NotFound
from banyan.query.deals import DealFields, Side
from banyan.records import deals
from banyan.records.deals import Figure, Span
from banyan.records.reporting import Organisation, people_open, read_named
from banyan.records.session import Session

# A week ago, and a day's grace: the snapshot of last Monday counts on the Monday after it.
WEEK = timedelta(days=6)
LONGEST_AGO = timedelta(days=20)
NOBODY = None


@dataclass(frozen=True)
class Cell:
    amount: Decimal = Decimal(0)
    weighted: Decimal = Decimal(0)
    count: int = 0

    def __add__(self, other: "Cell") -> "Cell":
        return Cell(self.amount + other.amount, self.weighted + other.weighted, self.count + other.count)

    def document(self) -> dict[str, Any]:
        return {"amount": text(self.amount), "weighted": text(self.weighted), "count": self.count}


Cells = dict[tuple[str, str], Cell]  # by currency and category


@dataclass(frozen=True)
class View:
    """What one reader asks for: the period, whose figures, and who they are."""

    period: Period
    settings: ForecastSettings
    deal: DealFields
    organisation: Organisation
    people: frozenset[UUID] | None  # None: everybody's, and what is nobody's
    led: frozenset[UUID]  # whose judgements the reader is told and may make

    def period_document(self) -> dict[str, Any]:
        """The period with its neighbours, and the month, quarter and year that it begins in."""
        start, first = self.settings.fiscal_start, self.period.start
        return {
            **self.period.document(),
            "previous": next_to(self.period, -1, start).key,
            "next": next_to(self.period, 1, start).key,
            "kinds": {kind: period_of(kind, first, start).key for kind in MONTHS},
        }

    @property
    def span(self) -> Span:
        people = None if self.people is None else sorted(self.people)
        return Span(self.period.start, self.period.end, people)


@dataclass
class Line:
    """One person's figures, and those of everybody below. Target and attained: in the workspace's currency."""

    person: UUID | None
    reports: "list[Line]" = field(default_factory=list)
    own: Cells = field(default_factory=dict)
    team: Cells = field(default_factory=dict)
    before: Cells = field(default_factory=dict)  # of the line, in the snapshot of last week
    forecast: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    judged: dict[tuple[str, str], Judgement] = field(default_factory=dict)

    def lines(self) -> "Iterable[Line]":
        """This one and all below."""
        yield self
        for report in self.reports:
            yield from report.lines()


def text(number: Decimal) -> str:
    """Digits without exponent or idle zeros."""
    plain = format(number, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


async def view_of(
    connection: Connection,
    session: Session,
    period: str | None,
    *,
    person: UUID | None = None,
    department: UUID | None = None,
) -> View:
    """Raises NotFound for a person or department whose figures are not open to the reader."""
    settings, _ = await read_settings(connection, session.full.schema)
    deal = deals_of(session, settings)
    deals.require_figures(session, deal)
    organisation = await read_named(connection, session)
    opened = people_open(session, organisation, deal.object)
    wanted = opened
    if person is not None:
        if opened is not None and person not in opened:
            raise NotFound("forecast_person")
        wanted = _within(opened, organisation.line(person))
    if department is not None:
        wanted = _within(wanted, organisation.members_of(organisation.below([department])))
        if not wanted:
            raise NotFound("forecast_person")
    me = session.actor.user_id
    led = (organisation.led_by(me) | {me}) if me is not None else set()
    return View(
        _period(session, settings, period),
        settings,
        deal,
        organisation,
        None if wanted is None else frozenset(wanted),
        frozenset(led),
    )


def _within(opened: set[UUID] | None, asked: set[UUID]) -> set[UUID]:
    return asked if opened is None else opened & asked


def _period(session: Session, settings: ForecastSettings, key: str | None) -> Period:
    if key is not None:
        return parse_period(key, settings.fiscal_start)
    return period_of(settings.period, today_of(session), settings.fiscal_start)


def today_of(session: Session) -> Any:
    now = session.now or datetime.now(UTC)
    return now.astimezone(ZoneInfo(session.timezone)).date()


async def read_sheet(
    connection: Connection, session: Session, view: View
) -> tuple[list[Line], Snapshot | None]:
    """The people at the top with their lines below, and the snapshot that last week's figures come from."""
    now = session.now or datetime.now(UTC)
    current = await deals.read_figures(connection, session, view.deal, view.span)
    since = await last_before(connection, session.full.schema, now - WEEK)
    if since is not None and since.taken_at < now - LONGEST_AGO:
        since = None
    earlier: list[Figure] = []
    if since is not None:
        earlier = await deals.read_figures(connection, session, view.deal, view.span, Side(since.id))
    judged = await read_judgements(connection, session.full.schema, view.period.key, view.led)
    return tree(view, current, earlier, judged), since


def tree(
    view: View,
    current: Iterable[Figure],
    earlier: Iterable[Figure],
    judged: Mapping[UUID, Sequence[Judgement]],
) -> list[Line]:
    """Lines by who reports to whom; somebody whose manager is out of sight stands at the top."""
    lines: dict[UUID | None, Line] = {}
    for figure in current:
        _add(_line(lines, figure.person).own, figure)
    before: dict[UUID | None, Cells] = {}
    for figure in earlier:
        _line(lines, figure.person)
        _add(before.setdefault(figure.person, {}), figure)
    people = view.organisation.people
    for person in view.led if view.people is None else view.people:
        if person in people:
            _line(lines, person)
    for person in [each for each in lines if each is not None]:
        _add_above(view, lines, person)
    tops: list[Line] = []
    for key, line in lines.items():
        member = people.get(key) if key is not None else None
        above = lines.get(member.manager) if member is not None and member.manager is not None else None
        (above.reports if above is not None else tops).append(line)
    for top in tops:
        _settle(top, before, judged)
    return sorted(tops, key=lambda line: _order(view, line))


def _add_above(view: View, lines: dict[UUID | None, Line], person: UUID) -> None:
    """Managers between people that are shown are shown too, where their figures are open to the reader."""
    seen = {person}
    member = view.organisation.people.get(person)
    while member is not None and member.manager is not None and member.manager not in seen:
        seen.add(member.manager)
        if view.people is not None and member.manager not in view.people:
            return
        if member.manager not in view.organisation.people:
            return
        _line(lines, member.manager)
        member = view.organisation.people.get(member.manager)


def _line(lines: dict[UUID | None, Line], person: UUID | None) -> Line:
    return lines.setdefault(person, Line(person))


def _add(cells: Cells, figure: Figure) -> None:
    key = (figure.currency, figure.category)
    cells[key] = cells.get(key, Cell()) + Cell(figure.amount, figure.weighted, figure.count)


def _settle(
    line: Line, before: Mapping[UUID | None, Cells], judged: Mapping[UUID, Sequence[Judgement]]
) -> None:
    """Sums from below, depth first. A judgement takes the place of what the line below it comes to."""
    for report in line.reports:
        _settle(report, before, judged)
    line.team, line.before = dict(line.own), dict(before.get(line.person, {}))
    line.forecast = {key: cell.amount for key, cell in line.own.items()}
    for report in line.reports:
        for key, cell in report.team.items():
            line.team[key] = line.team.get(key, Cell()) + cell
        for key, cell in report.before.items():
            line.before[key] = line.before.get(key, Cell()) + cell
        for key, amount in report.forecast.items():
            line.forecast[key] = line.forecast.get(key, Decimal(0)) + amount
    for each in judged.get(line.person, ()) if line.person is not None else ():
        if each.amount is not None:
            key = (each.currency, each.category)
            line.judged[key] = each
            line.forecast[key] = each.amount


def _order(view: View, line: Line) -> tuple[bool, str]:
    member = view.organisation.people.get(line.person) if line.person is not None else None
    return (member is None, member.name if member else "")
