"""A process forbids itself the network, before anything heavy is loaded: three layers, each by itself."""

from scanscrub.offline import switches
from scanscrub.offline.allowed import Allowed


def enforce(allowed: Allowed = Allowed.NOTHING) -> None:
    """From now on this process, and all that it starts, has no more of the network than is `allowed`.

    It cannot be undone: this is for a program's own process and for workers, not for a library in somebody's program.
    Where the system has no such filter the other layers hold; `trial` says what does.
    """
    switches.turn_off()
    _by_the_system(allowed)
    from scanscrub.offline import python_sockets  # noqa: PLC0415 - beside its like

    python_sockets.refuse(allowed)


def _by_the_system(allowed: Allowed) -> bool:
    try:
        from scanscrub.offline import landlock, seccomp  # noqa: PLC0415 - a Python may be built without ctypes
    except ImportError:
        return False
    if allowed is Allowed.OWN_CLUSTER:
        landlock.only_given_ports()
    return seccomp.install(allowed)
