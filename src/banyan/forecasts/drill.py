"""The filter behind a figure: a list opened with it shows the very deals that were summed."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from banyan.forecasts.sheet import View

Condition = dict[str, Any]


def deals_behind(view: View, people: Iterable[UUID] | None, category: str | None) -> Condition:
    """Deals of the period in a category (None: any open one) that are wholly or partly those people's."""
    deal = view.deal
    last = view.period.end - timedelta(days=1)
    parts: list[Condition] = [
        {
            "field": deal.close.api_name,
            "op": "between",
            "value": [view.period.start.isoformat(), last.isoformat()],
        },
        *_category(view, category),
    ]
    if people is not None:
        parts.append(_whose(view, [str(each) for each in sorted(people)]))
    return {"and": parts}


def _category(view: View, category: str | None) -> list[Condition]:
    deal = view.deal
    won = {"field": deal.stage.api_name, "op": "in", "value": list(deal.won_stages)}
    lost = {"field": deal.stage.api_name, "op": "in", "value": list(deal.lost_stages)}
    if category == deal.closed:
        return [won]
    opened = {
        "field": deal.stage.api_name,
        "op": "not_in",
        "value": [*deal.won_stages, *deal.lost_stages],
    }
    if deal.category is None:
        return [lost] if category == deal.omitted else [opened]
    name = deal.category.api_name
    if category is None:
        return [opened, {"not": {"field": name, "op": "eq", "value": deal.omitted}}]
    if category == deal.omitted:
        left_out = {"and": [opened, {"field": name, "op": "eq", "value": deal.omitted}]}
        return [{"or": [lost, left_out]}]
    if category == deal.open_categories[-1]:
        # Whatever says nothing of its own is counted here.
        others = [*deal.open_categories[:-1], deal.omitted]
        return [opened, {"not": {"field": name, "op": "in", "value": others}}]
    return [opened, {"field": name, "op": "eq", "value": category}]


def _whose(view: View, people: list[str]) -> Condition:
    owned: Condition = {"field": "owner", "op": "in", "value": people}
    split = view.deal.splits
    if split is None:
        return owned
    relation = f"{split.object.api_name}.{split.deal.api_name}"
    counted: list[Condition] = []
    if split.kind is not None:
        counted = [{"field": split.kind.api_name, "op": "eq", "value": split.counted}]
    theirs = {"field": split.person.api_name, "op": "in", "value": people}
    return {
        "or": [
            {"and": [owned, {"none": {"relation": relation, "where": {"and": counted}}}]},
            {"some": {"relation": relation, "where": {"and": [*counted, theirs]}}},
        ]
    }
