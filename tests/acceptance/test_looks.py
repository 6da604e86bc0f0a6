"""Each work place at a desk and on a phone, by day and by night, as it was looked at and kept."""

import looks
import pytest
from browsing import DESK, PHONE, sign_in
from playwright.sync_api import expect
from served import ADMIN

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SIZES = {"desk": DESK, "phone": PHONE}
TALL = 2_600  # everything on the page of components at once
DAY = "2026-03-{:02d}T0{}:00:00Z"


@pytest.fixture(scope="module")
def world(server):
    """A small, fixed world: what people see of it depends on no clock."""
    admin = server.set_up()

    def make(name, /, **values):
        return admin.ok("POST", f"/records/{name}", values)["id"]

    accounts = {
        name: make("account", name=name, level=level, industry=industry, city=city, phone=phone)
        for name, level, industry, city, phone in (
            ("Blue Ocean Technology", "a", "technology", "Shanghai", "021-88886666"),
            ("Mingde Precision", "b", "manufacturing", "Suzhou", "0512-66668888"),
            ("Kestrel Logistics", "c", "logistics", "Ningbo", "0574-87654321"),
            ("Ember Medical", "b", "medical", "Hangzhou", "0571-81234567"),
        )
    }
    first = accounts["Blue Ocean Technology"]
    contact = make(
        "contact", name="Wendy Wang", title="Head of purchasing", account=first, mobile="13812345678"
    )
    stages = ("prospecting", "engaging", "proposal", "negotiation")
    for index, (name, key) in enumerate(accounts.items()):
        money = {"amount": str(250_000 * (index + 1)), "currency": "USD"}
        values = {"stage": stages[index], "amount": money, "close_date": f"2026-04-{10 + index}"}
        make("opportunity", name=f"{name} rollout", account=key, next_step="Send the offer", **values)
    for index, kind in enumerate(("call", "meeting", "note")):
        values = {"happened_at": DAY.format(3 + index, 2), "account": first, "contact": contact}
        make("activity", title=f"Talked about delivery ({kind})", kind=kind, body="Asks for March.", **values)
    for index in range(3):
        values = {"due_at": DAY.format(10 + index, 4), "account": first}
        make("activity", title=f"Send papers, part {index + 1}", kind="task", **values)
    make(
        "lead",
        name="Leo Hart",
        company="Northwind",
        phone="13900001111",
        source="referral",
        next_follow_up=DAY.format(12, 1),
    )
    colleague = admin.ok("POST", "/records/user", {"name": "Bo Lin", "email": "bo@example.com"})["id"]
    admin.invite(colleague)
    bo = server.sign_in("bo@example.com")
    me = admin.ok("GET", "/sessions/current")["user"]["id"]
    lead = bo.ok("POST", "/records/lead", {"name": "Nora Quinn", "company": "Harbour Foods"})["id"]
    bo.ok("POST", f"/records/lead/{lead}/comments", {"body": f"@[Ada]({me}) could you call her this week?"})
    return {"account": first}


PLACES = {
    "today": ("/today", "today"),
    "inbox": ("/inbox", "inbox-item"),
    "list": ("/o/account", "list-grid"),
    "board": ("/o/opportunity/board", "board-card"),
    "calendar": ("/o/activity/calendar", "calendar"),
    "record": ("/o/account/{account}", "timeline"),
    "components": ("/components", "components"),
    "objects": ("/settings/objects", None),
}


@pytest.fixture(
    params=[("desk", "light"), ("desk", "dark"), ("phone", "light"), ("phone", "dark")], ids="-".join
)
def place(request, watched, server, world):
    """One person's window on the fixed world."""
    size, theme = request.param
    watch = watched(size=SIZES[size], theme=theme, timezone="Asia/Shanghai")
    looks.still(watch.context)
    watch.page.clock.set_fixed_time(looks.NOW)
    sign_in(watch, server.base, ADMIN)
    watch.look, watch.size = f"{size}-{theme}", SIZES[size]
    return watch


def test_every_work_place_looks_as_it_was_kept(place, server, world, tmp_path):
    page = place.page
    for name, (path, part) in PLACES.items():
        page.goto(server.base + path.format(**world))
        if part is not None:
            expect(page.get_by_test_id(part).first).to_be_visible()
        else:
            page.get_by_role("heading").first.wait_for()
        if name == "components":
            page.set_viewport_size({**page.viewport_size, "height": TALL})
        looks.compare(page, f"{name}-{place.look}", tmp_path)
        page.set_viewport_size(place.size)
    page.goto(f"{server.base}/today")
    expect(page.get_by_test_id("today-item").first).to_be_visible()
    page.keyboard.press("Control+k")
    # What was opened before depends on which place was drawn first; what is found does not.
    page.get_by_test_id("palette").get_by_role("combobox").fill("Blue Ocean")
    expect(page.get_by_role("option").filter(has_text="rollout")).to_be_visible()
    looks.compare(page, f"palette-{place.look}", tmp_path)


def test_a_picture_that_changed_is_told_apart(place, server, world, tmp_path):
    """The comparison itself: the same page twice is alike, with one button gone it is not."""
    page = place.page
    page.goto(f"{server.base}/components")
    expect(page.get_by_test_id("components")).to_be_visible()
    first = looks.picture(page, tmp_path / "one.png")
    again = looks.picture(page, tmp_path / "two.png")
    assert looks.share_of_difference(first, again) == 0
    page.get_by_role("region", name="Buttons").evaluate("part => part.remove()")
    third = looks.picture(page, tmp_path / "three.png")
    assert looks.share_of_difference(first, third) > looks.MOST_SHARE
