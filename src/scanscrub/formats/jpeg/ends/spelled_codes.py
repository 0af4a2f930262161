"""Words among the symbols of a Huffman table (ISO 10918-1 B.2.4.2): codes that no block takes may stand for any."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from PIL import Image

from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.jpeg.codestream import FRAMES, jpeg_segments
from scanscrub.formats.jpeg.dct_decoder import decode_gray
from scanscrub.formats.jpeg.lossless.decoder import decode_lossless
from scanscrub.formats.raster.decoding import decoding
from scanscrub.leftovers.stray_bytes import is_in_order, spelled

_DHT: Final = b"\xff\xc4"
_PRINTABLE: Final = re.compile(rb"[\x20-\x7e]{5,}")
_NOTHING: Final = b"\0"
"""The end of a block, or no difference: a symbol of every table."""
_LOSSLESS: Final = 0xC3


def without_spelled_codes(data: bytes) -> bytes:
    """A JPEG of nothing but its picture, without the symbols that spell words and whose codes the picture does not
    take: it decodes to the same samples without them. The standard's own tables spell no words.
    """
    words = [place for table in _tables(data) for place in _words(data, *table)]
    shown = _samples(data) if words else None
    for start, end in words if shown is not None else ():
        for part in (range(start, end), *(range(at, at + 1) for at in range(start, end))):
            changed = data[: part.start] + _NOTHING * len(part) + data[part.stop :]
            if _samples(changed) == shown:
                data = changed
                if len(part) == end - start:
                    break
    return data


def _tables(data: bytes) -> Iterator[tuple[int, int]]:
    """Where the symbols of each Huffman table begin and end."""
    at = 2
    for _, body, entropy in jpeg_segments(data):
        if data[at : at + 2] == _DHT:
            place, last = at + 4, at + 4 + len(body)
            while place < last:
                end = place + 17 + sum(data[place + 1 : place + 17])
                yield place + 17, end
                place = end
        at += 4 + len(body) + len(entropy)


def _words(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    for run in _PRINTABLE.finditer(data, start, end):
        if any(not is_in_order(word) for word in spelled(run.group())):
            yield run.span()


def _samples(data: bytes) -> bytes | None:
    """What the picture decodes to; None where no decoder here does."""
    process, precision = next((marker, body[0]) for marker, body, _ in jpeg_segments(data) if marker in FRAMES)
    try:
        if process == _LOSSLESS or precision != 8:
            samples = decode_lossless(data) if process == _LOSSLESS else decode_gray(data)
            return None if samples is None else samples.tobytes()
        with decoding("JPEG"), Image.open(BytesIO(data)) as image:
            return image.tobytes()
    except RefusedFile:
        return None
