"""Why something is on today's list: a registry of filters over objects. A new reason is an entry here and its words.

A filter names fields by API name; where the object or a field is not there any more, the reason asks nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from banyan.metadata.catalog import Catalog
from banyan.records.rot import rotten

LEAD_DAYS = 1
SOON_DAYS = 1
MONEY_DAYS = 3
Conditions = list[dict[str, Any]]
_NOT_DONE = {"or": [{"field": "done", "op": "eq", "value": False}, {"field": "done", "op": "is_empty"}]}


@dataclass(frozen=True)
class Moment:
    """Now, where today begins and ends for the reader, and what there is."""

    now: datetime
    today: datetime
    tomorrow: datetime
    catalog: Catalog

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
        _NOT_DONE,
        {"field": "due_at", "op": "lt", "value": at.text(at.tomorrow)},
    ]


def _meeting(at: Moment) -> Conditions:
    return [
        {"field": "kind", "op": "in", "value": ["meeting", "visit", "call"]},
        {"field": "happened_at", "op": "is_empty"},
        _NOT_DONE,
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
        _NOT_DONE,
    ]
    return [
        _open("stage", ("won", "lost")),
        {"field": "next_step", "op": "is_empty"},
        {"none": {"relation": "activity.opportunity", "where": {"and": pending}}},
    ]


def _stage_too_long(at: Moment) -> Conditions:
    """Longer in its stage than the stage's pipeline lets it be."""
    return [rotten(at.catalog, at.catalog.object("opportunity"), at.now)]


def _recycle_soon(at: Moment) -> Conditions:
    return [{"field": "recycle_at", "op": "lt", "value": at.text(at.tomorrow + timedelta(days=SOON_DAYS))}]


def _lead_untouched(at: Moment) -> Conditions:
    before = at.text(at.now - timedelta(days=LEAD_DAYS))
    return [
        {"field": "status", "op": "eq", "value": "new"},
        {"field": "last_followed_at", "op": "is_empty"},
        {"field": "created_at", "op": "lt", "value": before},
    ]


def _money_late(at: Moment) -> Conditions:
    return [*_open_money(), {"field": "due_on", "op": "lt", "value": at.today.date().isoformat()}]


def _money_due(at: Moment) -> Conditions:
    last = (at.today + timedelta(days=MONEY_DAYS)).date().isoformat()
    return [
        *_open_money(),
        {"field": "due_on", "op": "gte", "value": at.today.date().isoformat()},
        {"field": "due_on", "op": "lte", "value": last},
    ]


def _open_money() -> Conditions:
    return [
        {"field": "in_force", "op": "eq", "value": True},
        {"field": "outstanding", "op": "gt", "value": "0"},
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
            "lead_recycle_soon",
            "lead",
            {"zh-CN": "线索即将被回收", "en": "Lead goes back to its pool soon"},
            "recycle_at",
            ("company", "phone"),
            _TALK,
            _recycle_soon,
        ),
        Reason(
            "account_recycle_soon",
            "account",
            {"zh-CN": "客户即将被回收", "en": "Account goes back to its pool soon"},
            "recycle_at",
            ("level", "phone"),
            _TALK,
            _recycle_soon,
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
            {"zh-CN": "商机在阶段停留过久", "en": "Deal too long in its stage"},
            "stage_entered_at",
            ("account", "stage", "amount"),
            ("log", "step", "open"),
            _stage_too_long,
        ),
        Reason(
            "money_late",
            "payment_plan",
            {"zh-CN": "回款逾期", "en": "Money overdue"},
            "due_on",
            ("account", "contract", "outstanding"),
            ("open",),
            _money_late,
        ),
        Reason(
            "money_due",
            "payment_plan",
            {"zh-CN": "回款即将到期", "en": "Money due soon"},
            "due_on",
            ("account", "contract", "outstanding"),
            ("open",),
            _money_due,
        ),
    )
}
