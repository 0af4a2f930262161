"""Lossless JPEG (ISO 10918-1 annex H), read and written."""
