"""`check`: which inputs, what was found in each, what of it was accepted."""
