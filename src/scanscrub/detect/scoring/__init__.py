"""How sure it is that a box holds writing."""
