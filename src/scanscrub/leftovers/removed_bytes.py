"""What a copy left out of the bytes of its original: aligned, since a cut shifts all that comes behind it."""

from typing import Final

_ANCHOR: Final = 16
"""Bytes that are found again behind a cut; fewer come about by chance."""
_REWRITTEN: Final = 64
"""Bytes that a copy may have anew, a length or a checksum, before the original goes on."""
_BLOCK: Final = 1 << 16
_MOST_CUTS: Final = 4096


def left_out(original: bytes, copy: bytes) -> bytes:
    """The bytes of `original` that `copy` does not have, in order; of the same length, those that differ.

    All the rest of the original where it cannot be aligned: nobody knows then what is gone.
    """
    if len(original) == len(copy):
        return _differing(original, copy)
    gone = bytearray()
    here = there = 0
    for _ in range(_MOST_CUTS):
        same = _same(original, here, copy, there)
        here, there = here + same, there + same
        if there >= len(copy) or here >= len(original):
            break
        skipped = _aligned(original, here, copy, there)
        if skipped is None:
            break
        gone += original[here : skipped[0]]
        here, there = skipped
    return bytes(gone + original[here:])


def _differing(original: bytes, copy: bytes) -> bytes:
    """The bits that are gone; a zero where a byte stayed, so that a drawing keeps its background."""
    differing = int.from_bytes(original, "big") & ~int.from_bytes(copy, "big")
    return differing.to_bytes(len(original), "big")


def _same(original: bytes, here: int, copy: bytes, there: int) -> int:
    """How many bytes are alike from two places on: by blocks, then by ever smaller ones."""
    size, same = _BLOCK, 0
    while size:
        block = original[here + same : here + same + size]
        if len(block) == size and block == copy[there + same : there + same + size]:
            same += size
        else:
            size //= 4
    return same


def _aligned(original: bytes, here: int, copy: bytes, there: int) -> tuple[int, int] | None:
    """Where both go on alike behind what one of them lacks; None where they do not."""
    for rewritten in range(_REWRITTEN):
        anchor = copy[there + rewritten : there + rewritten + _ANCHOR]
        if len(anchor) < min(_ANCHOR, len(copy) - there):
            return None
        found = original.find(anchor, here)
        if found >= 0:
            return found, there + rewritten
    return None
