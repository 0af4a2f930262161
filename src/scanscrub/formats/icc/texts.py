"""The texts of an ICC profile (ICC.1:2022): its description, its copyright, the makers of devices, and what hides."""

import struct
from collections.abc import Iterator
from typing import Final

from scanscrub.domain.phi import Phi
from scanscrub.formats.icc.elements import plain_element
from scanscrub.leftovers.stray_bytes import spelled

_HEADER: Final = 128
_SETTLED: Final = ((0, 24), (36, 40))
"""Of a header: sizes and kinds that a profile must have to be one, and its mark (7.2)."""
_WORDS: Final = (4, 40, 44, 48, 52, 56, 60, 80, *range(100, 128, 4))
"""Where a header has four letters, or could: makers of profile and device, the model, flags, reserved bytes."""
_IDENTIFIER: Final = slice(84, 100)
_MOST_TAGS: Final = 200
_MOST_RECORDS: Final = 64


def profile_text(data: bytes) -> Phi | None:
    """What stands in the text tags, a line each, and words anywhere else; None where there are none.

    Numbers that are colors are no words, whatever they happen to spell. A part of a profile, or what is none, has
    words only where bytes spell some.
    """
    lines: list[str] = []
    rest = bytearray(data)
    if data[36:40] == b"acsp" and len(data) > _HEADER + 4:
        lines += _of_header(data, rest)
        for name, start, end in _tags(data, rest):
            said = _said(data[start:end])
            lines += said
            if said or plain_element(name, data[start:end]) == data[start:end]:
                rest[start:end] = bytes(end - start)
    lines += spelled(bytes(rest))
    return Phi("\n".join(lines)) if lines else None


def _of_header(data: bytes, rest: bytearray) -> list[str]:
    """The words of a header, which are taken out of the `rest` together with what every profile has."""
    said = []
    for place in _WORDS:
        word = data[place : place + 4].rstrip(b"\0 ")
        if len(word) > 1 and _is_text(word):
            said.append(word.decode("ascii"))
            rest[place : place + 4] = bytes(4)
    identifier = data[_IDENTIFIER].strip(b"\0")
    if _is_text(identifier):
        said.append(identifier.decode("ascii"))
        rest[_IDENTIFIER] = bytes(16)
    for start, end in _SETTLED:
        rest[start:end] = bytes(end - start)
    return said


def _is_text(data: bytes) -> bool:
    return data.isascii() and data.decode("ascii").isprintable() and any(map(str.isalpha, data.decode("ascii")))


def _tags(data: bytes, rest: bytearray) -> Iterator[tuple[bytes, int, int]]:
    """The name of each tag and where its value lies (7.3); the table is taken out of the `rest`."""
    (count,) = struct.unpack_from(">L", data, _HEADER)
    for place in range(_HEADER + 4, _HEADER + 4 + 12 * min(count, _MOST_TAGS), 12):
        if place + 12 > len(data):
            return
        start, length = struct.unpack_from(">LL", data, place + 4)
        rest[place : place + 12] = bytes(12)
        if start < len(data):
            yield data[place : place + 4], start, min(start + length, len(data))


def _said(value: bytes) -> list[str]:
    """The texts of a value of type text (10.24), desc (ICC.1:2001, 6.5.17) or mluc (10.15)."""
    match value[:4]:
        case b"text":
            return _lines(value[8:].decode("utf-8", "replace"))
        case b"desc":
            return _of_description(value)
        case b"mluc" if len(value) >= 16:
            return _of_many_languages(value)
    return []


def _of_description(value: bytes) -> list[str]:
    length = int.from_bytes(value[8:12], "big")
    first, behind = value[12 : 12 + length], value[12 + length :]
    letters = 2 * int.from_bytes(behind[4:8], "big")
    second, script = behind[8 : 8 + letters], behind[8 + letters :]
    return _lines(
        first.decode("utf-8", "replace"), second.decode("utf-16-be", "replace"), script[3:].decode("latin-1")
    )


def _of_many_languages(value: bytes) -> list[str]:
    count, size = struct.unpack_from(">LL", value, 8)
    found: dict[bytes, None] = {}
    for place in range(16, 16 + max(size, 12) * min(count, _MOST_RECORDS), max(size, 12)):
        if place + 12 <= len(value):
            length, start = struct.unpack_from(">LL", value, place + 4)
            found[value[start : start + length]] = None
    return _lines(*(text.decode("utf-16-be", "replace") for text in found))


def _lines(*texts: str) -> list[str]:
    return [line for text in texts if (line := text.replace("\0", " ").strip())]
