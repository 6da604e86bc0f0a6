"""Row rights as predicates: each arm of a policy becomes a resolved filter, with its reason kept beside it.

Invariant: what cannot be resolved opens nothing. A filter that names a removed field, a variable that means nobody and
an empty list all make their arm match no row, even under a negation.
"""

from banyan.access.model import Action, Reason
from banyan.access.policy import Arm, Everything, InDepartments, OfParent, Owned, Policy, Shared
from banyan.filters.ast import is_hollow
from banyan.kernel.errors import BanyanError
from banyan.metadata.catalog import OWNER, OWNER_DEPARTMENT, Object
from banyan.metadata.field_types.operators import OPERATORS
from banyan.query.resolve import Resolver
from banyan.query.resolved import (
    EVERYTHING,
    NOTHING,
    FieldRef,
    ResolvedBranch,
    ResolvedCondition,
    ResolvedFilter,
    ResolvedShared,
    ResolvedThrough,
    leaves,
)

# A chain of "as its parent" longer than this is a loop.
DEEPEST = 3


def row_predicate(policy: Policy, resolver: Resolver, obj: Object, action: Action) -> ResolvedFilter:
    """The rows of `obj` open to `action`."""
    if policy.unrestricted(obj.grant_key, action):
        return EVERYTHING
    arms = tuple(node for _, node in arms_of(policy, resolver, obj, action))
    if EVERYTHING in arms:
        return EVERYTHING
    return arms[0] if len(arms) == 1 else ResolvedBranch("or", arms)


def arm_node(policy: Policy, resolver: Resolver, obj: Object, arm: Arm) -> ResolvedFilter:
    """One arm as a filter of `obj`."""
    trusted = resolver.unrestricted
    return _arm(policy, trusted, trusted.catalog.by_id[obj.id], arm, 0)


def arms_of(
    policy: Policy, resolver: Resolver, obj: Object, action: Action, depth: int = 0
) -> list[tuple[Reason, ResolvedFilter]]:
    """Each way in which a row may be open to `action`, and why."""
    trusted = resolver.unrestricted
    whole = trusted.catalog.by_id[obj.id]
    found = []
    for because in policy.rows(obj.grant_key, action):
        node = _arm(policy, trusted, whole, because.arm, depth)
        if node is not NOTHING:
            found.append((because.reason, node))
    return found


def _arm(  # noqa: PLR0911 - one line per kind of arm
    policy: Policy, trusted: Resolver, obj: Object, arm: Arm, depth: int
) -> ResolvedFilter:
    match arm:
        case Everything():
            return EVERYTHING
        case Owned(people=people):
            return _among(obj, OWNER, [str(person) for person in people])
        case InDepartments(departments=departments):
            return _among(obj, OWNER_DEPARTMENT, [str(department) for department in departments])
        case Shared(principals=principals, edit=edit):
            return ResolvedShared(obj, principals, edit)
        case OfParent():
            return _of_parent(policy, trusted, obj, arm, depth)
    if is_hollow(arm.condition):
        return NOTHING
    try:
        found = trusted.filter(obj, arm.condition)
    except BanyanError:
        return NOTHING
    return NOTHING if any(_is_void(leaf) for leaf in leaves(found)) else found


def _among(obj: Object, name: str, values: list[str]) -> ResolvedFilter:
    field = obj.by_name[name]
    ref = FieldRef(name, (), obj, field)
    if len(values) == 1:
        return ResolvedCondition(ref, OPERATORS["eq"], (values[0],))
    return ResolvedCondition(ref, OPERATORS["in"], (values,))


def _is_void(leaf: object) -> bool:
    return isinstance(leaf, ResolvedCondition) and any(
        operand is None or operand == [] for operand in leaf.operands
    )


def _of_parent(policy: Policy, trusted: Resolver, obj: Object, arm: OfParent, depth: int) -> ResolvedFilter:
    via = next((field for field in obj.fields if field.id == arm.field_id), None)
    parent = trusted.catalog.by_name.get(str(via.target)) if via is not None else None
    if via is None or parent is None or depth >= DEEPEST:
        return NOTHING
    # Creating under a parent, or deleting from it, changes the parent's content.
    action: Action = arm.action if arm.action in ("read", "export", "update") else "update"
    nodes = tuple(node for _, node in arms_of(policy, trusted, parent, action, depth + 1))
    if not nodes:
        return NOTHING
    where = EVERYTHING if EVERYTHING in nodes else ResolvedBranch("or", nodes)
    return ResolvedThrough(via, parent, where)
