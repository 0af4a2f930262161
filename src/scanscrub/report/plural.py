"""A number and what is counted."""


def plural(count: int, thing: str) -> str:
    """``"1 file"``, ``"1,234 files"``."""
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"
