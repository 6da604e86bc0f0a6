"""Statements over periods of stages: who came in, where they went, how long; each with the reader's predicate."""

from psycopg import sql

from banyan.metadata.states import Machine
from banyan.query.resolved import ResolvedFilter
from banyan.query.stage_lines import column, currency, table_of
from banyan.query.stages import Followers
from banyan.query.writes import predicate_sql

Statement = sql.Composed


def _line(name: sql.Composable) -> sql.Composable:
    """The pipeline somebody's record goes by: one that is not described is the default one."""
    return sql.SQL("CASE WHEN {0} = ANY(%(known)s::text[]) THEN {0} ELSE %(standard)s END").format(name)


def _mine(machine: Machine, predicate: ResolvedFilter) -> sql.Composable:
    return sql.SQL(
        "r.deleted_at IS NULL AND {predicate} AND (%(owner)s::uuid IS NULL OR r.owner_id = %(owner)s::uuid)"
    ).format(predicate=sql.SQL(predicate_sql(machine.object, predicate)))


def stage_figures(machine: Machine, predicate: ResolvedFilter) -> Statement:
    """Per stage: entered, went on, lost, went back, still there, median days, sums lost and standing (one currency).

    Binds: field, line, known, standard, owner, since, until, now, ranks (stages in order), lost (keys), currency.
    """
    return sql.SQL(
        "SELECT p.stage, count(*), count(*) FILTER (WHERE {on}), "
        "count(*) FILTER (WHERE p.to_stage = ANY(%(lost)s::text[])), "
        "count(*) FILTER (WHERE p.left_at IS NOT NULL AND NOT {on} "
        "AND NOT coalesce(p.to_stage = ANY(%(lost)s::text[]), false)), "
        "count(*) FILTER (WHERE p.left_at IS NULL), "
        "percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM p.left_at - p.entered_at) / 86400.0) "
        "FILTER (WHERE p.left_at IS NOT NULL), "
        "sum(p.amount) FILTER (WHERE p.to_stage = ANY(%(lost)s::text[]) AND p.currency = %(currency)s), "
        "sum(p.amount) FILTER (WHERE p.left_at IS NULL AND p.currency = %(currency)s) "
        "FROM {periods} p JOIN {table} r ON r.id = p.record_id WHERE p.field_id = %(field)s "
        "AND p.entered_at >= %(since)s AND p.entered_at < %(until)s AND {line} = %(line)s AND {mine} GROUP BY 1"
    ).format(
        on=sql.SQL(
            "coalesce(array_position(%(ranks)s::text[], p.to_stage) > array_position(%(ranks)s::text[], p.stage) "
            "AND p.to_stage <> ALL(%(lost)s::text[]), false)"
        ),
        periods=sql.Identifier(machine.object.schema, "stage_period"),
        table=table_of(machine.object),
        line=_line(sql.SQL("p.pipeline")),
        mine=_mine(machine, predicate),
    )


def decided(machine: Machine, followers: Followers, predicate: ResolvedFilter) -> Statement:
    """Won and lost in the time, value and days of what was won (one currency), and deals in another.

    A deal begins on its start date, or else when it was made. Binds as above, and won (keys), timezone.
    """
    money = followers.won_amount or followers.amount
    return sql.SQL(
        "SELECT count(*) FILTER (WHERE d.stage = ANY(%(won)s::text[])), "
        "count(*) FILTER (WHERE d.stage = ANY(%(lost)s::text[])), "
        "coalesce(sum(d.amount) FILTER (WHERE d.stage = ANY(%(won)s::text[]) AND d.currency = %(currency)s), 0), "
        "count(*) FILTER (WHERE d.stage = ANY(%(won)s::text[]) AND d.currency = %(currency)s), "
        "count(*) FILTER (WHERE d.stage = ANY(%(won)s::text[]) AND d.currency <> %(currency)s), "
        "avg(d.days) FILTER (WHERE d.stage = ANY(%(won)s::text[])), "
        "percentile_cont(0.5) WITHIN GROUP (ORDER BY d.days) FILTER (WHERE d.stage = ANY(%(won)s::text[])) FROM "
        "(SELECT p.stage, {amount} AS amount, {currency} AS currency, greatest(0, extract(epoch FROM p.entered_at - "
        "coalesce({begun}::timestamp AT TIME ZONE %(timezone)s, r.created_at)) / 86400.0) AS days "
        "FROM {periods} p JOIN {table} r ON r.id = p.record_id WHERE p.field_id = %(field)s AND p.left_at IS NULL "
        "AND p.entered_at >= %(since)s AND p.entered_at < %(until)s AND {line} = %(line)s AND {mine} "
        "AND p.stage = ANY(%(won)s::text[] || %(lost)s::text[])) d"
    ).format(
        amount=column("r", money, "numeric"),
        currency=currency("r", money),
        begun=column("r", followers.begun, "date"),
        periods=sql.Identifier(machine.object.schema, "stage_period"),
        table=table_of(machine.object),
        line=_line(sql.SQL("p.pipeline")),
        mine=_mine(machine, predicate),
    )


def open_now(machine: Machine, predicate: ResolvedFilter) -> Statement:
    """How many deals of the pipeline are open now. Binds as above."""
    return sql.SQL(
        "SELECT count(*) FROM {table} r WHERE {state} <> ALL(%(won)s::text[] || %(lost)s::text[]) "
        "AND {line} = %(line)s AND {mine}"
    ).format(
        table=table_of(machine.object),
        state=column("r", machine.field),
        line=_line(column("r", machine.pipeline_field)),
        mine=_mine(machine, predicate),
    )
