"""What each generated row holds: one expression per physical column."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from banyan.kernel.collation import search_key, sort_key
from banyan.metadata.catalog import Catalog, Object
from banyan.metadata.states import machine_of
from banyan.query import generated as g
from banyan.query.generated import NUMBER, Dice, Expression, Gathered, Pool
from banyan.setup.names import CITIES, company, person

OBJECTS = ("account", "contact", "opportunity", "activity")
_NAMES, _PEOPLE, _DAYS = 20_000, 500, 548
_NOW, _TODAY = datetime(2026, 11, 1, tzinfo=UTC), date(2026, 11, 1)
_STAGES = {"prospecting": 18, "engaging": 16, "proposal": 12, "negotiation": 8, "won": 28, "lost": 18}
_LEVELS = {"a": 1, "b": 3, "c": 6, "d": 2}
_KINDS = ("note", "call", "visit", "meeting", "email")
_FOLLOW_UP = "跟进记录"
_PHONES = tuple(
    str(front) for front in (*range(130, 140), *range(150, 153), *range(155, 160), *range(180, 190))
)
_SLOPE = 0.6  # of the share that owners have
_TEXT = {"text": "text", "key": "text", "found": "text", "ascii": "boolean"}
Columns = dict[tuple[str, str], Expression]


@dataclass(frozen=True)
class Made:
    """Columns of one object, the pools their expressions draw from with these pools' rows, and what is summed up."""

    columns: Mapping[str, Expression]
    pools: Sequence[tuple[Pool, Sequence[tuple[Any, ...]]]]
    gathered: Sequence[Gathered]
    period: Mapping[str, str]


def _spelled(text: str) -> tuple[str, str, str | None, bool]:
    """A text, its sort key before the text itself, its search key, whether it is ASCII."""
    return text, str(sort_key(text)).split("\x01")[0], search_key(text), text.isascii()


class Maker:
    """`counts` of rows per object; `owners` with their departments, the busiest first."""

    def __init__(
        self,
        seed: int,
        counts: Mapping[str, int],
        owners: Sequence[tuple[Any, Any]],
        currency: str,
        catalog: Catalog,
    ) -> None:
        self.dice, self.counts, self.catalog = Dice(seed), counts, catalog
        self._owners = [(n, *each) for n, each in enumerate(owners)]
        self._currency = currency
        source = random.Random(seed)  # noqa: S311 - sample data
        firms = [company(source, index) for index in range(min(_NAMES, max(counts.values())))]
        self._firms = [(n, *_spelled(name), industry) for n, (name, industry) in enumerate(firms)]
        self._people = [(n, *_spelled(person(source)[0])) for n in range(_PEOPLE)]

    def made(self, obj: Object) -> Made:
        """Everything the rows of `obj` are made of."""
        makers: Mapping[str, Callable[[Object], tuple[Columns, list[Any], list[Gathered]]]] = {
            "account": self._account,
            "contact": self._contact,
            "opportunity": self._opportunity,
            "activity": self._activity,
        }
        name = obj.api_name
        own, pools, gathered = makers[name](obj)
        place = self.dice.skewed(f"{name}.owner", len(self._owners), _SLOPE)
        owners = Pool("o", {"id": "uuid", "department": "uuid"}, place)
        made = {(key, ""): value for key, value in self._common(name).items()} | own
        columns = {obj.by_name[key].physical(suffix): value for (key, suffix), value in made.items()}
        return Made(columns, [(owners, self._owners), *pools], gathered, self._period(obj))

    def _common(self, name: str) -> dict[str, Expression]:
        created, owner = self._created(name), g.of("o", "id")
        return {
            "id": self.dice.record_id(name),
            "owner": owner,
            "owner_department": g.of("o", "department"),
            "created_at": created,
            "updated_at": created,
            "created_by": owner,
            "updated_by": owner,
        }

    def _created(self, name: str) -> Expression:
        return g.before(_NOW, self.dice.share(f"{name}.created"), _DAYS)

    def _text(self, name: str, pool: str, mark: Expression) -> Columns:
        return {
            (name, ""): g.joined(g.of(pool, "text"), mark),
            (name, "__k"): g.numbered_key(pool, mark),
            (name, "__p"): g.of(pool, "found"),
        }

    def _money(self, name: str, share: Expression, low: int, high: int) -> Columns:
        return {(name, ""): g.amount(low, high, share), (name, "__cur"): g.literal(self._currency, "text")}

    def _phone(self, throw: str) -> Expression:
        front = self.dice.one_of(f"{throw}.front", _PHONES)
        return g.joined("+86", front, g.digits(8, self.dice.below(throw, 10**8)))

    def _of(self, target: str, throw: str) -> Expression:
        return self.dice.record_id(target, self.dice.below(throw, self.counts[target]))

    def _firm(self, place: Expression) -> tuple[Pool, Sequence[tuple[Any, ...]]]:
        return Pool("firm", {**_TEXT, "industry": "text"}, place), self._firms

    def _account(self, obj: Object) -> tuple[Columns, list[Any], list[Gathered]]:
        del obj
        dice, some = self.dice, len(self._firms)
        cities = [(n, *_spelled(city)) for n, (_, city) in enumerate(CITIES)]
        deals = self.dice.below("opportunity.account", self.counts["account"])
        calls = self.dice.below("activity.account", self.counts["account"])
        columns: Columns = {
            **self._text("name", "firm", g.mark(NUMBER, some)),
            ("kind", ""): g.literal("company", "text"),
            ("industry", ""): g.of("firm", "industry"),
            ("level", ""): dice.weighted("account.level", _LEVELS),
            ("phone", ""): self._phone("account.phone"),
            ("city", ""): g.of("city", "text"),
            ("city", "__k"): g.numbered_key("city", g.literal("", "text")),
            ("city", "__p"): g.of("city", "found"),
            ("employees", ""): g.between(5, 20_000, dice.throw("account.employees")),
            **self._money("annual_revenue", dice.share("account.revenue"), 100_000, 900_000_000),
            ("last_followed_at", ""): g.of("calls", "last"),
            ("first_contacted_at", ""): g.of("calls", "first"),
            ("won_deals", ""): g.coalesced(g.of("deals", "won"), 0),
        }
        pools = [
            self._firm(g.modulo(NUMBER, some)),
            (Pool("city", _TEXT, dice.below("account.city", len(cities))), cities),
        ]
        won = g.count_where(dice.weighted("opportunity.stage", _STAGES), "won")
        met = {"first": g.first(self._happened()), "last": g.latest(self._happened())}
        gathered = [
            Gathered("deals", self.counts["opportunity"], deals, {"won": won}),
            Gathered("calls", self.counts["activity"], calls, met),
        ]
        return columns, pools, gathered

    def _contact(self, obj: Object) -> tuple[Columns, list[Any], list[Gathered]]:
        del obj
        columns: Columns = {
            **self._text("name", "person", g.literal("", "text")),
            ("account", ""): self.dice.record_id("account", g.modulo(NUMBER, self.counts["account"])),
            ("mobile", ""): self._phone("contact.mobile"),
            ("email", ""): g.joined("c", g.text(NUMBER), "@example.com"),
        }
        people = Pool("person", _TEXT, self.dice.below("contact.name", len(self._people)))
        return columns, [(people, self._people)], []

    def _opportunity(self, obj: Object) -> tuple[Columns, list[Any], list[Gathered]]:
        dice = self.dice
        stage = dice.weighted("opportunity.stage", _STAGES)
        amount = dice.share("opportunity.amount")
        columns: Columns = {
            **self._text("name", "firm", g.text(NUMBER)),
            ("number", ""): g.joined("OP-", g.digits(8, NUMBER)),
            ("account", ""): self._of("account", "opportunity.account"),
            ("stage", ""): stage,
            **self._money("amount", amount, 8_000, 1_500_000),
            ("close_date", ""): g.day(_TODAY, g.between(-_DAYS, 120, dice.throw("opportunity.close"))),
            ("pipeline", ""): g.literal("standard", "text"),
            ("loss_reason", ""): g.lookup(stage, {"lost": "price"}, "text"),
            ("win_reason", ""): g.lookup(stage, {"won": "price"}, "text"),
            ("stage_entered_at", ""): self._created("opportunity"),
            ("line_total", ""): g.literal("0.00", "numeric"),
            **self._following(obj, stage),
            ("won_amount", ""): g.only(stage, "won", g.amount(8_000, 1_500_000, amount), "numeric"),
            ("won_amount", "__cur"): g.lookup(stage, {"won": self._currency}, "text"),
        }
        return columns, [self._firm(g.modulo(g.times(NUMBER, 7), len(self._firms)))], []

    def _following(self, obj: Object, stage: Expression) -> Columns:
        """What the pipeline says of each stage."""
        machine = machine_of(self.catalog, obj)
        pipeline = None if machine is None else machine.pipeline("standard")
        stages = [] if pipeline is None else [each for each in pipeline.stages if each.key in _STAGES]
        chances = {each.key: each.probability for each in stages if each.probability is not None}
        categories = {each.key: each.forecast_category for each in stages if each.forecast_category}
        return {
            ("probability", ""): g.lookup(stage, chances, "numeric"),
            ("forecast_category", ""): g.lookup(stage, categories, "text"),
        }

    def _period(self, obj: Object) -> Mapping[str, str]:
        """Physical columns that the open period of a stage is told by."""
        machine = machine_of(self.catalog, obj)
        if machine is None:
            return {}
        amount = obj.by_name["amount"]
        return {
            "line": obj.by_name["pipeline"].physical(),
            "state": machine.field.physical(),
            "entered": obj.by_name["stage_entered_at"].physical(),
            "amount": amount.physical(),
            "currency": amount.physical("__cur"),
        }

    def _happened(self) -> Expression:
        return g.before(_NOW, self.dice.share("activity.happened"), _DAYS)

    def _activity(self, obj: Object) -> tuple[Columns, list[Any], list[Gathered]]:
        del obj
        text, key, found, _ = _spelled(_FOLLOW_UP)
        columns: Columns = {
            ("title", ""): g.literal(text, "text"),
            ("title", "__k"): g.literal(f"{key}\x01{text}", "text"),
            ("title", "__p"): g.literal(found, "text"),
            ("kind", ""): self.dice.one_of("activity.kind", _KINDS),
            ("body", ""): g.literal("电话沟通需求，约定下周演示。", "text"),
            ("happened_at", ""): self._happened(),
            ("account", ""): self._of("account", "activity.account"),
            ("opportunity", ""): self.dice.record_id(
                "opportunity", g.modulo(NUMBER, self.counts["opportunity"])
            ),
        }
        return columns, [], []
