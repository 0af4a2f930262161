"""How many processors there are for us."""

import math
import os
from pathlib import Path
from typing import Final

SELDOM: Final = (5_000, 10, 10)
"""How seldom whoever works at files looks for garbage in circles: a file makes thousands of objects that all stay to
its end, and looking through them again and again takes a tenth of the time."""
_GROUPS: Final = Path("/sys/fs/cgroup")


def processors() -> int:
    """The number that this process may use: of those of its affinity, as many as a container's limit lets it have."""
    affinity = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([affinity, *_limits(_GROUPS, _own_groups())]))


def _own_groups() -> str:
    """This process's control groups, as ``/proc/self/cgroup`` has them; empty where there are none."""
    return _text(Path("/proc/self/cgroup"))


def _limits(root: Path, groups: str) -> list[int]:
    """The processors' worth of time that each control group grants, from the root's down (version 2 or 1)."""
    found = []
    for line in groups.splitlines():
        number, controllers, path = [*line.split(":", 2), "", ""][:3]
        names = controllers.split(",")
        if number != "0" and "cpu" not in names:
            continue
        top = (
            root
            if number == "0"
            else next((root / name for name in (controllers, "cpu") if (root / name).is_dir()), root)
        )
        parts = [part for part in path.split("/") if part not in {"", ".."}]
        for depth in range(len(parts) + 1):
            folder = top.joinpath(*parts[:depth])
            quota = (
                _text(folder / "cpu.max")
                or f"{_text(folder / 'cpu.cfs_quota_us')} {_text(folder / 'cpu.cfs_period_us')}"
            )
            found += _processors_of(quota.split())
    return found


def _processors_of(quota: list[str]) -> list[int]:
    """Of a quota and its period in microseconds; nothing where there is no limit."""
    if len(quota) != 2 or not all(part.isdecimal() for part in quota) or int(quota[1]) == 0:
        return []
    return [max(1, math.ceil(int(quota[0]) / int(quota[1])))]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
