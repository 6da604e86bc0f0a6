"""Selling as pictures: pools, duplicates, a deal's stage, the forecast; in both languages."""

from collections.abc import Callable
from typing import Any

import browsing
from browsing import DESK
from playwright.sync_api import Page
from served import Client
from workplaces import go

Show = Callable[[Page, str], None]


def _pool(admin: Client, holds: str) -> str:
    pools = admin.ok("GET", "/pools")["pools"]
    return str(next(each["id"] for each in pools if each["applies_to"] == holds))


def _merging(admin: Client) -> str:
    pair = admin.ok("GET", "/duplicates/pairs?object=account")["pairs"][0]
    return f"/duplicates/merge?object=account&ids={pair['record']['id']},{pair['other']['id']}"


def _places(admin: Client) -> dict[str, Show]:
    where = {"field": "stage", "op": "eq", "value": "engaging"}
    deal = admin.rows("opportunity", where=where, limit=1, select=["name"])[0]["id"]
    pool = _pool(admin, "lead")
    return {
        "pool": go(f"/pools/{pool}", "pool-record"),
        "pool-dashboard": go(f"/pools/{pool}?tab=dashboard", "pool-dashboard"),
        "deal-stage": go(f"/o/opportunity/{deal}", "record-title", "stage-guide"),
        "forecast": go("/forecast", "forecast-sheet"),
        "forecast-changes": go("/forecast?tab=changes", "forecast-changes"),
        "merge": go(_merging(admin), "merge"),
        "duplicates": go("/duplicates/review", "duplicate-pairs"),
    }


def shots(admin: Client) -> dict[str, tuple[Show, dict[str, Any]]]:
    """What sellers and their managers see, and the pool on a phone."""
    places = _places(admin)
    found: dict[str, tuple[Show, dict[str, Any]]] = {}
    for language in ("zh-CN", "en"):
        window = {"language": language, "size": DESK}
        found |= {f"{name}.{language}": (show, window) for name, show in places.items()}
    return found | {"phone-pool.zh-CN": (places["pool"], {"language": "zh-CN", "size": browsing.PHONE})}
