"""What may not be, said of rows over the alias `r`: the conditions that checks of receivables ask.

Each is asked of rows in which a field it names was written; `removed` ones of rows that went into the trash.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Guard:
    """`when` is what is wrong; `told` a JSON object for its text; `by_hand`: only people break it.

    `carried`: what the house takes over to another document passes. `born`: asked of what people make anew as well.
    """

    code: str
    field: str | None
    when: str
    fields: tuple[str, ...] = ()
    told: str = "NULL::jsonb"
    removed: bool = False
    by_hand: bool = False
    carried: bool = False
    born: bool = False


_MONEY = ("amount", "account", "received_on", "company", "contract")
_INVOICED = (
    "invoice_number", "request", "account", "contract", "sales_order", "company", "kind", "status", "issued_on",
    "tax_rate", "total", "title", "tax_id", "bank_name", "bank_account", "address", "phone", "content",
)  # fmt: skip
_ASKED = ("account", "contract", "sales_order", "company", "kind", "amount", "tax_rate", "title", "tax_id")


def _one_currency(name: str, currency: str) -> Guard:
    """What was planned or invoiced of a document stays in its currency."""
    return Guard(
        "document_currency",
        "currency",
        f"EXISTS (SELECT 1 FROM [payment_plan] p WHERE p.[payment_plan.{name}] = r.id AND p.deleted_at IS NULL "
        f"AND p.[payment_plan.amount:__cur] <> {currency}) "
        f"OR EXISTS (SELECT 1 FROM [invoice] v WHERE v.[invoice.{name}] = r.id AND v.deleted_at IS NULL "
        f"AND v.[invoice.status] <> 'cancelled' AND v.[invoice.total:__cur] <> {currency})",
        ("amount", "currency"),
    )


GUARDS: dict[str, tuple[Guard, ...]] = {
    "contract": (_one_currency("contract", "r.[contract.amount:__cur]"),),
    "sales_order": (_one_currency("sales_order", "r.[sales_order.currency]"),),
    "payment": (
        Guard("payment_frozen", "amount", "r.[payment.status] = 'confirmed'", _MONEY, by_hand=True),
        Guard(
            "payment_reopened_by_hand",
            "status",
            "r.[payment.status] = 'pending' AND r.[payment.confirmed_at] IS NOT NULL",
            ("status",),
            by_hand=True,
        ),
        Guard(
            "payment_rate_missing",
            "received_on",
            "r.[payment.amount] IS NOT NULL AND r.[payment.exchange_rate] IS NULL",
            ("amount", "received_on"),
            "jsonb_build_object('currency', r.[payment.amount:__cur], 'day', r.[payment.received_on])",
        ),
        # One day of grace: for whoever is east of the workspace's own day.
        Guard(
            "payment_in_future",
            "received_on",
            "r.[payment.received_on] > %(today)s::date + 1",
            ("received_on",),
        ),
        Guard("payment_not_removed", None, "r.[payment.status] = 'confirmed'", removed=True),
    ),
    "refund": (
        Guard(
            "refund_unconfirmed",
            "payment",
            "EXISTS (SELECT 1 FROM [payment] p WHERE p.id = r.[refund.payment] AND p.[payment.status] <> 'confirmed')",
            ("payment", "amount"),
        ),
        Guard(
            "refund_currency",
            "amount",
            "EXISTS (SELECT 1 FROM [payment] p WHERE p.id = r.[refund.payment] "
            "AND p.[payment.amount:__cur] <> r.[refund.amount:__cur])",
            ("payment", "amount"),
        ),
        Guard(
            "refund_paid",
            "amount",
            "r.[refund.status] = 'paid'",
            ("payment", "amount", "refunded_on"),
            by_hand=True,
        ),
        Guard("refund_paid", None, "r.[refund.status] = 'paid'", removed=True),
    ),
    "payment_plan": (
        Guard(
            "plan_currency",
            "amount",
            "EXISTS (SELECT 1 FROM [contract] c WHERE c.id = r.[payment_plan.contract] "
            "AND c.[contract.amount:__cur] <> r.[payment_plan.amount:__cur]) "
            "OR EXISTS (SELECT 1 FROM [sales_order] o WHERE o.id = r.[payment_plan.sales_order] "
            "AND o.[sales_order.currency] <> r.[payment_plan.amount:__cur])",
            ("amount", "contract", "sales_order"),
        ),
        Guard(
            "plan_received",
            "contract",
            "r.[payment_plan.allocated] > 0",
            ("contract", "sales_order"),
            carried=True,
        ),
        Guard("plan_received", None, "r.[payment_plan.allocated] > 0", removed=True),
    ),
    "allocation": (Guard("allocation_active", None, "r.[allocation.status] = 'active'", removed=True),),
    "invoice": (
        Guard(
            "invoice_frozen",
            "total",
            "r.[invoice.status] IN ('issued', 'reddened')",
            _INVOICED,
            by_hand=True,
            carried=True,
        ),
        Guard(
            "invoice_other_account",
            "account",
            "EXISTS (SELECT 1 FROM [contract] c WHERE c.id = r.[invoice.contract] "
            "AND c.[contract.account] <> r.[invoice.account]) "
            "OR EXISTS (SELECT 1 FROM [sales_order] o WHERE o.id = r.[invoice.sales_order] "
            "AND o.[sales_order.account] <> r.[invoice.account])",
            ("account", "contract", "sales_order"),
            by_hand=True,
            born=True,
        ),
        Guard(
            "invoice_currency",
            "total",
            "EXISTS (SELECT 1 FROM [contract] c WHERE c.id = r.[invoice.contract] "
            "AND c.[contract.amount:__cur] <> r.[invoice.total:__cur]) "
            "OR EXISTS (SELECT 1 FROM [sales_order] o WHERE o.id = r.[invoice.sales_order] "
            "AND o.[sales_order.currency] <> r.[invoice.total:__cur])",
            ("total", "contract", "sales_order"),
        ),
        Guard("invoice_not_removed", None, "r.[invoice.status] IN ('issued', 'reddened')", removed=True),
    ),
    "invoice_request": (
        Guard(
            "request_decided_on",
            "amount",
            "r.[invoice_request.status] IN ('approved', 'issued')",
            _ASKED,
            by_hand=True,
            carried=True,
        ),
        Guard(
            "request_other_account",
            "account",
            "EXISTS (SELECT 1 FROM [contract] c WHERE c.id = r.[invoice_request.contract] "
            "AND c.[contract.account] <> r.[invoice_request.account]) "
            "OR EXISTS (SELECT 1 FROM [sales_order] o WHERE o.id = r.[invoice_request.sales_order] "
            "AND o.[sales_order.account] <> r.[invoice_request.account])",
            ("account", "contract", "sales_order"),
        ),
        Guard("request_issued", None, "r.[invoice_request.status] = 'issued'", removed=True),
    ),
}


def asking(name: str, guards: tuple[Guard, ...]) -> str:
    """Rows among `ids` that break a guard: id, then of each guard whether, and what it tells. Binds: ids, today."""
    columns = ", ".join(f"coalesce(({each.when}), false), {each.told}" for each in guards)
    broken = " OR ".join(f"({each.when})" for each in guards)
    return f"SELECT r.id, {columns} FROM [{name}] r WHERE r.id = ANY(%(ids)s::uuid[]) AND ({broken})"


# Documents among `ids` that make a debt now, with what their customers owe by currency. Binds: ids, own, on.
# A debt is what contracts and orders in force amount to less what was received; an order of a contract is part of it.
_DEBTS = """
asked AS (
  SELECT r.id, r.[{name}.account] AS account FROM [{name}] r WHERE r.id = ANY(%(ids)s::uuid[])
    AND r.[{name}.status] = ANY(%(begins)s::text[]) AND r.[{name}.account] IS NOT NULL
), debts AS (
  SELECT c.[contract.account] AS account, c.[contract.amount:__cur] AS currency,
    c.[contract.amount] - coalesce(c.[contract.received], 0) AS amount
  FROM [contract] c WHERE c.deleted_at IS NULL AND c.[contract.status] IN ('signed', 'performing', 'completed')
    AND c.[contract.account] IN (SELECT account FROM asked)
  UNION ALL
  SELECT o.[sales_order.account], coalesce(o.[sales_order.currency], %(own)s),
    o.[sales_order.total] - coalesce(o.[sales_order.received], 0)
  FROM [sales_order] o WHERE o.deleted_at IS NULL AND o.[sales_order.status] IN ('confirmed', 'completed')
    AND o.[sales_order.contract] IS NULL AND o.[sales_order.account] IN (SELECT account FROM asked)
  UNION ALL
  SELECT p.[payment.account], p.[payment.amount:__cur], -p.[payment.available]
  FROM [payment] p WHERE p.deleted_at IS NULL AND p.[payment.status] = 'confirmed'
    AND p.[payment.account] IN (SELECT account FROM asked)
)
"""


def _rate(currency: str) -> str:
    return (
        f"CASE WHEN {currency} = %(own)s THEN 1 ELSE (SELECT x.rate FROM {{exchange_rate}} x "
        f"WHERE x.currency = {currency} AND x.day <= %(on)s ORDER BY x.day DESC LIMIT 1) END"
    )


def over_credit(name: str) -> str:
    """Documents whose customer owes more than the credit limit: id, limit, owed, both in own currency."""
    debts = _DEBTS.replace("{name}", name)
    return (
        f"WITH {debts}, owed AS (SELECT d.account, sum(d.amount * {_rate('d.currency')}) AS amount "
        "FROM debts d GROUP BY 1) "
        "SELECT q.id, round(a.[account.credit_limit] * " + _rate("a.[account.credit_limit:__cur]") + ", 2), "
        "round(o.amount, 2) FROM asked q JOIN [account] a ON a.id = q.account JOIN owed o ON o.account = q.account "
        "WHERE a.[account.credit_limit] IS NOT NULL AND o.amount > a.[account.credit_limit] * "
        + _rate("a.[account.credit_limit:__cur]")
    )
