"""A JPEG 2000 codestream whose tiles end with their last packet; what a decoder passes over is left out."""

import struct
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from scanscrub.formats.jpeg2000.headers import (
    COC,
    COD,
    POC,
    QCC,
    QCD,
    CodingStyle,
    Image,
    Progression,
    image_of,
    progressions_of,
    styles_of,
    whole_progression,
)
from scanscrub.formats.jpeg2000.packets import packet_lengths

_SIZ, _CAP, _TLM, _PLM, _PLT, _PPM, _PPT = 0xFF51, 0xFF50, 0xFF55, 0xFF57, 0xFF58, 0xFF60, 0xFF61
_PRF, _CPF, _CRG, _RGN = 0xFF56, 0xFF59, 0xFF63, 0xFF5E
_SOT, _SOD = 0xFF90, 0xFF93
_OUT_OF_PLACE = frozenset({_PPM, _PLT, _PPT})
"""Not understood in a main header, or not for one."""
_DROPPED = frozenset({_PLM, _CRG})
"""Packet lengths once more, and where components lie to each other: no decoder at hand reads either."""

Segments = Sequence[tuple[int, bytes]]


@dataclass(frozen=True, slots=True)
class _Part:
    """A tile-part: the tile, its place among the tile's parts, how many there are (0: not said), and its bytes."""

    tile: int
    number: int
    count: int
    head: Segments
    body: bytes
    open_ended: bool

    @property
    def length(self) -> int:
        return 12 + len(_packed(self.head)) + 2 + len(self.body)

    def packed(self) -> bytes:
        length = 0 if self.open_ended else self.length
        sot = struct.pack(">HHHIBB", _SOT, 10, self.tile, length, self.number, self.count)
        return sot + _packed(self.head) + b"\xff\x93" + self.body


def trimmed_j2k(stream: bytes) -> bytes | None:
    """The same picture and nothing else; the very bytes where there is nothing else. `stream` has no comments.

    None where the packets cannot be followed, as with packed packet headers.
    """
    try:
        return _trimmed(stream)
    except (IndexError, KeyError, ValueError, struct.error):
        return None


def _trimmed(stream: bytes) -> bytes:
    main, position = _segments(stream, 2)
    image = _image(main)
    parts = []
    while stream[position : position + 2] == b"\xff\x90":
        part, position = _part(stream, position)
        if part.tile < image.tiles:
            parts.append(part)
    if stream[position:] != b"\xff\xd9" or not parts:
        raise ValueError
    styles = styles_of(main, {})
    bodies = _bodies(image, main, parts)
    kept = [replace(part, head=head, body=body) for part, (head, body) in zip(parts, bodies, strict=True)]
    head = [(marker, _exact(marker, body, styles, image)) for marker, body in main if marker not in _DROPPED]
    tables = [body for marker, body in head if marker == _TLM]
    if tables and not _tells(tables, kept):
        head = [(marker, body) for marker, body in head if marker != _TLM]
    return b"".join([b"\xff\x4f", _packed(head), *(part.packed() for part in kept), b"\xff\xd9"])


def _image(main: Segments) -> Image:
    """From the main header. Raises `ValueError` for one that says something twice or packs packet headers."""
    markers = [marker for marker, _ in main]
    if (
        markers[:1] != [_SIZ]
        or any(markers.count(marker) != 1 for marker in (_SIZ, COD, QCD))
        or _OUT_OF_PLACE & {*markers}
    ):
        raise ValueError
    image = image_of(main[0][1])
    _demand_once(main, image)
    return image


def _demand_once(segments: Segments, image: Image) -> None:
    """Each component has one COC, QCC and RGN at most. Raises `ValueError`."""
    own = [(marker, body[0]) for marker, body in segments if marker in (COC, QCC, _RGN)]
    if len(image.steps) > 256 or len(set(own)) != len(own) or any(number >= len(image.steps) for _, number in own):
        raise ValueError


def _part(stream: bytes, position: int) -> tuple[_Part, int]:
    tile, length, number, count = struct.unpack_from(">HIBB", stream, position + 4)
    end = position + length if length else len(stream) - 2
    head, start = _segments(stream, position + 12)
    markers = [marker for marker, _ in head]
    if stream[start : start + 2] != b"\xff\x93" or start + 2 > end or end > len(stream) or _PPT in markers:
        raise ValueError
    if any(markers.count(marker) > 1 for marker in (COD, QCD, POC)):
        raise ValueError
    return _Part(tile, number, count, head, stream[start + 2 : end], not length), end


def _segments(stream: bytes, position: int) -> tuple[list[tuple[int, bytes]], int]:
    """Marker segments up to the next SOT or SOD."""
    found: list[tuple[int, bytes]] = []
    while True:
        marker, length = struct.unpack_from(">HH", stream, position)
        if marker in (_SOT, _SOD):
            return found, position
        if length < 2:
            raise ValueError
        found.append((marker, stream[position + 4 : position + 2 + length]))
        position += 2 + length


def _packed(segments: Segments) -> bytes:
    return b"".join(struct.pack(">HH", marker, len(body) + 2) + body for marker, body in segments)


def _bodies(image: Image, main: Segments, parts: Sequence[_Part]) -> list[tuple[Segments, bytes]]:
    """Header segments and packets of each tile-part."""
    by_tile: dict[int, list[_Part]] = defaultdict(list)
    for part in parts:
        if part.number != len(by_tile[part.tile]):
            raise ValueError
        by_tile[part.tile].append(part)
    left: dict[int, list[int]] = {}
    styles_by_tile: dict[int, dict[int, CodingStyle]] = {}
    for tile, own in by_tile.items():
        _demand_once([segment for part in own for segment in part.head], image)
        styles = styles_of(own[0].head, styles_of(main, {}))
        styles_by_tile[tile] = styles
        each = [styles.get(number, styles[-1]) for number in range(len(image.steps))]
        left[tile] = packet_lengths(image, tile, each, _progressions(image, main, own), b"".join(p.body for p in own))
    found: list[tuple[Segments, bytes]] = []
    for part in parts:
        packets, room = left[part.tile], len(part.body)
        inside = []
        while packets and packets[0] <= room:
            inside.append(packets.pop(0))
            room -= inside[-1]
        body = part.body[: sum(inside)]
        if packets and room:  # the packet goes on in the next tile-part, or was cut short there
            body = part.body
            packets[0] -= room
            inside = []
        lengths = [body for marker, body in part.head if marker == _PLT]
        styles = styles_by_tile[part.tile]
        head = [
            (marker, _exact(marker, body, styles, image))
            for marker, body in part.head
            if marker != _PLT or _packet_lengths(lengths) == inside
        ]
        found.append((head, body))
    return found


def _progressions(image: Image, main: Segments, parts: Sequence[_Part]) -> list[Progression]:
    """A tile's POC stand over that of the main header, and both over COD (A.6.6)."""
    tile_headers = [segment for part in parts for segment in part.head]
    cod = next(body for marker, body in [*tile_headers, *main] if marker == COD)
    whole = whole_progression(cod, len(image.steps))
    changes = progressions_of(tile_headers, len(image.steps)) or progressions_of(main, len(image.steps))
    return [replace(change, layers=min(change.layers, whole.layers)) for change in changes] or [whole]


def _exact(marker: int, body: bytes, styles: Mapping[int, CodingStyle], image: Image) -> bytes:
    """A segment without values that nothing asks for. Raises `ValueError` where it is not as long as it must be."""
    if marker in (QCD, QCC):
        at = 0 if marker == QCD else 1
        levels = max(style.levels for style in styles.values()) if marker == QCD else _style(styles, body[0]).levels
        kind = body[at] & 31
        count = 1 if kind == 1 else 3 * levels + 1
        return body[: at + 1 + count * (1 if kind == 0 else 2)]
    if marker == _CAP and len(body) != 4 + 2 * int.from_bytes(body[:4], "big").bit_count():
        raise ValueError
    if marker in (_PRF, _CPF) and len(body) > 2:
        raise ValueError
    if marker == _RGN and len(body) != 3:
        raise ValueError
    if marker == COD and image.steps:
        styles_of([(marker, body)], {})
    return body


def _style(styles: Mapping[int, CodingStyle], component: int) -> CodingStyle:
    return styles.get(component, styles[-1])


def _packet_lengths(tables: Sequence[bytes]) -> list[int]:
    """What PLT say, seven bits a byte (A.7.3)."""
    lengths, value = [], 0
    for table in tables:
        for byte in table[1:]:
            value = value << 7 | byte & 0x7F
            if not byte & 0x80:
                lengths.append(value)
                value = 0
    return lengths if not value else []


def _tells(tables: Sequence[bytes], parts: Sequence[_Part]) -> bool:
    """Whether TLM say of each tile-part how long it is, and no more (A.7.1)."""
    said: list[tuple[int, int]] = []
    for number, table in enumerate(tables):
        index, size = table[1] >> 4 & 3, 4 if table[1] >> 6 & 1 else 2
        if table[0] != number or index == 3 or table[1] & 0x8F or (len(table) - 2) % (index + size):
            return False
        for at in range(2, len(table), index + size):
            tile = int.from_bytes(table[at : at + index], "big") if index else len(said)
            said.append((tile, int.from_bytes(table[at + index : at + index + size], "big")))
    return said == [(part.tile, part.length) for part in parts]
