"""Which fields of a TIFF directory its pixels need, and what is said of the others."""

from collections import Counter
from dataclasses import replace

from scanscrub.domain.finding import Segment, SegmentRole, SegmentSeen
from scanscrub.formats.icc.texts import profile_text
from scanscrub.formats.tiff.directories import TiffDirectory, TiffEntry
from scanscrub.formats.tiff.layout import PALETTE, TiffLayout
from scanscrub.formats.tiff.writer import ICC_PROFILE
from scanscrub.leftovers.segment_text import readable
from scanscrub.leftovers.stray_bytes import stray, unused_colors

_ALLOWED = frozenset(
    {256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 282, 283, 284, 296, 317, 320, 322, 323, 324, 325}
    | {332, 338, 339}
)
"""What decides how pixels are decoded and shown; the copy's directory is made of such numbers alone."""
PLACES_OF_STRIPS, PLACES_OF_TILES = (273, 279), (324, 325)
_FOR_EACH_SAMPLE = (258, 339)
_RESOLUTIONS = (282, 283)
_COLOR_MAP, _EXTRA_SAMPLES = 320, 338
_JPEG_TABLES = 347
"""Begins as a JPEG does, and holds no picture."""
_NAMES = {
    269: "document name",
    270: "description",
    271: "make",
    272: "model",
    285: "page name",
    305: "software",
    306: "date",
    315: "artist",
    316: "host computer",
    330: "sub directories",
    700: "XMP",
    33432: "copyright",
    33723: "IPTC",
    34377: "Photoshop resources",
    34665: "EXIF directory",
    ICC_PROFILE: "ICC profile",
    34853: "GPS directory",
}
_ROLES = {ICC_PROFILE: SegmentRole.COLOR_PROFILE, 34853: SegmentRole.POSITION}
_POINTERS, _FIRST_PRIVATE = frozenset({34665, 34853}), 32768
_BYTES = frozenset({1, 6, 7})
"""Types of fields that hold bytes of any meaning (TIFF 6.0, section 2)."""


def is_needed(entry: TiffEntry, directory: TiffDirectory, layout: TiffLayout) -> bool:
    """Whether the pixels need a field and it says nothing else: no more numbers than are asked for, and none beside
    others.
    """
    if entry.tag not in _ALLOWED:
        return False
    is_tiled = bool(directory.numbers(322))
    where_it_belongs = {
        **dict.fromkeys(PLACES_OF_STRIPS, not is_tiled),
        **dict.fromkeys(PLACES_OF_TILES, is_tiled),
        **dict.fromkeys(_FOR_EACH_SAMPLE, entry.count in (1, directory.number(277, 1))),
        **dict.fromkeys(_RESOLUTIONS, layout.resolution is not None),
        _COLOR_MAP: layout.photometric == PALETTE,
        _EXTRA_SAMPLES: entry.count == len(layout.extra),
    }
    return where_it_belongs.get(entry.tag, entry.count == 1)


def _tag_name(tag: int) -> str:
    return f"TIFF {_NAMES.get(tag, f'private tag {tag}' if tag >= _FIRST_PRIVATE else f'tag {tag}')}"


def _seen(
    counts: Counter[str], kind: str, *, needed: bool, data: bytes, role: SegmentRole = SegmentRole.OTHER
) -> SegmentSeen:
    where = Segment(kind, counts[kind], role)
    counts[kind] += 1
    return SegmentSeen(where, needed, len(data), None if needed else readable(data))


def not_shown(counts: Counter[str], kind: str, length: int | None = None) -> SegmentSeen:
    """Pixels that no viewer shows, or that are stored in another way only (length 0)."""
    where = Segment(kind, counts[kind])
    counts[kind] += 1
    return SegmentSeen(where, needed=False, length=length)


def field_seen(counts: Counter[str], entry: TiffEntry, *, needed: bool) -> SegmentSeen:
    """A field; one of the user's or of bytes could hold pixels, and a color profile has texts."""
    seen = _seen(
        counts, _tag_name(entry.tag), needed=needed, data=entry.data, role=_ROLES.get(entry.tag, SegmentRole.OTHER)
    )
    if needed or entry.tag in _POINTERS:
        return seen
    if entry.tag == ICC_PROFILE:
        return replace(seen, text=profile_text(entry.data))
    if entry.tag == _JPEG_TABLES:
        tables = unused_colors(seen.where, entry.data)
        return tables if tables.text is not None else replace(tables, length=0)
    is_free = entry.tag >= _FIRST_PRIVATE or entry.kind in _BYTES
    return stray(seen.where, entry.data) if is_free else seen
