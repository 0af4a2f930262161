"""Bytes that nothing needs, and what they could show. Standard library only."""
