"""When an owned record goes back into its pool: rules as expressions over the record, so that a pass is one statement.

A rule's timer runs from the claim; what resets it sets it back to when that last happened. It falls due at the rule's
time of day, never before protection has ended. Locked and won records are exempt.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg import sql

from banyan.db.compile import compile_statement
from banyan.metadata.catalog import Object
from banyan.query.lower import Binds, Source, bind_values, lower
from banyan.query.owning import Kept
from banyan.query.resolved import ResolvedFilter

Statement = sql.Composed


@dataclass(frozen=True)
class Timer:
    """One rule. `resets` are words of `_resets`; `at` is the time of day, `where` which records it is about."""

    key: str
    kind: str
    days: int
    warn_days: int
    at: str
    resets: tuple[str, ...] = ()
    where: ResolvedFilter | None = None


@dataclass(frozen=True)
class Around:
    """What hangs on records of the object, as physical columns; None where it is not there."""

    won: str | None = None  # a condition over `r`
    followed: str | None = None  # column of the record
    activity: tuple[str, str, str] | None = None  # table, link to the record, when it happened
    deal: tuple[str, str] | None = None  # table, link to the record
    deal_stage: str | None = None
    deal_entered: str | None = None
    deal_activity: tuple[str, str, str] | None = None  # table, link to the deal, when it happened
    converted: str | None = None  # column of the record: the deal it became
    deal_open: tuple[str, ...] = ()
    deal_won: tuple[str, ...] = ()


@dataclass
class Due:
    """The compiled rules of a pool: when each record goes back, and by which rule."""

    at: str
    warned: str
    by_rule: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)


def compile_rules(obj: Object, kept: Kept, around: Around, timers: Sequence[Timer], timezone: str) -> Due:
    """Texts over the alias `r`: `at` is null where nothing is due ever; `by_rule` gives the moment rule by rule."""
    schema, binds, texts = _Texts(obj, kept, around, timezone), Binds(), {}
    nodes = [timer.where for timer in timers if timer.where is not None]
    for node in nodes:
        binds.number(node)
    for timer in timers:
        where = "true" if timer.where is None else _condition(obj, timer.where, binds)
        texts[timer.key] = schema.moment(timer, where)
    least = f"least({', '.join(texts.values())})" if texts else "NULL::timestamptz"
    warned = [
        f"({texts[timer.key]} IS NOT NULL AND {texts[timer.key]} <= "
        f"%(now)s::timestamptz + make_interval(days => {int(timer.warn_days)}))"
        for timer in timers
        if timer.warn_days
    ]
    return Due(least, f"({' OR '.join(warned) or 'false'})", texts, {"zone": timezone, **bind_values(*nodes)})


def condition_of(obj: Object, node: ResolvedFilter) -> tuple[str, dict[str, Any]]:
    """A filter of a pool as text over the alias `r`, and its binds."""
    binds = Binds()
    binds.number(node)
    return _condition(obj, node, binds), bind_values(node)


def _condition(obj: Object, node: ResolvedFilter, binds: Binds) -> str:
    table = obj.table.alias("r")
    return f"({compile_statement(lower(node, Source(table, {}, binds), binds)).sql})"


class _Texts:
    """Parts of the expressions, with every name quoted."""

    def __init__(self, obj: Object, kept: Kept, around: Around, timezone: str) -> None:
        self._schema = obj.schema
        self._kept = kept
        self._around = around

    def moment(self, timer: Timer, where: str) -> str:
        """The moment the rule falls due for a record, or null."""
        kept, days = self._kept, f"make_interval(days => {int(timer.days)})"
        protected = _column(kept.protected_until)
        if timer.kind == "protection":
            due = f"{protected} + {days}"
        else:
            since = [_column(kept.claimed_at), *self._resets(timer.resets)]
            due = f"greatest(greatest({', '.join(since)}) + {days}, {protected})"
        at = f"'{timer.at}:00'::interval"
        ceiling = (
            f"((date_trunc('day', (({due}) AT TIME ZONE %(zone)s) - {at} + interval '1 day' "
            f"- interval '1 microsecond') + {at}) AT TIME ZONE %(zone)s)"
        )
        exempt = f"{_column(kept.pool_locked)} IS TRUE"
        if self._around.won:
            exempt += f" OR {self._around.won}"
        return f"CASE WHEN NOT ({exempt}) AND {self._applies(timer)} AND {where} THEN {ceiling} END"

    def _applies(self, timer: Timer) -> str:
        around = self._around
        match timer.kind:
            case "not_contacted":
                return f"{_column(self._kept.first_contacted_at)} IS NULL"
            case "no_opportunity":
                return self._no_deal(())
            case "opportunity_idle":
                return f"NOT {self._no_deal(around.deal_open)}"
            case "not_won":
                return self._no_deal(around.deal_won)
            case "protection":
                return f"{_column(self._kept.protected_until)} IS NOT NULL"
        return "true"

    def _no_deal(self, stages: tuple[str, ...]) -> str:
        """Nothing came of the record yet (in one of these stages)."""
        around = self._around
        if around.deal is None:
            return "true" if around.converted is None else f"{_column(around.converted)} IS NULL"
        return f"NOT EXISTS ({self._deals('1', stages)})"

    def _deals(self, what: str, stages: tuple[str, ...] = ()) -> str:
        around = self._around
        table, link = around.deal or ("", "")
        wanted = ""
        if stages and around.deal_stage:
            wanted = f" AND d.{_name(around.deal_stage)} IN ({', '.join(_literal(each) for each in stages)})"
        return (
            f"SELECT {what} FROM {_name(self._schema)}.{_name(table)} d WHERE d.{_name(link)} = r.id "
            f"AND d.deleted_at IS NULL{wanted}"
        )

    def _resets(self, words: Sequence[str]) -> list[str]:
        around, found = self._around, []
        for word in words:
            if word == "activity" and around.followed:
                found.append(_column(around.followed))
            elif word == "own_activity" and around.activity:
                found.append(self._happened(around.activity, "a.owner_id = r.owner_id"))
            elif word == "opportunity" and around.deal:
                found.append(f"({self._deals('max(d.created_at)')})")
            elif word == "stage" and around.deal and around.deal_entered:
                found.append(f"({self._deals(f'max(d.{_name(around.deal_entered)})')})")
            elif word == "deal_activity" and around.deal and around.deal_activity:
                table, link, at = around.deal_activity
                inner = (
                    f"SELECT max(a.{_name(at)}) FROM {_name(self._schema)}.{_name(table)} a "
                    f"WHERE a.{_name(link)} = d.id AND a.deleted_at IS NULL AND a.{_name(at)} <= %(now)s::timestamptz"
                )
                found.append(f"({self._deals(f'max(({inner}))')})")
            elif word == "edited":
                found.append("CASE WHEN r.updated_by = r.owner_id THEN r.updated_at END")
        return found

    def _happened(self, activity: tuple[str, str, str], also: str) -> str:
        table, link, at = activity
        return (
            f"(SELECT max(a.{_name(at)}) FROM {_name(self._schema)}.{_name(table)} a WHERE a.{_name(link)} = r.id "
            f"AND a.deleted_at IS NULL AND a.{_name(at)} <= %(now)s::timestamptz AND {also})"
        )


def _name(name: str) -> str:
    return sql.Identifier(name).as_string()


def _column(name: str) -> str:
    return f"r.{_name(name)}"


def _literal(value: str) -> str:
    return sql.Literal(value).as_string()


def any_stage(schema: str, table: str, link: str, stage: str, stages: Sequence[str]) -> str:
    """Whether a record of `table` that points at `r` is in one of these stages."""
    wanted = ", ".join(_literal(each) for each in stages)
    return (
        f"EXISTS (SELECT 1 FROM {_name(schema)}.{_name(table)} d WHERE d.{_name(link)} = r.id "
        f"AND d.deleted_at IS NULL AND d.{_name(stage)} IN ({wanted}))"
    )


def in_stage(column: str, stages: Sequence[str]) -> str:
    """Whether `r` itself is in one of these stages."""
    return f"coalesce({_column(column)} IN ({', '.join(_literal(each) for each in stages)}), false)"


def refresh(obj: Object, kept: Kept, due: Due, *, some: bool) -> Statement:
    """Set when owned records of the pool go back, where it has changed. Ids. Binds: pool, now, ids if `some`.

    Locked in the order of claims, so that neither waits for the other in a circle; a pass over all leaves out what
    somebody is working on: its writer sets it.
    """
    return sql.SQL(
        "UPDATE {table} r SET {recycle_at} = {at} WHERE r.id = ANY(ARRAY(SELECT r.id FROM {table} r "
        "WHERE r.{pool} = %(pool)s::uuid AND r.owner_id IS NOT NULL AND r.deleted_at IS NULL{some} "
        "AND r.{recycle_at} IS DISTINCT FROM {at} ORDER BY r.id FOR NO KEY UPDATE{skip})) RETURNING r.id"
    ).format(
        table=sql.Identifier(obj.schema, obj.table_name),
        at=sql.SQL(due.at),
        some=sql.SQL(" AND r.id = ANY(%(ids)s::uuid[])" if some else ""),
        skip=sql.SQL("" if some else " SKIP LOCKED"),
        **kept.names,
    )


def due_now(due: Due, rule: str) -> str:
    """The condition under which a record goes back by `rule` at the bound `now`."""
    return f"({due.by_rule[rule]}) <= %(now)s::timestamptz"


def by_owner(obj: Object, kept: Kept, condition: str) -> Statement:
    """How many records each owner has in the pool, and of how many `condition` holds. Binds: pool, now, its own."""
    return sql.SQL(
        "SELECT r.owner_id, count(*), count(*) FILTER (WHERE {condition}) FROM {table} r "
        "WHERE r.{pool} = %(pool)s::uuid AND r.owner_id IS NOT NULL AND r.deleted_at IS NULL GROUP BY 1 ORDER BY 3 DESC"
    ).format(condition=sql.SQL(condition), table=sql.Identifier(obj.schema, obj.table_name), **kept.names)


def listed(obj: Object, kept: Kept, condition: str) -> Statement:
    """Records of which `condition` holds, by owner: id, title, owner. Binds: pool, now, limit, its own."""
    return sql.SQL(
        "SELECT r.id, r.{title}::text, r.owner_id, r.{claimed_at} FROM {table} r WHERE r.{pool} = %(pool)s::uuid "
        "AND r.owner_id IS NOT NULL AND r.deleted_at IS NULL AND {condition} ORDER BY r.{claimed_at}, r.id "
        "LIMIT %(limit)s"
    ).format(
        title=sql.Identifier(obj.title.physical()),
        condition=sql.SQL(condition),
        table=sql.Identifier(obj.schema, obj.table_name),
        **kept.names,
    )


def warn(obj: Object, kept: Kept, due: Due) -> Statement:
    """Periods whose record soon goes back and whose owner was not told of that moment: owner, one record, how many.

    They are marked in the same statement. Binds: pool, now and what the rules bind.
    """
    return sql.SQL(
        "WITH s AS (SELECT r.id, r.owner_id, ({at}) AS at FROM {table} r WHERE r.{pool} = %(pool)s::uuid "
        "AND r.owner_id IS NOT NULL AND r.deleted_at IS NULL AND {warned}), "
        "p AS (UPDATE {period} p SET warned_for = s.at FROM s WHERE p.record_id = s.id AND p.until_at IS NULL "
        "AND s.at > %(now)s::timestamptz AND p.warned_for IS DISTINCT FROM s.at "
        "RETURNING p.user_id, p.record_id, s.at) "
        "SELECT user_id, (array_agg(record_id ORDER BY at))[1], count(*), min(at) FROM p GROUP BY 1"
    ).format(
        at=sql.SQL(due.at),
        warned=sql.SQL(due.warned),
        table=sql.Identifier(obj.schema, obj.table_name),
        period=sql.Identifier(obj.schema, "owner_period"),
        **kept.names,
    )


def conditions_of(
    obj: Object, nodes: Sequence[ResolvedFilter | None]
) -> tuple[dict[int, str], dict[str, Any]]:
    """Filters in their order as texts over the alias `r`; what is None holds always."""
    asked = [node for node in nodes if node is not None]
    binds = Binds()
    for node in asked:
        binds.number(node)
    texts = {
        number: "true" if node is None else _condition(obj, node, binds) for number, node in enumerate(nodes)
    }
    return texts, bind_values(*asked)


def waiting(
    obj: Object,
    kept: Kept,
    conditions: Mapping[int, str],
    level: str | None,
    territory: tuple[str, str, str] | None,
) -> Statement:
    """Records in the pool that nobody owns and a rule speaks of, longest first, after `last`; rows at work passed over.

    Returns id, number of the first rule that matches, level, head of the territory, since when. Binds: pool, limit,
    last and last_at (or null), and the rules'.
    """
    rule = "".join(f" WHEN {text} THEN {number}" for number, text in conditions.items())
    head: sql.Composable = sql.SQL("NULL::uuid")
    if territory is not None:
        link, table, manager = map(sql.Identifier, territory)
        head = sql.SQL("(SELECT t.{} FROM {}.{} t WHERE t.id = r.{} AND t.deleted_at IS NULL)").format(
            manager, sql.Identifier(obj.schema), table, link
        )
    return sql.SQL(
        "SELECT r.id, {rule}, {level}, {head}, r.{pooled_at} FROM {table} r WHERE r.{pool} = %(pool)s::uuid "
        "AND r.owner_id IS NULL AND r.deleted_at IS NULL AND r.{pool_locked} IS NOT TRUE AND {any_rule} "
        "AND (%(last)s::uuid IS NULL OR (r.{pooled_at}, r.id) > (%(last_at)s::timestamptz, %(last)s::uuid)) "
        "ORDER BY r.{pooled_at}, r.id LIMIT %(limit)s FOR NO KEY UPDATE OF r SKIP LOCKED"
    ).format(
        any_rule=sql.SQL(f"({' OR '.join(conditions.values()) or 'false'})"),
        rule=sql.SQL(f"CASE{rule} END" if rule else "NULL::integer"),
        level=sql.SQL("r.{}").format(sql.Identifier(level)) if level else sql.SQL("NULL::text"),
        head=head,
        table=sql.Identifier(obj.schema, obj.table_name),
        **kept.names,
    )
