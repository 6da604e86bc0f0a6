"""Boards, calendars, timelines and split lists at work: by mouse, by touch and by the keyboard."""

import re
from datetime import date, datetime, timedelta

import pytest
from browsing import PHONE, pick, sign_in
from playwright.sync_api import expect
from served import ADMIN

WIDE = {"width": 2000, "height": 900}  # All columns in sight, the last ones too.
pytestmark = [pytest.mark.browser, pytest.mark.slow]
MONEY = {"amount": "100", "currency": "USD"}


@pytest.fixture(scope="module")
def admin(server):
    """A workspace whose lost deals ask for a reason, and whose won ones an amount nobody can type here."""
    client = server.set_up()
    rule = {"field": "stage", "op": "eq", "value": "lost"}
    client.ok(
        "POST",
        "/metadata/changes",
        {
            "operations": [
                {
                    "kind": "update_field",
                    "object": "opportunity",
                    "field": "loss_reason",
                    "set": {"required_when": rule},
                },
                {
                    "kind": "update_object",
                    "object": "opportunity",
                    "set": {
                        "rules": [
                            {
                                "key": "won_amount",
                                "error_when": 'AND(stage = "won", ISBLANK(source))',
                                "message": {"en": "A won deal needs its source", "zh-CN": "赢单必须有来源"},
                            }
                        ]
                    },
                },
            ]
        },
    )
    return client


@pytest.fixture
def opened(watched, server, admin):
    """Opens a page of the signed-in administrator; more options are those of the window."""

    def open_page(path, **options):
        watch = watched(**options)
        labels = (
            ("E-mail", "Password", "Sign in")
            if options.get("language") != "zh-CN"
            else ("邮箱", "密码", "登录")
        )
        sign_in(watch, server.base, ADMIN, labels)
        watch.page.goto(f"{server.base}{path}")
        watch.page.watch = watch
        return watch.page

    return open_page


def deal(admin, name, **values):
    return admin.ok("POST", "/records/opportunity", {"name": name, **values})


def stored(admin, made, name="opportunity"):
    return admin.ok("GET", f"/records/{name}/{made['id']}")


def board_view(admin, name, **config):
    body = {
        "object": "opportunity",
        "kind": "board",
        "name": {"en": name},
        "config": {"group_by": "stage", **config},
    }
    return admin.ok("POST", "/views", body)["id"]


def card(page, name):
    return page.get_by_test_id("board-card").filter(has_text=name)


def column(page, key):
    return page.get_by_test_id(f"board-column-{key}")


def drag(page, source, target):
    """As a hand does it: press, move in steps, let go."""
    start, end = source.bounding_box(), target.bounding_box()
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + 12)
    page.mouse.down()
    page.mouse.move(start["x"] + start["width"] / 2 + 10, start["y"] + 16, steps=3)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + min(90, end["height"] / 2), steps=8)
    page.mouse.up()


def test_the_keyboard_carries_a_card_and_the_move_is_undone(opened, admin):
    made = deal(admin, "Keyboard deal")
    page = opened("/o/opportunity/board")
    own = card(page, "Keyboard deal")
    own.focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("Over “Prospecting”")).to_be_attached()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Over “Engaging”")).to_be_attached()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Cancelled", exact=True)).to_be_attached()
    own.focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("Over “Prospecting”")).to_be_attached()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Over “Engaging”")).to_be_attached()
    page.keyboard.press("Space")
    toast = page.get_by_role("status").filter(has_text="Moved")
    toast.wait_for()
    expect(card(column(page, "engaging"), "Keyboard deal")).to_be_visible()
    assert stored(admin, made)["stage"] == "engaging"
    toast.get_by_role("button", name="Undo").click()
    expect(card(column(page, "prospecting"), "Keyboard deal")).to_be_visible()
    assert stored(admin, made)["stage"] == "prospecting"


def test_a_long_touch_carries_a_card_on_a_phone(opened, admin):
    made = deal(admin, "Touched deal")
    page = opened("/o/opportunity/board", size=PHONE)
    own = card(page, "Touched deal")
    own.scroll_into_view_if_needed()
    box = own.bounding_box()
    x, y = box["x"] + 60, box["y"] + 20
    touch = page.context.new_cdp_session(page)
    points = lambda at: [{"x": at[0], "y": at[1]}]  # noqa: E731
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points((x, y))})
    expect(page.get_by_text("Over “Prospecting”")).to_be_attached()
    for step in range(1, 9):
        touch.send(
            "Input.dispatchTouchEvent",
            {"type": "touchMove", "touchPoints": points((x + (370 - x) * step / 8, y + 20))},
        )
    expect(page.get_by_text("Over “Engaging”")).to_be_attached()
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.get_by_role("status").filter(has_text="Moved").wait_for()
    assert stored(admin, made)["stage"] == "engaging"


def test_a_refused_drop_goes_back_with_its_reason(opened, admin):
    made = deal(admin, "Refused deal", close_date="2027-03-31", amount=MONEY)
    page = opened("/o/opportunity/board", size=WIDE)
    page.watch.allow(f"/records/opportunity/{made['id']}")
    drag(page, card(page, "Refused deal"), column(page, "won"))
    expect(page.get_by_test_id("board-refused")).to_have_text("A won deal needs its source")
    expect(card(column(page, "prospecting"), "Refused deal")).to_be_visible()
    assert stored(admin, made)["stage"] == "prospecting"


def test_a_drop_asks_for_what_its_column_requires(opened, admin):
    made = deal(admin, "Lost deal")
    page = opened("/o/opportunity/board", size=WIDE)
    # A slow machine draws later than the hand moves: the card still falls where the pointer is.
    throttle = page.context.new_cdp_session(page)
    throttle.send("Emulation.setCPUThrottlingRate", {"rate": 12})
    drag(page, card(page, "Lost deal"), column(page, "lost"))
    throttle.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    form = column(page, "lost").get_by_test_id("board-ask")
    expect(form).to_contain_text("Loss reason")
    form.get_by_role("button", name="Cancel").click()
    expect(card(column(page, "prospecting"), "Lost deal")).to_be_visible()
    assert stored(admin, made)["stage"] == "prospecting"
    drag(page, card(page, "Lost deal"), column(page, "lost"))
    pick(page, "Loss reason", "Price", within=form)
    form.get_by_role("button", name="Save").click()
    form.wait_for(state="detached")
    expect(card(column(page, "lost"), "Lost deal")).to_be_visible()
    kept = stored(admin, made)
    assert (kept["stage"], kept["loss_reason"]) == ("lost", "price")


def test_a_full_column_warns_and_a_folded_one_keeps_its_count(opened, admin):
    for number in range(3):
        deal(admin, f"Proposed {number}", stage="proposal", close_date="2027-03-31", amount=MONEY)
    view = board_view(admin, "Limited", wip={"proposal": 2, "negotiation": 5})
    page = opened(f"/o/opportunity/board?view={view}")
    expect(column(page, "proposal").get_by_test_id("board-limit")).to_have_text("over the limit of 2")
    expect(column(page, "negotiation").get_by_test_id("board-limit")).to_have_text("/ 5")
    column(page, "proposal").get_by_role("button", name="Fold “Proposal”").click()
    expect(column(page, "proposal").get_by_test_id("board-card")).to_have_count(0)
    expect(column(page, "proposal").get_by_test_id("board-count")).to_have_text("3")
    column(page, "proposal").get_by_role("button", name="Unfold “Proposal”").click()
    expect(column(page, "proposal").get_by_test_id("board-card")).to_have_count(3)


def test_lanes_cut_the_board_and_carry_a_card_across(opened, admin):
    made = deal(admin, "Fair deal", source="exhibition")
    deal(admin, "Web deal", source="website")
    view = board_view(admin, "Lanes", lane_field="source", blocked_field="blocked", card_fields=["source"])
    admin.ok(
        "POST",
        "/records/opportunity",
        {"name": "Stuck deal", "source": "website", "blocked": True, "blocked_reason": "Legal"},
    )
    page = opened(f"/o/opportunity/board?view={view}")
    fair, web = page.get_by_test_id("board-lane-exhibition"), page.get_by_test_id("board-lane-website")
    expect(card(fair, "Fair deal")).to_be_visible()
    expect(card(web, "Stuck deal").get_by_test_id("board-blocked")).to_contain_text("Legal")
    drag(page, card(fair, "Fair deal"), web.get_by_test_id("board-cell-engaging"))
    page.get_by_role("status").filter(has_text="Moved").wait_for()
    kept = stored(admin, made)
    assert (kept["stage"], kept["source"]) == ("engaging", "website")
    expect(card(web, "Fair deal")).to_be_visible()
    web.get_by_role("button", name=re.compile("^Website")).click()
    expect(card(web, "Web deal")).to_have_count(0)


def test_a_card_is_added_at_the_foot_of_a_column(opened, admin):
    page = opened("/o/opportunity/board")
    page.get_by_role("button", name="Add to “Engaging”").click()
    form = column(page, "engaging").get_by_test_id("board-quick-add")
    form.get_by_role("textbox").fill("Quickly added")
    form.get_by_role("textbox").press("Enter")
    expect(card(column(page, "engaging"), "Quickly added")).to_be_visible()
    expect(form.get_by_role("textbox")).to_have_value("")
    assert admin.rows("opportunity", where={"field": "name", "op": "eq", "value": "Quickly added"})


def test_the_settings_of_a_board_are_made_in_its_panel(opened, admin):
    board_view(admin, "Shaped here")
    page = opened("/o/opportunity/board")
    page.get_by_role("link", name="Shaped here").click()
    page.get_by_role("button", name=re.compile("Shaped here")).click()
    page.get_by_role("menuitem", name="Settings and sharing").click()
    panel = page.get_by_role("dialog")
    pick(page, "Lanes by", "Source", within=panel)
    panel.get_by_label("Limit of “Won”").fill("1")
    panel.get_by_role("button", name="Save").click()
    panel.wait_for(state="detached")
    expect(page.get_by_test_id("board")).to_have_attribute("data-lanes", "source")
    expect(column(page, "won").get_by_test_id("board-limit")).to_have_text("/ 1")


def monday() -> date:
    today = datetime.now().astimezone().date()
    return today - timedelta(days=today.weekday())


def test_a_week_is_dragged_stretched_and_moved_by_keys(opened, admin):
    # What is drawn stands by the clock of the browser.
    zone = datetime.now().astimezone().tzinfo
    start = datetime.combine(monday() + timedelta(days=1), datetime.min.time(), zone) + timedelta(hours=9)
    made = admin.ok(
        "POST",
        "/records/activity",
        {
            "title": "Review",
            "kind": "meeting",
            "due_at": start.isoformat(),
            "ends_at": (start + timedelta(hours=1)).isoformat(),
            "repeats": "daily",
            "repeat_until": (monday() + timedelta(days=3)).isoformat(),
        },
    )
    page = opened("/o/activity/calendar?scale=week")
    own = page.locator(f"[data-record='{made['id']}']")
    expect(own).to_have_count(3)
    before = datetime.fromisoformat(stored(admin, made, "activity")["due_at"])
    first = own.first
    first.press("Alt+ArrowDown")
    page.get_by_role("status").get_by_text("“Review” moved").wait_for()
    kept = stored(admin, made, "activity")
    assert datetime.fromisoformat(kept["due_at"]) - before == timedelta(minutes=30)
    wednesday = page.locator(f"[data-date='{(monday() + timedelta(days=2)).isoformat()}'].fc-timegrid-col")
    source, target = own.first.bounding_box(), wednesday.bounding_box()
    page.mouse.move(source["x"] + 20, source["y"] + 10)
    page.mouse.down()
    page.mouse.move(source["x"] + 30, source["y"] + 12, steps=3)
    page.mouse.move(target["x"] + 20, source["y"] + 10, steps=8)
    with page.expect_response(lambda answer: answer.request.method == "PATCH") as answer:
        page.mouse.up()
    assert answer.value.ok
    moved = stored(admin, made, "activity")
    assert datetime.fromisoformat(moved["due_at"]) - datetime.fromisoformat(kept["due_at"]) == timedelta(
        days=1
    )
    expect(own).to_have_count(2)
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        own.first.press("Alt+Shift+ArrowDown")
    longer = stored(admin, made, "activity")
    lasting = datetime.fromisoformat(longer["ends_at"]) - datetime.fromisoformat(longer["due_at"])
    assert lasting == timedelta(minutes=90)


def test_a_timeline_moves_and_stretches(opened, admin):
    begins = datetime.now().astimezone().date()
    made = deal(
        admin,
        "Long project",
        start_date=begins.isoformat(),
        close_date=(begins + timedelta(days=4)).isoformat(),
    )
    body = {
        "object": "opportunity",
        "kind": "timeline",
        "name": {"en": "Plan"},
        "config": {"date_field": "start_date", "end_field": "close_date", "group_by": "stage"},
    }
    view = admin.ok("POST", "/views", body)["id"]
    page = opened(f"/o/opportunity/timeline?view={view}&scale=day")
    bar = page.get_by_test_id("timeline-bar").and_(page.locator(f"[data-record='{made['id']}']"))
    expect(page.get_by_test_id("timeline-today")).to_be_attached()
    box = bar.bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 60 + 72, box["y"] + 10, steps=6)
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        page.mouse.up()
    kept = stored(admin, made)
    assert kept["start_date"] == (begins + timedelta(days=2)).isoformat()
    assert kept["close_date"] == (begins + timedelta(days=6)).isoformat()
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        bar.press("Alt+Shift+ArrowRight")
    assert stored(admin, made)["close_date"] == (begins + timedelta(days=7)).isoformat()


def test_a_split_list_is_walked_by_keys(opened, admin):
    deal(admin, "Split one")
    deal(admin, "Split two")
    page = opened("/o/opportunity/split")
    lines = page.get_by_test_id("split-line")
    expect(lines.first).to_have_attribute("aria-selected", "true")
    expect(page.get_by_test_id("split-record").get_by_test_id("record-title")).to_have_text(
        re.compile(re.escape(lines.nth(0).locator("span").first.inner_text()))
    )
    page.get_by_role("listbox").press("ArrowDown")
    expect(lines.nth(1)).to_have_attribute("aria-selected", "true")
    expect(page.get_by_test_id("split-record").get_by_test_id("record-title")).to_have_text(
        re.compile(re.escape(lines.nth(1).locator("span").first.inner_text()))
    )
    page.get_by_role("listbox").press("ArrowUp")
    expect(lines.first).to_have_attribute("aria-selected", "true")


def test_on_a_phone_a_split_list_is_the_list(opened, admin):
    deal(admin, "On the phone")
    page = opened("/o/opportunity/split", size=PHONE, language="zh-CN")
    expect(page.get_by_test_id("split-record")).to_have_count(0)
    page.get_by_test_id("split-line").first.click()
    page.wait_for_url(re.compile(r"/o/opportunity/[0-9a-f-]{36}"))
    page.get_by_test_id("record-title").wait_for()
