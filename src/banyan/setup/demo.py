"""Demo data, generated and deterministic by seed: Chinese and English companies, people, deals over 18 months.

The sample goes through the record commands like anybody's data.
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from banyan.db.database import Connection
from banyan.events import EventBus
from banyan.extension.samples import SAMPLES
from banyan.records.commands import Commands, Written
from banyan.records.session import Session
from banyan.setup.demo_deals import competitors, lines, play
from banyan.setup.names import CITIES, company, person, phone, place_in

_CHUNK = 500
_HISTORY_DAYS = 548
_WITH_DEAL, _DONE_IN_TIME = 0.5, 0.7
_STAGES = ("prospecting", "engaging", "proposal", "negotiation", "won", "lost")
_STAGE_WEIGHTS = (18, 16, 12, 8, 28, 18)
# How many days ago deals that are still early may have begun: few stand still for months.
_BEGAN = {"prospecting": 35, "engaging": 70}
_PRODUCTS = (
    ("企业版订阅", "SUB-ENT", "订阅", 128000),
    ("专业版订阅", "SUB-PRO", "订阅", 48000),
    ("实施服务", "SRV-IMP", "服务", 60000),
    ("培训服务", "SRV-TRN", "服务", 18000),
    ("Analytics Add-on", "ADD-ANA", "扩展", 36000),
    ("API Gateway", "ADD-API", "扩展", 24000),
    ("边缘网关 E200", "HW-E200", "硬件", 5200),
    ("智能终端 T10", "HW-T10", "硬件", 1980),
)
_NOTES = (
    ("call", "电话沟通需求", "客户关注上线周期和数据迁移，约定下周演示。"),
    ("visit", "上门拜访", "与信息部和业务部开会，确认试用范围。"),
    ("meeting", "方案评审会", "对方案整体认可，价格需再谈。"),
    ("note", "跟进记录", "等待对方内部立项，预计月底有结果。"),
    ("email", "发送报价资料", "已发送报价单和案例，等待反馈。"),
    ("task", "准备合同草案", "根据会议纪要准备合同草案并内审。"),
)


@dataclass(frozen=True)
class Size:
    accounts: int
    contacts: int
    leads: int
    opportunities: int
    activities: int


SMALL = Size(accounts=120, contacts=260, leads=140, opportunities=320, activities=640)


async def load_demo(
    connection: Connection,
    session: Session,
    bus: EventBus,
    size: Size,
    *,
    owner: UUID,
    seed: int = 42,
    now: datetime | None = None,
) -> None:
    """Fill an empty workspace through the record commands, in the caller's transaction."""
    generator = Generator(seed, now or datetime.now(UTC), session.context.currency)
    commands = Commands(connection, session, bus)

    async def put(name: str, rows: list[dict[str, Any]]) -> list[Written]:
        written: list[Written] = []
        obj = session.catalog.object(name)
        for start in range(0, len(rows), _CHUNK):
            part = rows[start : start + _CHUNK]
            written += await commands.create(obj, part, [f"/{start + i}" for i in range(len(part))])
        return written

    departments = await put(
        "department", [{"name": name} for name in ("华东销售部", "华南销售部", "International")]
    )
    people = await put("user", generator.people(departments, owner))
    owners = [str(owner), *(str(item.id) for item in people)]
    products = await put("product", generator.products())
    accounts = await put("account", generator.accounts(size.accounts, owners))
    contacts = await put("contact", generator.contacts(size.contacts, accounts, owners))
    leads = await put("lead", generator.leads(size.leads, owners))
    made = {
        "user": [UUID(owner) for owner in owners],
        "account": [item.id for item in accounts],
        "lead": [item.id for item in leads],
    }

    async def weekly(at: Session) -> None:
        for sample in SAMPLES.weekly.values():
            await sample(connection, at, bus, made)

    rows = generator.deals(size.opportunities, accounts, products, owners)
    deals = await play(
        connection,
        session,
        bus,
        rows,
        generator.now,
        random.Random(seed),  # noqa: S311 - sample data
        weekly,
    )
    made["opportunity"] = deals
    await put("activity", generator.activities(size.activities, accounts, contacts, deals, owners))
    await put("competitor", competitors())
    prices = {str(item.id): Decimal(price) for item, (*_, price) in zip(products, _PRODUCTS, strict=True)}
    await put("opportunity_line", lines(rows, deals, prices, random.Random(seed)))  # noqa: S311 - sample data
    for sample in SAMPLES.finally_.values():
        await sample(connection, session, bus, made)


class Generator:
    """Plausible rows by API name. Owners and values are skewed as in life: few hold much."""

    def __init__(self, seed: int, now: datetime, currency: str) -> None:
        self._random = random.Random(seed)  # noqa: S311 - sample data
        self.now = now
        self._currency = currency

    def _owner(self, owners: list[str]) -> str:
        return owners[min(int(self._random.paretovariate(1.2)) - 1, len(owners) - 1)]

    def _moment(self, days_back: int = _HISTORY_DAYS) -> datetime:
        return self.now - timedelta(days=self._random.random() * days_back)

    def _money(self, low: int, high: int) -> dict[str, str]:
        value = round(low * (high / low) ** self._random.random(), -2)
        return {"amount": f"{value:.2f}", "currency": self._currency}

    def people(self, departments: list[Written], lead: UUID) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for index in range(8):
            name, latin = person(self._random)
            rows.append(
                {
                    "name": name,
                    "email": f"{latin}{index}@example.com",
                    "title": ("销售经理", "客户经理", "Account Executive")[index % 3],
                    "department": str(departments[index % len(departments)].id),
                    "manager": str(lead),
                }
            )
        return rows

    def products(self) -> list[dict[str, Any]]:
        return [
            {
                "name": name,
                "code": code,
                "series": series,
                "price": {"amount": f"{price}.00", "currency": self._currency},
                "unit": "套",
            }
            for name, code, series, price in _PRODUCTS
        ]

    def accounts(self, count: int, owners: list[str]) -> list[dict[str, Any]]:
        rows = []
        for index in range(count):
            name, industry = company(self._random, index)
            elsewhere = self._random.choice(CITIES)
            province, city = place_in(name) or elsewhere
            rows.append(
                {
                    "name": name,
                    "industry": industry,
                    "level": self._random.choices(("a", "b", "c", "d"), (1, 3, 6, 2))[0],
                    "source": self._random.choice(
                        ("website", "referral", "exhibition", "cold_call", "search")
                    ),
                    "phone": phone(self._random),
                    "website": f"https://www.example-{index}.com",
                    "province": province,
                    "city": city,
                    "employees": str(int(self._random.paretovariate(0.9) * 20) % 30_000),
                    "annual_revenue": self._money(800_000, 900_000_000),
                    "founded_year": str(self._random.randint(1985, 2024)),
                    "last_followed_at": self._moment(90).isoformat(),
                    "owner": self._owner(owners),
                }
            )
        return rows

    def contacts(self, count: int, accounts: list[Written], owners: list[str]) -> list[dict[str, Any]]:
        rows = []
        for index in range(count):
            name, latin = person(self._random)
            rows.append(
                {
                    "name": name,
                    "account": str(accounts[index % len(accounts)].id),
                    "title": self._random.choice(
                        ("总经理", "采购经理", "信息总监", "财务经理", "运营主管", "CTO")
                    ),
                    "mobile": phone(self._random),
                    "email": f"{latin}.{index}@example.com",
                    "roles": [self._random.choice(("decision_maker", "influencer", "user", "buyer"))],
                    "is_primary": index < len(accounts),
                    "owner": self._owner(owners),
                }
            )
        return rows

    def leads(self, count: int, owners: list[str]) -> list[dict[str, Any]]:
        rows = []
        for index in range(count):
            name, latin = person(self._random)
            province, city = self._random.choice(CITIES)
            rows.append(
                {
                    "name": name,
                    "company": company(self._random, 10_000 + index)[0],
                    "phone": phone(self._random),
                    "email": f"{latin}.lead{index}@example.com",
                    "status": self._random.choices(
                        ("new", "contacted", "qualified", "invalid"), (5, 4, 2, 1)
                    )[0],
                    "source": self._random.choice(
                        ("website", "wechat", "exhibition", "advertising", "search")
                    ),
                    "province": province,
                    "city": city,
                    "owner": self._owner(owners),
                }
            )
        return rows

    def deals(
        self, count: int, accounts: list[Written], products: list[Written], owners: list[str]
    ) -> list[dict[str, Any]]:
        rows = []
        for index in range(count):
            stage = self._random.choices(_STAGES, _STAGE_WEIGHTS)[0]
            start = self._moment()
            if stage in ("won", "lost"):
                close = min(start + timedelta(days=self._random.randint(15, 150)), self.now)
            else:
                start = self._moment(_BEGAN.get(stage, 120))
                close = self.now + timedelta(days=self._random.randint(-20, 100))
            product = self._random.randrange(len(products))
            rows.append(
                {
                    "name": f"{_PRODUCTS[product][0]} · {start:%y%m}-{index + 1}",
                    "account": str(accounts[int(self._random.random() ** 1.6 * len(accounts))].id),
                    "stage": stage,
                    "amount": self._money(8_000, 1_500_000),
                    "start_date": start.date().isoformat(),
                    "close_date": close.date().isoformat(),
                    "product": str(products[product].id),
                    "loss_reason": self._random.choice(("price", "competitor", "no_budget"))
                    if stage == "lost"
                    else None,
                    "next_step": "安排产品演示" if stage in ("prospecting", "engaging") else None,
                    "owner": self._owner(owners),
                }
            )
        return rows

    def activities(
        self,
        count: int,
        accounts: list[Written],
        contacts: list[Written],
        deals: list[UUID],
        owners: list[str],
    ) -> list[dict[str, Any]]:
        rows = []
        for _ in range(count):
            kind, title, body = self._random.choice(_NOTES)
            moment = self._moment(180)
            account = self._random.randrange(len(accounts))
            row: dict[str, Any] = {
                "title": title,
                "kind": kind,
                "body": body,
                "account": str(accounts[account].id),
                "contact": str(contacts[account % len(contacts)].id),
                "opportunity": str(self._random.choice(deals))
                if self._random.random() < _WITH_DEAL
                else None,
                "owner": self._owner(owners),
            }
            if kind == "task":
                due = self.now + timedelta(days=self._random.randint(-10, 20))
                row |= {
                    "due_at": due.isoformat(),
                    "done": due < self.now and self._random.random() < _DONE_IN_TIME,
                }
            else:
                row["happened_at"] = moment.isoformat()
            rows.append(row)
        return rows
