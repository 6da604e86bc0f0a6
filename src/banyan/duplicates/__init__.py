"""Duplicates 查重: rules, keys, checks on every path, the scan of the whole base, the review (ADR 17)."""
