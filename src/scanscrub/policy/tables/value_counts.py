"""How many values an attribute has at most (its VM, PS3.6), where they are numbers and the standard bounds them."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from scanscrub.policy.tables.data_files import lines_of

_SIZES: Final = {
    **dict.fromkeys(("US", "SS", "OW"), 2),
    **dict.fromkeys(("AT", "FL", "SL", "UL", "OF", "OL"), 4),
    **dict.fromkeys(("FD", "SV", "UV", "OD", "OV"), 8),
}
"""Bytes of a number by VR."""


def has_surplus(tag: int, vr: str, length: int, text: str) -> bool:
    """Whether a value of `length` bytes, which reads as `text`, holds more numbers than the standard has a meaning
    for: what they say is nobody's measure.
    """
    if vr not in _SIZES and vr not in {"DS", "IS"}:
        return False
    most = _most().get(tag)
    if most is None:
        return False
    return length > most * _SIZES[vr] if vr in _SIZES else text.count("\\") >= most


@cache
def _most() -> Mapping[int, int]:
    rows = (line.split() for line in lines_of("value_counts.txt"))
    return {int(tag, 16): int(most) for most, *tags in rows for tag in tags}
