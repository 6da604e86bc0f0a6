"""A working day in the sample data, for the pictures of the manuals: people, talk and plans."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from served import Client, Served

LATEST_S, TOLD, TEAM = 60, 4, 5
OPEN = {"field": "stage", "op": "not_in", "value": ["won", "lost"]}


def _at(**ahead: float) -> str:
    return (datetime.now(UTC) + timedelta(**ahead)).isoformat()


def _this_week(day: int, hour: int) -> datetime:
    """A time of this week, Monday being 0, by the browser's clock."""
    today = datetime.now(UTC)
    monday = (today - timedelta(days=today.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    return monday + timedelta(days=day, hours=hour)


class Workday:
    """What happens around one customer and one deal of the administrator's."""

    def __init__(self, server: Served, admin: Client) -> None:
        self.admin, self._server = admin, server
        self.me = admin.ok("GET", "/sessions/current")["user"]["id"]
        stage = {"field": "stage", "op": "eq", "value": "negotiation"}
        named = {"field": "account.name", "op": "contains", "value": "公司"}
        self.deal = self._mine("opportunity", {"and": [stage, named]}, "account")
        self.account = self.deal["account"]["id"]
        self.mate, self.mate_name = self._team()
        self._customer()
        self._plans()
        self._talk()
        self.lanes = self._board()
        self.colours = self._coloured_list()
        self.bars = self._bars()

    def _mine(self, name: str, where: dict[str, Any], *select: str) -> dict[str, Any]:
        own = {"and": [{"field": "owner", "op": "eq", "value": "me"}, where]}
        found: dict[str, Any] = self.admin.rows(name, where=own, limit=1, select=[*select, "name"])[0]
        return found

    def _set(self, name: str, record: str, **values: Any) -> None:
        version = self.admin.ok("GET", f"/records/{name}/{record}")["version"]
        self.admin.ok("PATCH", f"/records/{name}/{record}", {"version": version, **values})

    def _team(self) -> tuple[Client, str]:
        """Those with most deals report to the administrator; one of them is signed in."""
        body = {"group_by": [{"field": "owner"}], "measures": [{"fn": "count"}]}
        groups = self.admin.ok("POST", "/records/opportunity/aggregate", body)["groups"]
        busiest = sorted(groups, key=lambda group: -int(group["values"][0]))
        keys = [group["key"][0]["id"] for group in busiest if group["key"][0]["id"] != self.me][:TEAM]
        for key in keys:
            self._set("user", key, manager=self.me)
        found = self.admin.ok("GET", f"/records/user/{keys[0]}")
        self.admin.invite(keys[0], "all_data")
        return self._server.sign_in(found["email"]), found["name"]

    def _customer(self) -> None:
        found = self.admin.rows(
            "contact", where={"field": "account", "op": "eq", "value": self.account}, limit=4
        )
        for each, role in zip(found, ("decision_maker", "influencer", "user", "buyer"), strict=False):
            self._set("contact", each["id"], roles=[role])
        self._set("account", self.account, next_follow_up=_at(hours=-20))
        link = {"opportunity": self.deal["id"], "account": self.account}
        for kind, title, body, days in (
            ("call", "电话沟通需求", "客户关注上线周期和数据迁移，约定下周演示。", -13),
            ("visit", "上门演示", "信息部和业务部都在场，确认先试用两个部门。", -9),
            ("email", "发送报价单", "含实施服务，有效期 30 天。", -4),
            ("meeting", "商务谈判", "付款方式改为三期，验收后付尾款。", -1),
        ):
            entry = {"kind": kind, "title": title, "body": body, "happened_at": _at(days=days)}
            self.admin.ok("POST", "/records/activity", {**entry, **link})
        self._set("opportunity", self.deal["id"], blocked=True, blocked_reason="等法务审合同")

    def _plans(self) -> None:
        for kind, title, day, hour, hours, repeats in (
            ("meeting", "周一例会", 0, 9, 1.0, "weekly"),
            ("visit", "拜访信息部", 1, 14, 2.0, None),
            ("meeting", "产品演示", 2, 10, 1.5, None),
            ("call", "回访试用情况", 3, 15, 0.5, None),
            ("meeting", "合同评审", 4, 16, 1.0, None),
        ):
            begins = _this_week(day, hour)
            ends = begins + timedelta(hours=hours)
            times = {"due_at": begins.isoformat(), "ends_at": ends.isoformat()}
            entry = {"kind": kind, "title": title, "account": self.account, "repeats": repeats, **times}
            self.admin.ok("POST", "/records/activity", entry)
        for title, hours in (("准备合同草案", -30), ("给对方发验收标准", 2)):
            task = {"kind": "task", "title": title, "account": self.account, "due_at": _at(hours=hours)}
            self.admin.ok("POST", "/records/activity", task)

    def _talk(self) -> None:
        """The colleague comments, mentions, hands over; the inbox tells of it before pictures are taken."""
        place = f"/records/opportunity/{self.deal['id']}"
        said = f"@[Ada Park]({self.me}) 法务说付款条款要改成三期，能否今天确认？"
        self.mate.ok("POST", f"{place}/comments", {"body": said})
        self.mate.ok(
            "POST",
            f"/records/account/{self.account}/comments",
            {"body": "客户下周换采购负责人，注意重新建联。"},
        )
        pinned = {"kind": "note", "title": "报价底线 45 万，低于此需总监同意", "opportunity": self.deal["id"]}
        note = self.admin.ok(
            "POST", "/records/activity", {**pinned, "account": self.account, "happened_at": _at(days=-6)}
        )
        for where in (place, f"/records/account/{self.account}"):
            self.admin.ok("PUT", f"{where}/pins/activity:{note['id']}")
        lead = self.mate.ok("POST", "/records/lead", {"name": "沈一诺", "company": "宁波远图科技有限公司"})
        self.mate.ok("PATCH", f"/records/lead/{lead['id']}", {"version": lead["version"], "owner": self.me})
        self.admin.ok(
            "POST", "/records/account/exports", {"format": "xlsx", "columns": ["name", "city", "owner"]}
        )
        for name, record in (("opportunity", self.deal["id"]), ("account", self.account)):
            self.admin.ok("POST", "/recents", {"object": name, "id": record})
        until = time.monotonic() + LATEST_S
        while self.admin.ok("GET", "/inbox/count")["unread"] < TOLD and time.monotonic() < until:
            time.sleep(0.5)

    def _view(self, name: dict[str, str], kind: str, **config: Any) -> str:
        body = {"object": "opportunity", "kind": kind, "visibility": "shared", "name": name, "config": config}
        key: str = self.admin.ok("POST", "/views", body)["id"]
        return key

    def _board(self) -> str:
        """Lanes by owner, limits, and lost deals that ask for their reason."""
        lost = {"field": "stage", "op": "eq", "value": "lost"}
        rule = {
            "kind": "update_field",
            "object": "opportunity",
            "field": "loss_reason",
            "set": {"required_when": lost},
        }
        self.admin.ok("POST", "/metadata/changes", {"operations": [rule]})
        wip = {"negotiation": 20, "proposal": 60}
        drawn = {"group_by": "stage", "lane_field": "owner", "blocked_field": "blocked", "wip": wip}
        return self._view({"zh-CN": "团队看板", "en": "Team board"}, "board", **drawn)

    def _coloured_list(self) -> str:
        big = {"field": "amount", "op": "gte", "value": "500000"}
        late = {"field": "stage", "op": "eq", "value": "negotiation"}
        colours = [
            {"where": big, "color": "green", "field": "amount"},
            {"where": late, "color": "yellow", "field": None},
        ]
        columns = ["name", "account", "stage", "amount", "close_date", "owner"]
        drawn = {"columns": columns, "group_by": "stage", "colors": colours, "where": OPEN}
        return self._view({"zh-CN": "按阶段", "en": "By stage"}, "list", **drawn)

    def _bars(self) -> str:
        where = {"and": [{"field": "owner", "op": "eq", "value": "me"}, OPEN]}
        drawn = {"date_field": "start_date", "end_field": "close_date", "group_by": "stage", "where": where}
        return self._view({"zh-CN": "进度", "en": "Progress"}, "timeline", **drawn)

    def looks_on(self) -> None:
        """The colleague has the customer's page open as long as the pictures are made."""

        def listen() -> None:
            headers = {**self.mate.headers, "accept": "text/event-stream"}
            address = f"{self.mate.base}/api/v1/live?records=account:{self.account}"
            try:
                with httpx.stream(
                    "GET", address, headers=headers, timeout=httpx.Timeout(10, read=60)
                ) as answer:
                    for _ in answer.iter_bytes():
                        pass
            except httpx.HTTPError:
                return

        threading.Thread(target=listen, daemon=True).start()
