"""How much of the network a process may have. An exception is asked for by its name, and said to the user.

A command that needs one more adds a name here, with its rows in `seccomp.SOCKETS` and its words in
`report.network_words`.
"""

from enum import StrEnum


class Allowed(StrEnum):
    NOTHING = "nothing"
    OWN_CLUSTER = "own cluster"
    """A Dask cluster of our own: TCP on 127.0.0.1. A filter of system calls cannot see the address, only that it is
    TCP; so native code is kept from well-known ports (where the kernel has Landlock), and Python from other hosts."""
    THEIR_CLUSTER = "their cluster"
    """The user's Dask cluster: TCP, and the names of its machines."""
    OWN_PAGE = "own page"
    """A page on 127.0.0.1 that listens already: the system makes no socket any more, as with `NOTHING`. Accepting
    makes none, but Python wraps each connection in an object of that name; it connects, binds and asks nothing."""
