"""What is measured: each case as an HTTP request and as the record work behind it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from banyan.query.parsed import ParsedAggregate, ParsedQuery
from banyan.records import queries
from banyan.records.commands import Change, Commands
from banyan.records.session import Session
from banyan.search.facade import search

Work = Callable[[Any], Awaitable[Any]]
COLUMNS = [
    "name", "account", "stage", "amount", "close_date", "owner", "number", "start_date", "next_step", "source",
    "created_at", "updated_at",
]  # fmt: skip


@dataclass(frozen=True)
class Case:
    """`request` gives (method, path, body); `work` the same on a connection, for the bare side."""

    name: str
    request: Callable[[], tuple[str, str, Any]]
    work: Callable[[Session], Work]
    member: bool = False


def _page(body: dict[str, Any]) -> Callable[[Session], Work]:
    def work(session: Session) -> Work:
        obj = session.catalog.object("opportunity")
        query = ParsedQuery.model_validate(body)
        return lambda connection: queries.query_page(connection, session, obj, query)

    return work


def list_case(name: str, *, member: bool = False, **body: Any) -> Case:
    full = {"select": COLUMNS, "limit": 80, **body}
    return Case(name, lambda: ("POST", "/records/opportunity/query", full), _page(full), member)


def read_case(record_ids: list[str]) -> Case:
    places = iter(range(10**9))

    def request() -> tuple[str, str, Any]:
        return "GET", f"/records/opportunity/{record_ids[next(places) % len(record_ids)]}", None

    def work(session: Session) -> Work:
        obj = session.catalog.object("opportunity")
        return lambda connection: queries.read_record(connection, session, obj, record_ids[0])

    return Case("read one record", request, work)


def aggregate_case() -> Case:
    body = {"group_by": [{"field": "stage"}], "measures": [{"fn": "count"}, {"fn": "sum", "field": "amount"}]}

    def work(session: Session) -> Work:
        obj = session.catalog.object("opportunity")
        query = ParsedAggregate.model_validate(body)
        return lambda connection: queries.aggregate(connection, session, obj, query)

    return Case("count and sum by stage", lambda: ("POST", "/records/opportunity/aggregate", body), work)


def search_case(name: str, text: str) -> Case:
    from urllib.parse import quote

    def work(session: Session) -> Work:
        return lambda connection: search(connection, session, text, objects=("account", "contact"), limit=20)

    return Case(name, lambda: ("GET", f"/search?objects=account,contact&q={quote(text)}", None), work)


def create_case(bus: Any) -> Case:
    body = {"name": "Bench deal", "stage": "engaging", "amount": "1200.50", "close_date": "2026-12-31"}

    def work(session: Session) -> Work:
        obj = session.catalog.object("opportunity")
        return lambda connection: Commands(connection, session, bus).create(obj, [body])

    return Case("create one record", lambda: ("POST", "/records/opportunity", body), work)


def update_case(bus: Any, record_ids: list[str]) -> Case:
    """Each request updates another record through the batch route, which needs no version read before."""
    places = iter(range(10**9))

    def request() -> tuple[str, str, Any]:
        index = next(places)
        operation = {
            "op": "update",
            "id": record_ids[index % len(record_ids)],
            "values": {"next_step": f"step {index}"},
        }
        return "POST", "/records/opportunity/batch", {"operations": [operation]}

    def work(session: Session) -> Work:
        from uuid import UUID

        obj = session.catalog.object("opportunity")

        async def update(connection: Any) -> None:
            change = Change(UUID(record_ids[0]), {"next_step": "bare"})
            await Commands(connection, session, bus).update(obj, [change])

        return update

    return Case("update one record", request, work)
