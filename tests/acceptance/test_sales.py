"""From nothing to a working CRM: set-up, four files through the wizard, board, funnel; then a seller's day."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from browsing import PHONE, Wizard, number, pick, sign_in
from served import ADMIN, PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def admin(server):
    """The API as the administrator whom the first walk made."""
    return server.sign_in()


@pytest.fixture
def signed_in(watched, server):
    """The administrator's window."""
    watch = watched()
    sign_in(watch, server.base, ADMIN)
    return watch.page


def test_set_up_leads_to_my_spreadsheet(watched, server):
    watch = watched()
    page = watch.page
    page.goto(server.setup_link)
    page.get_by_label("Name of your organisation").fill("Banyan Trading")
    pick(page, "Default currency", "USD")
    page.get_by_label("Your name").fill("Ada Park")
    page.get_by_label("E-mail (to sign in)").fill(ADMIN)
    page.get_by_label(re.compile("^Password")).fill(PASSWORD)
    expect(page.get_by_label("My spreadsheet")).to_be_checked()
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url(re.compile("/import"))
    page.get_by_test_id("import-file").wait_for(state="attached")


def test_people_come_with_their_managers_and_offices(signed_in, server, sales):
    wizard = Wizard(signed_in, server.base)
    wizard.upload("user", sales.file("sales_teams"))
    assert [wizard.field(column) for column in ("sales_agent", "manager", "regional_office")] == [
        "Name",
        "Manager",
        "Department",
    ]
    wizard.create_missing("manager")
    wizard.create_missing("regional_office")
    checked = wizard.check()
    assert (checked["To create"], checked["Left out, with a problem"]) == (sales.sellers, 0)
    assert checked["Also creates Person"] == sales.managers
    assert checked["Also creates Department"] == sales.offices
    assert wizard.load()["Created"] == sales.sellers


def test_accounts_come_with_their_parents_and_a_mended_industry(signed_in, server, sales):
    wizard = Wizard(signed_in, server.base)
    wizard.upload("account", sales.file("accounts"))
    assert wizard.field("account") == "Account name"
    assert wizard.field("sector") == "Industry"
    assert wizard.field("subsidiary_of") == "Parent account"
    wizard.create_missing("subsidiary_of")
    before = wizard.check()
    assert before["Left out, with a problem"] > 0  # the misspelled sector, said before anything is written
    expect(signed_in.get_by_test_id("import-problems")).to_contain_text("sector")
    signed_in.get_by_role("button", name="Back to columns").click()
    wizard.replace("sector", "technolgy", "Technology", choice=True)
    assert wizard.check()["Left out, with a problem"] == 0
    wizard.load()
    signed_in.get_by_role("button", name="See the records").click()
    expect(signed_in.get_by_test_id("list-footer")).to_contain_text(f"{sales.accounts} records")


def test_products_come_as_they_are(signed_in, server, sales):
    wizard = Wizard(signed_in, server.base)
    wizard.upload("product", sales.file("products"))
    assert wizard.check()["To create"] == sales.products
    assert wizard.load()["Created"] == sales.products


def test_deals_find_owner_product_and_account(signed_in, server, sales):
    wizard = Wizard(signed_in, server.base)
    wizard.upload("opportunity", sales.file("sales_pipeline"))
    shown = {"opportunity_id": "Opportunity name", "sales_agent": "Owner", "product": "Main product",
             "account": "Account", "deal_stage": "Stage", "engage_date": "Start date",
             "close_date": "Expected close", "close_value": "Expected amount"}  # fmt: skip
    assert {column: wizard.field(column) for column in shown} == shown
    wizard.replace("product", "GTXPro", "GTX Pro")
    checked = wizard.check()
    assert (checked["To create"], checked["Left out, with a problem"]) == (sales.deals, 0)
    assert wizard.load()["Created"] == sales.deals


def test_board_shows_each_stage_with_its_count(signed_in, server, sales):
    signed_in.goto(f"{server.base}/o/opportunity/board")
    for stage, count in sales.stages.items():
        column = signed_in.get_by_test_id(f"board-column-{stage}")
        expect(column.get_by_test_id("board-count")).to_have_text(f"{count:,}")
    won = signed_in.get_by_test_id("board-column-won").locator("[title]").first
    assert number(won.get_attribute("title")) == sales.won


def test_funnel_shows_what_was_won(signed_in, server, sales):
    signed_in.goto(f"{server.base}/funnel/opportunity")
    won = signed_in.get_by_test_id("funnel-stage-won")
    expect(won).to_contain_text(f"{sales.stages['won']:,}")
    expect(won).to_contain_text(f"{sales.won:,}")
    signed_in.get_by_test_id("funnel-stage-engaging").click()
    expect(signed_in.get_by_test_id("list-footer")).to_contain_text(f"{sales.stages['engaging']:,} record")


def test_deals_without_account_are_found_by_a_filter(signed_in, server, sales):
    signed_in.goto(f"{server.base}/o/opportunity")
    signed_in.get_by_test_id("filter-button").click()
    signed_in.get_by_role("button", name="Add condition").click()
    rule = signed_in.get_by_role("group").filter(has=signed_in.get_by_role("combobox", name="Operator"))
    pick(signed_in, "Field", "Account", within=rule)
    pick(signed_in, "Operator", "is empty", within=rule)
    expect(signed_in.get_by_test_id("filter-chips")).to_contain_text("Account")
    expect(signed_in.get_by_test_id("list-footer")).to_contain_text(f"{sales.without_account:,} record")


def test_a_subsidiary_shows_its_parent(signed_in, server, sales, admin):
    found = admin.rows("account", where={"field": "name", "op": "eq", "value": sales.subsidiary})
    signed_in.goto(f"{server.base}/o/account/{found[0]['id']}")
    parent = signed_in.get_by_test_id("parent-parent")
    expect(parent).to_contain_text(sales.parent)
    parent.get_by_role("link", name=sales.parent).or_(parent).first.click()
    expect(signed_in.get_by_test_id("record-title")).to_have_text(sales.parent)
    expect(signed_in.get_by_test_id("related-account")).to_contain_text(sales.subsidiary)


def test_the_same_figures_come_from_the_api(admin, sales):
    assert_figures(admin, sales)


def assert_figures(client, sales):
    """What an import of the four files must give, by `/aggregate`."""
    stages = client.groups("opportunity", "stage", {"fn": "sum", "field": "amount"})
    assert {stage: int(values[0]) for stage, values in stages.items()} == sales.stages
    assert Decimal(stages["won"][1]["amount"]) == sales.won
    assert stages["won"][1]["currency"] == "USD"
    assert client.count("account") == sales.accounts
    assert client.count("product") == sales.products
    assert client.count("opportunity", {"field": "account", "op": "is_empty"}) == sales.without_account
    assert client.count("opportunity", {"field": "product", "op": "is_empty"}) == 0
    assert client.count("user", {"field": "manager", "op": "is_not_empty"}) == sales.sellers
    assert client.count("user") == sales.sellers + sales.managers + 1
    assert client.count("department") == sales.offices
    below = client.rows("account", where={"field": "parent.name", "op": "eq", "value": sales.parent})
    assert sales.subsidiary in {row["name"] for row in below}
