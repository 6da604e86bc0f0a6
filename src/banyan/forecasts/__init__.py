"""Forecast 销售预测: snapshots, what changed between them, overrides, targets and attainment (ADR 17)."""
