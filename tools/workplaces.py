"""The work places as pictures: how to get to each, in both languages."""

import json
from collections.abc import Callable
from typing import Any

import browsing
import httpx
from browsing import DESK
from playwright.sync_api import Locator, Page
from workday import Workday

Show = Callable[[Page, str], None]
PASTED = {
    "zh-CN": (
        "商务谈判\t286000\t2026/12/18\n方案报价\t92000\t2026/12/24\n快签了\t64000\t2027/1/8\n"
        "赢单\t一百多万\t2026/11/30"
    ),
    "en": (
        "Negotiation\t286000\t2026/12/18\nProposal\t92000\t2026/12/24\nalmost there\t64000\t2027/1/8\n"
        "Won\tplenty\t2026/11/30"
    ),
}
TALKS = {"field": "kind", "op": "in", "value": ["meeting", "visit", "call"]}
FILTER = {
    "and": [
        {"field": "stage", "op": "in", "value": ["proposal", "negotiation"]},
        {"field": "account.level", "op": "in", "value": ["a", "b"]},
        {"field": "close_date", "op": "within", "value": "this_quarter"},
    ]
}


def go(path: str, *ready: str) -> Show:
    def show(page: Page, base: str) -> None:
        page.goto(f"{base}{path}", wait_until="domcontentloaded")
        for each in ready:
            page.get_by_test_id(each).first.wait_for()

    return show


def _where(condition: dict[str, Any]) -> str:
    return str(httpx.QueryParams({"where": json.dumps(condition)}))


def _named(page: Page, *names: str) -> Locator:
    """A button by its name in either language."""
    found = page.get_by_role("button", name=names[0], exact=True)
    for name in names[1:]:
        found = found.or_(page.get_by_role("button", name=name, exact=True))
    return found.first


def _settings(page: Page, base: str) -> None:
    go("/inbox", "inbox-item")(page, base)
    _named(page, "提醒设置", "Notification settings").click()
    page.get_by_role("dialog").get_by_role("switch").first.wait_for()


def _logging(path: str) -> Show:
    def show(page: Page, base: str) -> None:
        go(path, "record-title", "timeline-item")(page, base)
        box = page.get_by_test_id("composer")
        box.get_by_role("textbox").first.click()
        page.keyboard.type("王总同意三期付款，合同下周三前回传。")
        box.get_by_text("3 天后").or_(box.get_by_text("In 3 days")).first.click()

    return show


def _pasted(text: str) -> Show:
    def show(page: Page, base: str) -> None:
        go("/o/opportunity", "list-grid", "list-footer")(page, base)
        rows = page.get_by_test_id("list-grid").get_by_role("row")
        rows.nth(1).get_by_role("gridcell").nth(3).click()
        page.get_by_test_id("peek").wait_for()
        page.keyboard.press("Escape")
        page.evaluate(
            """text => {
              const data = new DataTransfer();
              data.setData('text/plain', text);
              const event = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
              document.activeElement.dispatchEvent(event);
            }""",
            text,
        )
        page.get_by_test_id("paste-plan").wait_for()
        page.get_by_test_id("wrong-cells").wait_for()

    return show


def _chosen(page: Page, base: str) -> None:
    go("/o/opportunity", "list-grid", "list-footer")(page, base)
    boxes = page.get_by_test_id("list-grid").get_by_role("checkbox")
    for at in (1, 2, 3):
        boxes.nth(at).check()
    page.get_by_test_id("bulk-bar").wait_for()


def _assigning(page: Page, base: str) -> None:
    _chosen(page, base)
    bar = page.get_by_test_id("bulk-bar")
    bar.get_by_role("button").filter(has_text="选择全部").or_(
        bar.get_by_role("button").filter(has_text="Select all")
    ).click()
    _named(page, "转交", "Assign").click()
    page.get_by_role("dialog").wait_for()


def _asked(page: Page, base: str) -> None:
    go("/o/opportunity/board", "board-card")(page, base)
    card = page.get_by_test_id("board-column-negotiation").get_by_test_id("board-card").first
    target = page.get_by_test_id("board-column-lost")
    target.scroll_into_view_if_needed()
    start, end = card.bounding_box(), target.bounding_box()
    if start is None or end is None:
        raise LookupError("The board is not on the screen.")
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + 12)
    page.mouse.down()
    page.mouse.move(start["x"] + start["width"] / 2 + 10, start["y"] + 16, steps=3)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 90, steps=8)
    page.mouse.up()
    page.get_by_test_id("board-ask").wait_for()


def _filtered(path: str) -> Show:
    def show(page: Page, base: str) -> None:
        go(path, "list-grid", "list-footer")(page, base)
        page.get_by_test_id("filter-button").click()

    return show


def _grouped(path: str) -> Show:
    def show(page: Page, base: str) -> None:
        go(path, "grid-group")(page, base)
        for at in (3, 2):
            page.get_by_test_id("grid-group").nth(at).get_by_role("button").first.click()

    return show


def _recents(page: Page, base: str) -> None:
    go("/today", "today-item")(page, base)
    page.keyboard.press("Control+k")
    page.get_by_test_id("palette").get_by_role("option").first.wait_for()


def _keys(page: Page, base: str) -> None:
    go("/today", "today-item")(page, base)
    page.keyboard.press("?")
    page.get_by_test_id("shortcuts").wait_for()


def _places(day: Workday, language: str) -> dict[str, Show]:
    return {
        "today": go("/today", "today-item"),
        "inbox": go("/inbox", "inbox-item"),
        "inbox-settings": _settings,
        "customer": go(
            f"/o/account/{day.account}", "record-title", "timeline-item", "money-card", "presence"
        ),
        "log": _logging(f"/o/account/{day.account}"),
        "groups": _grouped(f"/o/opportunity?view={day.colours}"),
        "paste": _pasted(PASTED[language]),
        "lanes": go(f"/o/opportunity/board?view={day.lanes}", "board-card"),
        "board-ask": _asked,
        "week": go(f"/o/activity/calendar?scale=week&{_where(TALKS)}", "calendar"),
        "timeline-view": go(f"/o/opportunity/timeline?view={day.bars}", "timeline-bar"),
        "split": go("/o/account/split", "split-line", "record-title"),
        "recents": _recents,
        "exports": go("/exports", "export"),
        "keys": _keys,
        "team": go("/today?team=1", "today-team"),
        "filter": _filtered(f"/o/opportunity?{_where(FILTER)}"),
        "assign": _assigning,
    }


def shots(day: Workday) -> dict[str, tuple[Show, dict[str, Any]]]:
    """The work places, in both languages, and some on a phone."""
    found: dict[str, tuple[Show, dict[str, Any]]] = {}
    for language in ("zh-CN", "en"):
        window = {"language": language, "size": DESK}
        found |= {f"{name}.{language}": (show, window) for name, show in _places(day, language).items()}
    phone = {"language": "zh-CN", "size": browsing.PHONE}
    places = _places(day, "zh-CN") | {
        "customer": go(f"/o/account/{day.account}", "record-title", "timeline-item")
    }
    return found | {f"phone-{name}.zh-CN": (places[name], phone) for name in ("today", "customer", "week")}
