"""ICC profiles (ICC.1:2022, and ICC.1:2001-04 for version 2) made anew of what decides colors alone."""

import struct
from collections.abc import Mapping
from typing import Final

from scanscrub.formats.icc.elements import plain_element

KEPT_NOTE: Final = "The embedded color profile was kept without its texts."
REMOVED_NOTE: Final = "The embedded color profile was removed; the stored colors are unchanged."
_HEADER: Final = 128
_MOST_TAGS: Final = 100
_LONGEST: Final = 16 << 20
_CLASSES: Final = frozenset({b"scnr", b"mntr", b"prtr", b"spac"})
_BY_CHANNELS: Final = {1: b"GRAY", 3: b"RGB ", 4: b"CMYK"}
_SPACES: Final = frozenset({b"GRAY", b"RGB ", b"CMYK"})
_CONNECTIONS: Final = frozenset({b"XYZ ", b"Lab "})
_LAST_INTENT: Final = 3
_MINOR: Final = 0x70
"""Of a version's second byte: the minor one, without bug fixes."""
_D50: Final = bytes.fromhex("0000f6d6000100000000d32d")
_DATE: Final = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
_DECISIVE: Final = frozenset(
    b"wtpt chad rXYZ gXYZ bXYZ rTRC gTRC bTRC kTRC A2B0 A2B1 A2B2 B2A0 B2A1 B2A2".split(),
)
"""Without one that it had, a profile would mean other colors: it goes as a whole where one cannot be understood."""
_OPTIONAL: Final = frozenset(b"bkpt lumi gamt cicp".split())
_MATRIX: Final = frozenset(b"rXYZ gXYZ bXYZ rTRC gTRC bTRC".split())
_TABLES: Final = frozenset({b"A2B0", b"B2A0"})
_DESCRIPTION, _COPYRIGHT = "Color profile", "None"
_SRGB_ENTRIES: Final = 1024
_SRGB_COLUMNS: Final = ((28572, 14583, 912), (25238, 46990, 6363), (9376, 3963, 46799))
"""Red, green and blue of IEC 61966-2-1 under D50, in 1/65536, rounded so that they add up to its white."""


def plain_profile(data: bytes) -> bytes | None:
    """The profile with constants for all that says something of somebody: texts, dates, makers, private tags.

    None where it is no profile of an image's colors, or is not built as the standard has it. What comes out comes
    out again.
    """
    tags = _tags(data)
    if tags is None:
        return None
    kept: dict[bytes, bytes] = {}
    for name, element in tags.items():
        if name not in _DECISIVE and name not in _OPTIONAL:
            continue
        plain = plain_element(name, element)
        if plain is None and name in _DECISIVE:
            return None
        if plain is not None:
            kept[name] = plain
    if b"wtpt" not in kept or not _tells_colors(kept, data[12:16], data[16:20]):
        return None
    return _packed(_plain_header(data), kept)


def profile_for(data: bytes | None, channels: int) -> bytes | None:
    """The plain profile of a picture of that many colors; None where it had none that fits."""
    plain = plain_profile(data) if data else None
    return plain if plain is not None and plain[16:20] == _BY_CHANNELS.get(channels) else None


def note_of(data: bytes | None, kept: bytes | None) -> tuple[str, ...]:
    """What an audit says of the profile that a picture had; nothing where it stayed as it was."""
    if data is None or data == kept:
        return ()
    return (REMOVED_NOTE if kept is None else KEPT_NOTE,)


def srgb_profile() -> bytes:
    """A profile of sRGB (IEC 61966-2-1), version 2, of our own."""
    values = [place / (_SRGB_ENTRIES - 1) for place in range(_SRGB_ENTRIES)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values]
    curve = struct.pack(f">4sII{_SRGB_ENTRIES}H", b"curv", 0, _SRGB_ENTRIES, *(round(65535 * one) for one in linear))
    kept = {b"wtpt": b"XYZ " + bytes(4) + _D50}
    for name, column in zip((b"r", b"g", b"b"), _SRGB_COLUMNS, strict=True):
        kept[name + b"XYZ"] = struct.pack(">4s4x3i", b"XYZ ", *column)
        kept[name + b"TRC"] = curve
    return _packed(_header(b"\2\x40", b"mntr", b"RGB ", b"XYZ ", 0), kept)


def _tags(data: bytes) -> Mapping[bytes, bytes] | None:
    """The tagged elements; None where header or table are not what the standard asks for."""
    if not _HEADER + 4 <= len(data) <= _LONGEST or data[36:40] != b"acsp":
        return None
    size, count = struct.unpack(">I", data[:4])[0], struct.unpack_from(">I", data, _HEADER)[0]
    first = _HEADER + 4 + 12 * count
    known = data[12:16] in _CLASSES and data[16:20] in _SPACES and data[20:24] in _CONNECTIONS
    if not known or data[8] not in (2, 4) or data[64:67].strip(b"\0") or data[67] > _LAST_INTENT:
        return None
    if size > len(data) or not 0 < count <= _MOST_TAGS or first > size:
        return None
    tags: dict[bytes, bytes] = {}
    for place in range(count):
        name, offset, length = struct.unpack_from(">4sII", data, _HEADER + 4 + 12 * place)
        if offset < first or offset + length > size or name in tags:
            return None
        tags[name] = data[offset : offset + length]
    return tags


def _tells_colors(kept: Mapping[bytes, bytes], kind: bytes, space: bytes) -> bool:
    """Whether the tags that its class asks for are there (clause 8)."""
    if kind == b"prtr" or space == b"CMYK":
        return kept.keys() >= (_TABLES if kind == b"prtr" else {b"A2B0"})
    return b"A2B0" in kept or kept.keys() >= ({b"kTRC"} if space == b"GRAY" else _MATRIX)


def _plain_header(data: bytes) -> bytes:
    return _header(bytes((data[8], data[9] & _MINOR)), data[12:16], data[16:20], data[20:24], data[67])


def _header(version: bytes, kind: bytes, space: bytes, connection: bytes, intent: int) -> bytes:
    """All but the size: no maker, no model, no creator, no identifier, and a date that is nobody's."""
    head = bytes(4) + version + bytes(2) + kind + space + connection + _DATE + b"acsp" + bytes(24)
    return head + struct.pack(">I", intent) + _D50 + bytes(48)


def _packed(header: bytes, kept: Mapping[bytes, bytes]) -> bytes:
    """A whole profile: tags by name, elements that are alike once, each at a multiple of four."""
    elements = dict(sorted({**kept, **_texts(header[4])}.items()))
    at = _HEADER + 4 + 12 * len(elements)
    places: dict[bytes, int] = {}
    table, body = struct.pack(">I", len(elements)), b""
    for name, element in elements.items():
        if element not in places:
            places[element] = at + len(body)
            body += element + bytes(-len(element) % 4)
        table += struct.pack(">4sII", name, places[element], len(element))
    return struct.pack(">I", at + len(body)) + header + table + body


def _texts(version: int) -> Mapping[bytes, bytes]:
    """The two texts that every profile must have."""
    if version == 4:
        return {b"desc": _localized(_DESCRIPTION), b"cprt": _localized(_COPYRIGHT)}
    text = _DESCRIPTION.encode() + b"\0"
    described = b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(8 + 3 + 67)
    return {b"desc": described, b"cprt": b"text" + bytes(4) + _COPYRIGHT.encode() + b"\0"}


def _localized(text: str) -> bytes:
    encoded = text.encode("utf-16-be")
    return b"mluc" + struct.pack(">4xII4sII", 1, 12, b"enUS", len(encoded), 28) + encoded
