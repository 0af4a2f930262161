"""Proves a staged copy against its input and the plan."""
