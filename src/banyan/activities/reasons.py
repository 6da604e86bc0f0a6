"""Why something is on today's list: a registry of filters over objects. A new reason is an entry here and its words.

A filter names fields by API name; where the object or a field is not there any more, the reason asks nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

STALE_DAYS = 14
LEAD_DAYS = 1
Conditions = list[dict[str, Any]]


@dataclass(frozen=True)
class Moment:
    """Now, and where today begins and ends for the reader."""

    now: datetime
    today: datetime
    tomorrow: datetime

    def text(self, moment: datetime) -> str:
        return moment.isoformat()


@dataclass(frozen=True)
class Reason:
    """`since` is the field that says since when, earliest first; `fields` are shown beside the title."""

    key: str
    object: str
    label: Mapping[str, str]
    since: str
    fields: tuple[str, ...]
    actions: tuple[str, ...]
    where: Callable[[Moment], Conditions]


def _open(field: str, closed: tuple[str, ...]) -> dict[str, Any]:
    return {"field": field, "op": "not_in", "value": list(closed)}


def _task_due(at: Moment) -> Conditions:
    return [
        {"field": "kind", "op": "eq", "value": "task"},
        {"or": [{"field": "done", "op": "eq", "value": False}, {"field": "done", "op": "is_empty"}]},
        {"field": "due_at", "op": "lt", "value": at.text(at.tomorrow)},
    ]


def _meeting(at: Moment) -> Conditions:
    return [
        {"field": "kind", "op": "in", "value": ["meeting", "visit", "call"]},
        {"field": "happened_at", "op": "is_empty"},
        {"or": [{"field": "done", "op": "eq", "value": False}, {"field": "done", "op": "is_empty"}]},
        {"field": "due_at", "op": "gte", "value": at.text(at.today)},
        {"field": "due_at", "op": "lt", "value": at.text(at.tomorrow)},
    ]


def _follow_up(at: Moment) -> Conditions:
    return [{"field": "next_follow_up", "op": "lt", "value": at.text(at.tomorrow)}]


def _lead_follow_up(at: Moment) -> Conditions:
    return [*_follow_up(at), _open("status", ("converted", "invalid"))]


def _no_next_step(at: Moment) -> Conditions:
    pending = [
        {"field": "kind", "op": "in", "value": ["task", "meeting", "visit", "call"]},
        {"field": "due_at", "op": "gte", "value": at.text(at.today)},
        {"or": [{"field": "done", "op": "eq", "value": False}, {"field": "done", "op": "is_empty"}]},
    ]
    return [
        _open("stage", ("won", "lost")),
        {"field": "next_step", "op": "is_empty"},
        {"none": {"relation": "activity.opportunity", "where": {"and": pending}}},
    ]


def _stage_too_long(at: Moment) -> Conditions:
    before = at.text(at.now - timedelta(days=STALE_DAYS))
    spoken = {"field": "happened_at", "op": "gte", "value": before}
    return [
        _open("stage", ("won", "lost")),
        {"field": "updated_at", "op": "lt", "value": before},
        {"none": {"relation": "activity.opportunity", "where": spoken}},
    ]


def _lead_untouched(at: Moment) -> Conditions:
    before = at.text(at.now - timedelta(days=LEAD_DAYS))
    return [
        {"field": "status", "op": "eq", "value": "new"},
        {"field": "last_followed_at", "op": "is_empty"},
        {"field": "created_at", "op": "lt", "value": before},
    ]


_TALK = ("log", "open")
REASONS = {
    reason.key: reason
    for reason in (
        Reason(
            "meeting",
            "activity",
            {"zh-CN": "今天的安排", "en": "On today's calendar"},
            "due_at",
            ("kind", "account", "contact", "opportunity", "lead"),
            ("done", "open"),
            _meeting,
        ),
        Reason(
            "task_due",
            "activity",
            {"zh-CN": "任务到期", "en": "Task due"},
            "due_at",
            ("kind", "account", "contact", "opportunity", "lead"),
            ("done", "open"),
            _task_due,
        ),
        Reason(
            "lead_untouched",
            "lead",
            {"zh-CN": "新线索还没有联系", "en": "New lead not contacted yet"},
            "created_at",
            ("company", "phone", "source"),
            _TALK,
            _lead_untouched,
        ),
        Reason(
            "lead_follow_up_due",
            "lead",
            {"zh-CN": "线索该跟进了", "en": "Lead to follow up"},
            "next_follow_up",
            ("company", "phone"),
            _TALK,
            _lead_follow_up,
        ),
        Reason(
            "follow_up_due",
            "account",
            {"zh-CN": "客户该跟进了", "en": "Account to follow up"},
            "next_follow_up",
            ("level", "phone"),
            _TALK,
            _follow_up,
        ),
        Reason(
            "no_next_step",
            "opportunity",
            {"zh-CN": "商机没有下一步", "en": "Deal without a next step"},
            "updated_at",
            ("account", "stage", "amount"),
            ("step", "log", "open"),
            _no_next_step,
        ),
        Reason(
            "stage_too_long",
            "opportunity",
            {"zh-CN": "商机两周没有进展", "en": "Deal without progress for two weeks"},
            "updated_at",
            ("account", "stage", "amount"),
            ("log", "step", "open"),
            _stage_too_long,
        ),
    )
}
