"""Payment plans, payments and their allocation, refunds, invoices, ageing, statements, reconciliation (ADR 18)."""
