"""Pipelines 销售流程: where deals stand, for how long, what they need; conversion of leads (ADR 17)."""
