"""Asking who has a customer, meeting a duplicate while creating, merging the two field by field, and the way back."""

import os
import re

import pytest
from browsing import DESK, PHONE, sign_in
from playwright.sync_api import expect
from served import ADMIN

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SIGN_IN = {"en": ("E-mail", "Password", "Sign in"), "zh-CN": ("邮箱", "密码", "登录")}
SAYS = {
    "en": {
        "ask": "Ask", "same": "Same", "owner": "Owner: Ada Park", "name": "Name", "save": "Save",
        "all_the_same": "Create all the same", "merge": "Merge", "keep": "Keep this one", "merged": "Merged",
        "undo": "Undo the merge", "undone": "Undone", "different": "Not a duplicate",
        "became": "Open the record it became",
        "rule": "Same phone", "saved": "Duplicate rules saved", "new": "New account",
    },
    "zh-CN": {
        "ask": "查询", "same": "相同", "owner": "负责人：Ada Park", "name": "客户名称", "save": "保存",
        "all_the_same": "仍然新建", "merge": "合并", "keep": "保留", "merged": "已合并",
        "undo": "撤销合并", "undone": "已撤销", "different": "不是重复", "became": "打开合并后的记录",
        "rule": "电话相同", "saved": "已保存查重规则", "new": "新建客户",
    },
}  # fmt: skip
COMPANY = {"en": "杭州华奕人力资源有限公司", "zh-CN": "深圳博联启创知识产权有限公司"}
AGAIN = {"en": "杭州市华奕人力资源", "zh-CN": "深圳市博联启创知识产权"}


@pytest.fixture(scope="module")
def admin(server):
    return server.set_up()


def look(page, name: str) -> None:
    """For whoever wants to see the screens: pictures into a folder that the environment names."""
    folder = os.environ.get("BANYAN_LOOKS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png")


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_duplicate_is_met_merged_and_taken_apart(server, admin, watched, language):
    says = SAYS[language]
    admin.ok("PATCH", "/sessions/current/user", {"language": language})
    first = admin.ok("POST", "/records/account", {"name": COMPANY[language], "city": "杭州"})
    watch = watched(language=language, size=DESK)
    watch.allow("422")  # the refusal that asks
    watch.allow("410")  # the merged record's own address
    watch.allow("/pools/of/")  # asked for beside it
    sign_in(watch, server.base, ADMIN, SIGN_IN[language])
    page = watch.page
    asking(server, page, says, language)
    second = creating(server, page, says, language)
    merging(server, page, says, first["id"], second)
    undoing(server, page, says)


def asking(server, page, says, language) -> None:
    page.goto(f"{server.base}/duplicates/check")
    box = page.get_by_test_id("duplicate-ask")
    box.get_by_role("textbox").fill(AGAIN[language])
    box.get_by_role("button", name=says["ask"]).click()
    answer = page.get_by_test_id("duplicate-answers")
    expect(answer).to_contain_text(COMPANY[language])
    expect(answer).to_contain_text(says["owner"])
    expect(answer).to_contain_text(says["same"])
    look(page, f"ask-{language}")


def creating(server, page, says, language) -> str:
    """The form tells while one types, refuses until one has seen it, and goes on when told to."""
    page.goto(f"{server.base}/o/account")
    page.get_by_role("button", name=says["new"]).first.click()
    form = page.get_by_test_id("quick-create")
    form.get_by_role("textbox").first.fill(AGAIN[language])
    hints = page.get_by_test_id("duplicate-hints")
    expect(hints).to_contain_text(COMPANY[language])
    form.get_by_role("textbox").first.press("Enter")
    anyway = hints.get_by_role("button", name=says["all_the_same"])
    expect(anyway).to_be_visible()
    look(page, f"create-{language}")
    with page.expect_response(lambda answer: "accept_duplicates" in answer.url) as made:
        anyway.click()
    return made.value.json()["id"]


def merging(server, page, says, first: str, second: str) -> None:
    page.goto(f"{server.base}/duplicates/review?object=account")
    pairs = page.get_by_test_id("duplicate-pairs")
    expect(pairs.get_by_role("option")).to_have_count(1)
    look(page, f"review-{says['ask']}")
    pairs.focus()
    page.keyboard.press("m")
    screen = page.get_by_test_id("merge")
    expect(screen).to_be_visible()
    look(page, f"merge-{says['ask']}")
    screen.get_by_role("button", name=says["merge"]).last.click()
    page.wait_for_url(re.compile(f"/o/account/({first}|{second})"))
    survivor = page.url.rpartition("/")[2]
    gone = second if survivor == first else first
    page.goto(f"{server.base}/o/account/{gone}")
    expect(page.get_by_test_id("record-merged")).to_be_visible()
    page.get_by_role("button", name=says["became"]).click()
    page.wait_for_url(re.compile(f"/o/account/{survivor}"))


def undoing(server, page, says) -> None:
    page.goto(f"{server.base}/duplicates/merges")
    merges = page.get_by_test_id("merges").get_by_role("listitem")
    merges.first.get_by_role("button", name=says["undo"]).click()
    expect(merges.first).to_contain_text(says["undone"])
    look(page, f"merges-{says['ask']}")
    # Whoever undoes a merge has said that they are two.
    page.goto(f"{server.base}/duplicates/review?object=account")
    expect(page.get_by_test_id("duplicate-pairs").get_by_role("option")).to_have_count(0)


def test_rules_are_set_and_the_phone_shows_everything(server, admin, watched):
    admin.ok("PATCH", "/sessions/current/user", {"language": "en"})
    watch = watched(size=PHONE, theme="dark")
    sign_in(watch, server.base, ADMIN)
    page, says = watch.page, SAYS["en"]
    page.goto(f"{server.base}/settings/duplicates")
    rules = page.get_by_test_id("duplicate-rules").get_by_role("listitem")
    expect(rules).to_have_count(4)
    rules.filter(has_text=says["rule"]).get_by_role("switch").click()
    expect(page.get_by_text(says["saved"])).to_be_visible()
    kept = {each["object"]: each for each in admin.ok("GET", "/duplicates/rules")["objects"]}["account"]
    assert {rule["key"]: rule["active"] for rule in kept["rules"]}["phone"] is False
    look(page, "rules-phone-dark")
    one = admin.ok("POST", "/records/account", {"name": "广州云瑞建筑工程有限公司", "phone": "13900001234"})
    two = admin.ok("POST", "/records/account", {"name": "广州云端餐饮有限公司", "phone": "13900001234"})
    for path in ("check", "review", "merges", f"merge?object=account&ids={one['id']},{two['id']}"):
        page.goto(f"{server.base}/duplicates/{path}")
        page.get_by_role("heading", level=1).wait_for()
        look(page, f"phone-dark-{path[:6]}")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
