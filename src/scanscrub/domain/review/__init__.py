"""What a person decided about masks, and what became of it."""
