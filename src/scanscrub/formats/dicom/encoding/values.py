"""New values as bytes, and elements as bytes (PS3.5 6.2, 7.1)."""

import struct

from scanscrub.domain import tags
from scanscrub.formats.dicom.encoding.charsets import CharacterSet
from scanscrub.formats.dicom.encoding.dictionary import (
    CHARSET_VRS,
    LONG_VRS,
    NUMBER_CODES,
    TEXT_VRS,
    UNDEFINED_LENGTH,
    WORD_SIZES,
)
from scanscrub.formats.dicom.encoding.elements import Encoding

_LONGEST_SHORT = 0xFFFE


def encoded_value(vr: str, text: str, charset: CharacterSet, *, little: bool) -> bytes:
    """The bytes of a value given as text, its values joined by backslashes. Raises `ValueError` for no number."""
    if vr in NUMBER_CODES:
        code, _ = NUMBER_CODES[vr]
        number = float if code in "fd" else int
        numbers = [number(part) for part in text.split("\\")] if text else []
        return struct.pack(f"{'<' if little else '>'}{len(numbers)}{code}", *numbers)
    if vr == "AT":
        pointed = [int(part, 16) for part in text.split("\\")] if text else []
        words = [word for tag in pointed for word in (tag >> 16, tag & 0xFFFF)]
        return struct.pack(f"{'<' if little else '>'}{len(words)}H", *words)
    if vr in CHARSET_VRS:
        return charset.encode(text)
    return text.encode("ascii", "ignore")


def element_bytes(tag: int, vr: str, value: bytes, encoding: Encoding) -> bytes:
    """A whole element of defined length; an odd value is padded as its VR asks."""
    if len(value) & 1:
        value += b" " if vr in TEXT_VRS and vr != "UI" else b"\0"
    return element_head(tag, vr, len(value), encoding) + value


def element_head(tag: int, vr: str, length: int, encoding: Encoding) -> bytes:
    """Tag, VR where the encoding has it, and length; a value too long for a short VR is written as UN."""
    order = "<" if encoding.little else ">"
    if encoding.implicit:
        return struct.pack(f"{order}HHL", tag >> 16, tag & 0xFFFF, length)
    if vr in LONG_VRS or length > _LONGEST_SHORT:
        code = vr if vr in LONG_VRS else "UN"
        return struct.pack(f"{order}HH2s2xL", tag >> 16, tag & 0xFFFF, code.encode(), length)
    return struct.pack(f"{order}HH2sH", tag >> 16, tag & 0xFFFF, vr.encode(), length)


def fragmented_bytes(tag: int, vr: str, value: bytes, encoding: Encoding) -> bytes:
    """An encapsulated element: `value` holds its items and their delimiter."""
    return element_head(tag, vr, UNDEFINED_LENGTH, encoding) + value


def item_bytes(content: bytes, encoding: Encoding) -> bytes:
    return (
        struct.pack(f"{'<' if encoding.little else '>'}HHL", tags.Item >> 16, tags.Item & 0xFFFF, len(content))
        + content
    )


def turned(vr: str, value: bytes) -> bytes:
    """The value in the other byte order; bytes that make no whole word stay."""
    size = WORD_SIZES.get(vr, 1)
    if size == 1:
        return value
    whole = len(value) // size * size
    words = memoryview(value)[:whole]
    result = bytearray(value)
    for place in range(size):
        result[place:whole:size] = words[size - 1 - place :: size]
    return bytes(result)
