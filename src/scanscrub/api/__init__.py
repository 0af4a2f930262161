"""The library: what the command line does, as functions that yield records."""
