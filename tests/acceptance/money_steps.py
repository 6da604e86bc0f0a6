"""Steps that several walks of money share: people, lines typed, a quote sent and signed, a document made of another."""

import re
from dataclasses import dataclass
from typing import Any

from browsing import DESK, LOAD_MS, PATIENCE_MS, PHONE, sign_in
from playwright.sync_api import expect
from served import ROOT

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"  # comes with `make web`
SIGN_IN = {"en": ("E-mail", "Password", "Sign in"), "zh-CN": ("邮箱", "密码", "登录")}
CREATED = 201
ZONE = "Asia/Shanghai"  # where the house's days begin and end
expect.set_options(timeout=PATIENCE_MS)
WORDS = {
    "en": {
        "quote": "Quote this deal", "save": "Save", "saved": "Saved", "discount": "Discount on the total",
        "send": "Send", "link": "Copy accept link", "sent": "Sent", "accepted": "Accepted",
        "contract": "Make contract", "open": "Open it", "order": "Make order",
        "name": "Name", "job": "Title (optional)", "accept": "Accept the quote",
        "thanks": "The quote is accepted", "used": "This link has been used",
    },
    "zh-CN": {
        "quote": "从商机生成报价", "save": "保存", "saved": "已保存", "discount": "整单折扣",
        "send": "发送", "link": "复制接受链接", "sent": "已发送", "accepted": "已接受",
        "contract": "转为合同", "open": "打开", "order": "生成订单",
        "name": "姓名", "job": "职务（选填）", "accept": "接受报价",
        "thanks": "报价已接受", "used": "这个链接已经用过",
    },
}  # fmt: skip


@dataclass
class Walk:
    """What the steps of one language share."""

    server: Any
    house: Any
    watched: Any
    language: str
    says: dict[str, str]

    @property
    def tail(self) -> str:
        return "En" if self.language == "en" else "Zhong"

    def open(self, email: str, size=DESK):
        watch = self.watched(language=self.language, size=size, timezone=ZONE)
        # What the walk means to provoke: somebody saved first.
        watch.allow("status of 409")
        watch.allow("409 ")
        watch.context.grant_permissions(["clipboard-read", "clipboard-write"])
        sign_in(watch, self.server.base, email, SIGN_IN[self.language])
        return watch.page


def person(server, admin, name: str, language: str, role: str, **values):
    email = f"{name.lower()}@example.com"
    record = admin.ok("POST", "/records/user", {"name": name, "email": email, **values})
    admin.invite(record["id"], role)
    found = server.sign_in(email)
    found.ok("PATCH", "/sessions/current/user", {"language": language})
    found.id, found.email, found.name = record["id"], email, name
    return found


def clean(page) -> None:
    """Nothing on the page keeps anybody out, and nothing stands beyond its side."""
    page.mouse.move(1, 1)  # What only shows under the pointer is not judged.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
    offences = [(each["id"], each["nodes"][0]["html"][:200]) for each in found["violations"]]
    assert not offences, (page.url, offences)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def total(page, name: str, text: str) -> None:
    expect(page.locator(f'[data-total="{name}"]')).to_have_text(re.compile(re.escape(text)))


def send(walk: Walk, page, *, look: bool = True) -> str:
    """The quote is sent; returns the link its customer answers by. `look`: whether the page is judged as well."""
    says = walk.says
    page.get_by_role("button", name=says["send"], exact=True).click()
    with page.expect_response(re.compile(r"/quotes/[^/]+/send$"), timeout=LOAD_MS) as sent:
        page.locator(".ant-popconfirm").get_by_role("button", name=says["send"], exact=True).click()
    assert sent.value.ok, sent.value.text()
    expect(page.get_by_test_id("document-status")).to_have_text(says["sent"])
    if look:
        clean(page)
    with page.expect_response(re.compile(r"/quotes/[^/]+/link$")) as made:
        page.get_by_role("button", name=says["link"]).click()
    return walk.server.base + re.sub(r"^https?://[^/]+", "", made.value.json()["url"])


def customer(walk: Walk):
    """A phone on which nobody is signed in; links that are over answer 410 there."""
    watch = walk.watched(language=walk.language, size=PHONE, timezone=ZONE)
    watch.allow("410")
    return watch.page


def sign(walk: Walk, link: str, amount: str, *, look: bool = True) -> None:
    """The customer, on a phone, without an account; the link answers once."""
    says = walk.says
    page = customer(walk)
    page.goto(link)
    expect(page.get_by_test_id("offer-total")).to_contain_text(amount)
    if look:
        clean(page)
    page.get_by_label(says["name"], exact=True).fill("Wang Li")
    page.get_by_label(says["job"]).fill("Buyer")
    paper = page.get_by_test_id("signature")
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 80, steps=8)
    page.mouse.up()
    page.get_by_role("button", name=says["accept"]).click()
    expect(page.get_by_test_id("answered")).to_contain_text(says["thanks"])
    if look:
        clean(page)
    page.reload()
    expect(page.get_by_test_id("ended-used")).to_contain_text(says["used"])


def make(walk: Walk, page, name: str, object_name: str) -> str:
    """What was made, whether it differs from what it was made of (then that is shown first) or not."""
    with page.expect_response(lambda answer: answer.status == CREATED) as made:
        page.get_by_role("button", name=name).click()
    found = made.value.json()
    assert found["object"] == object_name
    if found["differences"]:
        expect(page.get_by_test_id("differences")).to_be_visible()
        page.get_by_role("dialog").get_by_role("button", name=walk.says["open"]).click()
    page.wait_for_url(re.compile(f"/documents/{object_name}/{found['id']}"))
    expect(page.get_by_test_id("document-status")).to_be_visible()
    return found["id"]
