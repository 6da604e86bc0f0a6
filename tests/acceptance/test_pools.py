"""A seller claims out of a pool and calls; its manager sets it up, sees what goes back, and undoes it."""

import asyncio
import re
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from browsing import DESK, PHONE, pick, sign_in
from playwright.sync_api import expect
from served import ADMIN, ROOT

from banyan.db.database import Database
from banyan.db.targets import resolve_targets
from banyan.events import EventBus, SubscriberRegistry
from banyan.jobs import PostgresJobQueue
from banyan.kernel.settings import Settings
from banyan.pools.passes import Passes

NOT_FOUND = 404
pytestmark = [pytest.mark.browser, pytest.mark.slow]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
SIGN_IN = {"en": ("E-mail", "Password", "Sign in"), "zh-CN": ("邮箱", "密码", "登录")}
SAYS = {
    "en": {
        "claim": "Claim", "log": "Log the call, next", "said": "What was said", "calls": "My calls",
        "called": "You have called everyone you hold", "settings": "Settings", "save": "Save",
        "rule": "Add a rule", "days": "After days", "warning": "Some people would lose all they hold",
        "confirm": "I have seen it, save", "saved": "Saved", "recycle": "Recycling", "undo": "Undo",
        "returned": "given back", "new": "New pool", "name": "Name", "everyone": "Everybody is a member",
        "hidden": "Hidden before a claim", "phone": "Phone", "late": "was faster", "release": "Return to pool",
        "reason": "Reason", "owners": "Owners so far", "board": "Dashboard",
    },
    "zh-CN": {
        "claim": "领取", "log": "记录通话，下一条", "said": "聊了什么", "calls": "我要联系的",
        "called": "手上的记录都联系过了", "settings": "设置", "save": "保存", "rule": "添加规则",
        "days": "多少天后", "warning": "有人会失去全部记录", "confirm": "我看过了，保存", "saved": "已保存",
        "recycle": "回收", "undo": "撤销", "returned": "已还回", "new": "新建公海", "name": "名称",
        "everyone": "所有人都是成员", "hidden": "领取前隐藏的字段", "phone": "电话", "late": "先领取了",
        "release": "退回公海", "reason": "原因", "owners": "历任负责人", "board": "看板",
    },
}  # fmt: skip


def person(server, admin, name: str, language: str):
    email = f"{name.lower()}@example.com"
    record = admin.ok("POST", "/records/user", {"name": name, "email": email})
    admin.invite(record["id"], "member")
    found = server.sign_in(email)
    found.ok("PATCH", "/sessions/current/user", {"language": language})
    found.id, found.email, found.name = record["id"], email, name
    return found


@pytest.fixture(scope="module")
def admin(server):
    return server.set_up()


def in_thread(work) -> None:
    """The browser's loop has this thread; the worker's pass gets one of its own."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(work())
        except BaseException as error:  # noqa: BLE001 - told below
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


def pass_at(server, moment: datetime) -> None:
    """What the worker would do at that moment."""
    settings = Settings.from_environment(server.environment)

    async def work() -> None:
        with resolve_targets(settings) as targets:
            database = await Database.open(targets)
            try:
                bus = EventBus(SubscriberRegistry(), PostgresJobQueue())
                await Passes(database, bus).work("ws_main", moment)
            finally:
                await database.close()

    in_thread(work)


def clean(page) -> None:
    """Nothing on the page keeps anybody out."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
    offences = [(each["id"], each["nodes"][0]["html"][:200]) for each in found["violations"]]
    assert not offences, (page.url, offences)


def leads(admin, pool: str, tail: str, count: int) -> list[str]:
    ids = [
        admin.ok(
            "POST",
            "/records/lead",
            {
                "name": f"Lead {tail} {n}",
                "company": f"恒远{tail}{n}",
                "phone": f"1390000{len(tail)}{n:03}",
                "owner": None,
            },
        )["id"]
        for n in range(count)
    ]
    admin.ok("POST", f"/pools/{pool}/put", {"ids": ids})
    return ids


@dataclass
class Walk:
    """What the steps of one language share."""

    server: Any
    admin: Any
    language: str

    @property
    def says(self) -> dict[str, str]:
        return SAYS[self.language]

    @property
    def tail(self) -> str:
        return "En" if self.language == "en" else "Zhong"

    def open(self, watched, email: str, size):
        watch = watched(language=self.language, size=size)
        watch.allow("status of 409")  # somebody is faster; a rule is shown before it is saved
        watch.allow("409 ")
        sign_in(watch, self.server.base, email, SIGN_IN[self.language])
        return watch


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_pool_is_set_up_claimed_from_and_looked_after(server, admin, watched, language):
    walk = Walk(server, admin, language)
    admin.ok("PATCH", "/sessions/current/user", {"language": language})
    seller = person(server, admin, f"Sol{walk.tail}", language)
    rival = person(server, admin, f"Riva{walk.tail}", language)
    page = walk.open(watched, ADMIN, DESK).page
    phone = walk.open(watched, seller.email, PHONE)
    pool = make_pool(walk, page)
    ids = leads(admin, pool, walk.tail, 3)
    claim_and_call(walk, phone.page, pool, ids, seller, rival)
    recycle_and_undo(walk, page, ids[1], seller)
    phone.allow("404")  # what one has returned is out of one's sight
    return_by_hand(walk, phone.page, ids[1])


def make_pool(walk: Walk, page) -> str:
    says = walk.says
    page.goto(f"{walk.server.base}/pools")
    page.get_by_role("button", name=says["new"]).click()
    page.get_by_role("dialog").get_by_label(says["name"]).fill(f"North {walk.tail}")
    page.get_by_role("dialog").get_by_role("button", name=says["save"]).click()
    form = page.get_by_test_id("pool-settings")
    form.get_by_label(says["everyone"]).click()
    pick(page, says["hidden"], says["phone"], within=form)
    page.keyboard.press("Escape")
    form.get_by_role("button", name=says["save"]).click()
    expect(page.get_by_text(says["saved"], exact=True)).to_be_visible()
    clean(page)
    return re.search(r"/pools/([0-9a-f-]{36})", page.url)[1]


def claim_and_call(walk: Walk, hand, pool: str, ids: list[str], seller, rival) -> None:
    """The seller sees no phone number, claims, sees it, calls and writes down; somebody else was faster once."""
    says, tail = walk.says, walk.tail
    hand.goto(f"{walk.server.base}/pools/{pool}")
    rows = hand.get_by_test_id("pool-record")
    expect(rows).to_have_count(3)
    expect(rows.first).not_to_contain_text("1390000")
    clean(hand)
    assert hand.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    rival.ok("POST", f"/pools/{pool}/claim", {"ids": [ids[2]]})
    rows.filter(has_text=f"Lead {tail} 2").get_by_role("button", name=says["claim"], exact=True).click()
    expect(hand.get_by_text(re.compile(f"{rival.name}.*{says['late']}"))).to_be_visible()
    expect(rows).to_have_count(2)
    rows.filter(has_text=f"Lead {tail} 0").get_by_role("button", name=says["claim"], exact=True).click()
    hand.wait_for_url(re.compile(f"/o/lead/{ids[0]}"))
    expect(hand.get_by_test_id("pool-bar")).to_contain_text(f"North {tail}")
    clean(hand)
    assert hand.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    hand.goto(f"{walk.server.base}/pools/{pool}?tab=call")
    expect(hand.get_by_test_id("call-name")).to_have_text(f"Lead {tail} 0")
    expect(hand.get_by_test_id("call-phone")).to_have_attribute("href", re.compile(r"^tel:\+?\d+"))
    hand.get_by_label(says["said"]).fill("They want an offer")
    hand.get_by_role("button", name=says["log"]).click()
    expect(hand.get_by_text(says["called"])).to_be_visible()
    assert seller.ok("GET", f"/records/lead/{ids[0]}")["first_contacted_at"]
    seller.ok("POST", f"/pools/{pool}/claim", {"ids": [ids[1]]})


def recycle_and_undo(walk: Walk, page, key: str, seller) -> None:
    """A rule that takes everything is shown before it is saved; the night passes; what it took is given back."""
    says = walk.says
    page.reload()
    form = page.get_by_test_id("pool-settings")
    form.get_by_role("button", name=says["rule"]).first.click()
    form.get_by_test_id("recycle-rule").get_by_label(says["days"]).fill("0")
    form.get_by_role("button", name=says["save"]).click()
    shown = page.get_by_role("dialog")
    expect(shown).to_contain_text(says["warning"])
    expect(shown.get_by_test_id("losing")).to_contain_text(seller.name)
    shown.get_by_role("button", name=says["confirm"]).click()
    expect(shown).to_be_hidden()
    page.get_by_role("tab", name=says["recycle"]).click()
    expect(page.get_by_test_id("recycle-record")).to_have_count(3)
    clean(page)
    pass_at(walk.server, datetime.now(UTC) + timedelta(days=2))
    assert seller.call("GET", f"/records/lead/{key}").status_code == NOT_FOUND
    page.reload()
    run = page.get_by_test_id("pool-run").first
    expect(run).to_contain_text("3")
    run.get_by_role("button", name=says["undo"]).click()
    page.locator(".ant-popconfirm").get_by_role("button", name=says["undo"]).click()
    expect(page.get_by_text(says["returned"]).first).to_be_visible()
    assert seller.ok("GET", f"/records/lead/{key}")["owner"]["id"] == seller.id
    page.get_by_role("tab", name=says["board"]).click()
    expect(page.get_by_test_id("pool-people")).to_contain_text(seller.name)
    clean(page)


def return_by_hand(walk: Walk, hand, key: str) -> None:
    """With a reason it goes back; who had it is known."""
    says = walk.says
    hand.goto(f"{walk.server.base}/o/lead/{key}")
    bar = hand.get_by_test_id("pool-bar")
    bar.get_by_role("button", name=says["owners"]).click()
    expect(hand.get_by_test_id("owners").get_by_role("listitem")).to_have_count(2)
    hand.keyboard.press("Escape")
    bar.get_by_role("button", name=says["release"]).click()
    panel = hand.get_by_role("dialog")
    panel.get_by_label(says["reason"]).fill("Wrong number")
    panel.get_by_role("button", name=says["release"]).click()
    expect(hand.get_by_role("dialog")).to_be_hidden()
    entry = walk.admin.ok("GET", f"/records/lead/{key}/owners")["owners"][0]
    assert (entry["ended"], entry["reason"]) == ("released", "Wrong number")
