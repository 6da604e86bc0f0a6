"""Nobody reaches above themself: neither by taking a mightier person's account, nor by moving into a mightier place."""

from collections.abc import Iterable, Mapping
from uuid import UUID

import sqlalchemy as sa

from banyan.access.everybody import read_everybody
from banyan.access.policy import Policy
from banyan.access.tables import access_tables
from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.kernel.errors import Denied

Powers = Mapping[str, frozenset[str]]


async def powers_of_all(connection: Connection, schema: str) -> Powers:
    """Administrative powers by person."""
    return (await read_everybody(connection, schema)).powers()


async def powers_by_place(connection: Connection, schema: str) -> Powers | None:
    """The same before the organisation changes; None where no power is held through a place in it (the usual case)."""
    tables = access_tables(schema)
    through = (
        sa.select(tables.holder.c.id)
        .join_from(tables.holder, tables.role, tables.role.c.key == tables.holder.c.role_key)
        .where(tables.holder.c.kind != "user", sa.func.cardinality(tables.role.c.powers) > 0)
        .limit(1)
    )
    if await (await run(connection, through)).fetchone() is None:
        return None
    return await powers_of_all(connection, schema)


async def require_over(connection: Connection, policy: Policy, people: Iterable[UUID]) -> None:
    """The actor may touch the accounts of `people`: each holds no power that the actor lacks.

    Without this, whoever hands out links to set passwords is everybody. Raises Denied.
    """
    if policy.actor.kind == "system":
        return
    powers = await powers_of_all(connection, policy.actor.workspace)
    for person in people:
        if person == policy.actor.user_id:
            continue
        if missing := powers.get(str(person), frozenset()) - policy.powers:
            raise Denied("person_above_you", power=min(missing))


async def require_no_rise(connection: Connection, policy: Policy, before: Powers | None) -> None:
    """After a change of the organisation: nobody has gained a power that the actor lacks. Raises Denied."""
    if before is None or policy.actor.kind == "system":
        return
    after = await powers_of_all(connection, policy.actor.workspace)
    for person, powers in after.items():
        if gained := powers - before.get(person, frozenset()) - policy.powers:
            raise Denied("power_not_yours", power=min(gained))
