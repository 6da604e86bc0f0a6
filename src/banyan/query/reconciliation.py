"""Every rule of money recomputed from rows: where what is kept is not what the rows make.

Each statement gives record, what rows make of it, what is kept. Nothing here trusts a rollup, a hook or a constraint.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    key: str
    object: str
    sql: str


def _sum(child: str, link: str, amount: str, also: str = "") -> str:
    """Sums of children by parent."""
    return (
        f"(SELECT s.[{child}.{link}] AS parent, sum(s.[{child}.{amount}]) AS amount FROM [{child}] s "
        f"WHERE s.deleted_at IS NULL{also} GROUP BY 1) m ON m.parent = r.id"
    )


def _kept(parent: str, field: str, source: str) -> str:
    """Where the kept sum is not the sum of the rows."""
    return (
        f"SELECT r.id, coalesce(m.amount, 0), coalesce(r.[{parent}.{field}], 0) FROM [{parent}] r LEFT JOIN {source} "
        f"WHERE r.deleted_at IS NULL AND coalesce(m.amount, 0) <> coalesce(r.[{parent}.{field}], 0)"
    )


def _must(parent: str, whole: str, source: str, holds: str) -> str:
    """Where the sum of the rows `m.amount` and `whole` are not as they must be to each other."""
    return (
        f"SELECT r.id, {whole}, m.amount FROM [{parent}] r JOIN {source} "
        f"WHERE r.deleted_at IS NULL AND NOT (m.amount {holds} coalesce({whole}, 0))"
    )


_ACTIVE = " AND s.[allocation.status] = 'active'"
_ISSUED = " AND s.[invoice.status] IN ('issued', 'reddened')"
_REDS = " AND s.[invoice.status] = 'issued'"
_WAITING = " AND s.[refund.status] <> 'rejected'"
_ENDED = "r.[contract.status] NOT IN ('amended', 'cancelled', 'terminated')"
_PLANNED = {
    "contract": _must(
        "contract", "r.[contract.amount]", _sum("payment_plan", "contract", "amount"), "="
    ) + f" AND {_ENDED}",
    "sales_order": _must(
        "sales_order", "r.[sales_order.total]", _sum("payment_plan", "sales_order", "amount"), "="
    ) + " AND r.[sales_order.status] <> 'cancelled'",
}  # fmt: skip
_TAKEN = (
    "(SELECT s.parent, sum(s.amount) AS amount FROM ("
    "SELECT a.[allocation.payment] AS parent, a.[allocation.amount] AS amount FROM [allocation] a "
    "WHERE a.deleted_at IS NULL AND a.[allocation.status] = 'active' UNION ALL "
    "SELECT f.[refund.payment], f.[refund.amount] FROM [refund] f "
    "WHERE f.deleted_at IS NULL AND f.[refund.status] <> 'rejected') s GROUP BY 1) m ON m.parent = r.id"
)
_LEFT = (
    "SELECT r.id, r.[invoice.total] + coalesce(m.amount, 0), coalesce(a.amount, 0) FROM [invoice] r LEFT JOIN "
    + _sum("invoice", "red_of", "total", _REDS)
    + " LEFT JOIN "
    + _sum("allocation", "invoice", "amount", _ACTIVE).replace(") m ON m.parent", ") a ON a.parent")
    + " WHERE r.deleted_at IS NULL AND r.[invoice.red_of] IS NULL "
    "AND coalesce(a.amount, 0) > r.[invoice.total] + coalesce(m.amount, 0)"
)


def _document(name: str, line: str) -> tuple[Rule, ...]:
    """Σ lines = document, and each line adds up."""
    sums = (("net_total", "net"), ("tax_total", "tax"), ("total", "total"))
    kept = tuple(
        Rule("document_sum", name, _kept(name, field, _sum(line, name, part))) for field, part in sums
    )
    adds = (
        f"SELECT r.id, r.[{line}.net] + r.[{line}.tax], r.[{line}.total] FROM [{line}] r "
        f"WHERE r.deleted_at IS NULL AND r.[{line}.net] + r.[{line}.tax] <> r.[{line}.total]"
    )
    return (*kept, Rule("line_adds_up", line, adds))


def _money_of(name: str, amount: str) -> tuple[Rule, ...]:
    """What a contract or order keeps of its plan and invoices."""
    allocated = (
        f"(SELECT p.[payment_plan.{name}] AS parent, sum(s.[allocation.amount]) AS amount FROM [allocation] s "
        "JOIN [payment_plan] p ON p.id = s.[allocation.payment_plan] WHERE s.deleted_at IS NULL "
        "AND p.deleted_at IS NULL"
        f"{_ACTIVE} GROUP BY 1) m ON m.parent = r.id"
    )
    invoiced = _sum("invoice", name, "total", _ISSUED)
    return (
        Rule("plan_sum", name, _PLANNED[name]),
        Rule("planned_kept", name, _kept(name, "planned", _sum("payment_plan", name, "amount"))),
        Rule("received_kept", name, _kept(name, "received", allocated)),
        Rule("invoiced_kept", name, _kept(name, "invoiced", invoiced)),
        Rule("over_invoiced", name, _must(name, f"r.[{name}.{amount}]", invoiced, "<=")),
    )


RULES: tuple[Rule, ...] = (
    *_document("quote", "quote_line"),
    *_document("contract", "contract_line"),
    *_document("sales_order", "order_line"),
    Rule(
        "lines_sum",
        "contract",
        _must("contract", "r.[contract.amount]", _sum("contract_line", "contract", "total"), "="),
    ),
    *_money_of("contract", "amount"),
    *_money_of("sales_order", "total"),
    Rule(
        "allocated_kept",
        "payment",
        _kept("payment", "allocated", _sum("allocation", "payment", "amount", _ACTIVE)),
    ),
    Rule(
        "refunded_kept",
        "payment",
        _kept("payment", "refunded", _sum("refund", "payment", "amount", _WAITING)),
    ),
    Rule("over_allocated", "payment", _must("payment", "r.[payment.amount]", _TAKEN, "<=")),
    Rule(
        "available_kept",
        "payment",
        "SELECT r.id, r.[payment.amount] - coalesce(m.amount, 0), r.[payment.available] FROM [payment] r LEFT JOIN "
        + _TAKEN
        + " WHERE r.deleted_at IS NULL "
        "AND r.[payment.available] IS DISTINCT FROM r.[payment.amount] - coalesce(m.amount, 0)",
    ),
    Rule(
        "allocated_kept",
        "payment_plan",
        _kept("payment_plan", "allocated", _sum("allocation", "payment_plan", "amount", _ACTIVE)),
    ),
    Rule(
        "over_allocated",
        "payment_plan",
        _must(
            "payment_plan",
            "r.[payment_plan.amount]",
            _sum("allocation", "payment_plan", "amount", _ACTIVE),
            "<=",
        ),
    ),
    Rule(
        "outstanding_kept",
        "payment_plan",
        "SELECT r.id, r.[payment_plan.amount] - coalesce(m.amount, 0), r.[payment_plan.outstanding] "
        "FROM [payment_plan] r LEFT JOIN "
        + _sum("allocation", "payment_plan", "amount", _ACTIVE)
        + " WHERE r.deleted_at IS NULL "
        "AND r.[payment_plan.outstanding] IS DISTINCT FROM r.[payment_plan.amount] - coalesce(m.amount, 0)",
    ),
    Rule(
        "allocated_kept",
        "invoice",
        _kept("invoice", "allocated", _sum("allocation", "invoice", "amount", _ACTIVE)),
    ),
    Rule("red_kept", "invoice", _kept("invoice", "red_total", _sum("invoice", "red_of", "total", _REDS))),
    Rule("over_allocated", "invoice", _LEFT),
    Rule(
        "invoice_adds_up",
        "invoice",
        "SELECT r.id, r.[invoice.net] + r.[invoice.tax], r.[invoice.total] FROM [invoice] r "
        "WHERE r.deleted_at IS NULL AND r.[invoice.net] + r.[invoice.tax] IS DISTINCT FROM r.[invoice.total]",
    ),
    Rule(
        "allocation_currency",
        "allocation",
        "SELECT r.id, p.[payment.amount], r.[allocation.amount] FROM [allocation] r "
        "JOIN [payment] p ON p.id = r.[allocation.payment] LEFT JOIN [payment_plan] i "
        "ON i.id = r.[allocation.payment_plan] WHERE r.deleted_at IS NULL AND r.[allocation.status] = 'active' "
        "AND (p.[payment.amount:__cur] <> r.[allocation.amount:__cur] "
        "OR i.[payment_plan.amount:__cur] <> r.[allocation.amount:__cur])",
    ),
)


def finding(rule: Rule) -> str:
    """Write what a rule finds down. Binds: check, object, most."""
    return (
        "INSERT INTO {receivables_finding} (check_id, rule, object_id, record_id, expected, found) "
        f"SELECT %(check)s, '{rule.key}', %(object)s, q.id, q.expected, q.found "
        f"FROM ({rule.sql}) q (id, expected, found) "
        "ORDER BY q.id LIMIT %(most)s RETURNING 1"
    )
