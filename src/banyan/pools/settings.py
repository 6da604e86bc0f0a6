"""What a pool does: a checked document beside its record. Shapes here; what it names is checked by `checking`."""

from datetime import date, datetime, time, timedelta
from typing import Any, Literal, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic import Field as Bound

from banyan.kernel.faults import Fault

Kind = Literal["not_contacted", "not_followed", "no_opportunity", "opportunity_idle", "not_won", "protection"]
Reset = Literal["activity", "own_activity", "opportunity", "stage", "deal_activity", "edited"]
EVERYONE = "everyone"
_CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"
_PRINCIPAL = r"^(everyone|(user|department|group):[0-9a-f-]{36})$"
DEFAULT_RESETS: dict[str, tuple[Reset, ...]] = {
    "not_contacted": (),
    "not_followed": ("activity",),
    "no_opportunity": (),
    "opportunity_idle": ("opportunity", "stage", "deal_activity"),
    "not_won": (),
    "protection": (),
}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Limits(_Part):
    """Of one person in this pool; what is None is not limited."""

    claims_per_day: int | None = Bound(default=None, ge=1, le=10_000)
    claims_per_batch: int = Bound(default=50, ge=1, le=500)
    held: int | None = Bound(default=None, ge=1, le=1_000_000)
    held_by_level: dict[str, int] = Bound(default_factory=dict, max_length=50)
    leave_out_won: bool = True
    gap_minutes: int | None = Bound(default=None, ge=1, le=10_000)
    cooling_hours: int | None = Bound(default=None, ge=1, le=10_000)
    uncontacted: int | None = Bound(default=None, ge=1, le=10_000)


class Share(_Part):
    person: UUID
    weight: int = Bound(default=1, ge=1, le=100)


class AssignRule(_Part):
    """Records that match go to these people, or to the head of their territory."""

    where: dict[str, Any] | None = None
    people: tuple[Share, ...] = Bound(default=(), max_length=200)
    territory_head: bool = False


class Assignment(_Part):
    on: bool = False
    method: Literal["round_robin", "weighted", "load"] = "round_robin"
    rules: tuple[AssignRule, ...] = Bound(default=(), max_length=50)
    capacity: int | None = Bound(default=None, ge=1, le=1_000_000)
    capacities: dict[UUID, int] = Bound(default_factory=dict, max_length=1_000)


class Away(_Part):
    """Somebody who gets nothing meanwhile, both days included."""

    person: UUID
    first: date
    last: date


class Hours(_Part):
    """When people work: nothing is assigned outside, and the time to respond runs inside only."""

    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    start: str = Bound(default="09:00", pattern=_CLOCK)
    end: str = Bound(default="18:00", pattern=_CLOCK)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.days or any(day not in range(7) for day in self.days) or self.start >= self.end:
            raise Fault("hours")
        return self

    def open_at(self, at: datetime) -> bool:
        return at.weekday() in self.days and self.start <= at.strftime("%H:%M") < self.end

    def after(self, at: datetime, minutes: int) -> datetime:
        """The moment `minutes` of work after `at`, by the clock of `at`."""
        left = timedelta(minutes=minutes)
        current = at
        for _ in range(2_000):
            begin = datetime.combine(current.date(), time.fromisoformat(self.start), current.tzinfo)
            end = datetime.combine(current.date(), time.fromisoformat(self.end), current.tzinfo)
            if current.weekday() in self.days and current < end:
                current = max(current, begin)
                if current + left <= end:
                    return current + left
                left -= end - current
            current = datetime.combine(current.date() + timedelta(days=1), time.min, current.tzinfo)
        return current


class RecycleRule(_Part):
    key: str = Bound(pattern=r"^[a-z0-9_]{1,40}$")
    kind: Kind
    days: int = Bound(ge=0, le=3_650)
    warn_days: int = Bound(default=1, ge=0, le=365)
    at: str = Bound(default="02:00", pattern=_CLOCK)
    target: UUID | None = None
    where: dict[str, Any] | None = None
    resets: tuple[Reset, ...] | None = None
    enabled: bool = True

    @property
    def reset_by(self) -> tuple[Reset, ...]:
        return DEFAULT_RESETS[self.kind] if self.resets is None else self.resets


class Settings(_Part):
    """Principals are `everyone`, `user:…`, `department:…` (and everybody below) or `group:…`."""

    managers: tuple[str, ...] = Bound(default=(), max_length=200)
    members: tuple[str, ...] = Bound(default=(), max_length=500)
    hidden: tuple[str, ...] = Bound(default=(), max_length=200)
    limits: Limits = Limits()
    approval: bool = False
    protection_days: int | None = Bound(default=None, ge=1, le=3_650)
    response_minutes: int | None = Bound(default=None, ge=1, le=100_000)
    hours: Hours | None = None
    assignment: Assignment = Assignment()
    away: tuple[Away, ...] = Bound(default=(), max_length=1_000)
    recycle: tuple[RecycleRule, ...] = Bound(default=(), max_length=20)
    extension_days: int = Bound(default=7, ge=1, le=365)
    most_extensions: int = Bound(default=2, ge=0, le=100)
    take_from_leavers: bool = False
    intake: bool = False
    intake_where: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _principals(self) -> Self:
        import re

        if any(not re.match(_PRINCIPAL, each) for each in (*self.managers, *self.members)):
            raise Fault("principal")
        if EVERYONE in self.managers:
            raise Fault("named_managers")
        if len({rule.key for rule in self.recycle}) != len(self.recycle):
            raise Fault("same_key")
        return self

    @property
    def active_rules(self) -> tuple[RecycleRule, ...]:
        return tuple(rule for rule in self.recycle if rule.enabled)

    def respond_by(self, now: datetime, timezone: str) -> datetime | None:
        """By when somebody who gets a record now is to have contacted it."""
        if self.response_minutes is None:
            return None
        local = now.astimezone(ZoneInfo(timezone))
        if self.hours is None:
            return local + timedelta(minutes=self.response_minutes)
        return self.hours.after(local, self.response_minutes)

    def protected_until(self, now: datetime) -> datetime | None:
        return None if self.protection_days is None else now + timedelta(days=self.protection_days)

    def is_away(self, person: UUID, day: date) -> bool:
        return any(each.person == person and each.first <= day <= each.last for each in self.away)
