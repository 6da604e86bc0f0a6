"""Prices, lines and totals of documents; versions, discounts, acceptance, returns (ADR 18)."""
