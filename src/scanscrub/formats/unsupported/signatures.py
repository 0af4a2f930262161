"""How formats that are refused begin, where that is more than a few fixed bytes."""

import struct
from collections.abc import Callable
from typing import Final, TypeAlias

Matches: TypeAlias = Callable[[bytes], bool]

_ATOMS: Final = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_HDF5: Final = b"\x89HDF\r\n\x1a\n"
_TS_PACKETS: Final = (188, 192, 204)


def starts(*magics: bytes) -> Matches:
    return lambda head: head.startswith(magics)


def is_nifti(head: bytes) -> bool:
    """NIfTI-1 and -2, and Analyze 7.5, by header length and magic in either byte order."""
    length = {head[:4], head[:4][::-1]}
    is_first = (348).to_bytes(4, "big") in length and len(head) >= 348
    return is_first or ((540).to_bytes(4, "big") in length and head[4:7] in (b"n+2", b"ni2"))


def is_mgh(head: bytes) -> bool:
    """FreeSurfer's volume: version 1, four dimensions, a type of number, a flag."""
    if len(head) < 284:
        return False
    version, *dimensions, kind, _, good = struct.unpack_from(">7lH", head)
    return version == 1 and all(0 < one < 1 << 14 for one in dimensions) and kind in (0, 1, 3, 4) and good <= 1


def is_hdf5(head: bytes) -> bool:
    """HDF5, also behind a block of the user's (its format specification, II.A)."""
    return any(head[at : at + 8] == _HDF5 for at in (0, 512, 1024, 2048))


def is_pcx(head: bytes) -> bool:
    """ZSoft's header: version, run lengths, bits, a window that is one, planes."""
    if len(head) < 128 or head[0] != 0x0A or head[1] not in (0, 2, 3, 4, 5) or head[2] > 1:
        return False
    left, top, right, bottom = struct.unpack_from("<4H", head, 4)
    return head[3] in (1, 2, 4, 8) and left <= right and top <= bottom and not head[64] and 0 < head[65] <= 4


def is_sgi(head: bytes) -> bool:
    return (
        head[:2] == b"\x01\xda" and head[2:3] in (b"\0", b"\1") and head[3:4] in (b"\1", b"\2") and head[4:5] == b"\0"
    )


def is_emf(head: bytes) -> bool:
    return head[:4] == b"\1\0\0\0" and head[40:44] == b" EMF"


def is_video(head: bytes) -> bool:
    """QuickTime and MP4 by their first atom, AVI, Matroska and WebM, Flash, ASF, Theora, MPEG streams."""
    if head[4:8] == b"ftyp" or head[8:12] in (b"AVI ", b"AVIX"):
        return True
    if head[4:8] in _ATOMS and head[8:9] and head[:2] in (b"\0\0", b"\0\1"):
        return True
    fixed = (b"\x1a\x45\xdf\xa3", b"FLV\1", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", b"\0\0\1\xba", b"\0\0\1\xb3")
    if head.startswith(fixed):
        return True
    return (head[:4] == b"OggS" and b"\x80theora" in head) or _is_transport_stream(head)


def _is_transport_stream(head: bytes) -> bool:
    """ISO 13818-1: the sync byte at the start of every packet, which some prefix with a time code."""
    return any(
        len(head) > first + 4 * length and all(head[at] == 0x47 for at in range(first, len(head), length))
        for first in (0, 4)
        for length in _TS_PACKETS
    )
