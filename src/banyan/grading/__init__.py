"""Level and tags by rule; completeness of records and of people (ADR 17)."""
