"""One deal from its quote to its refund through the screens: in yuan with tax, in dollars at the rate of the day.

Money is worked out by hand after docs/reference/rounding. Lines of 2,999.97, 86.45 and 0.01, prices with 13 % tax, are
3,086.43. 2.5 % off is 77.16, shared 75.00, 2.16 and 0.00: lines of 2,924.97, 84.29 and 0.01, net 2,588.47,
74.59 and 0.01.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from browsing import LOAD_MS, pick
from money_steps import CREATED, WORDS, ZONE, Walk, clean, customer, make, person, send, sign, total
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SAYS = {
    "en": WORDS["en"] | {
        "currency": "Currency", "new": "New version", "second": "Version 2", "signed": "Signed", "day": "Signed on",
        "move": "Move", "confirmed": "Confirmed", "plan": "Edit payment plan", "template": "Begin from",
        "monthly": "Monthly, equal parts", "begins": "Begins on", "parts": "Parts", "apply": "Apply",
        "exact": "Makes exactly", "pay": "Record a payment", "amount": "Amount", "create": "Create",
        "confirm": "Confirm", "allocate": "Allocate", "undo": "Undo", "undone": "Undone", "why": "Why it is undone",
        "ask": "Ask for an invoice", "gross": "Amount with tax", "rate": "Tax rate", "tax_id": "Tax number",
        "handed": "Handed in", "approve": "Approve", "issue": "Issue", "invoice_number": "Invoice number",
        "issued": "Issued", "red": "Reverse", "red_reason": "Why", "red_amount": "Amount reversed",
        "red_number": "Number of the red invoice", "refund": "Ask for a refund", "back": "Paid back",
        "refund_reason": "Why", "paid": "Paid", "check": "Check now", "agree": "all agree",
    },
    "zh-CN": WORDS["zh-CN"] | {
        "currency": "币种", "new": "新版本", "second": "第 2 版", "signed": "已签订", "day": "签订日期",
        "move": "确定", "confirmed": "已确认", "plan": "编辑回款计划", "template": "套用模板",
        "monthly": "按月等额", "begins": "开始日期", "parts": "期数", "apply": "套用",
        "exact": "合计正好", "pay": "登记回款", "amount": "回款金额", "create": "创建",
        "confirm": "确认到账", "allocate": "核销", "undo": "撤销核销", "undone": "已撤销", "why": "撤销原因",
        "ask": "申请开票", "gross": "开票金额（含税）", "rate": "税率", "tax_id": "税号",
        "handed": "待审批", "approve": "批准", "issue": "开具发票", "invoice_number": "发票号码",
        "issued": "已开具", "red": "红冲", "red_reason": "红冲原因", "red_amount": "红冲金额",
        "red_number": "红字发票号码", "refund": "申请退款", "back": "确认已退款",
        "refund_reason": "退款原因", "paid": "已付款", "check": "立即检查", "agree": "全部相符",
    },
}  # fmt: skip
LINES = (("Cutting head", "3", "999.99"), ("Spare blade", "7", "12.35"), ("Manual", "1", "0.01"))
BEFORE, TOTAL, NET, TAX, PAID = "3,086.43", "3,009.27", "2,663.07", "346.20", "3,159.27"
RATE = Decimal("7.1234")
IN_YUAN = {"CNY": "3,009.27", "USD": "21,436.23"}


@dataclass
class Chain(Walk):
    """One walk: in which money, and who sells and who looks after the money."""

    currency: str
    seller: Any
    finance: Any
    account: str

    @property
    def mark(self) -> str:
        return "¥" if self.currency == "CNY" else "$"

    def words(self, word: str) -> str:
        """As on a button, where two Chinese letters are set apart."""
        text = self.says[word]
        return " ?".join(text) if len(text) == 2 else re.escape(text)

    def at(self, page, object_name: str, key: str) -> None:
        page.goto(f"{self.server.base}/o/{object_name}/{key}")
        page.get_by_test_id("stage-path").wait_for()

    def bar(self, page, word: str) -> None:
        """What stands above a record of money."""
        named = re.compile(f"^{self.words(word)}$")
        page.get_by_test_id("money-bar").get_by_role("button", name=named).click()

    def step(self, page, word: str) -> None:
        page.get_by_test_id("stage-path").get_by_role("button", name=self.says[word], exact=True).click()

    def stands(self, page, word: str) -> None:
        here = page.get_by_test_id("stage-path").get_by_role("button", name=self.says[word], exact=True)
        expect(here).to_have_attribute("aria-pressed", "true")

    def press(self, panel, word: str) -> None:
        """The main button of a panel, and the panel is over."""
        panel.locator(".ant-btn-primary", has_text=re.compile(self.words(word))).click()
        panel.wait_for(state="detached")

    def created(self, page, object_name: str) -> str:
        """The form is sent; returns the id of what it made."""
        ours = lambda answer: answer.status == CREATED and answer.url.endswith(f"/records/{object_name}")  # noqa: E731
        form = page.get_by_role("dialog")
        with page.expect_response(ours) as made:
            form.get_by_role("button", name=self.says["create"], exact=True).click()
        form.wait_for(state="detached")
        return made.value.json()["id"]


@pytest.fixture(scope="module")
def admin(server):
    found = server.set_up(currency="CNY")
    company = {"name": "Banyan Trading", "code": "BT", "tax_rate": "13", "currency": "CNY"}
    found.ok("POST", "/records/company", company)
    known = found.ok("GET", "/settings/quoting")
    found.ok("PUT", "/settings/quoting", {**known, "public_links": True})
    for days, rate in ((40, "6.5"), (10, str(RATE))):
        body = {"rates": [{"currency": "USD", "day": day(-days), "rate": rate}]}
        found.ok("PUT", "/exchange-rates", body)
    return found


def day(distance: int) -> str:
    return (today() + timedelta(days=distance)).isoformat()


def today() -> date:
    return datetime.now(ZoneInfo(ZONE)).date()


@pytest.mark.parametrize(("language", "currency"), [("zh-CN", "CNY"), ("en", "USD")])
def test_a_deal_is_quoted_signed_paid_invoiced_and_partly_paid_back(
    server, admin, watched, language, currency
):
    admin.ok("PATCH", "/sessions/current/user", {"language": language})
    seller = person(server, admin, f"Seller{currency}", language, "member")
    finance = person(server, admin, f"Finance{currency}", language, "finance")
    account = seller.ok("POST", "/records/account", {"name": f"Evergreen {currency}"})["id"]
    chain = Chain(server, admin, watched, language, SAYS[language], currency, seller, finance, account)
    page = chain.open(seller.email)
    quote = quoted(chain, page)
    contract = contracted(chain, page)
    order = ordered(chain, page, contract)
    planned(chain, page, contract)
    request = asked_for_invoice(chain, page, contract)
    page = chain.open(finance.email)
    payment = paid(chain, page, contract)
    undone_and_given_again(chain, page, payment)
    invoice = invoiced(chain, page, request)
    refund = paid_back(chain, page, payment)
    all_agrees(chain, page)
    to_the_cent(chain, {
        "quote": quote, "contract": contract, "sales_order": order, "payment": payment,
        "invoice": invoice, "refund": refund,
    })  # fmt: skip


def quoted(chain: Chain, page) -> str:
    """Two versions: the link of the first is over once the second is sent; the second is signed."""
    says = chain.says
    deal = {"name": f"Line {chain.currency}", "account": chain.account}
    deal = chain.seller.ok("POST", "/records/opportunity", deal)["id"]
    page.goto(f"{chain.server.base}/o/opportunity/{deal}")
    page.get_by_test_id("new-quote").get_by_role("button", name=says["quote"]).click()
    page.wait_for_url(re.compile("/quotes/"), timeout=LOAD_MS)
    page.get_by_test_id("document-header").get_by_label(says["currency"], exact=True).fill(chain.currency)
    typed(page)
    total(page, "total", chain.mark + BEFORE)
    saved(chain, page)
    first = send(chain, page, look=False)
    quote = make(chain, page, says["new"], "quote")
    page.get_by_label(says["discount"], exact=True).fill("2.5")
    page.get_by_label(says["discount"], exact=True).press("Enter")
    total(page, "discount_total", "77.16")
    sums(chain, page)
    saved(chain, page)
    second = send(chain, page, look=False)
    phone = customer(chain)
    phone.goto(first)
    phone.get_by_test_id("ended-superseded").wait_for()
    sign(chain, second, chain.mark + TOTAL, look=False)
    page.reload()
    expect(page.get_by_test_id("document-status")).to_have_text(says["accepted"])
    sums(chain, page)
    page.get_by_role("button", name=says["second"]).click()
    versions = page.get_by_test_id("versions").get_by_role("listitem")
    expect(versions).to_have_count(2)
    told = versions.filter(has=page.get_by_test_id("differences"))
    for text in (chain.mark + TOTAL, BEFORE, "2.5%"):
        expect(told).to_contain_text(text)
    clean(page)
    page.keyboard.press("Escape")
    return quote


def typed(page) -> None:
    """Lines of words, by keyboard: what, how many, at which price."""
    page.get_by_test_id("line-grid").focus()
    page.keyboard.press("Control+End")
    for place, (name, quantity, price) in enumerate(LINES):
        page.keyboard.type(name)
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("line").nth(place)).to_contain_text(name)
        page.keyboard.type(quantity)
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.type(price)
        page.keyboard.press("Enter")


def saved(chain: Chain, page) -> None:
    """The screen's own button; what is done next may come while it is still being saved."""
    button = page.get_by_role("button", name=re.compile(chain.words("save") + "$"))
    button.click()
    expect(button).to_be_disabled()


def sums(chain: Chain, page) -> None:
    """A document's pane of sums, to the cent, with what it is in own currency."""
    total(page, "net_total", chain.mark + NET)
    total(page, "tax_total", chain.mark + TAX)
    total(page, "total", chain.mark + TOTAL)
    if chain.currency != "CNY":
        total(page, "base_total", "¥" + IN_YUAN[chain.currency])
        expect(page.get_by_test_id("totals")).to_contain_text(str(RATE))


def contracted(chain: Chain, page) -> str:
    """Signed on the path of its page, which asks for the day that a signed contract needs."""
    contract = make(chain, page, chain.says["contract"], "contract")
    sums(chain, page)
    chain.at(page, "contract", contract)
    chain.step(page, "signed")
    panel = page.get_by_role("dialog")
    field = panel.get_by_label(chain.says["day"])
    field.fill(day(0))
    field.press("Enter")
    chain.press(panel, "move")
    chain.stands(page, "signed")
    return contract


def ordered(chain: Chain, page, contract: str) -> str:
    order = make(chain, page, chain.says["order"], "sales_order")
    sums(chain, page)
    chain.at(page, "sales_order", order)
    chain.step(page, "confirmed")
    chain.stands(page, "confirmed")
    return order


def planned(chain: Chain, page, contract: str) -> None:
    """Two equal parts of what no two equal amounts make, both due by now."""
    says = chain.says
    chain.at(page, "contract", contract)
    chain.bar(page, "plan")
    sheet = page.get_by_role("dialog")
    pick(page, says["template"], says["monthly"], sheet)
    sheet.get_by_role("spinbutton", name=says["parts"]).fill("2")
    sheet.get_by_label(says["begins"]).fill(day(-40))
    sheet.get_by_role("button", name=re.compile(chain.words("apply") + "$")).click()
    expect(sheet.get_by_test_id("instalment")).to_have_count(2)
    expect(sheet.get_by_test_id("plan-left")).to_contain_text(says["exact"])
    expect(sheet.get_by_test_id("plan-left")).to_contain_text(chain.mark + TOTAL)
    chain.press(sheet, "save")
    expect(page.get_by_test_id("plan-bar")).to_contain_text(chain.mark + TOTAL)


def asked_for_invoice(chain: Chain, page, contract: str) -> str:
    """The seller asks for an invoice of the whole, from the contract, in its currency."""
    says = chain.says
    chain.bar(page, "ask")
    form = page.get_by_role("dialog")
    expect(form.get_by_role("textbox", name=says["gross"], exact=True)).to_have_value("3009.27")
    form.get_by_label(says["rate"]).fill("13")
    form.get_by_label(says["tax_id"]).fill("91310000MA1K00000X")
    request = chain.created(page, "invoice_request")
    chain.at(page, "invoice_request", request)
    chain.step(page, "handed")
    chain.stands(page, "handed")
    return request


def paid(chain: Chain, page, contract: str) -> str:
    """A payment of 150 more than is due: confirmed, and over both instalments as proposed."""
    says = chain.says
    chain.at(page, "contract", contract)
    chain.bar(page, "pay")
    amount = page.get_by_role("dialog").get_by_role("textbox", name=says["amount"], exact=True)
    expect(amount).to_have_value("3009.27")
    amount.fill("")
    amount.fill(PAID)
    payment = chain.created(page, "payment")
    chain.at(page, "payment", payment)
    chain.bar(page, "confirm")
    allocated(chain, page, 2)
    return payment


def allocated(chain: Chain, page, instalments: int) -> None:
    """What is open is proposed; what was paid on top stays."""
    chain.bar(page, "allocate")
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_test_id("open-plan")).to_have_count(instalments)
    expect(sheet.get_by_test_id("rest")).to_have_text(f"{chain.mark}150.00")
    chain.press(sheet, "allocate")


def undone_and_given_again(chain: Chain, page, payment: str) -> None:
    given = page.get_by_test_id("related-allocation")
    expect(given.get_by_role("link")).to_have_count(2)
    given.get_by_role("link").first.click()
    page.wait_for_url(re.compile("/o/allocation/"))
    chain.bar(page, "undo")
    panel = page.get_by_role("dialog")
    panel.get_by_label(chain.says["why"]).fill("Meant for the other one")
    chain.press(panel, "undo")
    expect(page.get_by_text(chain.says["undone"], exact=True).first).to_be_visible()
    chain.at(page, "payment", payment)
    allocated(chain, page, 1)
    clean(page)


def invoiced(chain: Chain, page, request: str) -> str:
    """Approved and issued by finance; of it a red invoice takes back 100."""
    says = chain.says
    chain.at(page, "invoice_request", request)
    chain.bar(page, "approve")
    chain.bar(page, "issue")
    panel = page.get_by_role("dialog")
    panel.get_by_label(says["invoice_number"]).fill(number(chain, 1))
    chain.press(panel, "issue")
    page.get_by_test_id("related-invoice").get_by_role("link").first.click()
    page.wait_for_url(re.compile("/o/invoice/"))
    chain.stands(page, "issued")
    expect(page.get_by_text(chain.mark + TOTAL).first).to_be_visible()
    invoice = page.url.rpartition("/")[2].partition("?")[0]
    chain.bar(page, "red")
    panel = page.get_by_role("dialog")
    panel.get_by_label(says["red_reason"]).fill("One blade came back")
    panel.get_by_label(says["red_amount"]).fill("100")
    panel.get_by_label(says["red_number"]).fill(number(chain, 2))
    chain.press(panel, "red")
    expect(page.get_by_text("2,909.27").first).to_be_visible()
    return invoice


def number(chain: Chain, place: int) -> str:
    """Of a digital invoice: twenty digits, of each one other."""
    return f"{place}{'1' if chain.currency == 'CNY' else '2'}".rjust(20, "7")


def paid_back(chain: Chain, page, payment: str) -> str:
    """Of the 150 on top, 100 go back."""
    says = chain.says
    chain.at(page, "payment", payment)
    chain.bar(page, "refund")
    form = page.get_by_role("dialog")
    amount = form.locator("input[inputmode=decimal]")
    expect(amount).to_have_value("150.00")
    amount.fill("100")
    form.get_by_label(says["refund_reason"]).fill("Paid on top")
    refund = chain.created(page, "refund")
    chain.at(page, "refund", refund)
    expect(page.get_by_text(f"{chain.mark}100.00").first).to_be_visible()
    chain.bar(page, "back")
    chain.stands(page, "paid")
    return refund


def all_agrees(chain: Chain, page) -> None:
    """The check finds nothing; of what the customer paid on top 50 are still theirs."""
    page.goto(f"{chain.server.base}/receivables")
    check = page.get_by_test_id("reconciliation")
    check.get_by_role("button", name=chain.says["check"]).click()
    expect(check).to_contain_text(chain.says["agree"])
    page.goto(f"{chain.server.base}/receivables/statement/{chain.account}")
    expect(page.get_by_test_id("movement")).to_have_count(4)
    expect(page.get_by_test_id("closing")).to_have_text(f"-{chain.mark}50.00")
    clean(page)


def plain(value: Any) -> Decimal:
    return Decimal(value["amount"] if isinstance(value, dict) else value)


def to_the_cent(chain: Chain, made: dict[str, str]) -> None:
    """Every total once more, as stored."""
    now = {name: chain.finance.ok("GET", f"/records/{name}/{key}") for name, key in made.items()}
    whole = Decimal("3009.27")
    base = Decimal(IN_YUAN[chain.currency].replace(",", ""))
    for name in ("quote", "contract", "sales_order"):
        told = {key: plain(now[name][key]) for key in ("net_total", "tax_total", "total", "base_total")}
        expected = {"net_total": Decimal("2663.07"), "tax_total": Decimal("346.20"), "total": whole}
        assert told == {**expected, "base_total": base}, name
    contract, payment, invoice = now["contract"], now["payment"], now["invoice"]
    assert contract["amount"] == {"amount": "3009.27", "currency": chain.currency}
    told = {key: plain(contract[key]) for key in ("planned", "received", "outstanding", "invoiced")}
    left = Decimal(0)
    assert told == {"planned": whole, "received": whole, "outstanding": left, "invoiced": whole - 100}
    assert plain(contract["ordered"]) == whole
    plan = chain.finance.ok("GET", f"/plans/contract/{made['contract']}")["instalments"]
    assert [plain(each["amount"]) for each in plan] == [Decimal("1504.64"), Decimal("1504.63")]
    assert payment["amount"] == {"amount": "3159.27", "currency": chain.currency}
    told = [plain(payment[key]) for key in ("allocated", "refunded", "available")]
    assert told == [whole, Decimal(100), Decimal(50)]
    assert (plain(invoice["total"]), plain(invoice["red_total"])) == (whole, Decimal(-100))
    assert plain(invoice["net"]) + plain(invoice["tax"]) == whole
    assert now["refund"]["amount"] == {"amount": "100.00", "currency": chain.currency}
    statement = chain.finance.ok("GET", statement_of(chain))
    assert (statement["currency"], Decimal(statement["closing"])) == (chain.currency, Decimal(-50))


def statement_of(chain: Chain) -> str:
    span = f"from={day(-400)}&to={day(0)}&currency={chain.currency}"
    return f"/receivables/statement/{chain.account}?{span}"
