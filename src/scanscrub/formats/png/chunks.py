"""PNG chunks (PNG 3rd edition, clause 5): parsed strictly, judged by a list of what may stay."""

import struct
import zlib
from dataclasses import dataclass

from scanscrub.domain.finding import Segment, SegmentRole, SegmentSeen
from scanscrub.domain.phi import Phi
from scanscrub.formats.icc.texts import profile_text
from scanscrub.formats.raster.limits import MAX_INFLATED, damaged, inflated_text, unsupported
from scanscrub.formats.tiff.exif_text import exif_text
from scanscrub.leftovers.segment_text import readable
from scanscrub.leftovers.stray_bytes import holds_a_file, unneeded_bytes, unneeded_segment, unused_colors

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CRITICAL = (b"IHDR", b"PLTE", b"IDAT", b"IEND")
_NAMED = frozenset(
    b"tEXt zTXt iTXt eXIf tIME pHYs sPLT iCCP gAMA cHRM sRGB sBIT bKGD hIST tRNS cICP mDCV cLLI acTL fcTL fdAT "
    b"caNv vpAg dSIG caBX prVW oFFs sCAL pCAL sTER".split()
)
_TOLD = frozenset((b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"iCCP"))
_MOST_NUMBERS = 48
"""Bytes of a chunk that describes the picture in a few numbers."""
_DEEPEST = 16
"""Bits of a sample."""
_MAX_CHUNKS = 1_000_000


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk; `intact` tells whether its CRC is right."""

    kind: bytes
    data: bytes
    intact: bool

    @property
    def name(self) -> str:
        """Its name where the standard or common use knows it: an unknown one could spell anything."""
        if self.kind in _NAMED or self.kind in CRITICAL:
            return f"PNG {self.kind.decode('ascii')}"
        return "PNG private chunk"

    @property
    def role(self) -> SegmentRole:
        return SegmentRole.COLOR_PROFILE if self.kind == b"iCCP" else SegmentRole.OTHER


def parse_chunks(data: bytes) -> tuple[list[Chunk], bytes]:
    """All chunks up to IEND, and the bytes behind it. Raises `RefusedFile` where the structure is broken."""
    chunks: list[Chunk] = []
    place = len(SIGNATURE)
    while not chunks or chunks[-1].kind != b"IEND":
        if place + 12 > len(data) or len(chunks) > _MAX_CHUNKS:
            raise damaged("PNG")
        length, kind = struct.unpack_from(">I4s", data, place)
        end = place + 12 + length
        if end > len(data) or not kind.isalpha():
            raise damaged("PNG")
        body = data[place + 8 : end - 4]
        intact = zlib.crc32(body, zlib.crc32(kind)) == int.from_bytes(data[end - 4 : end], "big")
        chunks.append(Chunk(kind, body, intact))
        place = end
    _demand_order(chunks)
    return chunks, data[place:]


def _demand_order(chunks: list[Chunk]) -> None:
    critical = [chunk for chunk in chunks if not chunk.kind[0] & 0x20]
    kinds = [chunk.kind for chunk in critical]
    if any(kind not in CRITICAL for kind in kinds):
        raise unsupported("PNG")
    if not all(chunk.intact for chunk in critical):
        raise damaged("PNG")
    unique = [kind for place, kind in enumerate(kinds) if kind != b"IDAT" or kinds[place - 1] != b"IDAT"]
    if unique not in ([b"IHDR", b"IDAT", b"IEND"], [b"IHDR", b"PLTE", b"IDAT", b"IEND"]):
        raise damaged("PNG")
    places = [place for place, chunk in enumerate(chunks) if chunk.kind == b"IDAT"]
    if chunks[0].kind != b"IHDR" or places[-1] - places[0] != len(places) - 1:
        raise damaged("PNG")


def is_plain_number(chunk: Chunk) -> bool:
    """Whether it is a color space or pixel size chunk with values that such a thing can have.

    Clauses 11.3.2.1 (cHRM), 11.3.2.2 (gAMA), 11.3.2.4 (sBIT), 11.3.2.5 (sRGB), 11.3.4.3 (pHYs).
    Letters read as a number are far above the bounds.
    """
    data = chunk.data
    match chunk.kind, len(data):
        case b"gAMA", 4:
            return 0 < int.from_bytes(data, "big") <= 10_000_000
        case b"cHRM", 32:
            return all(value <= 200_000 for value in struct.unpack(">8I", data))
        case b"sRGB", 1:
            return data[0] <= 3
        case b"pHYs", 9:
            across, down = struct.unpack(">II", data[:8])
            return 0 < int(across) <= 10_000_000 and 0 < int(down) <= 10_000_000 and data[8] <= 1
        case b"sBIT", 1 | 2 | 3 | 4:
            return all(0 < bits <= _DEEPEST for bits in data)
    return False


def text_of(chunk: Chunk) -> Phi | None:
    """What a metadata chunk says (clause 11.3.3), compressed or not."""
    return _told(chunk)[0]


def _told(chunk: Chunk) -> tuple[Phi | None, bytes]:
    """The same, and the bytes behind the end of what is compressed in it."""
    keyword, _, rest = chunk.data.partition(b"\0")
    match chunk.kind:
        case b"tEXt":
            return readable(chunk.data.replace(b"\0", b"\n"), encoding="latin-1"), b""
        case b"zTXt":
            body, behind = inflated_text(rest[1:])
            return readable(keyword + b"\n" + body, encoding="latin-1"), behind
        case b"iTXt":
            language, _, more = rest[2:].partition(b"\0")
            translated, _, text = more.partition(b"\0")
            body, behind = inflated_text(text) if rest[:1] == b"\1" else (text, b"")
            return readable(b"\n".join((keyword, language, translated, body)), encoding="utf-8"), behind
        case b"iCCP":
            body, behind = inflated_text(rest[1:])
            return Phi("\n".join((keyword.decode("latin-1"), _revealed(profile_text(body))))), behind
        case b"IDAT" | b"PLTE" | b"IHDR":
            return None, b""
    return (exif_text(chunk.data) if chunk.kind == b"eXIf" else readable(chunk.data)), b""


def _revealed(text: Phi | None) -> str:
    return text.reveal() if text else ""


def seen(where: Segment, chunk: Chunk) -> SegmentSeen:
    """A chunk that the picture does not need, as an observation. What is compressed in it was read as text."""
    if chunk.kind == b"PLTE":
        return unused_colors(where, chunk.data)
    text, behind = _told(chunk)
    if behind:
        hidden = unneeded_bytes(where, behind)
        said = Phi("\n".join(filter(None, (_revealed(text), _revealed(hidden.text)))))
        length = None if hidden.length is None else len(chunk.data)
        return SegmentSeen(where, needed=False, length=length, text=said, is_file=hidden.is_file)
    if chunk.kind in _TOLD or (chunk.kind in _NAMED and len(chunk.data) <= _MOST_NUMBERS):
        return SegmentSeen(where, needed=False, length=len(chunk.data), text=text)
    return unneeded_segment(where, chunk.data, text, is_file=holds_a_file(chunk.data))


def profile_in(chunk: Chunk) -> bytes | None:
    """The profile in an iCCP chunk (clause 11.3.2.3); None where it cannot be inflated, or is larger than any is."""
    _, _, rest = chunk.data.partition(b"\0")
    if not chunk.intact or rest[:1] != b"\0":
        return None
    stream = zlib.decompressobj()
    try:
        profile = stream.decompress(rest[1:], MAX_INFLATED)
    except zlib.error:
        return None
    return profile if stream.eof else None


def profile_chunk(profile: bytes) -> tuple[bytes, bytes]:
    return b"iCCP", b"ICC\0\0" + zlib.compress(profile, 9)


def chunk_bytes(kind: bytes, data: bytes) -> bytes:
    """A chunk as it is written."""
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))
