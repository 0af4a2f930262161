"""What lies in a folder, for whoever looks for files. Names are shown on the person's own page and nowhere else."""

from pathlib import Path
from typing import Any, Final

_MOST: Final = 500
"""Names of each sort. Who has more types the path."""


def listed(asked: str) -> dict[str, Any]:
    """The folder at that path, or the home folder where it is none; what cannot be listed is empty."""
    path = (path_of(asked) if asked.strip() else None) or _home()
    folders: list[str] = []
    files: list[str] = []
    try:
        for entry in sorted(path.iterdir(), key=lambda each: each.name.casefold()):
            if not entry.name.startswith("."):
                (folders if entry.is_dir() else files).append(entry.name)
    except OSError:
        return {"path": str(path), "parent": str(path.parent), "folders": [], "files": [], "readable": False}
    return {
        "path": str(path),
        "parent": str(path.parent),
        "folders": folders[:_MOST],
        "files": files[:_MOST],
        "more": max(len(folders) - _MOST, 0) + max(len(files) - _MOST, 0),
        "readable": True,
    }


def path_of(typed: str) -> Path | None:
    """What somebody typed as a path from its beginning; None where it is none."""
    try:
        path = Path(typed.strip()).expanduser()
    except (RuntimeError, ValueError):  # nobody here is called so, or can be
        return None
    return path if path.is_absolute() and "\0" not in typed else None


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:
        return Path("/")
