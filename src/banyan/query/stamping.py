"""Times that children leave on their parents: when last something happened, and what is thereby no longer due."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from banyan.db.compile import CompiledStatement, compile_statement
from banyan.metadata.catalog import Field, Object

IDS = "ids"


def stamp_parents(
    child: Object, link: Field, happened: Field, parent: Object, last: Field, due: Field | None, *, but: Any
) -> CompiledStatement:
    """Set `last` of the parents of the children `ids` to the latest `happened` that is past, if later than it was.

    `due` before that moment is emptied. `but` maps a column of the child to a value whose rows do not count. Gives the
    ids of parents that changed. Neither version nor history moves: it is derived.
    """
    c, p = child.table.alias("c"), parent.table
    when, target = c.c[happened.physical()], p.c[last.physical()]
    counted = [
        c.c.id == sa.any_(sa.bindparam(IDS, type_=ARRAY(sa.Uuid))),
        c.c.deleted_at.is_(None),
        when <= sa.func.now(),
        *(c.c[column].is_distinct_from(value) for column, value in but.items()),
    ]
    latest = (
        sa.select(c.c[link.physical()].label("parent"), sa.func.max(when).label("at"))
        .where(*counted)
        .group_by(c.c[link.physical()])
        .subquery("s")
    )
    values: dict[Any, Any] = {last.physical(): sa.func.greatest(target, latest.c.at)}
    if due is not None:
        planned = p.c[due.physical()]
        values[due.physical()] = sa.case((planned <= latest.c.at, sa.null()), else_=planned)
    return compile_statement(
        sa.update(p)
        .where(p.c.id == latest.c.parent, sa.or_(target.is_(None), target < latest.c.at))
        .values(values)
        .returning(p.c.id)
    )
