"""PNG (3rd edition)."""
