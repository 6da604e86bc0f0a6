"""Deal registration and its clash check (ADR 18)."""
