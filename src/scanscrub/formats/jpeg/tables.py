"""JPEG tables (ISO 10918-1 B.2.4): those that a frame or scan names stay, the others could hold anything."""

from collections.abc import Iterator

from scanscrub.formats.jpeg.segments import DHT, DQT, SOS, JpegSegment, is_frame
from scanscrub.formats.raster.limits import damaged

_LENGTHS = {0xDC: 2, 0xDD: 2}
"""Of the bodies of DNL and DRI."""


def with_used_tables(segments: list[JpegSegment]) -> list[JpegSegment]:
    """The segments with only those quantization and Huffman tables that are used. Raises `RefusedFile` where a
    table or a header is not as long as it says.
    """
    quantizers = {part.body[8::3][index] for part in segments if is_frame(part) for index in range(part.body[5])}
    coders = {code for part in segments if part.marker == SOS for code in _scan_tables(part.body)}
    kept = []
    for part in segments:
        body = part.body
        if part.marker == DQT:
            body = b"".join(table for table in _quantizers(body) if table[0] & 15 in quantizers)
        elif part.marker == DHT:
            body = b"".join(table for table in _huffman_tables(body) if table[0] in coders)
        elif len(body) != _LENGTHS.get(part.marker, len(body)):
            raise damaged("JPEG")
        if body or not part.body:
            kept.append(part if body == part.body else JpegSegment(part.marker, body))
    return kept


def _scan_tables(body: bytes) -> Iterator[int]:
    """Class and number of the Huffman tables that a scan header names, as in a DHT segment."""
    if not body or len(body) != 4 + 2 * body[0]:
        raise damaged("JPEG")
    for names in body[2 : 2 + 2 * body[0] : 2]:
        yield names >> 4
        yield 0x10 | names & 15


def _quantizers(body: bytes) -> Iterator[bytes]:
    while body:
        length = 129 if body[0] >> 4 else 65
        if len(body) < length:
            raise damaged("JPEG")
        yield body[:length]
        body = body[length:]


def _huffman_tables(body: bytes) -> Iterator[bytes]:
    while body:
        length = 17 + sum(body[1:17])
        if len(body) < length:
            raise damaged("JPEG")
        yield body[:length]
        body = body[length:]
