"""Whose program is at the other end of a connection over the loopback, where the system tells: Linux does.

The address that a browser is started with, and so the token in it, can be read by every user of the machine in the
list of processes before the browser has used it.
"""

import os
import sys
from pathlib import Path
from typing import Final

_TABLES: Final = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
"""The kernel's own lists: its end of each connection in the second column, the other end in the third, the owner's
number in the eighth, ports in hexadecimal (proc(5)).
"""
_ROOT: Final = 0
"""May read all of us anyway; and between Windows and its Linux, connections are passed on by a program of root."""


def is_strangers(their_port: int, our_port: int) -> bool:
    """Whether that connection belongs to another user of this machine; False where the system does not tell."""
    if sys.platform != "linux":
        return False
    owners = {owner for table in _TABLES for owner in owners_in(_read(table), their_port, our_port)}
    return not owners <= {os.getuid(), _ROOT}


def owners_in(table: str, their_port: int, our_port: int) -> set[int]:
    """The numbers of the users that a table names for connections from the one port to the other."""
    ends = (f":{their_port:04X}", f":{our_port:04X}")
    rows = (line.split() for line in table.splitlines()[1:])
    return {int(row[7]) for row in rows if len(row) > 7 and (row[1][-5:], row[2][-5:]) == ends}


def _read(table: Path) -> str:
    try:
        return table.read_text("ascii")
    except OSError:
        return ""
