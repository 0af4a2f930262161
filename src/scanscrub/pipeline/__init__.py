"""The way of one file, a module per stage."""
