"""Filters of a pool's rules as the house reads them."""

import structlog

from banyan.kernel.errors import BanyanError
from banyan.metadata.catalog import Object
from banyan.query.resolved import ResolvedFilter
from banyan.records.people import house_session
from banyan.records.session import Session

_NOTHING: dict[str, list[object]] = {"or": []}
_log = structlog.get_logger("banyan.pools")


def condition(session: Session, obj: Object, where: object) -> ResolvedFilter | None:
    """None asks nothing.

    A rule that names what is gone by now matches nothing until somebody mends it: the writes it follows go on.
    """
    if where is None:
        return None
    resolver = house_session(session).resolver.unrestricted
    whole = session.full.by_id[obj.id]
    try:
        return resolver.document(whole, where)
    except BanyanError as error:
        _log.warning("pool_rule_rests", schema=session.full.schema, object=obj.api_name, error=error.code)
        return resolver.document(whole, _NOTHING)
