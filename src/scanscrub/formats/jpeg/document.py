"""JPEG: segments by an allow-list, entropy-coded bytes kept unless the picture is masked."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from io import BytesIO
from typing import BinaryIO

import numpy as np
from PIL import Image

from scanscrub.domain.finding import PixelRegion, Segment, SegmentRole, SegmentSeen
from scanscrub.domain.picture import View
from scanscrub.domain.plan import Source
from scanscrub.formats.icc.profile import note_of, profile_for
from scanscrub.formats.jpeg import dct_masking
from scanscrub.formats.jpeg.codestream import is_ycc, jpeg_segments
from scanscrub.formats.jpeg.dct_proof import compare_jpegs
from scanscrub.formats.jpeg.ends.margin import hides_beyond_edge
from scanscrub.formats.jpeg.ends.trim import trimmed_jpeg
from scanscrub.formats.jpeg.segments import JFIF, JpegSegment, allowed, frame_of, orientation_in, profile_in
from scanscrub.formats.png.codec import png_of
from scanscrub.formats.raster.decoding import decoding
from scanscrub.formats.raster.document import PictureDocument, PictureFormat
from scanscrub.formats.raster.limits import damaged
from scanscrub.formats.raster.masking import Area, covered
from scanscrub.formats.raster.orientation import Samples, as_stored, upright, upright_blocks
from scanscrub.formats.raster.picture_file import Masks, PictureFile
from scanscrub.formats.raster.samples import JPEG_METHOD, Loss, other_colors
from scanscrub.formats.raster.views import color_views
from scanscrub.leftovers.removed_bytes import left_out
from scanscrub.leftovers.stray_bytes import after_the_end, unneeded_bytes

_ARITHMETIC = (0xC9, 0xCA)
_FIRST_NOTE = "Only the first picture of a JPEG file of several was kept."
_PNG_NOTE = "The picture was stored as PNG: this kind of JPEG cannot be cleaned without changing all of it."


class JpegDocument(PictureDocument):
    """One JPEG file. CMYK is shown as RGB."""

    def __init__(self, stream: BinaryIO, source: Source) -> None:
        super().__init__(stream, source, ".jpg")
        self._segments = [JpegSegment(*parts) for parts in jpeg_segments(self._data)]
        self._frame = frame_of(self._segments)
        self._length = 4 + sum(len(part.packed()) for part in self._segments)

    @cached_property
    def orientation(self) -> int:
        return orientation_in(self._segments)

    @property
    def kind(self) -> str:
        return "gray 8 bits" if self._frame.components == 1 else "RGB 8 bits"

    def size(self, frame: int) -> tuple[int, int]:
        del frame
        rows, columns = self._frame.rows, self._frame.columns
        return (columns, rows) if self.orientation > 4 else (rows, columns)

    def inspect(self) -> Iterator[SegmentSeen]:
        counts: Counter[str] = Counter()
        left = [(part.marker, part.body) for part in self._allowed]
        for part in self._segments:
            where = Segment(part.name, counts[part.name], part.role)
            counts[part.name] += 1
            needed = (part.marker, part.body) in left
            if needed:
                left.remove((part.marker, part.body))
            if needed:
                yield SegmentSeen(where, needed, len(part.body))
            else:
                stays = part.role is SegmentRole.COLOR_PROFILE and profile_in(self._allowed) is not None
                yield replace(part.seen(where), stays=stays)
        if self._data[self._length - 2 : self._length] != b"\xff\xd9":
            yield SegmentSeen(Segment("JPEG fill bytes"), needed=False, length=0)
        if self._is_arithmetic:
            yield SegmentSeen(Segment("JPEG arithmetic coding"), needed=False, length=0)
        if self._holds_more:
            yield SegmentSeen(Segment("JPEG pixels beyond the edge"), needed=False, length=None)
        stored, kept = (_entropy(parts) for parts in (self._segments, self._allowed))
        if stored != kept:
            yield unneeded_bytes(Segment("JPEG bytes behind the image data"), left_out(stored, kept))
        behind = self._data[self._length :]
        if behind:
            yield unneeded_bytes(after_the_end("JPEG"), behind)

    def views(self, frame: int) -> Iterator[View]:
        yield from color_views(self.shown(frame))

    def shown(self, frame: int) -> Samples:
        del frame
        return upright(self._samples, self.orientation)

    def plain(self, frame: int) -> Samples:
        if self._frame.components not in (1, 3):
            raise other_colors()
        return self.shown(frame)

    @property
    def loss(self) -> Loss:
        samples = self._frame.rows * self._frame.columns * self._frame.components
        return Loss(JPEG_METHOD, samples / sum(len(part.packed()) for part in self._allowed if part.is_structure))

    @property
    def profile(self) -> bytes | None:
        return profile_in(self._segments)

    @property
    def _embedded(self) -> bytes | None:
        """The profile, empty where there is one that cannot be put together."""
        is_there = any(part.role is SegmentRole.COLOR_PROFILE for part in self._segments)
        return self.profile or b"" if is_there else None

    @property
    def aspect(self) -> Fraction:
        jfif = next((part.body for part in self._allowed if part.name == JFIF), b"")
        across, down = (int.from_bytes(jfif[at : at + 2], "big") or 1 for at in (8, 10))
        return Fraction(down, across) if self.orientation > 4 else Fraction(across, down)

    def encoded(self, frame: int) -> bytes:
        del frame
        return hashlib.sha256(b"".join(part.packed() for part in self._allowed if part.is_structure)).digest()

    def hides(self, frame: int) -> bool:
        """Whether entropy-coded bytes lie behind the last block of a scan, or blocks hold more than the picture, or
        nobody can tell (arithmetic coding).
        """
        del frame
        return self._as_png or _entropy(self._segments) != _entropy(self._allowed)

    def same_outside(self, frame: int, mask: Area | None, copy: PictureFile) -> bool:
        """Coefficients are compared where both are JPEG: smooth chroma carries light over a mask's edge."""
        levels = dct_masking.black_levels(self._copy)
        if mask is None or levels is None or not isinstance(copy, JpegDocument):
            return super().same_outside(frame, mask, copy)
        return compare_jpegs(self._copy, copy._copy, self._stored(mask), levels)[1]  # noqa: SLF001 - same class

    def is_black(self, frame: int, mask: Area) -> bool:
        """Whether the luma under the mask is 0, one step of rounding allowed; chroma is smoothed across its edge."""
        if not self._ycc:
            return super().is_black(frame, mask)
        return int(upright(self._decoded(luma=True), self.orientation)[mask].max(initial=0)) <= 1

    def write(self, masks: Masks, target: BinaryIO) -> None:
        masked = None if self._as_png else self._masked(masks[0]) if masks else self._copy
        several = (_FIRST_NOTE,) if any(part.name == "JPEG MPF" for part in self._segments) else ()
        if masked is not None:
            self._extension, self._notes = ".jpg", (*several, *note_of(self._embedded, profile_in(self._allowed)))
            target.write(masked)
            return
        samples = self.shown(0).copy()
        if masks:
            samples[masks[0]] = 0
        profile = profile_for(self.profile, 1 if samples.ndim == 2 else samples.shape[2])
        self._extension, self._notes = ".png", (_PNG_NOTE, *several, *note_of(self._embedded, profile))
        target.write(png_of(samples, profile))

    def covered(self, region: PixelRegion, padding: int) -> PixelRegion:
        size = self.size(region.frame)
        return covered(region, padding, size, *upright_blocks(self._block, self.orientation, size))

    def _masked(self, mask: Area) -> bytes | None:
        """The copy with its masked blocks black; None where this kind of JPEG cannot be edited block by block."""
        levels = dct_masking.black_levels(self._copy)
        if levels is None:
            return None
        return dct_masking.mask(self._copy, self._stored(mask), levels)

    def _stored(self, mask: Area) -> Area:
        return np.ascontiguousarray(as_stored(mask, self.orientation))

    @cached_property
    def _allowed(self) -> list[JpegSegment]:
        """The segments of the copy, tables and entropy-coded bytes as far as the picture needs them."""
        kept = allowed(self._segments)
        if self._is_arithmetic:
            return kept
        trimmed = trimmed_jpeg(_packed(kept))
        if trimmed is None:
            raise damaged("JPEG")
        return [JpegSegment(*parts) for parts in jpeg_segments(trimmed)]

    @property
    def _is_arithmetic(self) -> bool:
        return any(part.marker in _ARITHMETIC for part in self._segments)

    @cached_property
    def _holds_more(self) -> bool:
        return not self._is_arithmetic and hides_beyond_edge(self._copy)

    @property
    def _as_png(self) -> bool:
        """Whether what hides in it goes only with the form it is stored in."""
        return self._is_arithmetic or self._holds_more

    @cached_property
    def _copy(self) -> bytes:
        """The file with its allowed segments only."""
        return _packed(self._allowed)

    @cached_property
    def _block(self) -> tuple[int, int]:
        """Height and width of the blocks that are blackened whole, before the picture is turned."""
        by_blocks = dct_masking.black_levels(self._copy) is not None and dct_masking.can_mask(self._copy)
        return dct_masking.block_size(self._copy) if by_blocks else (1, 1)

    @property
    def _ycc(self) -> bool:
        return self._frame.components > 1 and is_ycc(self._copy)

    @cached_property
    def _samples(self) -> Samples:
        return self._decoded(luma=False)

    def _decoded(self, *, luma: bool) -> Samples:
        """Stored samples, uint8, gray or RGB, or the luma alone. The decoder sees allowed segments only."""
        with decoding("JPEG"), Image.open(BytesIO(self._copy), formats=("JPEG",)) as image:
            if luma:
                image.draft("L", image.size)
            decoded = np.array(image if image.mode in ("L", "RGB") else image.convert("RGB"))
        if decoded.shape[:2] != (self._frame.rows, self._frame.columns):
            raise damaged("JPEG")
        return decoded


def _entropy(segments: list[JpegSegment]) -> bytes:
    """The entropy-coded bytes of all scans."""
    return b"".join(part.entropy for part in segments)


def _packed(segments: list[JpegSegment]) -> bytes:
    return b"\xff\xd8" + b"".join(part.packed() for part in segments) + b"\xff\xd9"


def _is_jpeg(head: bytes) -> bool:
    return head.startswith(b"\xff\xd8\xff")


FORMAT = PictureFormat("JPEG", ("image/jpeg",), _is_jpeg, JpegDocument)
