"""Pools: records nobody owns yet, who may see and claim them, and when they come back (ADR 17)."""
