"""JPEG segments (ISO 10918-1 Annex B) judged by a list of what may stay, and what the others say."""

from dataclasses import dataclass, replace

from scanscrub.domain.finding import Segment, SegmentRole, SegmentSeen
from scanscrub.formats.icc.profile import profile_for
from scanscrub.formats.icc.texts import profile_text
from scanscrub.formats.jpeg.codestream import component_ids, segment
from scanscrub.formats.raster.limits import damaged, demand_size, unsupported
from scanscrub.formats.raster.orientation import minimal_exif, orientation_of
from scanscrub.formats.tiff.exif_text import exif_text
from scanscrub.leftovers.segment_text import readable
from scanscrub.leftovers.stray_bytes import holds_a_file, unneeded_bytes, unneeded_segment

APP0, APP1, APP2, APP13, APP14, COM = 0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xFE
DHT, DQT, SOS = 0xC4, 0xDB, 0xDA
_DECODED = frozenset({0xC0, 0xC1, 0xC2, 0xC9, 0xCA})
"""Sequential and progressive DCT, Huffman or arithmetic: the processes that the decoder knows."""
_STRUCTURE = _DECODED | {DHT, 0xCC, DQT, 0xDC, 0xDD, SOS}
"""With DHT, DAC, DQT, DNL, DRI, SOS: what the picture cannot be decoded without."""
_EXIF = b"Exif\0\0"
_ICC_PIECE = 0xFFFF - 2 - 14
_ICC_START = b"ICC_PROFILE\0"
_ICC_HEAD, _JFIF_HEAD, _ADOBE_HEAD = 14, 14, 12
"""Bytes in front of a part of a profile, of a JFIF thumbnail, and of what Adobe's segment does not have."""
JFIF, ADOBE, EXIF, ICC_PROFILE = "JPEG JFIF", "JPEG Adobe", "JPEG EXIF", "JPEG ICC profile"
"""Names of those segments of which a part is kept."""
_NAMES = (
    (APP0, b"JFIF\0", JFIF),
    (APP0, b"JFXX\0", "JPEG JFXX thumbnail"),
    (APP1, _EXIF, EXIF),
    (APP1, b"http://ns.adobe.com/xap/1.0/", "JPEG XMP"),
    (APP1, b"http://ns.adobe.com/xmp/extension/", "JPEG extended XMP"),
    (APP2, _ICC_START, ICC_PROFILE),
    (APP2, b"MPF\0", "JPEG MPF"),
    (APP13, b"Photoshop 3.0\0", "JPEG IPTC"),
    (APP14, b"Adobe", ADOBE),
)


@dataclass(frozen=True, slots=True)
class JpegSegment:
    """One segment; `entropy` are the entropy-coded bytes behind a scan header."""

    marker: int
    body: bytes
    entropy: bytes = b""

    @property
    def name(self) -> str:
        for marker, start, name in _NAMES:
            if self.marker == marker and self.body.startswith(start):
                return name
        if 0xE0 <= self.marker <= 0xEF:
            return f"JPEG APP{self.marker - 0xE0}"
        return "JPEG comment" if self.marker == COM else f"JPEG marker {self.marker:02X}"

    @property
    def role(self) -> SegmentRole:
        is_profile = self.marker == APP2 and self.body.startswith(_ICC_START)
        return SegmentRole.COLOR_PROFILE if is_profile else SegmentRole.OTHER

    def seen(self, where: Segment) -> SegmentSeen:
        """The segment as one that the picture does not need: what it says and could show."""
        plain = SegmentSeen(where, needed=False, length=len(self.body))
        if self.name == EXIF:
            return replace(plain, text=exif_text(self.body))
        if self.name == ICC_PROFILE:
            return replace(plain, text=profile_text(self.body[_ICC_HEAD:]))
        if self.name in (JFIF, ADOBE):
            more = self.body[_JFIF_HEAD if self.name == JFIF else _ADOBE_HEAD :]
            return unneeded_bytes(where, more) if more else plain
        return unneeded_segment(where, self.body, readable(self.body), is_file=self.hides_a_file)

    @property
    def hides_a_file(self) -> bool:
        """Whether a file lies in a segment of which nobody knows what it is for; EXIF has thumbnails by right."""
        is_known = any(self.marker == marker and self.body.startswith(start) for marker, start, _ in _NAMES)
        return not is_known and holds_a_file(self.body)

    @property
    def is_structure(self) -> bool:
        return self.marker in _STRUCTURE

    def packed(self) -> bytes:
        return segment(self.marker, self.body) + self.entropy


@dataclass(frozen=True, slots=True)
class JpegFrame:
    """The size and the number of components."""

    rows: int
    columns: int
    components: int


def is_frame(part: JpegSegment) -> bool:
    """Whether it is a frame header, SOF0 to SOF15."""
    return 0xC0 <= part.marker <= 0xCF and part.marker not in (DHT, 0xC8, 0xCC)


def frame_of(segments: list[JpegSegment]) -> JpegFrame:
    """The one frame. Raises `RefusedFile` where there is not exactly one that can be decoded."""
    headers = [part for part in segments if is_frame(part)]
    if len(headers) != 1:
        raise damaged("JPEG")
    body = headers[0].body
    if headers[0].marker not in _DECODED or body[:1] != b"\x08":
        raise unsupported("JPEG")
    if len(body) < 6 or len(body) != 6 + 3 * body[5] or body[5] not in (1, 3, 4):
        raise damaged("JPEG")
    rows, columns = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
    demand_size(columns, rows)
    return JpegFrame(rows, columns, body[5])


def orientation_in(segments: list[JpegSegment]) -> int:
    """The orientation that the first EXIF segment asks for."""
    exif = next((part.body for part in segments if part.name == EXIF), b"")
    return orientation_of(exif[len(_EXIF) :])


def allowed(segments: list[JpegSegment]) -> list[JpegSegment]:
    """The segments of the copy: colors and size by a plain JFIF header, Adobe's color transform and a plain
    profile, the orientation where it is not upright, and the structure.
    """
    kept = []
    jfif = next((part.body for part in segments if part.name == JFIF and len(part.body) >= 14), None)
    adobe = next((part.body for part in segments if part.name == ADOBE and len(part.body) >= 12), None)
    orientation = orientation_in(segments)
    if jfif:
        kept.append(JpegSegment(APP0, _plain_jfif(jfif)))
    if orientation != 1:
        kept.append(JpegSegment(APP1, _EXIF + minimal_exif(orientation)))
    if adobe:
        kept.append(JpegSegment(APP14, b"Adobe\0\x64\0\0\0\0" + adobe[11:12]))
    components = [len(component_ids(part.body)) for part in segments if is_frame(part)]
    profile = profile_for(profile_in(segments), components[0] if components else 0)
    if profile:
        kept += _profile_segments(profile)
    return kept + [part for part in segments if part.is_structure]


def profile_in(segments: list[JpegSegment]) -> bytes | None:
    """The color profile, whose segments are numbered from one (ICC.1:2022 B.4); None where not all are there."""
    parts = [part.body for part in segments if part.role is SegmentRole.COLOR_PROFILE and len(part.body) >= _ICC_HEAD]
    numbers = [(part[_ICC_HEAD - 2], part[_ICC_HEAD - 1]) for part in parts]
    if not parts or sorted(numbers) != [(place, len(parts)) for place in range(1, len(parts) + 1)]:
        return None
    return b"".join(part[_ICC_HEAD:] for _, part in sorted(zip(numbers, parts, strict=True)))


def _profile_segments(profile: bytes) -> list[JpegSegment]:
    pieces = [profile[at : at + _ICC_PIECE] for at in range(0, len(profile), _ICC_PIECE)]
    return [
        JpegSegment(APP2, _ICC_START + bytes((place, len(pieces))) + piece) for place, piece in enumerate(pieces, 1)
    ]


def _plain_jfif(body: bytes) -> bytes:
    """A JFIF header (version 1.02) without thumbnail; its pixel density, where it is one."""
    version = body[5:7] if body[5:7] in (b"\1\0", b"\1\1", b"\1\2") else b"\1\1"
    density = body[7:12] if body[7] <= 2 and any(body[8:10]) and any(body[10:12]) else b"\0\0\1\0\1"
    return b"JFIF\0" + version + density + b"\0\0"
