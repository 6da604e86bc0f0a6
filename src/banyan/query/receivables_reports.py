"""Figures of receivables, each one statement over the rows a reader may see (alias `r`, narrowed by `{rights}`).

A debt is an instalment in force with something open. Days count from the day it is due; without a day it is not due.
"""

# By what ageing may be told apart.
AGEING_BY = {
    "account": "r.[payment_plan.account]",
    "owner": "r.owner_id",
    "company": "r.[payment_plan.company]",
}
_BUCKETS = """
  coalesce(sum(r.[payment_plan.outstanding]) FILTER (WHERE r.[payment_plan.due_on] IS NULL
    OR r.[payment_plan.due_on] >= %(on)s::date), 0)::text,
  coalesce(sum(r.[payment_plan.outstanding]) FILTER (WHERE r.[payment_plan.due_on] < %(on)s::date
    AND r.[payment_plan.due_on] >= %(on)s::date - 30), 0)::text,
  coalesce(sum(r.[payment_plan.outstanding]) FILTER (WHERE r.[payment_plan.due_on] < %(on)s::date - 30
    AND r.[payment_plan.due_on] >= %(on)s::date - 60), 0)::text,
  coalesce(sum(r.[payment_plan.outstanding]) FILTER (WHERE r.[payment_plan.due_on] < %(on)s::date - 60
    AND r.[payment_plan.due_on] >= %(on)s::date - 90), 0)::text,
  coalesce(sum(r.[payment_plan.outstanding]) FILTER (WHERE r.[payment_plan.due_on] < %(on)s::date - 90), 0)::text
"""
_OPEN = "r.deleted_at IS NULL AND r.[payment_plan.in_force] AND r.[payment_plan.outstanding] > 0 AND {rights}"


def ageing(by: str) -> str:
    """Group, currency, five buckets, instalments. Binds: on."""
    return (
        f"SELECT {AGEING_BY[by]}, r.[payment_plan.amount:__cur], {_BUCKETS}, count(*) "
        f"FROM [payment_plan] r WHERE {_OPEN} GROUP BY 1, 2"
    )


# Currency, kind of span, sum, count. Binds: today, week_end, month_end.
DUE = f"""
SELECT r.[payment_plan.amount:__cur],
  coalesce(sum(r.[payment_plan.outstanding]) FILTER (WHERE r.[payment_plan.due_on] < %(today)s::date), 0)::text,
  count(*) FILTER (WHERE r.[payment_plan.due_on] < %(today)s::date),
  coalesce(sum(r.[payment_plan.outstanding]) FILTER (WHERE r.[payment_plan.due_on] BETWEEN %(today)s::date
    AND %(week_end)s::date), 0)::text,
  count(*) FILTER (WHERE r.[payment_plan.due_on] BETWEEN %(today)s::date AND %(week_end)s::date),
  coalesce(sum(r.[payment_plan.outstanding]) FILTER (WHERE r.[payment_plan.due_on] BETWEEN %(today)s::date
    AND %(month_end)s::date), 0)::text,
  count(*) FILTER (WHERE r.[payment_plan.due_on] BETWEEN %(today)s::date AND %(month_end)s::date),
  coalesce(sum(r.[payment_plan.outstanding]), 0)::text, count(*)
FROM [payment_plan] r WHERE {_OPEN} GROUP BY 1
"""
# Month, currency, sum. What is overdue is expected now. Binds: today, until.
FORECAST = f"""
SELECT to_char(greatest(r.[payment_plan.due_on], %(today)s::date), 'YYYY-MM'), r.[payment_plan.amount:__cur],
  sum(r.[payment_plan.outstanding])::text
FROM [payment_plan] r WHERE {_OPEN} AND r.[payment_plan.due_on] < %(until)s::date GROUP BY 1, 2 ORDER BY 1, 2
"""
# Currency; received this month, waiting to be confirmed, advances: sum and number of each. Binds: month_start, today.
PAYMENTS = """
SELECT r.[payment.amount:__cur],
  coalesce(sum(r.[payment.amount]) FILTER (WHERE r.[payment.status] = 'confirmed'
    AND r.[payment.received_on] BETWEEN %(month_start)s::date AND %(today)s::date), 0)::text,
  count(*) FILTER (WHERE r.[payment.status] = 'confirmed'
    AND r.[payment.received_on] BETWEEN %(month_start)s::date AND %(today)s::date),
  coalesce(sum(r.[payment.amount]) FILTER (WHERE r.[payment.status] = 'pending'), 0)::text,
  count(*) FILTER (WHERE r.[payment.status] = 'pending'),
  coalesce(sum(r.[payment.available]) FILTER (WHERE r.[payment.status] = 'confirmed'
    AND r.[payment.available] > 0), 0)::text,
  count(*) FILTER (WHERE r.[payment.status] = 'confirmed' AND r.[payment.available] > 0)
FROM [payment] r WHERE r.deleted_at IS NULL AND {rights} GROUP BY 1
"""

# Movements of one customer in one currency: day, kind, record, number, text, amount owed (plus) or paid (minus).
# Of an instalment whose document has ended what was received of it counts. Binds: account, currency, until.
PLAN_MOVEMENTS = """
SELECT r.[payment_plan.due_on], 'instalment', r.id, coalesce(
    (SELECT c.[contract.number] FROM [contract] c WHERE c.id = r.[payment_plan.contract]),
    (SELECT o.[sales_order.number] FROM [sales_order] o WHERE o.id = r.[payment_plan.sales_order])),
  r.[payment_plan.name],
  CASE WHEN r.[payment_plan.in_force] THEN r.[payment_plan.amount] ELSE r.[payment_plan.allocated] END
FROM [payment_plan] r WHERE r.deleted_at IS NULL AND r.[payment_plan.account] = %(account)s
  AND r.[payment_plan.amount:__cur] = %(currency)s AND r.[payment_plan.due_on] <= %(until)s::date
  AND (r.[payment_plan.in_force] OR r.[payment_plan.allocated] > 0) AND {rights}
"""
PAYMENT_MOVEMENTS = """
SELECT r.[payment.received_on], 'payment', r.id, r.[payment.number], coalesce(r.[payment.reference], ''),
  -r.[payment.amount]
FROM [payment] r WHERE r.deleted_at IS NULL AND r.[payment.account] = %(account)s
  AND r.[payment.status] = 'confirmed' AND r.[payment.amount:__cur] = %(currency)s
  AND r.[payment.received_on] <= %(until)s::date AND {rights}
"""
REFUND_MOVEMENTS = """
SELECT r.[refund.refunded_on], 'refund', r.id, r.[refund.number], coalesce(r.[refund.reason], ''),
  r.[refund.amount]
FROM [refund] r WHERE r.deleted_at IS NULL AND r.[refund.account] = %(account)s AND r.[refund.status] = 'paid'
  AND r.[refund.amount:__cur] = %(currency)s AND r.[refund.refunded_on] <= %(until)s::date AND {rights}
"""
CURRENCIES = """
SELECT DISTINCT r.[payment_plan.amount:__cur] FROM [payment_plan] r
WHERE r.deleted_at IS NULL AND r.[payment_plan.account] = %(account)s AND {rights}
"""
# Currency, outstanding, overdue. Binds: account, today.
OWED = f"""
SELECT r.[payment_plan.amount:__cur], sum(r.[payment_plan.outstanding])::text,
  coalesce(sum(r.[payment_plan.outstanding]) FILTER (WHERE r.[payment_plan.due_on] < %(today)s::date), 0)::text
FROM [payment_plan] r WHERE r.[payment_plan.account] = %(account)s AND {_OPEN} GROUP BY 1
"""
# Currency, advances. Binds: account.
ADVANCES = """
SELECT r.[payment.amount:__cur], sum(r.[payment.available])::text FROM [payment] r
WHERE r.deleted_at IS NULL AND r.[payment.status] = 'confirmed' AND r.[payment.available] > 0
  AND r.[payment.account] = %(account)s AND {rights} GROUP BY 1
"""
# The last rates known by a day. Binds: on, currencies.
RATES = """
SELECT DISTINCT ON (x.currency) x.currency, x.rate FROM {exchange_rate} x
WHERE x.currency = ANY(%(currencies)s::text[]) AND x.day <= %(on)s ORDER BY x.currency, x.day DESC
"""

# Instalments that come up or are late and of which their owner was not told since: told now, and returned.
# Binds: now, today, soon.
TELL_DUE = """
UPDATE [payment_plan] p SET [payment_plan.reminded_at] = %(now)s
WHERE p.deleted_at IS NULL AND p.[payment_plan.in_force] AND p.[payment_plan.outstanding] > 0
  AND p.owner_id IS NOT NULL AND p.[payment_plan.due_on] <= %(soon)s::date
  AND (p.[payment_plan.reminded_at] IS NULL OR (p.[payment_plan.due_on] < %(today)s::date
    AND (p.[payment_plan.reminded_at] AT TIME ZONE %(timezone)s)::date <= p.[payment_plan.due_on]))
RETURNING p.owner_id, p.id, p.[payment_plan.due_on] < %(today)s::date, p.[payment_plan.due_on]
"""
# Contracts that end soon, once for each end. Binds: now, today, timezone.
TELL_RENEWAL = """
UPDATE [contract] c SET [contract.renewal_told_at] = %(now)s
WHERE c.deleted_at IS NULL AND c.[contract.status] IN ('signed', 'performing') AND c.owner_id IS NOT NULL
  AND c.[contract.ends_on] >= %(today)s::date
  AND c.[contract.ends_on] - coalesce(c.[contract.renewal_days], 30)::integer <= %(today)s::date
  AND (c.[contract.renewal_told_at] IS NULL OR (c.[contract.renewal_told_at] AT TIME ZONE %(timezone)s)::date
    < c.[contract.ends_on] - coalesce(c.[contract.renewal_days], 30)::integer)
RETURNING c.owner_id, c.id, c.[contract.ends_on]
"""
