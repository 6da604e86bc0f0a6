"""Names of those whom rights are given to: people, departments, positions, groups, roles."""

from collections.abc import Iterable, Sequence
from typing import Any

from banyan.access.roles import list_roles
from banyan.db.database import Connection
from banyan.records.queries import labels_of
from banyan.records.session import Session

OBJECTS = {"user": "user", "department": "department", "position": "position", "group": "user_group"}


async def principal_labels(
    connection: Connection, session: Session, principals: Iterable[str]
) -> dict[str, str | None]:
    """Label by principal (`kind:id`), as far as `session` may read them; one query per kind."""
    by_kind: dict[str, set[str]] = {}
    for principal in principals:
        kind, _, key = principal.partition(":")
        by_kind.setdefault(kind, set()).add(key)
    found: dict[str, str | None] = {}
    for kind, keys in by_kind.items():
        if kind == "role":
            language = session.actor.language
            roles = {role["key"]: role["label"] for role in await list_roles(connection, session.full.schema)}
            names: dict[str, str | None] = {key: _label(roles[key], language) for key in keys if key in roles}
        else:
            obj = session.catalog.by_name.get(OBJECTS[kind])
            names = {} if obj is None else await labels_of(connection, session, obj, keys)
        found |= {f"{kind}:{key}": label for key, label in names.items()}
    return found


def _label(label: dict[str, str], language: str) -> str:
    return label.get(language) or next(iter(label.values()))


async def holder_labels(connection: Connection, session: Session, holders: Sequence[dict[str, Any]]) -> None:
    """Fill in the label of each holder, in place."""
    names = await principal_labels(
        connection, session, [f"{each['kind']}:{each['holder']['id']}" for each in holders]
    )
    for each in holders:
        each["holder"]["label"] = names.get(f"{each['kind']}:{each['holder']['id']}")
