"""What binds splits and targets on every path.

Shares make 100 % or there are none; a target is somebody's, from a day on which its period begins.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from banyan.db.database import Connection
from banyan.extension.writes import CHECKS, Breach, Write
from banyan.forecasts.periods import MONTHS, begins
from banyan.forecasts.settings import read_settings
from banyan.forecasts.sheet import text
from banyan.forecasts.snapshots import deals_of
from banyan.kernel.errors import InvalidInput
from banyan.records.shares import out_of_hand, read_targets, uneven_splits

DEAL, LINE, SPLIT, TARGET = "opportunity", "opportunity_line", "opportunity_split", "sales_target"


class SplitsAddUp:
    """Of one deal all counted shares together make 100; nobody stands there twice."""

    judges_removal = True

    async def applies(self, connection: Connection, session: Any, obj: Any) -> bool:
        del connection, session, obj
        return True

    async def __call__(self, write: Write) -> Mapping[UUID, Sequence[Breach]]:
        settings, _ = await read_settings(write.connection, write.session.full.schema)
        try:
            deal = deals_of(write.session, settings)
        except InvalidInput:  # An administrator has reshaped deals: nothing is shared out as we know it.
            return {}
        split = deal.splits
        if split is None or split.object.id != write.obj.id:
            return {}
        found = await uneven_splits(write.connection, deal.object, split, write.ids)
        return {key: _breaches(total, twice) for key, (total, twice) in found.items()}


def _breaches(total: Decimal | None, twice: bool) -> list[Breach]:
    found = [] if total is None else [Breach("splits_uneven", "share", {"total": text(total)})]
    return [*found, *([Breach("split_person_twice", "person")] if twice else [])]


class PartsOfDeals:
    """Lines and splits are the deal's amount and whose it is: whoever may only read the deal changes neither."""

    judges_removal = True

    async def applies(self, connection: Connection, session: Any, obj: Any) -> bool:
        del connection, obj
        return not session.policy.unrestricted(DEAL, "update")

    async def __call__(self, write: Write) -> Mapping[UUID, Sequence[Breach]]:
        full = write.session.full
        rows = full.by_id[write.obj.id]
        parent, target = rows.field(DEAL), full.by_name.get(DEAL)
        if parent is None or target is None or parent.target != target.api_name:
            return {}
        found = await out_of_hand(write.connection, write.session, rows, parent, target, write.ids)
        return {key: [Breach("deal_not_yours", DEAL)] for key in found}


class TargetsStand:
    """A target is of one person or one department, and begins with its period."""

    async def applies(self, connection: Connection, session: Any, obj: Any) -> bool:
        del connection, session, obj
        return True

    async def __call__(self, write: Write) -> Mapping[UUID, Sequence[Breach]]:
        settings, _ = await read_settings(write.connection, write.session.full.schema)
        whole = write.session.full.by_id[write.obj.id]
        found: dict[UUID, list[Breach]] = {}
        for key, person, department, kind, day in await read_targets(write.connection, whole, write.ids):
            if person == department:
                found.setdefault(key, []).append(Breach("target_of_one", "person"))
            if day is None or kind not in MONTHS:
                continue
            if not begins(kind, day, settings.fiscal_start):
                found.setdefault(key, []).append(Breach("target_not_aligned", "starts_on"))
        return found


def register_checks() -> None:
    CHECKS.register(SPLIT, "splits_add_up", SplitsAddUp())
    for each in (LINE, SPLIT):
        CHECKS.register(each, "parts_of_deals", PartsOfDeals())
    CHECKS.register(TARGET, "targets_stand", TargetsStand())
