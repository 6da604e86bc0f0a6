"""Statements over records whose stage has changed: their periods, and what follows from the stage they are in.

Each is one statement over any number of records. What they write of a record moves no version: it follows from the
write that moved the stage, and stands in history beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg import sql

from banyan.metadata.catalog import Field
from banyan.metadata.states import Machine
from banyan.query.stage_lines import Lines, column, currency, history_of, table_of, won_of_lines

Statement = sql.Composed


@dataclass(frozen=True)
class Followers:
    """Fields of the object that follow its stage; None where there is no such field of the right type."""

    amount: Field | None = None
    begun: Field | None = None
    entered: Field | None = None
    probability: Field | None = None
    category: Field | None = None
    won_amount: Field | None = None
    close_date: Field | None = None


def close_periods(machine: Machine) -> str:
    """End the open period of records that are no longer in its stage or pipeline.

    Binds: ids, field, now, actor. Returns the record, and stage and pipeline it was in.
    """
    return machine.keep("close_periods", lambda: _close_periods(machine))


def _close_periods(machine: Machine) -> str:
    made = sql.SQL(
        "UPDATE {periods} p SET left_at = greatest(%(now)s, p.entered_at), left_by = %(actor)s, to_stage = {state} "
        "FROM {table} r WHERE r.id = ANY(%(ids)s) AND p.record_id = r.id AND p.field_id = %(field)s "
        "AND p.left_at IS NULL AND (p.stage IS DISTINCT FROM {state} OR p.pipeline IS DISTINCT FROM {line}) "
        "RETURNING p.record_id, p.stage, p.pipeline"
    ).format(
        periods=sql.Identifier(machine.object.schema, "stage_period"),
        table=table_of(machine.object),
        state=column("r", machine.field),
        line=column("r", machine.pipeline_field),
    )
    return made.as_string()


def open_periods(machine: Machine, followers: Followers, *, history: bool) -> str:
    """Begin a period where none is open, with the amount of the moment. Returns the record and when it came in.

    Binds: ids, object, field, now, actor, timezone, closed (stages that end a record). Of `history` a closed record
    came in on its closing date and an open one on the day it began, where these are past.
    """
    key = ("open_periods", followers, history)
    return machine.keep(key, lambda: _open_periods(machine, followers, history))


def _open_periods(machine: Machine, followers: Followers, history: bool) -> str:
    since: sql.Composable = sql.SQL("%(now)s::timestamptz")
    if history:
        since = sql.SQL(
            "least(%(now)s::timestamptz, coalesce(CASE WHEN {state} = ANY(%(closed)s) THEN {close} ELSE {begun} END "
            "::timestamp AT TIME ZONE %(timezone)s, %(now)s::timestamptz))"
        ).format(
            state=column("r", machine.field),
            close=column("r", followers.close_date, "date"),
            begun=column("r", followers.begun, "date"),
        )
    made = sql.SQL(
        "INSERT INTO {periods} AS p (object_id, record_id, field_id, pipeline, stage, entered_at, entered_by, amount, "
        "currency) SELECT %(object)s, r.id, %(field)s, {line}, {state}, {since}, %(actor)s, {amount}, {currency} "
        "FROM {table} r WHERE r.id = ANY(%(ids)s) AND {state} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {periods} o "
        "WHERE o.record_id = r.id AND o.field_id = %(field)s AND o.left_at IS NULL) "
        "RETURNING p.record_id, p.entered_at"
    ).format(
        periods=sql.Identifier(machine.object.schema, "stage_period"),
        table=table_of(machine.object),
        state=column("r", machine.field),
        line=column("r", machine.pipeline_field),
        since=since,
        amount=column("r", followers.amount, "numeric"),
        currency=currency("r", followers.amount),
    )
    return made.as_string()


def keep_amounts(machine: Machine, followers: Followers) -> str:
    """The open period tells the amount that the record has now. Binds: ids, field."""
    return machine.keep(("keep_amounts", followers), lambda: _keep_amounts(machine, followers))


def _keep_amounts(machine: Machine, followers: Followers) -> str:
    made = sql.SQL(
        "UPDATE {periods} p SET amount = {amount}, currency = {currency} FROM {table} r WHERE r.id = ANY(%(ids)s) "
        "AND p.record_id = r.id AND p.field_id = %(field)s AND p.left_at IS NULL "
        "AND (p.amount, p.currency) IS DISTINCT FROM ({amount}, {currency})"
    ).format(
        periods=sql.Identifier(machine.object.schema, "stage_period"),
        table=table_of(machine.object),
        amount=column("r", followers.amount, "numeric"),
        currency=currency("r", followers.amount),
    )
    return made.as_string()


def follow_stage(
    machine: Machine, followers: Followers, lines: Lines | None, written: frozenset[str] | None
) -> Statement:
    """Set what follows from the stage of records that came into it, where this write did not say otherwise.

    Binds: ids, was (stages before, null for new ones), was_lines (pipelines before), entered (moments), known
    (described pipelines), standard (the default one), described/stages/probabilities/categories (one row per stage),
    won, closed (stages), today, and those of history. `written`: physical columns the write gave; None for new
    records, whose own values stand. Returns the ids of records that came out differently.
    """
    sets = dict(_assignments(machine, followers, lines, written))
    return sql.SQL(
        "WITH given AS (SELECT * FROM unnest(%(described)s::text[], %(stages)s::text[], %(probabilities)s::numeric[], "
        "%(categories)s::text[]) AS g(line, stage, probability, category)), "
        "moved AS (SELECT * FROM unnest(%(ids)s::uuid[], %(was)s::text[], %(was_lines)s::text[], "
        "%(entered)s::timestamptz[]) AS m(id, was, was_line, entered)), "
        "w AS (UPDATE {table} r SET {sets} FROM moved m JOIN {table} c ON c.id = m.id "
        "LEFT JOIN given g ON g.stage = {state} AND g.line = {line} "
        "LEFT JOIN given b ON b.stage = m.was AND b.line = {was_line} "
        "WHERE r.id = m.id RETURNING r.id, new.version, to_jsonb(old.*) AS o, to_jsonb(new.*) AS n), {history}"
    ).format(
        table=table_of(machine.object),
        sets=sql.SQL(", ").join(
            [
                sql.SQL("version = r.version"),
                *(sql.SQL("{} = {}").format(sql.Identifier(name), value) for name, value in sets.items()),
            ]
        ),
        state=column("c", machine.field),
        line=_described(column("c", machine.pipeline_field)),
        was_line=_described(sql.SQL("m.was_line")),
        history=history_of(machine.object, followers.entered, new=written is None),
    )


def _described(line: sql.Composable) -> sql.Composable:
    return sql.SQL("CASE WHEN {0} = ANY(%(known)s) THEN {0} ELSE %(standard)s END").format(line)


def _assignments(
    machine: Machine, followers: Followers, lines: Lines | None, written: frozenset[str] | None
) -> Sequence[tuple[str, sql.Composable]]:
    found: list[tuple[str, sql.Composable]] = []
    free = {
        name: each
        for name, each in vars(followers).items()
        if each is not None and (written is None or each.physical() not in written)
    }
    if "entered" in free:
        found.append((free["entered"].physical(), sql.SQL("m.entered")))
    found += [
        (free[name].physical(), _standard(free[name], name, new=written is None))
        for name in ("probability", "category")
        if name in free
    ]
    if "won_amount" in free and followers.amount is not None:
        found += _won(machine, followers, lines)
    if "close_date" in free and written is not None:
        own = column("r", free["close_date"])
        # What is over was over today at the latest.
        value = sql.SQL(
            "CASE WHEN {state} = ANY(%(closed)s) THEN least(coalesce({own}, %(today)s::date), %(today)s::date) "
            "ELSE {own} END"
        ).format(state=column("c", machine.field), own=own)
        found.append((free["close_date"].physical(), value))
    return found


def _standard(field: Field, name: str, *, new: bool) -> sql.Composable:
    """The stage's own value. Somebody's own number stays while the record is open; a new record's stands."""
    own, given = column("r", field), sql.SQL("g.{}").format(sql.Identifier(name))
    before = sql.SQL("b.{}").format(sql.Identifier(name))
    if new:
        return sql.SQL("coalesce({own}, {given})").format(own=own, given=given)
    return sql.SQL(
        "CASE WHEN g.stage = ANY(%(closed)s) OR m.was = ANY(%(closed)s) OR {own} IS NULL OR {own} = {before} "
        "THEN coalesce({given}, {own}) ELSE {own} END"
    ).format(own=own, before=before, given=given)


def _won(machine: Machine, followers: Followers, lines: Lines | None) -> list[tuple[str, sql.Composable]]:
    """What was won: the lines that were, else those that were not lost, else the amount. Reopened: nothing yet."""
    money, amount = followers.won_amount, followers.amount
    if money is None or amount is None:
        return []
    found: sql.Composable = column("r", amount)
    if lines is not None:
        found = sql.SQL("coalesce({}, {})").format(won_of_lines(lines, "r"), found)
    own, code = column("r", money), currency("r", money)
    shape = sql.SQL(
        "CASE WHEN {state} = ANY(%(won)s) THEN {then} WHEN m.was = ANY(%(won)s) THEN NULL ELSE {own} END"
    )
    state = column("c", machine.field)
    then = sql.SQL("coalesce({}, {})").format(own, found)
    its_code = sql.SQL("CASE WHEN {} IS NULL THEN {} ELSE {} END").format(own, currency("r", amount), code)
    return [
        (money.physical(), shape.format(state=state, then=then, own=own)),
        (money.physical("__cur"), shape.format(state=state, then=its_code, own=code)),
    ]


def parameters(machine: Machine) -> Mapping[str, object]:
    """Binds that follow from the machine alone."""
    rows = [(each.key, stage) for each in machine.pipelines for stage in each.stages]
    return {
        "known": [each.key for each in machine.pipelines],
        "standard": "" if machine.default is None else machine.default.key,
        "described": [line for line, _ in rows],
        "stages": [stage.key for _, stage in rows],
        "probabilities": [stage.probability for _, stage in rows],
        "categories": [stage.forecast_category for _, stage in rows],
        "won": list(machine.of_category("won")),
        "closed": list(machine.of_category("won", "lost")),
    }
