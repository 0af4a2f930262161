"""How many bytes the packets of a JPEG 2000 tile take (ISO 15444-1 annex B, 15444-15 for high throughput)."""

from collections.abc import Sequence

from scanscrub.formats.jpeg2000.headers import CodingStyle, Image, Progression
from scanscrub.formats.jpeg2000.packet_bits import OutOfBytesError, PacketBits
from scanscrub.formats.jpeg2000.precincts import CodeBlock, Precinct, PrecinctBand, ordered, precincts

_HIGH_THROUGHPUT, _TERMINATES_EACH, _BYPASS = 0x40, 0x04, 0x01
_SOP, _EPH = b"\xff\x91\x00\x04", b"\xff\x92"


def packet_lengths(
    image: Image, tile: int, styles: Sequence[CodingStyle], progressions: Sequence[Progression], data: bytes
) -> list[int]:
    """The bytes of each packet of a tile, in the order of `progressions`; `data` are its tile-parts joined.

    The last packet may be cut short. Raises `ValueError` for what no tile can be.
    """
    lengths: list[int] = []
    position = 0
    for precinct, layer in ordered(precincts(image, tile, styles), progressions):
        if position >= len(data):
            break
        try:
            end = _packet(data, position, precinct, layer)
        except OutOfBytesError:
            end = len(data)
        lengths.append(min(end, len(data)) - position)
        position += lengths[-1]
    return lengths


def _packet(data: bytes, position: int, precinct: Precinct, layer: int) -> int:
    """Where a packet ends (B.10). Raises `OutOfBytesError` where its header does not."""
    if data[position : position + 4] == _SOP:
        position += 6
    bits = PacketBits(data, position)
    body = 0
    if bits.one():
        for part in precinct.parts:
            for number, block in enumerate(part.blocks):
                row, column = divmod(number, part.columns)
                body += _contribution(bits, part, block, (column, row), layer)
    position = bits.finish()
    if data[position : position + 2] == _EPH:
        position += 2
    return position + body


def _contribution(bits: PacketBits, part: PrecinctBand, block: CodeBlock, place: tuple[int, int], layer: int) -> int:
    """The bytes of a code-block in this packet (B.10.4 to B.10.7)."""
    if not block.length_bits:
        if part.inclusion.value(bits, *place, layer + 1) > layer:
            return 0
        limit = 1
        while part.zero_planes.value(bits, *place, limit) >= limit:
            limit += 1
            if limit > 80:
                raise ValueError
        block.length_bits = 3
    elif not bits.one():
        return 0
    passes = _passes(bits)
    while bits.one():
        block.length_bits += 1
    return _lengths(bits, block, passes, part.style)


def _passes(bits: PacketBits) -> int:
    """The number of coding passes (Table B.4)."""
    if not bits.one():
        return 1
    if not bits.one():
        return 2
    few = bits.number(2)
    if few < 3:
        return 3 + few
    more = bits.number(5)
    return 6 + more if more < 31 else 37 + bits.number(7)


def _lengths(bits: PacketBits, block: CodeBlock, passes: int, style: int) -> int:
    """The lengths of the codeword segments that these passes lie in (B.10.7)."""
    total = 0
    segments = block.segments
    if not segments or segments[-1][0] == segments[-1][1]:
        segments.append([0, _most_passes(segments, style)])
    while passes:
        segment = segments[-1]
        if style & _HIGH_THROUGHPUT:
            now = 1 if len(segments) == 1 else passes
        else:
            now = min(segment[1] - segment[0], passes)
        if now < 1:
            raise ValueError
        count = block.length_bits + now.bit_length() - 1
        if count > 32:
            raise ValueError
        total += bits.number(count)
        segment[0] += now
        passes -= now
        if passes:
            segments.append([0, _most_passes(segments, style)])
    return total


def _most_passes(segments: Sequence[Sequence[int]], style: int) -> int:
    if style & _TERMINATES_EACH:
        return 1
    if style & _BYPASS:
        if not segments:
            return 10
        return 2 if segments[-1][1] in (1, 10) else 1
    return 109
