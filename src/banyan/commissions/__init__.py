"""Commission by rule with the deals behind it, and expenses (ADR 18)."""
