"""What writing says, and whether a header says the same."""
