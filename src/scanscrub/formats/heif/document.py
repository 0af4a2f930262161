"""HEIC and AVIF: the pictures that viewers show, written anew as a PNG, or where there are several as TIFF pages.

Nothing of the file gets into the copy but decoded pixels and the plain color profile. The encoded data cannot be
followed to its end, so it is never kept.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from scanscrub.domain.finding import Segment, SegmentRole, SegmentSeen
from scanscrub.domain.picture import View
from scanscrub.domain.plan import Source
from scanscrub.formats.heif.boxes import PICTURES, HeifFile, Item, is_heif
from scanscrub.formats.heif.decoder import Decoder
from scanscrub.formats.icc.profile import note_of, profile_for
from scanscrub.formats.icc.texts import profile_text
from scanscrub.formats.png.codec import png_of
from scanscrub.formats.raster.document import PictureDocument, PictureFormat
from scanscrub.formats.raster.limits import damaged
from scanscrub.formats.raster.orientation import Samples
from scanscrub.formats.raster.picture_file import Masks
from scanscrub.formats.raster.samples import Loss, opaque
from scanscrub.formats.raster.views import color_views, plane_view
from scanscrub.formats.tiff import blocks
from scanscrub.formats.tiff.exif_text import exif_text
from scanscrub.formats.tiff.layout import RGB, TiffLayout
from scanscrub.formats.tiff.writer import TiffWriter
from scanscrub.leftovers.segment_text import readable
from scanscrub.leftovers.stray_bytes import after_the_end, unneeded_bytes

_PNG_NOTE = "The photo was stored as PNG."
_TIFF_NOTE = "The pictures of the file were stored as pages of a TIFF."
_DEEP_NOTE = "Colors of more than 8 bits were stored as 8."
_TRACK_NOTE = "Of a photo that is a sequence as well, only the still pictures were kept."
_UNASSOCIATED_ALPHA = 2


class HeifDocument(PictureDocument):
    """One HEIC or AVIF file. A frame is a picture that the file offers to viewers."""

    def __init__(self, stream: BinaryIO, source: Source) -> None:
        super().__init__(stream, source, ".heic")
        self._file = HeifFile.parse(self._data)
        self._decoder = Decoder.of(self._data, self._file)
        self._samples = lru_cache(maxsize=1)(self._decoded)
        self._extension = f".{self._decoder.kind.lower()}"

    @property
    def frames(self) -> int:
        return len(self._decoder.shapes)

    @property
    def animated(self) -> bool:
        return self.frames > 1 and self._has_tracks and self._file.is_av1  # of others the still pictures are decoded

    @property
    def orientation(self) -> int:
        """As decoded: the transformations of the file are applied."""
        return 1

    @property
    def kind(self) -> str:
        """In the words of the copy's format."""
        if self.frames > 1:
            names = (f"{self._layout(frame).name} turned 1" for frame in range(self.frames))
            return ", ".join(dict.fromkeys(names))
        return "RGB and alpha 8 bits" if self._decoder.shapes[0][2] == 4 else "RGB 8 bits"

    def size(self, frame: int) -> tuple[int, int]:
        return self._decoder.shapes[frame][:2]

    def inspect(self) -> Iterator[SegmentSeen]:
        name = self._decoder.kind
        yield SegmentSeen(Segment(f"{name} picture"), needed=True, length=len(self._data))
        yield SegmentSeen(Segment(f"{name} coding"), needed=False, length=0)
        counts: Counter[str] = Counter()
        shows_alpha = any(shape[2] == 4 for shape in self._decoder.shapes)
        for number, role in self._file.roles(self.frames).items():
            item = self._file.items[number]
            if role and not (role.startswith("auxiliary") and shows_alpha):  # opacity is shown with its picture
                yield _seen(Segment(f"{name} {role}", counts[role]), item)
                counts[role] += 1
        if self._decoder.profile is not None:
            where = Segment(f"{name} ICC profile", role=SegmentRole.COLOR_PROFILE)
            text = profile_text(self._decoder.profile)
            stays = self._kept_profile is not None
            yield SegmentSeen(where, needed=False, length=len(self._decoder.profile), text=text, stays=stays)
        if self._file.names:
            yield unneeded_bytes(Segment(f"{name} names"), self._file.names)
        if self._has_tracks and not self.animated:
            yield SegmentSeen(Segment(f"{name} sequence"), needed=False, length=None)
        yield from self._unused(name)
        if self._file.behind:
            yield unneeded_bytes(after_the_end(name), self._file.behind)

    def _unused(self, name: str) -> Iterator[SegmentSeen]:
        """Boxes that no picture needs, and bytes of the image data that are no item's."""
        for index, box in enumerate(self._file.boxes):
            if box.kind == b"mdat" and not self._has_tracks:
                left = self._between(box.start, box.start + 8 + len(box.content))
                if left.strip(b"\0"):
                    yield unneeded_bytes(Segment(f"{name} bytes that no picture uses", index), left)
            elif box.kind not in (b"ftyp", b"meta", b"moov", b"mdat"):
                yield unneeded_bytes(Segment(f"{name} box", index), box.content)
            elif box.kind == b"moov" and readable(box.content) is not None:
                yield SegmentSeen(Segment(f"{name} sequence header"), needed=False, length=len(box.content))

    def _between(self, start: int, end: int) -> bytes:
        spans = sorted(span for item in self._file.items.values() for span in item.spans)
        left, at = [], start + 8
        for first, last in spans:
            if start <= first < end:
                left.append(self._data[at:first])
                at = max(at, last)
        return b"".join((*left, self._data[at:end]))

    def views(self, frame: int) -> Iterator[View]:
        shown = self.shown(frame)
        yield from color_views(shown[..., :3])
        if shown.shape[2] == 4:
            yield from plane_view("alpha", shown[..., 3])

    def shown(self, frame: int) -> Samples:
        return self._samples(frame)

    def plain(self, frame: int) -> Samples:
        shown = self.shown(frame)
        return opaque(shown, 255) if shown.shape[2] == 4 else shown

    @property
    def loss(self) -> Loss:
        return Loss()

    @property
    def profile(self) -> bytes | None:
        return self._decoder.profile

    def encoded(self, frame: int) -> bytes:
        return hashlib.sha256(self.shown(frame).tobytes()).digest()

    def hides(self, frame: int) -> bool:
        """Always: what else the encoded data holds, nobody can tell."""
        del frame
        return True

    def write(self, masks: Masks, target: BinaryIO) -> None:
        if self.frames > 1:
            self._extension = ".tif"
            writer = TiffWriter(target, "<")
            for frame in range(self.frames):
                layout = self._layout(frame)
                raw = blocks.with_predictor(self._masked(frame, masks), layout.predictor)
                strip = blocks.packed(raw, layout.compression, layout.row_bytes)
                writer.add(layout, [strip], profile=self._kept_profile)
        else:
            self._extension = ".png"
            target.write(png_of(self._masked(0, masks), self._kept_profile))
        notes = (
            (self.frames == 1, _PNG_NOTE),
            (self.frames > 1, _TIFF_NOTE),
            (self._file.depth > 8, _DEEP_NOTE),
            (self._has_tracks and not self.animated, _TRACK_NOTE),
        )
        self._notes = (*(note for is_so, note in notes if is_so), *note_of(self.profile, self._kept_profile))

    def _masked(self, frame: int, masks: Masks) -> NDArray[np.uint8]:
        samples = self.shown(frame)
        if frame not in masks:
            return samples
        samples = samples.copy()
        samples[masks[frame]] = (0, 0, 0, 255)[: samples.shape[2]]
        return samples

    def _layout(self, frame: int) -> TiffLayout:
        rows, columns, channels = self._decoder.shapes[frame]
        return TiffLayout(
            order="<",
            columns=columns,
            rows=rows,
            bits=8,
            sample_format=1,
            per_pixel=channels,
            photometric=RGB,
            extra=(_UNASSOCIATED_ALPHA,) if channels == 4 else (),
            orientation=1,
            compression=blocks.DEFLATE,
            predictor=blocks.HORIZONTAL,
            planar=False,
            block_columns=columns,
            block_rows=rows,
            tiled=False,
            resolution=None,
        )

    @cached_property
    def _kept_profile(self) -> bytes | None:
        return profile_for(self.profile, 3)

    @property
    def _has_tracks(self) -> bool:
        return any(box.kind == b"moov" for box in self._file.boxes)

    def _decoded(self, frame: int) -> NDArray[np.uint8]:
        samples = self._decoder.decode(frame)
        if samples.shape != self._decoder.shapes[frame]:
            raise damaged(self._decoder.kind)
        return samples


def _seen(where: Segment, item: Item) -> SegmentSeen:
    """An item that no picture needs: a smaller or a second picture may show what was masked in the first."""
    if item.kind == b"Exif":
        block = item.data[4 + int.from_bytes(item.data[:4], "big") :]
        return SegmentSeen(where, needed=False, length=len(item.data), text=exif_text(block))
    return (
        SegmentSeen(where, needed=False, length=None) if item.kind in PICTURES else unneeded_bytes(where, item.data)
    )


FORMAT = PictureFormat("HEIC or AVIF", ("image/heic", "image/avif"), is_heif, HeifDocument)
