"""What pools need to know of leads and accounts: what is won, what hangs on them, as the catalog has it today."""

from collections.abc import Sequence

from banyan.metadata.catalog import Catalog, Field, Object
from banyan.query.owning import Kept, kept_of
from banyan.query.recycling import Around, any_stage, in_stage

HELD = ("lead", "account")
ACTIVITY, DEAL = "activity", "opportunity"


def kept_in(catalog: Catalog, name: str) -> tuple[Object, Kept] | None:
    """The object and its columns; None where it keeps no pools today."""
    obj = catalog.by_name.get(name)
    kept = kept_of(obj) if obj is not None and name in HELD else None
    return None if obj is None or kept is None else (obj, kept)


def around_of(catalog: Catalog, obj: Object) -> Around:
    activity, deal = catalog.by_name.get(ACTIVITY), catalog.by_name.get(DEAL)
    followed = _typed(obj, "last_followed_at", "datetime")
    converted = _typed(obj, "converted_opportunity", "relation")
    status = _typed(obj, "status", "single_choice")
    link = link_to(deal, obj)
    stage = _typed(deal, "stage", "single_choice")
    entered = _typed(deal, "stage_entered_at", "datetime")
    won, won_stages = None, _stages(stage, "won")
    if status is not None and (keys := _stages(status, "won")):
        won = in_stage(status.physical(), keys)
    elif deal is not None and link is not None and stage is not None and won_stages:
        won = any_stage(obj.schema, deal.table_name, link.physical(), stage.physical(), won_stages)
    return Around(
        won=won,
        followed=None if followed is None else followed.physical(),
        activity=_happening(activity, obj),
        deal=None if deal is None or link is None else (deal.table_name, link.physical()),
        deal_stage=None if stage is None else stage.physical(),
        deal_entered=None if entered is None else entered.physical(),
        deal_activity=None if deal is None or link is None else _happening(activity, deal),
        converted=None if converted is None else converted.physical(),
        deal_open=_stages(stage, "open"),
        deal_won=won_stages,
    )


def read_of_deals(catalog: Catalog, deal: Object) -> frozenset[str]:
    """Columns of a deal that say anything of the leads and accounts it names (`around_of`)."""
    links = [link_to(deal, parent) for name in HELD if (parent := catalog.by_name.get(name)) is not None]
    told = (*links, deal.field("stage"), deal.field("stage_entered_at"))
    return frozenset(field.physical() for field in told if field is not None)


def link_to(child: Object | None, parent: Object) -> Field | None:
    """The relation of `child` that names a record of `parent` and is called like it."""
    found = None if child is None else child.field(parent.api_name)
    return found if found is not None and found.target == parent.api_name else None


def _happening(activity: Object | None, parent: Object) -> tuple[str, str, str] | None:
    link, at = link_to(activity, parent), _typed(activity, "happened_at", "datetime")
    if activity is None or link is None or at is None:
        return None
    return activity.table_name, link.physical(), at.physical()


def _typed(obj: Object | None, name: str, kind: str) -> Field | None:
    field = None if obj is None else obj.field(name)
    return field if field is not None and field.definition.type == kind else None


def _stages(field: Field | None, category: str) -> tuple[str, ...]:
    choices: Sequence[object] = () if field is None else getattr(field.config, "choices", ())
    return tuple(
        str(getattr(each, "key", "")) for each in choices if getattr(each, "category", None) == category
    )
