"""Statements of receivables that keep records right after a write: each over any number of records.

What they write follows from other values: neither version nor history moves.
"""

# Where an instalment stands is its document's: whose it is, whether it is in force. Binds: plans, contracts, orders,
# live_contract, live_order. Returns those that changed.
FOLLOW_DOCUMENT = """
UPDATE [payment_plan] p SET [payment_plan.account] = d.account, [payment_plan.company] = d.company,
  owner_id = d.owner_id, department_id = d.department_id, [payment_plan.in_force] = d.live
FROM (
  SELECT i.id, c.[contract.account] AS account, c.[contract.company] AS company, c.owner_id, c.department_id,
    c.deleted_at IS NULL AND c.[contract.status] = ANY(%(live_contract)s::text[]) AS live
  FROM [payment_plan] i JOIN [contract] c ON c.id = i.[payment_plan.contract]
  WHERE i.id = ANY(%(plans)s::uuid[]) OR c.id = ANY(%(contracts)s::uuid[])
  UNION ALL
  SELECT i.id, o.[sales_order.account], o.[sales_order.company], o.owner_id, o.department_id,
    o.deleted_at IS NULL AND o.[sales_order.status] = ANY(%(live_order)s::text[])
  FROM [payment_plan] i JOIN [sales_order] o ON o.id = i.[payment_plan.sales_order]
  WHERE i.[payment_plan.contract] IS NULL
    AND (i.id = ANY(%(plans)s::uuid[]) OR o.id = ANY(%(orders)s::uuid[]))
) d
WHERE p.id = d.id AND (p.[payment_plan.account], p.[payment_plan.company], p.owner_id, p.department_id,
  p.[payment_plan.in_force]) IS DISTINCT FROM (d.account, d.company, d.owner_id, d.department_id, d.live)
RETURNING p.id
"""

# What is due after a milestone is due so many days after it was reached. Binds: plans.
FOLLOW_MILESTONE = """
UPDATE [payment_plan] p SET [payment_plan.due_on] =
  p.[payment_plan.milestone_reached_on] + coalesce(p.[payment_plan.days_after], 0)::integer
WHERE p.id = ANY(%(plans)s::uuid[]) AND coalesce(p.[payment_plan.milestone], '') <> ''
  AND p.[payment_plan.due_on] IS DISTINCT FROM
    p.[payment_plan.milestone_reached_on] + coalesce(p.[payment_plan.days_after], 0)::integer
RETURNING p.id
"""

# Settled on the day of the last allocation, as long as nothing is open. Binds: plans, allocations.
FOLLOW_ALLOCATIONS = """
UPDATE [payment_plan] p SET [payment_plan.paid_on] = d.paid_on
FROM (
  SELECT i.id, CASE WHEN coalesce(i.[payment_plan.outstanding], 1) <= 0 THEN (
    SELECT max(a.[allocation.allocated_on]) FROM [allocation] a WHERE a.[allocation.payment_plan] = i.id
      AND a.deleted_at IS NULL AND a.[allocation.status] = 'active') END AS paid_on
  FROM [payment_plan] i
  WHERE i.id = ANY(%(plans)s::uuid[]) OR i.id IN (
    SELECT a.[allocation.payment_plan] FROM [allocation] a WHERE a.id = ANY(%(allocations)s::uuid[]))
) d
WHERE p.id = d.id AND p.[payment_plan.paid_on] IS DISTINCT FROM d.paid_on RETURNING p.id
"""

# The rate of a payment's day, the last known by then, and what it is in own currency. Binds: ids, own, digits.
PAYMENT_RATES = """
UPDATE [payment] p SET [payment.exchange_rate] = d.rate,
  [payment.base_amount] = round(p.[payment.amount] * d.rate, %(digits)s::integer),
  [payment.base_amount:__cur] = CASE WHEN d.rate IS NOT NULL THEN %(own)s::text END
FROM (
  SELECT i.id, CASE WHEN i.[payment.amount:__cur] = %(own)s::text THEN 1 ELSE (
    SELECT x.rate FROM {exchange_rate} x WHERE x.currency = i.[payment.amount:__cur]
      AND x.day <= i.[payment.received_on] ORDER BY x.day DESC LIMIT 1) END AS rate
  FROM [payment] i WHERE i.id = ANY(%(ids)s::uuid[])
) d
WHERE p.id = d.id RETURNING p.id
"""

# A refund goes to whom the payment came from. Binds: ids.
REFUND_ACCOUNTS = """
UPDATE [refund] f SET [refund.account] = p.[payment.account] FROM [payment] p
WHERE f.id = ANY(%(ids)s::uuid[]) AND p.id = f.[refund.payment]
  AND f.[refund.account] IS DISTINCT FROM p.[payment.account] RETURNING f.id
"""

# Net and tax of an invoice from its total and rate. The last red invoice of one takes what the others left, so that
# nothing of either remains. Binds: ids, none (currencies without a minor unit), three (with three digits).
INVOICE_TAXES = """
UPDATE [invoice] v SET [invoice.net] = d.net, [invoice.net:__cur] = v.[invoice.total:__cur],
  [invoice.tax] = v.[invoice.total] - d.net, [invoice.tax:__cur] = v.[invoice.total:__cur]
FROM (
  SELECT i.id, CASE WHEN o.id IS NOT NULL AND o.[invoice.total] + i.[invoice.total] + reds.total = 0
    THEN -(o.[invoice.net] + reds.net)
    ELSE round(i.[invoice.total] * 100 / (100 + coalesce(i.[invoice.tax_rate], 0)),
      CASE WHEN i.[invoice.total:__cur] = ANY(%(none)s::text[]) THEN 0
           WHEN i.[invoice.total:__cur] = ANY(%(three)s::text[]) THEN 3 ELSE 2 END) END AS net
  FROM [invoice] i LEFT JOIN [invoice] o ON o.id = i.[invoice.red_of]
  LEFT JOIN LATERAL (SELECT coalesce(sum(s.[invoice.total]), 0) AS total, coalesce(sum(s.[invoice.net]), 0) AS net
    FROM [invoice] s WHERE s.[invoice.red_of] = o.id AND s.id <> i.id AND s.deleted_at IS NULL
      AND s.[invoice.status] = 'issued') reds ON true
  WHERE i.id = ANY(%(ids)s::uuid[])
) d
WHERE v.id = d.id RETURNING v.id
"""

# What a request leaves blank stands with the account and its document. Binds: ids.
REQUEST_DEFAULTS = """
UPDATE [invoice_request] q SET
  [invoice_request.title] = coalesce(q.[invoice_request.title], a.[account.invoice_title], a.[account.name]),
  [invoice_request.tax_id] = coalesce(q.[invoice_request.tax_id], a.[account.tax_id], a.[account.credit_code]),
  [invoice_request.bank_name] = coalesce(q.[invoice_request.bank_name], a.[account.bank_name]),
  [invoice_request.bank_account] = coalesce(q.[invoice_request.bank_account], a.[account.bank_account]),
  [invoice_request.address] = coalesce(q.[invoice_request.address], a.[account.address]),
  [invoice_request.phone] = coalesce(q.[invoice_request.phone], a.[account.phone]),
  [invoice_request.email] = coalesce(q.[invoice_request.email], a.[account.email]),
  [invoice_request.company] = coalesce(q.[invoice_request.company], c.[contract.company], o.[sales_order.company]),
  [invoice_request.tax_rate] = coalesce(q.[invoice_request.tax_rate], m.[company.tax_rate])
FROM [invoice_request] i JOIN [account] a ON a.id = i.[invoice_request.account]
LEFT JOIN [contract] c ON c.id = i.[invoice_request.contract]
LEFT JOIN [sales_order] o ON o.id = i.[invoice_request.sales_order]
LEFT JOIN [company] m ON m.id =
  coalesce(i.[invoice_request.company], c.[contract.company], o.[sales_order.company])
WHERE q.id = i.id AND i.id = ANY(%(ids)s::uuid[]) RETURNING q.id
"""

# Held until the end of the transaction, always in the order of ids. Binds: ids.
HOLD_CONTRACTS = "SELECT c.id FROM [contract] c WHERE c.id = ANY(%(ids)s::uuid[]) ORDER BY c.id FOR UPDATE"
HOLD_ORDERS = "SELECT o.id FROM [sales_order] o WHERE o.id = ANY(%(ids)s::uuid[]) ORDER BY o.id FOR UPDATE"
DOCUMENTS_OF = """
SELECT p.[payment_plan.contract], p.[payment_plan.sales_order] FROM [payment_plan] p
WHERE p.id = ANY(%(ids)s::uuid[])
"""
HOLD_PAYMENT = """
SELECT p.id, p.version, p.[payment.status], p.[payment.account], p.[payment.amount:__cur], p.[payment.available],
  p.owner_id, p.[payment.allocated], p.[payment.refunded], p.[payment.contract], p.[payment.number]
FROM [payment] p WHERE p.id = %(id)s AND p.deleted_at IS NULL FOR UPDATE
"""
HOLD_PLANS = """
SELECT p.id, p.[payment_plan.account], p.[payment_plan.amount:__cur], p.[payment_plan.outstanding],
  coalesce(p.[payment_plan.in_force], false)
FROM [payment_plan] p WHERE p.id = ANY(%(ids)s::uuid[]) AND p.deleted_at IS NULL ORDER BY p.id FOR UPDATE
"""
HOLD_INVOICES = """
SELECT v.id, v.[invoice.account], v.[invoice.total:__cur], v.[invoice.outstanding],
  v.[invoice.status] = 'issued' AND v.[invoice.red_of] IS NULL, v.[invoice.status]
FROM [invoice] v WHERE v.id = ANY(%(ids)s::uuid[]) AND v.deleted_at IS NULL ORDER BY v.id FOR UPDATE
"""
# One tree of accounts: whoever stands above and below. Binds: id.
FAMILY = """
WITH RECURSIVE up AS (
  SELECT a.id, a.[account.parent] AS parent, 1 AS depth FROM [account] a WHERE a.id = %(id)s
  UNION SELECT a.id, a.[account.parent], up.depth + 1 FROM [account] a JOIN up ON a.id = up.parent
    WHERE up.depth < 20
), down AS (
  SELECT id, 1 AS depth FROM up
  UNION SELECT a.id, down.depth + 1 FROM [account] a JOIN down ON a.[account.parent] = down.id
    WHERE down.depth < 40
) SELECT DISTINCT id FROM down
"""
# Instalments and invoices that a payment may go to, as far as the reader sees them. Binds: accounts, currency, limit.
OPEN_PLANS = """
SELECT r.id, r.[payment_plan.name], r.[payment_plan.due_on]::text, r.[payment_plan.amount]::text,
  r.[payment_plan.outstanding]::text, r.[payment_plan.contract], r.[payment_plan.sales_order],
  r.[payment_plan.account], r.[payment_plan.milestone]
FROM [payment_plan] r WHERE r.deleted_at IS NULL AND r.[payment_plan.in_force] AND r.[payment_plan.outstanding] > 0
  AND r.[payment_plan.account] = ANY(%(accounts)s::uuid[]) AND r.[payment_plan.amount:__cur] = %(currency)s
  AND {rights} ORDER BY r.[payment_plan.due_on] NULLS LAST, r.id LIMIT %(limit)s
"""
OPEN_INVOICES = """
SELECT r.id, r.[invoice.number], r.[invoice.invoice_number], r.[invoice.issued_on]::text, r.[invoice.total]::text,
  r.[invoice.outstanding]::text, r.[invoice.contract], r.[invoice.sales_order], r.[invoice.account]
FROM [invoice] r WHERE r.deleted_at IS NULL AND r.[invoice.status] = 'issued' AND r.[invoice.red_of] IS NULL
  AND r.[invoice.outstanding] > 0 AND r.[invoice.account] = ANY(%(accounts)s::uuid[])
  AND r.[invoice.total:__cur] = %(currency)s AND {rights} ORDER BY r.[invoice.issued_on], r.id LIMIT %(limit)s
"""
HOLD_INVOICE = """
SELECT v.id, v.version, v.[invoice.status], v.[invoice.kind], v.[invoice.total], v.[invoice.total:__cur],
  v.[invoice.red_total], v.[invoice.allocated], v.[invoice.red_of], v.owner_id
FROM [invoice] v WHERE v.id = %(id)s AND v.deleted_at IS NULL FOR UPDATE
"""
HOLD_ALLOCATION = """
SELECT a.id, a.version, a.[allocation.status], a.[allocation.payment], a.[allocation.payment_plan],
  a.[allocation.invoice]
FROM [allocation] a WHERE a.id = %(id)s AND a.deleted_at IS NULL
"""
