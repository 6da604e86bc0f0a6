"""Pictures of printed documents for docs/images: a quote and a contract, set as the application sets them.

`--all FOLDER` sets every template in every size (one line, a full page, 200 lines, long names) to be looked at.
"""

# ruff: noqa: E501 - invented values stand on one line

import argparse
import asyncio
import dataclasses
import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from PIL import Image

from banyan.printing.liquid import fill
from banyan.printing.press import set_pages
from banyan.printing.rendering import font_folders
from banyan.printing.sheet import (
    FilledBlock,
    FilledColumn,
    FilledSignature,
    FilledTable,
    FilledTotal,
    Sheet,
)
from banyan.printing.shipped import shipped
from banyan.printing.template import TemplateDocument
from banyan.printing.values import day, money, number
from banyan.printing.words import in_words

ROOT = Path(__file__).resolve().parent.parent
COMPANY = {
    "zh-CN": "榕树智能科技（上海）有限公司",
    "en": "Banyan Intelligent Technology (Shanghai) Co., Ltd.",
}
LONG = {
    "zh-CN": "内蒙古呼伦贝尔草原生态农牧业数字化产业发展集团股份有限公司北方区域运营管理中心",
    "en": "Northwestern Consolidated Agricultural Machinery, Irrigation and Automation Holdings (Pty) Limited",
}
SHORT = {"zh-CN": "苏州恒远精密机械有限公司", "en": "Hengyuan Precision Machinery Co., Ltd."}
ITEMS = {
    "zh-CN": [
        ("工业物联网网关 GW-200", "双网口，支持 Modbus / OPC UA，宽温 -40～70℃"),
        ("数据采集终端 DT-16", ""),
        ("云端数据平台年度订阅", "含 50 个测点，按年续费"),
        ("现场安装与调试", "两名工程师，五个工作日"),
    ],
    "en": [
        ("Industrial IoT gateway GW-200", "Dual Ethernet, Modbus / OPC UA, -40 to 70 °C"),
        ("Data acquisition terminal DT-16", ""),
        ("Cloud data platform, yearly subscription", "50 measuring points included"),
        ("Installation and commissioning on site", "Two engineers, five working days"),
    ],
}
UNITS = {"zh-CN": ("台", "台", "年", "项"), "en": ("pcs", "pcs", "year", "job")}


def lines(language: str, count: int, currency: str) -> tuple[list[list[tuple[str, ...]]], Decimal]:
    rows, total = [], Decimal()
    for place in range(count):
        name, more = ITEMS[language][place % 4]
        quantity, price = Decimal(place % 9 + 1), Decimal("1280.5") + 97 * (place % 13)
        amount = (quantity * price * Decimal("0.95")).quantize(Decimal("0.01"))
        total += amount
        texts = [
            str(place + 1),
            number(str(quantity)),
            UNITS[language][place % 4],
            cash(price, currency),
            "5%",
            "13%",
        ]
        row: list[tuple[str, ...]] = [(text,) for text in (*texts, cash(amount, currency))]
        row.insert(1, (name, more) if more else (name,))
        rows.append(row)
    return rows, total


def cash(amount: Decimal, currency: str, *, sign: bool = False) -> str:
    return str(money({"amount": str(amount), "currency": currency}, sign=sign))


def values(language: str, currency: str, customer: str) -> dict[str, Any]:
    zh = language == "zh-CN"
    return {
        "company": {
            "name": COMPANY[language], "name_en": COMPANY["en"], "phone": "021-5555 1234", "email": "sales@banyan.example",
            "website": "www.banyan.example", "address": "上海市浦东新区张江路 88 号 5 楼", "tax_id": "91310115MA1K4XYZ0J",
            "address_en": "5/F, 88 Zhangjiang Road, Pudong, Shanghai", "bank_account": "1001 2345 6789 0123 456",
            "bank_name": "中国工商银行上海张江支行" if zh else "ICBC, Shanghai Zhangjiang Branch",
        },
        "account": {"name": customer, "address": "苏州工业园区星湖街 328 号" if zh else "328 Xinghu Street, Suzhou", "credit_code": "91320594MA1N7ABC1X"},
        "contact": {"name": "王晓明" if zh else "Wang Xiaoming", "title": "采购经理" if zh else "Purchasing Manager", "mobile": "138 0000 1234", "email": "wang@hengyuan.example"},
        "owner": {"name": "李雷" if zh else "Li Lei", "email": "lilei@banyan.example", "mobile": "139 0000 5678"},
        "document": {
            "number": "Q202611-0042", "name": "二期产线数据采集" if zh else "Data acquisition, line 2", "version_no": "2", "currency": currency,
            "issued_on": day(date(2026, 11, 22), language), "valid_until": day(date(2026, 12, 22), language),
            "signed_on": day(date(2026, 11, 30), language), "ordered_on": day(date(2026, 11, 30), language),
            "starts_on": day(date(2026, 12, 1), language), "ends_on": day(date(2027, 11, 30), language),
            "payment_terms": "合同签订后 7 日内支付 30%；\n到货验收后支付 60%；\n质保期满支付 10%。" if zh else "30% within 7 days of signing;\n60% after acceptance;\n10% after the warranty period.",
            "delivery_terms": "合同生效后 30 日内交付至需方指定地点，运费由供方承担。" if zh else "Within 30 days of the contract's taking effect, to the buyer's premises, carriage paid.",
            "received_on": day(date(2026, 12, 5), language), "method": "银行转账" if zh else "Bank transfer", "kind": "回款" if zh else "Payment", "contract": "C202611-0007",
        },
    }  # fmt: skip


def sheet_of(template: TemplateDocument, language: str, count: int, currency: str, customer: str) -> Sheet:
    """The template over invented values: as the application fills it, without a database."""
    known = values(language, currency, customer)

    def say(text: str) -> str:
        return fill(text, known, language)

    def facts(found: Any) -> tuple[tuple[str, str], ...]:
        return tuple((fact.label, say(fact.value)) for fact in found if say(fact.value))

    rows, total = lines(language, count, currency)
    zh = language == "zh-CN"
    labels = (
        ("序号", "产品与说明", "数量", "单位", "单价", "折扣", "税率", "金额")
        if zh
        else ("No.", "Description", "Qty", "Unit", "Unit price", "Disc.", "Tax", "Amount")
    )
    aligns = ("center", "left", "right", "left", "right", "right", "right", "right")
    columns = tuple(
        FilledColumn(*each) for each in zip(labels, (2, 11, 3, 2, 4, 2, 2, 4), aligns, strict=True)
    )
    tables = (
        [FilledTable(template.tables[0].heading, columns, tuple(tuple(row) for row in rows))]
        if template.tables
        else []
    )
    if len(template.tables) > 1:
        tables.append(plan(template.tables[1].heading, language, total, currency))
    net = (total / Decimal("1.13")).quantize(Decimal("0.01"))
    names = (
        ("不含税金额", "税额", "合同总价" if len(template.tables) > 1 else "价税合计")
        if zh
        else ("Net", "Tax", "Total")
    )
    sums = (net, total - net, total)[0 if template.tables else 2 :]
    totals = [
        FilledTotal(name, cash(each, currency, sign=True), each is sums[-1])
        for name, each in zip(names[3 - len(sums) :], sums, strict=True)
    ]
    return Sheet(
        language=language, paper=template.paper, title=say(template.title), running=say(template.file_name), author="",
        letterhead=FilledBlock(say(template.letterhead.heading), facts(template.letterhead.lines)), facts=facts(template.facts),
        parties=tuple(FilledBlock(each.heading, facts(each.lines)) for each in template.parties), intro=say(template.intro),
        tables=tuple(tables), totals=tuple(totals), words=(template.words_label, in_words(total, currency, language)),
        clauses=tuple((each.heading, say(each.text)) for each in template.clauses if say(each.text)),
        bank=FilledBlock(template.bank.heading, facts(template.bank.lines)),
        signatures=tuple(FilledSignature(say(each.heading), each.lines) for each in template.signatures),
        footer=say(template.footer), page="第 {page} 页，共 {pages} 页" if zh else "Page {page} of {pages}", mark="",
    )  # fmt: skip


def plan(heading: str, language: str, total: Decimal, currency: str) -> FilledTable:
    zh = language == "zh-CN"
    labels = (
        ("序号", "期次", "计划回款日期", "比例", "计划金额")
        if zh
        else ("No.", "Instalment", "Due on", "Share", "Amount")
    )
    columns = tuple(
        FilledColumn(*each)
        for each in zip(labels, (2, 7, 6, 3, 5), ("center", "left", "left", "right", "right"), strict=True)
    )
    names = ("预付款", "到货款", "质保金") if zh else ("Advance", "On delivery", "Retention")
    rows = []
    for place, (name, share) in enumerate(zip(names, (30, 60, 10), strict=True)):
        amount = (total * share / 100).quantize(Decimal("0.01"))
        due = day(date(2026, 12 - place % 2, 5 + place), language)
        rows.append(((str(place + 1),), (name,), (due,), (f"{share}%",), (cash(amount, currency),)))
    return FilledTable(heading, columns, tuple(rows))


def pages(sheet: Sheet, logo: bytes | None, ppi: int) -> list[bytes]:
    return set_pages(dataclasses.asdict(sheet), [str(each) for each in font_folders()], logo, "png", ppi=ppi)


def logo() -> bytes:
    """A plain leaf of our own, so that a letterhead has a mark to show."""
    picture = Image.new("RGBA", (240, 240), (0, 0, 0, 0))
    from PIL import ImageDraw

    pen = ImageDraw.Draw(picture)
    pen.ellipse((10, 10, 230, 230), fill=(31, 122, 92, 255))
    pen.ellipse((70, 50, 170, 190), fill=(255, 255, 255, 255))
    pen.line((120, 60, 120, 220), fill=(31, 122, 92, 255), width=10)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--all", type=Path)
    wanted = parser.parse_args()
    if wanted.all is None:
        for name, language, currency in (("quote", "zh-CN", "CNY"), ("contract", "en", "USD")):
            sheet = sheet_of(shipped()[name, language], language, 6, currency, SHORT[language])
            picture = Image.open(io.BytesIO(pages(sheet, logo(), 96)[0])).convert(
                "P", palette=Image.Palette.ADAPTIVE, colors=32
            )
            picture.save(ROOT / "docs" / "images" / f"print-{name}.{language}.png", optimize=True)
        return
    for (name, language), template in sorted(shipped().items()):
        for count, currency, customer in ((1, "USD", SHORT), (6, "CNY", LONG), (200, "CNY", SHORT)):
            made = pages(sheet_of(template, language, count, currency, customer[language]), logo(), 80)
            for place, page in enumerate(made):
                (wanted.all / f"{name}-{language}-{count}-{place}.png").write_bytes(page)


if __name__ == "__main__":
    asyncio.run(main())
