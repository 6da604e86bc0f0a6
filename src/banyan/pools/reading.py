"""Records of a pool as its members read them: the one query compiler, under a policy narrowed to the pool."""

from dataclasses import replace

from banyan.filters.ast import And, Condition
from banyan.metadata.catalog import Object
from banyan.pools.store import Pool
from banyan.records.session import Session


def within(session: Session, pool: Pool) -> tuple[Session, Object]:
    """The session and object under which the pool's records that nobody owns are read; for a member, asked before.

    Fields hidden before a claim are hidden on top of what the person's roles hide: no question may name them.
    """
    obj, _ = pool.of(session)
    hidden = [field.id for name in pool.settings.hidden if (field := obj.field(name)) is not None]
    condition = And(
        (
            Condition("pool", "eq", str(pool.id)),
            Condition("owner", "is_empty"),
        )
    )
    policy = session.policy.narrowed(obj.grant_key, condition, hidden)
    own = replace(session, policy=policy)
    return own, own.catalog.by_id[obj.id]
