"""Boxes that may hold writing: from probability maps to lines."""
