"""What is recognized and refused, each with the reason and what its owner can do."""
