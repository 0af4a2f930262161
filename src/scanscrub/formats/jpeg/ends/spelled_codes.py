"""Words among the symbols of Huffman tables and the steps of quantizers (ISO 10918-1 B.2.4): no block takes them."""

import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from typing import Final

from PIL import Image

from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.jpeg.codestream import FRAMES, jpeg_segments
from scanscrub.formats.jpeg.dct_decoder import decode_gray
from scanscrub.formats.jpeg.lossless.decoder import decode_lossless
from scanscrub.formats.raster.decoding import decoding
from scanscrub.leftovers.spare_words import Word, without_spare_words
from scanscrub.leftovers.stray_bytes import is_in_order, spelled

_DHT: Final = b"\xff\xc4"
_PRINTABLE: Final = re.compile(rb"[\x20-\x7e]{5,}")
_DQT: Final = b"\xff\xdb"
_NOTHING: Final = {_DHT: b"\0", _DQT: b"\1"}
"""The end of a block, or no difference: a symbol of every table; and the smallest step."""
_LUMINANCE: Final = bytes.fromhex(
    "100b0c0e0c0a100e0d0e1211101318281a181616183123251d283a333d3c3933383740485c4e404457453738506d51575f626768673e4d71"
    "79706478 5c656763"
)
_CHROMINANCE: Final = bytes.fromhex("111212181518 2f1a1a2f63423842") + b"\x63" * 50
"""In the order of the zigzag."""
_LOSSLESS: Final = 0xC3
_MOST_WORDS: Final = 24
"""In all tables; each takes some decodings."""


def without_spelled_codes(data: bytes) -> bytes | None:
    """A JPEG of nothing but its picture, without the symbols that spell words and whose codes the picture does not
    take, and the steps that do so and that no coefficient takes: it decodes to the same samples without them. The
    standard's own tables are left alone: their symbols spell no words, their steps do by chance. None where they
    spell word after word.
    """
    words = (word for table in _tables(data) for word in _words(data, *table))
    return without_spare_words(data, words, _samples, _MOST_WORDS)


def _tables(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Where the symbols of each Huffman table begin and end, or the steps of a quantizer, and what says nothing."""
    at = 2
    for _, body, entropy in jpeg_segments(data):
        place, last = at + 4, at + 4 + len(body)
        kind = data[at : at + 2]
        while place < last and kind in (_DHT, _DQT):
            start = place + (17 if kind == _DHT else 1)
            end = start + (sum(data[place + 1 : start]) if kind == _DHT else 64 << (data[place] >> 4))
            if kind == _DHT or data[start:end] not in _usual_steps():
                yield start, end, _NOTHING[kind]
            place = end
        at = last + len(entropy)


def _words(data: bytes, start: int, end: int, nothing: bytes) -> Iterator[Word]:
    for run in _PRINTABLE.finditer(data, start, end):
        if any(not is_in_order(word) for word in spelled(run.group())):
            yield Word(*run.span(), nothing)


@cache
def _usual_steps() -> frozenset[bytes]:
    """The steps that encoders make of the standard's (annex K.1) for a quality of 1 to 100."""
    scales = (5000 // quality if quality < 50 else 200 - 2 * quality for quality in range(1, 101))
    return frozenset(
        bytes(min(max((step * scale + 50) // 100, 1), 255) for step in steps)
        for scale in scales
        for steps in (_LUMINANCE, _CHROMINANCE)
    )


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
