"""Global search: every searchable object in one statement each, ranked, within the actor's rights."""

from typing import Any

import orjson

from banyan.db.database import Connection
from banyan.kernel.errors import FieldProblem, InvalidInput
from banyan.metadata.catalog import Object
from banyan.query.ranked import ranked_hits
from banyan.records.session import Session

MAX_RESULTS = 50


async def search(
    connection: Connection, session: Session, text: str, *, objects: tuple[str, ...] | None, limit: int
) -> list[dict[str, Any]]:
    """The best `limit` hits: exact and leading matches of the title first, then the shorter title."""
    if not text.strip():
        raise InvalidInput("invalid_query", problems=[FieldProblem("/q", "search_empty")])
    hits: list[tuple[int, int, dict[str, Any]]] = []
    for obj in _searched(session, objects):
        rows = await ranked_hits(connection, session.policy, session.resolver, obj, text, limit)
        for rank, hit in orjson.loads(rows):
            hits.append((rank, len(hits), {"object": obj.api_name, **hit}))
    hits.sort(key=lambda hit: hit[:2])
    return [hit for _, _, hit in hits[:limit]]


def _searched(session: Session, names: tuple[str, ...] | None) -> list[Object]:
    chosen = session.catalog.objects if names is None else tuple(map(session.catalog.object, names))
    return [
        obj
        for obj in chosen
        if obj.searched and obj.definition.searchable and session.policy.allows(obj.grant_key, "read")
    ]
