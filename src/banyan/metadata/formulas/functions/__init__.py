"""What formulas can call: one module per category, one entry per function."""
