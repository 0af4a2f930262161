"""What holds in this process: seen by trying, not by what was asked for."""

import os
import sys
from dataclasses import dataclass

from scanscrub.offline import python_sockets
from scanscrub.offline.switches import SWITCHES

_INET, _UNIX = 2, 1
_STREAM, _DATAGRAM = 1, 2


@dataclass(frozen=True, slots=True)
class Layers:
    """The layers that hold."""

    by_the_system: bool
    """It makes no socket for anybody: not for native code, nor for a program that is started."""
    by_python: bool
    by_switches: bool


def try_layers() -> Layers:
    """Try each layer. Nothing is sent: a socket that could be made is closed again."""
    return Layers(
        not any(_makes(family, kind) for family in (_INET, _UNIX) for kind in (_STREAM, _DATAGRAM)),
        _python_refuses(),
        all(os.environ.get(name) == value for name, value in SWITCHES.items()),
    )


def _makes(family: int, kind: int) -> bool:
    """Whether the C library makes such a socket; where it cannot be asked, it would."""
    try:
        import ctypes  # noqa: PLC0415 - a Python may be built without it

        made = int(ctypes.CDLL(None).socket(family, kind, 0))
    except (ImportError, OSError, AttributeError, TypeError):
        return True
    if made < 0:
        return False
    os.close(made)
    return True


def _python_refuses() -> bool:
    try:
        sys.audit(python_sockets.ASKED, "localhost", 0, 0, 0, 0)
    except PermissionError:
        return True
    return False
