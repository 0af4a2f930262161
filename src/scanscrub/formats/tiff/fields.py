"""Which fields of a TIFF directory its pixels need, and what is said of the others."""

from collections import Counter
from dataclasses import replace

from scanscrub.domain.finding import Segment, SegmentRole, SegmentSeen
from scanscrub.formats.icc.texts import profile_text
from scanscrub.formats.tiff import tags
from scanscrub.formats.tiff.directories import TiffDirectory, TiffEntry
from scanscrub.formats.tiff.layout import PALETTE, TiffLayout
from scanscrub.leftovers.segment_text import readable
from scanscrub.leftovers.stray_bytes import unneeded_bytes, unused_colors

_ALLOWED = frozenset(
    {
        tags.ImageWidth,
        tags.ImageLength,
        tags.BitsPerSample,
        tags.Compression,
        tags.PhotometricInterpretation,
        tags.FillOrder,
        tags.StripOffsets,
        tags.Orientation,
        tags.SamplesPerPixel,
        tags.RowsPerStrip,
        tags.StripByteCounts,
        tags.XResolution,
        tags.YResolution,
        tags.PlanarConfiguration,
        tags.ResolutionUnit,
        tags.Predictor,
        tags.ColorMap,
        tags.TileWidth,
        tags.TileLength,
        tags.TileOffsets,
        tags.TileByteCounts,
        tags.InkSet,
        tags.ExtraSamples,
        tags.SampleFormat,
    }
)
"""What decides how pixels are decoded and shown; the copy's directory is made of such numbers alone."""
PLACES_OF_STRIPS = (tags.StripOffsets, tags.StripByteCounts)
PLACES_OF_TILES = (tags.TileOffsets, tags.TileByteCounts)
_FOR_EACH_SAMPLE = (tags.BitsPerSample, tags.SampleFormat)
_RESOLUTIONS = (tags.XResolution, tags.YResolution)
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
    tags.ExifIFD: "EXIF directory",
    tags.ICCProfile: "ICC profile",
    tags.GPSIFD: "GPS directory",
}
_ROLES = {tags.ICCProfile: SegmentRole.COLOR_PROFILE, tags.GPSIFD: SegmentRole.POSITION}
_POINTERS, _FIRST_PRIVATE = frozenset({tags.ExifIFD, tags.GPSIFD}), 32768
_BYTES = frozenset({1, 6, 7})
"""Types of fields that hold bytes of any meaning (TIFF 6.0, section 2)."""


def is_needed(entry: TiffEntry, directory: TiffDirectory, layout: TiffLayout) -> bool:
    """Whether the pixels need a field and it says nothing else: no more numbers than are asked for, and none beside
    others.
    """
    if entry.tag not in _ALLOWED:
        return False
    is_tiled = bool(directory.numbers(tags.TileWidth))
    where_it_belongs = {
        **dict.fromkeys(PLACES_OF_STRIPS, not is_tiled),
        **dict.fromkeys(PLACES_OF_TILES, is_tiled),
        **dict.fromkeys(_FOR_EACH_SAMPLE, entry.count in (1, directory.number(tags.SamplesPerPixel, 1))),
        **dict.fromkeys(_RESOLUTIONS, layout.resolution is not None),
        tags.ColorMap: layout.photometric == PALETTE,
        tags.ExtraSamples: entry.count == len(layout.extra),
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
    if entry.tag == tags.ICCProfile:
        return replace(seen, text=profile_text(entry.data))
    if entry.tag == tags.JPEGTables:  # begins as a JPEG does, and holds no picture
        tables = unused_colors(seen.where, entry.data)
        return tables if tables.text is not None else replace(tables, length=0)
    is_free = entry.tag >= _FIRST_PRIVATE or entry.kind in _BYTES
    return unneeded_bytes(seen.where, entry.data) if is_free else seen
