"""A filter of system calls (seccomp-BPF) by which a Linux process gives up the network, and all that it starts, too.

It takes no privilege and no dependency. It holds for every thread, and nobody can lift it again. Refused are sockets
of every family that is not listed: a local one leads to daemons that look up names for whoever asks.
"""

import ctypes
import errno
import struct
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from scanscrub.offline.allowed import Allowed

Instruction: TypeAlias = tuple[int, int, int, int]
"""``code, jump if true, jump if false, operand`` of classic BPF."""

_UNIX, _INET, _INET6, _NETLINK = 1, 2, 10, 16
_STREAM, _DATAGRAM, _RAW, _PACKETS = 1, 2, 3, 5
_TCP: Final = ((_INET, _STREAM),)
_NAMES: Final = ((_INET, _DATAGRAM), (_INET6, _DATAGRAM), (_NETLINK, _RAW), (_UNIX, _STREAM))
"""What the C library opens to look up a name: DNS, the list of addresses, the daemons of name services."""

SOCKETS: Final[Mapping[Allowed, tuple[tuple[int, int], ...]]] = {
    Allowed.NOTHING: (),
    Allowed.OWN_PAGE: (),
    Allowed.OWN_CLUSTER: _TCP,
    Allowed.THEIR_CLUSTER: (*_TCP, (_INET6, _STREAM), *_NAMES),
}
"""The sockets that may be made, as pairs of family and type."""
_PAIRS: Final = ((_UNIX, _STREAM), (_UNIX, _PACKETS))
"""Those with two ends, which both are in this process. One for datagrams could still be given an address."""


@dataclass(frozen=True, slots=True)
class _Machine:
    """The numbers of system calls, and what the kernel calls the machine in a filter."""

    audit: int
    socket: int
    socketpair: int
    connect: int
    sendto: int
    sendmsg: int
    sendmmsg: int
    request_key: int
    seccomp: int
    foreign: int = 0xFFFF_FFFF
    """From this number on, calls are those of another ABI."""


MACHINES: Final[Mapping[str, _Machine]] = {
    "x86_64": _Machine(0xC000_003E, 41, 53, 42, 44, 46, 307, 249, 317, 0x4000_0000),  # above: x32
    "aarch64": _Machine(0xC000_00B7, 198, 199, 203, 206, 211, 269, 218, 277),
}
"""From the kernel's ``arch/x86/entry/syscalls/syscall_64.tbl`` and ``include/uapi/asm-generic/unistd.h``."""
_BY_ANOTHER_WAY: Final = (425, 426, 427, 438)
"""io_uring_setup, _enter and _register make sockets behind the filter's back, and pidfd_getfd takes those of others.
The numbers are the same on every machine."""
_FAST_OPEN: Final = 0x2000_0000
"""The flag with which a message connects as well."""

_LOAD, _MASK, _RETURN = 0x20, 0x54, 0x06
_IS, _IS_AT_LEAST, _HAS_BIT = 0x15, 0x35, 0x45
_ALLOW, _REFUSE, _KILL = 0x7FFF_0000, 0x0005_0000 | errno.EPERM, 0x8000_0000
_NUMBER, _ARCHITECTURE = 0, 4

_NO_NEW_PRIVILEGES: Final = 38
_SET_FILTER, _ALL_THREADS = 1, 1


def install(allowed: Allowed) -> bool:
    """Give up all sockets that are not `allowed`, in every thread of this process and in all it starts.

    False where this system has no such filter; nothing is changed then.
    """
    machine = MACHINES.get(_machine())
    if machine is None:
        return False
    program = b"".join(struct.pack("=HBBI", *instruction) for instruction in instructions(machine, allowed))
    buffer = ctypes.create_string_buffer(program, len(program))
    header = _Program(len(program) // 8, ctypes.addressof(buffer))
    try:
        library = ctypes.CDLL(None)
        if library.prctl(_NO_NEW_PRIVILEGES, *map(ctypes.c_ulong, (1, 0, 0, 0))) != 0:
            return False
        arguments = (ctypes.c_long(machine.seccomp), ctypes.c_ulong(_SET_FILTER), ctypes.c_ulong(_ALL_THREADS))
        return int(library.syscall(*arguments, ctypes.byref(header))) == 0
    except (OSError, AttributeError):
        return False


def _machine() -> str:
    """The machine whose system calls this process makes; empty where there is no filter for it."""
    if not sys.platform.startswith("linux") or ctypes.sizeof(ctypes.c_void_p) != 8:
        return ""
    import os  # noqa: PLC0415 - has no uname elsewhere

    return os.uname().machine


class _Program(ctypes.Structure):
    """``struct sock_fprog``."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def instructions(machine: _Machine, allowed: Allowed) -> list[Instruction]:
    """The filter. What is of another architecture ends the process, as its numbers mean other calls."""
    refused = [*_BY_ANOTHER_WAY, machine.request_key]  # the kernel looks up names for whoever asks for a key
    if not SOCKETS[allowed]:
        refused.append(machine.connect)
    flags = {machine.sendto: 3, machine.sendmsg: 2, machine.sendmmsg: 3}
    return [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_IS, 1, 0, machine.audit),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_IS_AT_LEAST, 0, 1, machine.foreign),
        (_RETURN, 0, 0, _REFUSE),
        *_when(machine.socket, _only(SOCKETS[allowed])),
        *_when(machine.socketpair, _only(_PAIRS)),
        *(step for number, argument in flags.items() for step in _when(number, _without_fast_open(argument))),
        *(step for number in refused for step in _when(number, [(_RETURN, 0, 0, _REFUSE)])),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _when(number: int, then: Sequence[Instruction]) -> Iterable[Instruction]:
    """`then`, which ends with an answer, for the system call of this number."""
    yield (_IS, 0, len(then), number)
    yield from then


def _only(sockets: Iterable[tuple[int, int]]) -> list[Instruction]:
    steps: list[Instruction] = []
    for family, kind in sockets:
        steps += [
            (_LOAD, 0, 0, _argument(0)),
            (_IS, 0, 4, family),
            (_LOAD, 0, 0, _argument(1)),
            (_MASK, 0, 0, 0xF),  # above it are flags: not to block, to close when a program is started
            (_IS, 0, 1, kind),
            (_RETURN, 0, 0, _ALLOW),
        ]
    return [*steps, (_RETURN, 0, 0, _REFUSE)]


def _without_fast_open(argument: int) -> list[Instruction]:
    return [
        (_LOAD, 0, 0, _argument(argument)),
        (_HAS_BIT, 0, 1, _FAST_OPEN),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _argument(place: int) -> int:
    """Where the lower half of an argument lies in ``struct seccomp_data``, on a little-endian machine."""
    return 16 + 8 * place
