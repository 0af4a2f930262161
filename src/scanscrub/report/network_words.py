"""How it is enforced that nothing is sent, in words: for the terminal, the report and `doctor`."""

from collections.abc import Iterator, Mapping
from typing import Final

from scanscrub.offline.allowed import Allowed
from scanscrub.offline.trial import Layers

ENFORCED: Final = (
    "While it works, scanscrub blocks its own network access. On Linux, the system refuses every socket to scanscrub"
    " and to all programs that it starts. On other systems, sending is switched off in the libraries, and Python's"
    " own connections are refused. 'scanscrub doctor' tests this. The exception is a cluster, if you ask for"
    " --executor dask."
)
"""A test holds the threat model to these sentences."""

LIFTED: Final[Mapping[Allowed, str]] = {
    Allowed.OWN_CLUSTER: (
        "--executor dask needs connections on this machine, so the system cannot refuse all sockets. TCP stays open"
        " (to high port numbers only, if the kernel has Landlock), and Python's code can only reach 127.0.0.1."
    ),
    Allowed.THEIR_CLUSTER: (
        "--scheduler needs the network, so this process may use it. The workers' machines decide about the workers."
    ),
    Allowed.OWN_PAGE: "The page listens on 127.0.0.1 for one browser; the system refuses every other socket.",
}
"""Said where a part of the network is asked for."""


def of_this_process(layers: Layers) -> Iterator[str]:
    """Which layers hold here, a line each."""
    if layers.by_the_system:
        yield "ok  the system refuses every socket, to native libraries and started programs as well (seccomp)"
    else:
        yield "no  this system refuses no socket to native libraries: only the layers below hold (seccomp: Linux 3.17"
        yield "    or later, x86-64 or ARM64)"
    yield f"{'ok  ' if layers.by_python else 'no  '}Python's connections and look-ups of names are refused"
    yield f"{'ok  ' if layers.by_switches else 'no  '}telemetry and downloads of the libraries are switched off"
