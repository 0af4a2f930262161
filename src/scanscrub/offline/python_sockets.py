"""The second layer, for every system: Python refuses network calls of its own code.

Native libraries bypass it; `seccomp` is for these.
"""

import errno
import sys
from typing import Final

from scanscrub.offline.allowed import Allowed

ASKED: Final = "socket.getaddrinfo"
"""An event by which the refusal can be tried without anything being asked of the network."""
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_WITH_ADDRESS: Final = frozenset({"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"})
_WITH_NAME: Final = frozenset(
    {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}
)
_UNIX: Final = 1


def refuse(allowed: Allowed) -> None:
    """From now on, network calls of this process's Python code raise `PermissionError`, except what is `allowed`.

    This cannot be undone.
    """
    if allowed is Allowed.THEIR_CLUSTER:
        return
    is_fine = {Allowed.OWN_CLUSTER: _is_loopback, Allowed.OWN_PAGE: _is_accepted}.get(allowed, _is_of_this_process)

    def refuse(event: str, arguments: tuple[object, ...]) -> None:
        # Python calls this for whatever it opens, imports and compiles.
        if event.startswith("socket.") and not is_fine(event, arguments):
            raise PermissionError(errno.EPERM, "scanscrub does not use the network")

    sys.addaudithook(refuse)


def _is_of_this_process(event: str, arguments: tuple[object, ...]) -> bool:
    if event == "socket.__new__":
        return arguments[1] == _UNIX  # how the two ends of a pair are made
    return event == "socket.gethostname"


def _is_accepted(event: str, arguments: tuple[object, ...]) -> bool:
    return event == "socket.__new__" or _is_of_this_process(event, arguments)


def _is_loopback(event: str, arguments: tuple[object, ...]) -> bool:
    if event in _WITH_ADDRESS:
        address = arguments[1]
        return isinstance(address, tuple) and address[0] in _LOOPBACK
    if event in _WITH_NAME:
        return _host(arguments[0]) in _LOOPBACK
    return True


def _host(named: object) -> object:
    """The name that is asked for: by itself, as bytes, or in an address."""
    if isinstance(named, tuple):
        return named[0]
    return named.decode("ascii", "replace") if isinstance(named, bytes) else named
