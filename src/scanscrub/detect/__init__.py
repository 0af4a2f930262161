"""Finding and reading writing in pictures."""
