"""Statements of commissions, with API names (`query.ledgers`). Days are those of the workspace's time zone."""

RULES = """
SELECT r.id, r.[commission_rule.name], r.[commission_rule.basis], r.[commission_rule.rate],
  coalesce(r.[commission_rule.from_amount], 0), r.[commission_rule.person], r.[commission_rule.department],
  r.[commission_rule.valid_from], r.[commission_rule.valid_until]
FROM [commission_rule] r
WHERE r.deleted_at IS NULL AND r.[commission_rule.active] AND r.[commission_rule.rate] IS NOT NULL
"""

# Of people: their department and all above it, the nearest first.
DEPARTMENTS = """
WITH RECURSIVE up AS (
  SELECT u.id AS person, u.[user.department] AS department, 0 AS far FROM [user] u WHERE u.id = ANY(%(people)s::uuid[])
  UNION ALL
  SELECT up.person, d.[department.parent], up.far + 1 FROM up JOIN [department] d ON d.id = up.department
  WHERE up.far < 50
)
SELECT person, department FROM up WHERE department IS NOT NULL ORDER BY person, far
"""

# Whoever has the contract or the order sold it. What was undone does not count; what was paid on it is taken back.
RECEIVED = """
SELECT coalesce(c.owner_id, s.owner_id), al.id, NULL::uuid, al.[allocation.allocated_on],
  coalesce(al.[allocation.amount:__cur], %(own)s), al.[allocation.amount],
  jsonb_build_object('payment', al.[allocation.payment], 'payment_plan', p.id, 'contract', c.id, 'sales_order', s.id,
    'account', coalesce(c.[contract.account], s.[sales_order.account]),
    'opportunity', coalesce(c.[contract.opportunity], s.[sales_order.opportunity]))
FROM [allocation] al JOIN [payment_plan] p ON p.id = al.[allocation.payment_plan]
LEFT JOIN [contract] c ON c.id = p.[payment_plan.contract]
LEFT JOIN [sales_order] s ON s.id = p.[payment_plan.sales_order]
WHERE al.deleted_at IS NULL AND al.[allocation.status] = 'active'
  AND al.[allocation.allocated_on] >= %(start)s AND al.[allocation.allocated_on] < %(end)s
  AND coalesce(c.owner_id, s.owner_id) = ANY(%(people)s::uuid[])
"""

# An amendment counts by what it is more than the contract that it amends.
SIGNED = """
SELECT c.owner_id, c.id, NULL::uuid, c.[contract.signed_on], coalesce(c.[contract.amount:__cur], %(own)s),
  c.[contract.amount] - coalesce(o.[contract.amount], 0),
  jsonb_build_object('contract', c.id, 'account', c.[contract.account], 'opportunity', c.[contract.opportunity])
FROM [contract] c LEFT JOIN [contract] o ON o.id = c.[contract.amends]
WHERE c.deleted_at IS NULL AND c.[contract.amount] IS NOT NULL
  AND c.[contract.status] IN ('signed', 'performing', 'completed', 'amended', 'terminated')
  AND c.[contract.signed_on] >= %(start)s AND c.[contract.signed_on] < %(end)s
  AND c.owner_id = ANY(%(people)s::uuid[])
"""

# A deal that is shared out counts for each by their share.
WON = """
SELECT coalesce(s.[opportunity_split.person], o.owner_id), o.id, s.id,
  (o.[opportunity.stage_entered_at] AT TIME ZONE %(timezone)s)::date,
  coalesce(CASE WHEN o.[opportunity.won_amount] IS NULL THEN o.[opportunity.amount:__cur]
    ELSE o.[opportunity.won_amount:__cur] END, %(own)s),
  coalesce(o.[opportunity.won_amount], o.[opportunity.amount]) * coalesce(s.[opportunity_split.share], 100) / 100,
  jsonb_build_object('opportunity', o.id, 'account', o.[opportunity.account])
FROM [opportunity] o
LEFT JOIN [opportunity_split] s ON s.[opportunity_split.opportunity] = o.id AND s.deleted_at IS NULL
  AND s.[opportunity_split.kind] = 'revenue'
WHERE o.deleted_at IS NULL AND o.[opportunity.stage] = ANY(%(won)s::text[])
  AND coalesce(o.[opportunity.won_amount], o.[opportunity.amount]) IS NOT NULL
  AND (o.[opportunity.stage_entered_at] AT TIME ZONE %(timezone)s)::date >= %(start)s
  AND (o.[opportunity.stage_entered_at] AT TIME ZONE %(timezone)s)::date < %(end)s
  AND coalesce(s.[opportunity_split.person], o.owner_id) = ANY(%(people)s::uuid[])
"""

# Open instalments in force that are due before `end`: what would come of them.
OPEN = """
SELECT coalesce(c.owner_id, s.owner_id), p.id, NULL::uuid, greatest(p.[payment_plan.due_on], %(today)s),
  coalesce(p.[payment_plan.amount:__cur], %(own)s), p.[payment_plan.outstanding],
  jsonb_build_object('payment_plan', p.id, 'contract', c.id, 'sales_order', s.id,
    'account', coalesce(c.[contract.account], s.[sales_order.account]))
FROM [payment_plan] p
LEFT JOIN [contract] c ON c.id = p.[payment_plan.contract] AND c.deleted_at IS NULL
LEFT JOIN [sales_order] s ON s.id = p.[payment_plan.sales_order] AND s.deleted_at IS NULL
WHERE p.deleted_at IS NULL AND p.[payment_plan.outstanding] > 0 AND p.[payment_plan.due_on] < %(end)s
  AND (c.[contract.status] IN ('signed', 'performing') OR s.[sales_order.status] = 'confirmed')
  AND coalesce(c.owner_id, s.owner_id) = ANY(%(people)s::uuid[])
"""

CLOSED = """
SELECT m.person_id, m.id, m.month, m.closed_at, m.closed_by FROM {commission_month} m
WHERE m.person_id = ANY(%(people)s::uuid[]) ORDER BY m.person_id, m.month
"""
# What was seen and paid nothing (no rule, no amount) is kept, and not told.
KEPT_LINES = """
SELECT l.month_id, l.basis, l.source_id, l.share_id, l.day, l.rule_id, l.rule, l.rate, l.currency, l.base, l.amount,
  l.adjusts, l.places
FROM {commission_line} l WHERE l.month_id = ANY(%(months)s::uuid[]) AND NOT (l.rule_id IS NULL AND l.amount = 0)
ORDER BY l.month_id, l.position
"""
# What closed months have paid on, all told, for what is received: what has been undone since, and when.
UNDONE = """
SELECT m.person_id, l.source_id, min(l.day), l.currency, sum(l.base), sum(l.amount), min(l.rule),
  (al.[allocation.undone_at] AT TIME ZONE %(timezone)s)::date, (array_agg(l.places))[1]
FROM {commission_month} m JOIN {commission_line} l ON l.month_id = m.id
JOIN [allocation] al ON al.id = l.source_id
WHERE m.person_id = ANY(%(people)s::uuid[]) AND l.basis = 'received'
  AND (al.[allocation.status] <> 'active' OR al.deleted_at IS NOT NULL)
GROUP BY m.person_id, l.source_id, l.currency, al.[allocation.undone_at]
HAVING sum(l.amount) <> 0
"""
# Of the sources asked for, what a closed month of anybody has paid on.
PAID_SOURCES = """
SELECT DISTINCT l.basis, l.source_id, l.share_id FROM {commission_line} l
WHERE l.source_id = ANY(%(sources)s::uuid[])
"""
CLOSE = """
INSERT INTO {commission_month} (person_id, month, closed_at, closed_by)
VALUES (%(person)s, %(month)s, %(now)s, %(by)s) ON CONFLICT (person_id, month) DO NOTHING RETURNING id
"""
KEEP_LINES = """
INSERT INTO {commission_line} (month_id, position, basis, source_id, share_id, day, rule_id, rule, rate, currency, base,
  amount, adjusts, places)
SELECT %(month)s, r.* FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(position integer, basis text, source_id uuid,
  share_id uuid, day date, rule_id uuid, rule text, rate numeric, currency text, base numeric, amount numeric,
  adjusts boolean, places jsonb)
"""
PEOPLE = "SELECT u.id FROM [user] u WHERE u.deleted_at IS NULL ORDER BY u.[user.name], u.id LIMIT %(most)s"
# Of those just put into the trash.
APPROVED_AMONG = """
SELECT e.id FROM [expense] e
WHERE e.id = ANY(%(ids)s::uuid[]) AND e.[expense.status] IN ('approved', 'reimbursed')
"""
