"""The pixels of a DICOM file, frame by frame."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from io import BytesIO
from typing import BinaryIO

from scanscrub.domain import tags
from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import PixelRegion, Segment, SegmentSeen
from scanscrub.domain.picture import Picture, View
from scanscrub.formats.dicom.encoding.pydicom_quiet import DataElement, Dataset
from scanscrub.formats.dicom.encoding.transfer_syntaxes import EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE
from scanscrub.formats.dicom.pixels.codecs.jpeg import JpegCodec
from scanscrub.formats.dicom.pixels.codecs.registry import FrameCodec, codec_for
from scanscrub.formats.dicom.pixels.color_tables import color_tables, palette_of_copy, unused_bytes
from scanscrub.formats.dicom.pixels.display import Display
from scanscrub.formats.dicom.pixels.frame_offsets import Encapsulated
from scanscrub.formats.dicom.pixels.layout import UNENCAPSULATED, Layout, read_layout
from scanscrub.formats.dicom.pixels.native_frames import Native, frames_within
from scanscrub.formats.dicom.pixels.native_pixels import Fill, Samples
from scanscrub.formats.dicom.pixels.refusals import too_many_bits, undecodable
from scanscrub.formats.dicom.pixels.views import natural_view, picture
from scanscrub.formats.jpeg.ends.margin import hides_beyond_edge
from scanscrub.formats.raster.masking import Area, covered, rasterize, whole_blocks
from scanscrub.leftovers.removed_bytes import left_out
from scanscrub.leftovers.stray_bytes import is_padding, spelled, unneeded_bytes, unused_colors

Masks = Mapping[int, tuple[tuple[PixelRegion, int], ...]]
"""By frame: regions to blacken, each with its padding in pixels."""

_LOOKED_AT = 1 << 24
"""Bytes outside the frames that are looked at."""
_UNDEFINED = 0xFFFFFFFF
_JPEG_FAMILY = "1.2.840.10008.1.2.4."
"""Syntaxes whose frames may take several fragments; in all others a fragment is a frame (PS3.5 A.4)."""
_SEQUENCE_END = b"\xfe\xff\xdd\xe0\0\0\0\0"
"""Ends the items of an encapsulated value; parsers leave it out of the value."""


class FrameStore:
    """The frames of one file; one at a time is in memory."""

    def __init__(  # noqa: PLR0913, PLR0917 - what one file's pixels are read by
        self,
        header: Dataset,
        layout: Layout,
        codec: FrameCodec,
        source: Native | Encapsulated,
        vr: str,
        declared: int,
    ) -> None:
        self.layout = layout
        self.source = source
        self.vr = vr
        self.header = header
        self.codec = codec
        self.declared = declared
        """How many frames the header counts; there may be more."""
        self.proofs: dict[int, tuple[bytes, tuple[bool, bool]]] = {}
        """By frame: the digest of a copy of it and its masks, and what was proved of them; see `proof.pixels`."""
        self._last: tuple[int, Samples] | None = None
        self._blocks: dict[int, tuple[int, int]] = {}
        self._more: dict[int, bool] = {}
        self._clean: set[int] = set()
        """Frames that are known to hold nothing but their picture: a look at every bit takes a while."""

    @cached_property
    def _display(self) -> Display:
        return Display(self.header, self.layout)

    @property
    def frames(self) -> int:
        return self.layout.frames

    @property
    def rows(self) -> int:
        return self.layout.rows

    @property
    def columns(self) -> int:
        return self.layout.columns

    def pictures(self) -> Iterator[tuple[int, Picture]]:
        """Every frame as a person could see it. Raises `RefusedFile` where one cannot be decoded."""
        for frame in range(self.frames):
            yield frame, picture(self.stored(frame), self.layout, self._display, frame)

    def view(self, frame: int) -> View:
        """The most natural view of one frame. Raises `RefusedFile`."""
        return natural_view(self.stored(frame), self.layout, self._display, frame)

    def encoded(self, frame: int) -> bytes:
        """The frame's bytes as the file holds them, fragments joined."""
        return self.source.frame(frame)

    def cleaned(self, frame: int) -> bytes:
        """The frame's bytes less all that is no picture, of even length where the file is compressed."""
        data = self.encoded(frame)
        if frame in self._clean:
            return data
        cleaned = self._even(self.codec.clean(data))
        if cleaned == data:
            self._clean.add(frame)
        return cleaned

    def stored(self, frame: int) -> Samples:
        """Stored values, ``(rows, columns)`` or ``(rows, columns, 3)``, after the codec's own color transform.

        Read-only, as the last frame is remembered. Raises `RefusedFile`.
        """
        if self._last is None or self._last[0] != frame:
            samples = self.codec.decode(self.encoded(frame))
            if samples.shape != self.layout.shape:
                raise undecodable()
            if _exceeds(samples, self.layout):
                raise too_many_bits()
            samples.flags.writeable = False
            self._last = frame, samples
        return self._last[1]

    def is_blank(self) -> bool:
        """Whether all frames are of one value, and show nothing."""
        first = self.stored(0).flat[0]
        return all(bool((self.stored(frame) == first).all()) for frame in range(self.frames))

    def fill(self, frame: int) -> Fill:
        """The stored values with which the frame is masked."""
        return self._display.fill(frame, lambda: self.stored(frame))

    def area(self, frame: int, regions: tuple[tuple[PixelRegion, int], ...]) -> Area:
        """The pixels that masks of these regions cover: blocks are blackened whole where the codec has blocks."""
        return whole_blocks(rasterize(regions, self.rows, self.columns), self._block(frame))

    def covered(self, region: PixelRegion, padding: int) -> PixelRegion:
        """What `area` gives for one region, as a region."""
        return covered(region, padding, (self.rows, self.columns), self._block(region.frame))

    def _block(self, frame: int) -> tuple[int, int]:
        if frame not in self._blocks:
            self._blocks[frame] = self.codec.block(self.encoded(frame))
        return self._blocks[frame]

    def masked(self, frame: int, regions: tuple[tuple[PixelRegion, int], ...]) -> bytes:
        """The frame's bytes with these regions blackened, in its own transfer syntax."""
        data = self.encoded(frame)
        return self._even(self.codec.mask(data, self.area(frame, regions), self.fill(frame)))

    def residues(self) -> Iterator[SegmentSeen]:
        """What lies in the pixel data and is no picture: a copy leaves it out even where nothing is masked. Frames
        that the header does not count are pictures: a copy counts them.
        """
        if self.frames > self.declared:
            yield self._uncounted()
        if self.source.surplus:
            yield unneeded_bytes(Segment("bytes outside the frames"), self.source.left_over(_LOOKED_AT))
        for tag in (tags.ExtendedOffsetTable, tags.ExtendedOffsetTableLengths):
            table = self.header[tag].value if tag in self.header else b""
            if len(table) > 8 * self.frames or spelled(table):
                yield unneeded_bytes(Segment("bytes outside the frames"), table[8 * self.frames :] or table)
        for frame in range(self.frames):
            data = self.encoded(frame)
            cleaned = self.cleaned(frame)
            if cleaned != data:
                yield _hidden(Segment("bytes or bits inside a frame", frame), data, cleaned)
            if self.holds_more(frame):
                yield SegmentSeen(Segment("pixels beyond the edge of a frame", frame), needed=False, length=None)

        changed = self.palette_of_copy(self.stored(frame) for frame in range(self.frames))
        if changed:
            yield unused_colors(Segment("palette entries that no pixel uses"), unused_bytes(self.header, changed))

    def palette_of_copy(self, frames: Iterator[Samples]) -> Mapping[int, DataElement | None]:
        """The elements of the palette that a copy with such frames has in another way, or not at all."""
        return palette_of_copy(self.header, color_tables(self.header, self.layout), self.layout, frames)

    def holds_more(self, frame: int) -> bool:
        """Whether the blocks of a JPEG hold what no decoder shows; it goes only with the form they are stored in."""
        if frame not in self._more:
            self._more[frame] = isinstance(self.codec, JpegCodec) and hides_beyond_edge(self.cleaned(frame))
        return self._more[frame]

    def _uncounted(self) -> SegmentSeen:
        """Viewers stop before these frames, which makes them a place to hide a picture; blank ones hide none."""
        length, shows = 0, False
        for frame in range(self.declared, self.frames):
            data = self.encoded(frame)
            length, shows = length + len(data), shows or bool(data.strip(data[:1]))
        where = Segment("frames that the header does not count")
        return SegmentSeen(where, needed=False, length=length, is_file=shows, stays=True)

    def _even(self, data: bytes) -> bytes:
        odd = isinstance(self.source, Encapsulated) and len(data) % 2
        return data + b"\0" if odd else data


def _hidden(where: Segment, data: bytes, cleaned: bytes) -> SegmentSeen:
    """What a frame lost. Bits around stored values draw as soon as some of them differ."""
    gone = left_out(data, cleaned)
    if len(data) != len(cleaned):
        return unneeded_bytes(where, gone) if gone else SegmentSeen(where, needed=False, length=1)
    return SegmentSeen(where, needed=False, length=len(gone) if is_padding(gone) else None)


def _exceeds(samples: Samples, layout: Layout) -> bool:
    """Whether a value needs more bits than Bits Stored: a codestream may hold more than its header says."""
    if layout.floating or samples.dtype.itemsize * 8 == layout.stored:
        return False
    return bool(int(samples.min()) < layout.lowest or int(samples.max()) > layout.highest)


def open_frames(stream: BinaryIO, header: Dataset) -> FrameStore | None:
    """The frames of a parsed data set; None where it has no pixel data.

    Values that `header` did not load are read from `stream`, where they lie. Raises `RefusedFile`.
    """
    present = [tag for tag in (tags.PixelData, tags.FloatPixelData, tags.DoubleFloatPixelData) if tag in header]
    if not present:
        return None
    if len(present) > 1:
        raise RefusedFile(
            "The file holds more than one set of pixels for the same image.", "Export it again from its source."
        )
    syntax = _transfer_syntax(header)
    element = header.get_item(present[0], keep_deferred=True)
    value = element.value
    if value is None:
        start, length = element.value_tell, element.length
    else:
        stream, start, length = BytesIO(value + _SEQUENCE_END), 0, len(value)
    layout = read_layout(header, syntax)
    declared = layout.frames
    if syntax not in UNENCAPSULATED:
        codec = codec_for(layout)
        if element.length != _UNDEFINED and value is None:
            raise undecodable()
        one_each = not syntax.startswith(_JPEG_FAMILY)
        extended = _extended_offsets(header)
        fragments = Encapsulated(stream, start, declared, extended, one_each=one_each)
        return FrameStore(header, replace(layout, frames=fragments.frames), codec, fragments, "OB", declared)
    if layout.subsampled and _is_full(layout, length):
        layout = replace(layout, photometric="YBR_FULL")
    layout = replace(layout, frames=frames_within(length, layout))
    vr = _vr(element.VR, layout)
    swapped = vr == "OW" and layout.allocated == 8 and syntax == EXPLICIT_BIG
    source = Native(stream, start, length, layout, swapped=swapped)
    return FrameStore(header, layout, codec_for(layout), source, vr, declared)


def _is_full(layout: Layout, length: int) -> bool:
    """Whether chroma that is said to be shared in pairs is there for every pixel of the declared frames."""
    full = replace(layout, photometric="YBR_FULL").frame_bits * layout.frames // 8
    shared = layout.frame_bits * layout.frames // 8
    return length >= full and (length - full <= 1 or (length - length % 2) % shared != 0)


def _transfer_syntax(header: Dataset) -> str:
    """What the file meta group says, or where it is silent, how the data set was read."""
    named = getattr(getattr(header, "file_meta", None), "TransferSyntaxUID", None)
    if named:
        return str(named)
    implicit, little = header.original_encoding
    if not little:
        return EXPLICIT_BIG
    return IMPLICIT_LITTLE if implicit else EXPLICIT_LITTLE


def _vr(vr: str | None, layout: Layout) -> str:
    if layout.floating:
        return "OF" if layout.allocated == 32 else "OD"
    return vr if vr == "OB" and layout.allocated <= 8 else "OW"


def _extended_offsets(header: Dataset) -> tuple[int, ...]:
    value = header[tags.ExtendedOffsetTable].value if tags.ExtendedOffsetTable in header else b""
    return struct.unpack(f"<{len(value) // 8}Q", value[: len(value) // 8 * 8])
