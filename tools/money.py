"""From quote to money as pictures: a quote's lines, a contract, receivables; the quote on a phone too."""

from collections.abc import Callable
from typing import Any

import browsing
from browsing import DESK
from playwright.sync_api import Page
from served import Client
from workplaces import go

Show = Callable[[Page, str], None]


def _first(admin: Client, name: str, *states: str) -> str:
    where = {"field": "status", "op": "in", "value": states}
    found = admin.rows(name, where=where, limit=1, select=["name"], sort=[{"field": "name"}])
    return str(found[0]["id"])


def shots(admin: Client) -> dict[str, tuple[Show, dict[str, Any]]]:
    """What sellers, their managers and finance see of it."""
    contract = _first(admin, "contract", "signed", "performing")
    places = {
        "quote": go(f"/quotes/{_first(admin, 'quote', 'draft')}", "line-grid"),
        "contract": go(f"/o/contract/{contract}", "record-title", "document-bar"),
        "receivables": go("/receivables", "receivables", "ageing-bar"),
    }
    found: dict[str, tuple[Show, dict[str, Any]]] = {}
    for language in ("zh-CN", "en"):
        window = {"language": language, "size": DESK}
        found |= {f"{name}.{language}": (show, window) for name, show in places.items()}
    phone = go(f"/quotes/{_first(admin, 'quote', 'draft')}", "line-cards")
    return found | {"phone-quote.zh-CN": (phone, {"language": "zh-CN", "size": browsing.PHONE})}
