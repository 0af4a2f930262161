"""TIFF 6.0: every page, rewritten from the tags that its pixels need; compressions without loss are kept."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from itertools import chain
from typing import BinaryIO

import numpy as np

from scanscrub.domain.finding import Segment, SegmentSeen
from scanscrub.domain.picture import View
from scanscrub.domain.plan import Source
from scanscrub.formats.icc.profile import note_of, profile_for
from scanscrub.formats.raster.document import PictureDocument, PictureFormat
from scanscrub.formats.raster.masking import Area
from scanscrub.formats.raster.orientation import Samples, as_stored, upright
from scanscrub.formats.raster.picture_file import Masks
from scanscrub.formats.raster.samples import JPEG_METHOD, Loss
from scanscrub.formats.raster.views import color_views, plane_view
from scanscrub.formats.tiff import tags
from scanscrub.formats.tiff.directories import HEADER_BYTES, TiffDirectory, TiffEntry, TiffFile
from scanscrub.formats.tiff.fields import PLACES_OF_STRIPS, PLACES_OF_TILES, field_seen, is_needed, not_shown
from scanscrub.formats.tiff.layout import CMYK, JPEG, PALETTE, RGB, WHITE_IS_ZERO
from scanscrub.formats.tiff.page import TiffPage
from scanscrub.formats.tiff.writer import TiffWriter
from scanscrub.leftovers.stray_bytes import after_the_end, unneeded_bytes, unused_colors

_RECODED_NOTE = "Pages in JPEG or fax compression were stored without loss instead."
_THUMBNAIL_NOTE = "Pages that repeat another one in small were left out."


class TiffDocument(PictureDocument):
    """One TIFF file. A frame is a page that is not a reduced copy of another one."""

    def __init__(self, stream: BinaryIO, source: Source) -> None:
        super().__init__(stream, source, ".tif")
        self._file = TiffFile.parse(self._data)
        full = [index for index, directory in enumerate(self._file.directories) if not _is_reduced(directory)]
        self._pages_at = full or [0]
        self._page = lru_cache(maxsize=1)(self._read_page)
        for frame in range(self.frames):
            self._page(frame)

    @property
    def frames(self) -> int:
        return len(self._pages_at)

    @property
    def orientation(self) -> int:
        return self._page(0).layout.orientation

    @property
    def kind(self) -> str:
        names = (self._page(frame).layout for frame in range(self.frames))
        return ", ".join(dict.fromkeys(f"{layout.name} turned {layout.orientation}" for layout in names))

    def size(self, frame: int) -> tuple[int, int]:
        layout = self._page(frame).layout
        return (layout.columns, layout.rows) if layout.orientation > 4 else (layout.rows, layout.columns)

    def inspect(self) -> Iterator[SegmentSeen]:
        counts: Counter[str] = Counter()
        for index, directory in enumerate(self._file.directories):
            if index not in self._pages_at:
                yield not_shown(counts, "TIFF reduced page")
            for entry in directory.entries:
                needed = index in self._pages_at and self._is_needed(index, entry)
                stays = index in self._pages_at and entry.tag == tags.ICCProfile and self._keeps_profile(index)
                yield replace(field_seen(counts, entry, needed=needed), stays=stays and not needed)
        for frame in range(self.frames):
            if self.hides(frame):
                shows_it = self._page(frame).recoded
                yield not_shown(counts, "TIFF image data that is not shown", length=0 if shows_it else None)
            page = self._page(frame)
            if page.layout.photometric != PALETTE:
                continue
            kept = tuple(page.colors().T.ravel())
            if kept != page.color_map:
                gone = (one if one != other else 0 for one, other in zip(page.color_map, kept, strict=True))
                colors = b"".join(color.to_bytes(2, "little") for color in gone)
                yield unused_colors(Segment("TIFF palette entries that are not used", frame), colors)
        yield from self._unused_bytes(counts)

    def _is_needed(self, index: int, entry: TiffEntry) -> bool:
        if entry.tag == tags.NewSubfileType:
            return not any(entry.data)
        frame = self._pages_at.index(index)
        if entry.tag == tags.ICCProfile:
            return entry.data == self._kept_profile(frame)
        return is_needed(entry, self._file.directories[index], self._page(frame).layout)

    @property
    def profile(self) -> bytes | None:
        """That of the first page."""
        return self._profile(0)

    def _profile(self, frame: int) -> bytes | None:
        entries = self._file.directories[self._pages_at[frame]].entries
        return next((entry.data for entry in entries if entry.tag == tags.ICCProfile), None)

    def _kept_profile(self, frame: int) -> bytes | None:
        layout = self._page(frame).layout
        return profile_for(self._profile(frame), 3 if layout.photometric == PALETTE else layout.colors)

    def _keeps_profile(self, index: int) -> bool:
        return self._kept_profile(self._pages_at.index(index)) is not None

    def _unused_bytes(self, counts: Counter[str]) -> Iterator[SegmentSeen]:
        """Bytes between and behind what the pages use; zeros that fill up to some place do not count."""
        used = [(0, HEADER_BYTES)]
        for index in self._pages_at:
            directory = self._file.directories[index]
            used += directory.used()
            for places, lengths in (PLACES_OF_STRIPS, PLACES_OF_TILES):
                offsets = zip(directory.numbers(places), directory.numbers(lengths), strict=False)
                used += [(place, place + length) for place, length in offsets]
        last = 0
        for start, end in sorted(used):
            gap = self._data[last:start]
            if any(gap):
                kind = "TIFF bytes that no page uses"
                yield unneeded_bytes(Segment(kind, counts[kind]), gap)
                counts[kind] += 1
            last = max(last, end)
        if any(self._data[last:]):
            yield unneeded_bytes(after_the_end("TIFF"), self._data[last:])

    def views(self, frame: int) -> Iterator[View]:
        page = self._page(frame)
        layout = page.layout
        samples = upright(page.samples, layout.orientation)
        light = samples[..., : layout.colors]
        if layout.photometric == PALETTE:
            yield from color_views((page.colors() >> 8).astype(np.uint8)[samples[..., 0]])
            yield from plane_view("index plane", samples[..., 0])
        elif layout.photometric == CMYK and layout.bits == 8:
            ink = 255 - light.astype(np.uint16)
            yield View("natural", (ink[..., :3] * ink[..., 3:] // 255).astype(np.uint8))
        else:
            plain = light if layout.photometric == RGB else light[..., 0]
            full_scale = (1 << layout.bits) - 1 if layout.dtype.kind == "u" else None
            for view in color_views(plain, full_scale):
                inverse = layout.photometric == WHITE_IS_ZERO
                yield replace(view, pixels=255 - view.pixels) if inverse else view
        for channel in range(layout.colors, layout.per_pixel):
            for view in color_views(samples[..., channel]):
                yield View("alpha", view.pixels)

    def shown(self, frame: int) -> Samples:
        page = self._page(frame)
        samples = page.colors()[page.samples[..., 0]] if page.layout.photometric == PALETTE else page.visible
        return upright(samples, page.layout.orientation)

    def plain(self, frame: int) -> Samples:
        page = self._page(frame)
        return upright(page.plain(), page.layout.orientation)

    @property
    def loss(self) -> Loss | None:
        """That of the pages in JPEG compression, all together."""
        lossy = [self._file.directories[index] for index in self._pages_at]
        lossy = [directory for directory in lossy if directory.number(tags.Compression, 1) in JPEG]
        encoded = sum(
            sum(directory.numbers(tags.StripByteCounts) or directory.numbers(tags.TileByteCounts))
            for directory in lossy
        )
        decoded = sum(
            part.number(tags.ImageWidth) * part.number(tags.ImageLength) * part.number(tags.SamplesPerPixel, 1)
            for part in lossy
        )
        return Loss(JPEG_METHOD, decoded / encoded if encoded else 0.0) if lossy else None

    @property
    def aspect(self) -> Fraction:
        layout = self._page(0).layout
        if layout.resolution is None:
            return Fraction(1)
        across, down, _ = layout.resolution
        aspect = Fraction(*across) / Fraction(*down)
        return 1 / aspect if layout.orientation > 4 else aspect

    def encoded(self, frame: int) -> bytes:
        return b"".join(block.data for block in self._page(frame).blocks)

    def hides(self, frame: int) -> bool:
        page = self._page(frame)
        return page.recoded or page.visible is not page.samples or any(page.has_more(block) for block in page.blocks)

    def is_black(self, frame: int, mask: Area) -> bool:
        page = self._page(frame)
        inside = page.visible[as_stored(mask, page.layout.orientation)]
        if page.layout.photometric == PALETTE:
            colors = page.colors()
            return bool((colors[inside[:, 0]] == colors[int(page.black()[0])]).all())
        return bool((inside == page.black()).all())

    def write(self, masks: Masks, target: BinaryIO) -> None:
        writer = TiffWriter(target, self._file.order)
        for frame in range(self.frames):
            page = self._page(frame)
            mask = as_stored(masks[frame], page.layout.orientation) if frame in masks else None
            colors = tuple(page.colors(mask).T.ravel().tolist()) if page.layout.photometric == PALETTE else ()
            writer.add(page.layout, page.packed_blocks(mask), colors, self._kept_profile(frame))
        recoded = any(self._page(frame).recoded for frame in range(self.frames))
        reduced = self.frames < len(self._file.directories)
        notes = ((recoded, _RECODED_NOTE), (reduced, _THUMBNAIL_NOTE))
        profiles = [note_of(self._profile(frame), self._kept_profile(frame)) for frame in range(self.frames)]
        self._notes = (*(note for happened, note in notes if happened), *dict.fromkeys(chain.from_iterable(profiles)))

    def _read_page(self, frame: int) -> TiffPage:
        index = self._pages_at[frame]
        return TiffPage.of(self._data, self._file.directories[index], index)


def _is_reduced(directory: TiffDirectory) -> bool:
    """Whether NewSubfileType or SubfileType call the page a reduced copy or a transparency mask."""
    return bool(directory.number(tags.NewSubfileType, 0) & 5) or directory.number(tags.SubfileType, 0) == 2


def _is_tiff(head: bytes) -> bool:
    return head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


FORMAT = PictureFormat("TIFF", ("image/tiff",), _is_tiff, TiffDocument)
