"""Upright pictures: the Orientation tag (EXIF 2.32, 4.6.4 A; TIFF 6.0, tag 274) and nothing else of EXIF."""

import struct
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

ORIENTATION_TAG = 0x0112
UPRIGHT = 1
_SHORT = 3
_MAX_ENTRIES = 4096
_TURNS = {
    1: (False, False, False),
    2: (False, False, True),
    3: (False, True, True),
    4: (False, True, False),
    5: (True, False, False),
    6: (True, False, True),
    7: (True, True, True),
    8: (True, True, False),
}
"""Rows for columns, then rows back to front, then columns back to front."""

Samples: TypeAlias = NDArray[Any]
"""``(rows, columns[, channels])`` of the dtype that the file's depth asks for."""


def orientation_of(exif: bytes) -> int:
    """The orientation, 1 to 8, that an EXIF block (beginning with its TIFF header) asks for; 1 if none does."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(bytes(exif[:4]))
    if order is None or len(exif) < 10:
        return UPRIGHT
    (ifd,) = struct.unpack_from(order + "I", exif, 4)
    if ifd + 2 > len(exif):
        return UPRIGHT
    (entries,) = struct.unpack_from(order + "H", exif, ifd)
    for entry in range(min(entries, _MAX_ENTRIES)):
        start = ifd + 2 + 12 * entry
        if start + 12 > len(exif):
            break
        tag, kind, count, value = struct.unpack_from(order + "HHIH", exif, start)
        if tag == ORIENTATION_TAG and kind == _SHORT and count == 1 and 1 <= value <= 8:
            return int(value)
    return UPRIGHT


def minimal_exif(orientation: int) -> bytes:
    """An EXIF block of one entry, the orientation."""
    return struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, ORIENTATION_TAG, _SHORT, 1, orientation, 0, 0)


def upright(stored: Samples, orientation: int) -> Samples:
    """Turn a stored array ``(rows, columns, ...)`` as it is to be seen."""
    transposed, rows_back, columns_back = _TURNS[orientation]
    seen = np.swapaxes(stored, 0, 1) if transposed else stored
    return seen[:: -1 if rows_back else 1, :: -1 if columns_back else 1]


def as_stored(seen: Samples, orientation: int) -> Samples:
    """Turn an upright array back: the inverse of `upright`."""
    return upright(seen, {6: 8, 8: 6}.get(orientation, orientation))


def upright_blocks(
    block: tuple[int, int], orientation: int, size: tuple[int, int]
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Height and width of stored blocks in the upright picture of that size, and where its first whole ones begin."""
    transposed, rows_back, columns_back = _TURNS[orientation]
    height, width = reversed(block) if transposed else block
    return (height, width), (size[0] % height if rows_back else 0, size[1] % width if columns_back else 0)
