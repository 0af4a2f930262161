"""A further layer for a cluster of our own, whose TCP a filter of system calls cannot tell from anybody's.

Landlock (Linux 6.7 and later) keeps this thread and all that it starts from connecting to well-known ports, on any
machine: a web server's, a name server's. A cluster of our own listens on ports that the system gave it.
"""

import ctypes
import struct
from pathlib import Path
from typing import Final

_CREATE_RULES, _ADD_RULE, _RESTRICT = 444, 445, 446
"""System calls, which have the same numbers on every machine."""
_ABI_WITH_PORTS: Final = 4
_ASK_ABI, _PORT_RULE = 1, 2
_CONNECT: Final = 2
"""The right to connect by TCP (``LANDLOCK_ACCESS_NET_CONNECT_TCP``)."""
_NO_NEW_PRIVILEGES: Final = 38
_GIVEN_PORTS: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")


def only_given_ports() -> bool:
    """Allow connections only to ports that the system assigns. False if Landlock is not available."""
    import os  # noqa: PLC0415 - for one call

    try:
        lowest, highest = map(int, _GIVEN_PORTS.read_text(encoding="ascii").split())
        library = ctypes.CDLL(None)
        if library.syscall(_CREATE_RULES, None, ctypes.c_size_t(0), ctypes.c_uint(_ASK_ABI)) < _ABI_WITH_PORTS:
            return False
        handled = struct.pack("=QQ", 0, _CONNECT)
        rules = library.syscall(_CREATE_RULES, handled, ctypes.c_size_t(len(handled)), ctypes.c_uint(0))
        if rules < 0:
            return False
        try:
            for port in range(lowest, highest + 1):
                rule = struct.pack("=QQ", _CONNECT, port)
                if library.syscall(_ADD_RULE, rules, _PORT_RULE, rule, ctypes.c_uint(0)) != 0:
                    return False
            library.prctl(_NO_NEW_PRIVILEGES, *map(ctypes.c_ulong, (1, 0, 0, 0)))
            return int(library.syscall(_RESTRICT, rules, ctypes.c_uint(0))) == 0
        finally:
            os.close(rules)
    except (OSError, ValueError, AttributeError):
        return False
