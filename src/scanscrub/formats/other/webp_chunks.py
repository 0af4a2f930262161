"""WebP's RIFF container (RFC 9649, section 2): parsed into chunks, and written from image data alone."""

import struct
from dataclasses import dataclass
from typing import Self

from scanscrub.domain.finding import Segment, SegmentRole, SegmentSeen
from scanscrub.formats.icc.texts import profile_text
from scanscrub.formats.raster.limits import MAX_FRAMES, damaged
from scanscrub.formats.tiff.exif_text import exif_text
from scanscrub.leftovers.segment_text import readable
from scanscrub.leftovers.stray_bytes import unneeded_bytes

IMAGE_CHUNKS = (b"ALPH", b"VP8 ", b"VP8L")
_ANIMATED, _EXIF, _ALPHA, _ICC = 0x02, 0x08, 0x10, 0x20
_NAMES = {
    b"VP8X": "WebP VP8X",
    b"VP8 ": "WebP VP8",
    b"VP8L": "WebP VP8L",
    b"ALPH": "WebP ALPH",
    b"ANIM": "WebP ANIM",
    b"ANMF": "WebP ANMF",
    b"EXIF": "WebP EXIF",
    b"XMP ": "WebP XMP",
    b"ICCP": "WebP ICC profile",
}


@dataclass(frozen=True, slots=True)
class WebpChunk:
    kind: bytes
    data: bytes

    @property
    def name(self) -> str:
        return _NAMES.get(self.kind, "WebP unknown chunk")

    @property
    def role(self) -> SegmentRole:
        return SegmentRole.COLOR_PROFILE if self.kind == b"ICCP" else SegmentRole.OTHER

    def packed(self) -> bytes:
        return struct.pack("<4sI", self.kind, len(self.data)) + self.data + bytes(len(self.data) % 2)


def not_needed(where: Segment, chunk: WebpChunk) -> SegmentSeen:
    """A chunk that the picture does not need, as an observation."""
    length = len(chunk.data)
    match chunk.kind:
        case b"EXIF":
            return SegmentSeen(where, needed=False, length=length, text=exif_text(chunk.data))
        case b"ICCP":
            return SegmentSeen(where, needed=False, length=length, text=profile_text(chunk.data))
        case b"VP8X" | b"ANIM":
            return SegmentSeen(where, needed=False, length=length, text=readable(chunk.data))
    return unneeded_bytes(where, chunk.data)


@dataclass(frozen=True, slots=True)
class WebpFrame:
    """One picture: its ALPH, VP8 or VP8L chunks. `place` is an animation frame's head of 16 bytes, else empty."""

    chunks: tuple[WebpChunk, ...]
    place: bytes = b""

    @classmethod
    def of(cls, chunks: list[WebpChunk], place: bytes = b"") -> Self:
        return cls(tuple(chunk for chunk in chunks if chunk.kind in IMAGE_CHUNKS), place)

    @property
    def has_alpha(self) -> bool:
        return any(chunk.kind == b"ALPH" or _is_vp8l_with_alpha(chunk) for chunk in self.chunks)

    def packed(self) -> bytes:
        body = b"".join(chunk.packed() for chunk in self.chunks)
        return WebpChunk(b"ANMF", self.place + body).packed() if self.place else body


def parse_chunks(data: bytes, start: int, end: int) -> list[WebpChunk]:
    """The chunks between two places. Raises `RefusedFile`."""
    chunks = []
    while start < end:
        if start + 8 > end:
            raise damaged("WebP")
        kind, length = struct.unpack_from("<4sI", data, start)
        if start + 8 + length > end:
            raise damaged("WebP")
        chunks.append(WebpChunk(kind, data[start + 8 : start + 8 + length]))
        start += 8 + length + length % 2
    return chunks


def parse_file(data: bytes) -> tuple[list[WebpChunk], bytes]:
    """All chunks and the bytes behind the RIFF. Raises `RefusedFile`."""
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise damaged("WebP")
    return parse_chunks(data, 12, end), data[end:]


def frames_of(chunks: list[WebpChunk]) -> list[WebpFrame]:
    """The frames of an animation or the one still picture. Raises `RefusedFile`."""
    moving = [chunk.data for chunk in chunks if chunk.kind == b"ANMF"]
    if len(moving) > MAX_FRAMES or any(len(body) < 16 for body in moving):
        raise damaged("WebP")
    frames = [WebpFrame.of(parse_chunks(body, 16, len(body)), body[:15] + bytes((body[15] & 3,))) for body in moving]
    frames = frames or [WebpFrame.of(chunks)]
    if any(sum(chunk.kind != b"ALPH" for chunk in frame.chunks) != 1 for frame in frames):
        raise damaged("WebP")
    return frames


def packed_file(  # noqa: PLR0913 - what a file is made of
    frames: list[WebpFrame],
    columns: int,
    rows: int,
    exif: bytes = b"",
    animation: WebpChunk | None = None,
    *,
    profile: bytes | None = None,
) -> bytes:
    """A file of those frames on a canvas of that size; without VP8X where the plain format is enough."""
    body = b"".join(frame.packed() for frame in frames)
    if animation or exif or profile or any(chunk.kind == b"ALPH" for chunk in frames[0].chunks):
        flags = (_ANIMATED if animation else 0) | (_EXIF if exif else 0) | (_ICC if profile else 0)
        flags |= _ALPHA if any(frame.has_alpha for frame in frames) else 0
        size = (columns - 1).to_bytes(3, "little") + (rows - 1).to_bytes(3, "little")
        body = (
            WebpChunk(b"VP8X", bytes((flags, 0, 0, 0)) + size).packed()
            + (WebpChunk(b"ICCP", profile).packed() if profile else b"")
            + (animation.packed() if animation else b"")
            + body
        )
    if exif:
        body += WebpChunk(b"EXIF", exif).packed()
    return struct.pack("<4sI4s", b"RIFF", 4 + len(body), b"WEBP") + body


def _is_vp8l_with_alpha(chunk: WebpChunk) -> bool:
    """The alpha hint in the header of a lossless stream (section 3.4)."""
    return chunk.kind == b"VP8L" and len(chunk.data) > 4 and bool(chunk.data[4] & 0x10)
