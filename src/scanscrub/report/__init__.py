"""Turning records and findings into text."""
