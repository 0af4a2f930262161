"""GIF: every frame looked at alone and as shown; written from frames, used colors and timing alone."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from scanscrub.domain.finding import Segment, SegmentSeen
from scanscrub.domain.picture import View
from scanscrub.domain.plan import Plan, Source
from scanscrub.formats.other import gif_lzw
from scanscrub.formats.other.gif_blocks import RESTORE_BACKGROUND, RESTORE_PREVIOUS, GifFile, GifFrame
from scanscrub.formats.raster.document import PictureDocument, PictureFormat
from scanscrub.formats.raster.limits import damaged
from scanscrub.formats.raster.masking import Area
from scanscrub.formats.raster.orientation import Samples
from scanscrub.formats.raster.palette import black_index, used_indices
from scanscrub.formats.raster.picture_file import Masks
from scanscrub.formats.raster.samples import opaque
from scanscrub.formats.raster.views import plane_view
from scanscrub.leftovers.removed_bytes import left_out
from scanscrub.leftovers.stray_bytes import after_the_end, unneeded_bytes, unused_colors


class GifDocument(PictureDocument):
    """One GIF file. Arrays of a frame have the size of the canvas; `shown` holds the frame's own pixels alone,
    so that a frame that another one covers is proved as well.
    """

    def __init__(self, stream: BinaryIO, source: Source) -> None:
        super().__init__(stream, source, ".gif")
        self._file = GifFile.parse(self._data)
        self._painted: tuple[int, Samples] = (-1, self._blank())
        self._more: dict[int, bool] = {}

    @property
    def frames(self) -> int:
        return len(self._file.frames)

    @property
    def animated(self) -> bool:
        return self.frames > 1

    @property
    def kind(self) -> str:
        return "palette 8 bits"

    def size(self, frame: int) -> tuple[int, int]:
        del frame
        return self._file.rows, self._file.columns

    def inspect(self) -> Iterator[SegmentSeen]:
        for index, frame in enumerate(self._file.frames):
            yield SegmentSeen(Segment("GIF image", index), needed=True, length=len(frame.code))
        counts: Counter[str] = Counter()
        for kind, body in self._file.others:
            yield unneeded_bytes(Segment(kind, counts[kind]), body)
            counts[kind] += 1
        behind = self._file.behind
        if behind:
            yield unneeded_bytes(after_the_end("GIF"), behind)
        if not self._file.others and not behind and self._copy({}) != self._data:
            hiding = any(map(self.hides, range(self.frames)))
            details = Segment("GIF details")
            yield SegmentSeen(details, needed=False, length=None) if hiding else unused_colors(details, self._unused)

    @property
    def _unused(self) -> bytes:
        """The entries of its color tables that no pixel uses, black where one is used."""
        tables = [(self._file.table, self._shared)]
        tables += [
            (frame.table, self._left({}, index)) for index, frame in enumerate(self._file.frames) if frame.table
        ]
        return b"".join(left_out(table, _clean_table(table, left) or b"") for table, left in tables if table)

    def views(self, frame: int) -> Iterator[View]:
        canvas = self._canvas(frame)
        yield View("natural", np.ascontiguousarray(canvas[..., :3]))
        own = self.shown(frame)
        if not np.array_equal(own, canvas):
            yield View("own pixels", np.ascontiguousarray(own[..., :3]))
        indices = np.zeros(self.size(frame), np.uint8)
        indices[self._place(frame)] = gif_lzw.decode(self._file.frames[frame])
        yield from plane_view("index plane", indices)

    def shown(self, frame: int) -> Samples:
        shown = self._blank()
        shown[self._place(frame)] = self._own(frame)
        return shown

    def plain(self, frame: int) -> Samples:
        return opaque(self._canvas(frame), 255)

    def encoded(self, frame: int) -> bytes:
        return self._file.frames[frame].code

    def hides(self, frame: int) -> bool:
        if frame not in self._more:
            self._more[frame] = gif_lzw.has_more(self._file.frames[frame])
        return self._more[frame]

    def masks(self, plan: Plan) -> Masks:
        """What is to be black in a frame is black in every frame before it too, as it may be seen through."""
        planned = super().masks(plan)
        masks: dict[int, Area] = {}
        black = np.zeros(self.size(0), np.bool_)
        for frame in reversed(range(self.frames)):
            black |= planned.get(frame, np.False_)
            own = np.zeros_like(black)
            own[self._place(frame)] = black[self._place(frame)]
            if own.any():
                masks[frame] = own
        return masks

    def write(self, masks: Masks, target: BinaryIO) -> None:
        target.write(self._copy(masks))

    def _copy(self, masks: Masks) -> bytes:
        """The file of its frames, masked or encoded anew where they must be, and the colors that are left."""
        shared = self._left(masks, None)
        frames = [self._clean_frame(index, masks, shared) for index in range(self.frames)]
        table = _clean_table(self._file.table, shared)
        background = self._file.background if table else 0
        return replace(self._file, table=table, background=background, frames=tuple(frames)).packed()

    def _clean_frame(self, index: int, masks: Masks, shared: set[int]) -> GifFrame:
        frame = self._file.frames[index]
        left = shared if frame.table is None else self._left(masks, index)
        table = _clean_table(frame.table, left) if frame.table else None
        if index not in masks and not self.hides(index):
            return replace(frame, table=table)
        indices = gif_lzw.decode(frame)
        if index in masks:
            indices[masks[index][self._place(index)]] = black_index(self._colors(frame, left))
        size, code = gif_lzw.encode(indices)
        return replace(frame, table=table, interlaced=False, code_size=size, code=code)

    def _left(self, masks: Masks, own: int | None) -> set[int]:
        """The indices that pixels outside masks use: of the frame `own`, or of all that share the global table.

        A transparent index has no color, so it may lie beyond the table.
        """
        left: set[int] = set()
        for index, frame in enumerate(self._file.frames):
            if index == own or (own is None and frame.table is None):
                indices = gif_lzw.decode(frame)
                mask = masks.get(index)
                used = set(used_indices(indices if mask is None else indices[~mask[self._place(index)]]))
                table = frame.table or self._file.table or b""
                is_beyond = frame.transparent is not None and 3 * frame.transparent >= len(table)
                left |= used - {frame.transparent} if is_beyond else used
        return left

    def _colors(self, frame: GifFrame, left: set[int]) -> NDArray[np.uint8]:
        """The frame's colors, RGBA, those not `left` black, the transparent one 0."""
        clean = _clean_table(frame.table or self._file.table, left) or b""
        colors = np.zeros((256, 4), np.uint8)
        colors[: len(clean) // 3, :3] = np.frombuffer(clean, np.uint8).reshape(-1, 3)
        colors[: len(clean) // 3, 3] = 255
        if frame.transparent is not None:
            colors[frame.transparent] = 0
        return colors

    def palette_colors(self, frame: int) -> NDArray[np.uint8]:
        own = self._file.frames[frame]
        return self._colors(own, self._shared if own.table is None else self._left({}, frame))

    @cached_property
    def _shared(self) -> set[int]:
        """The indices that frames use of the global table."""
        return self._left({}, None)

    def _canvas(self, frame: int) -> Samples:
        """What a viewer shows at the time of a frame, RGBA (GIF89a 23.c.iv); frames are best asked for in order."""
        last, canvas = self._painted
        if frame <= last:
            last, canvas = -1, self._blank()
        for index in range(last + 1, frame + 1):
            before, place = canvas.copy(), self._place(index)
            own = self._own(index)
            canvas[place] = np.where(own[..., 3:] > 0, own, canvas[place])
            seen = canvas.copy()
            disposal = self._file.frames[index].disposal
            if disposal == RESTORE_BACKGROUND:
                canvas[place] = 0
            elif disposal == RESTORE_PREVIOUS:
                canvas = before
        self._painted = (frame, canvas)
        return seen

    def _own(self, frame: int) -> NDArray[np.uint8]:
        """The frame's own pixels, RGBA."""
        return self.palette_colors(frame)[gif_lzw.decode(self._file.frames[frame])]

    def _blank(self) -> Samples:
        return np.zeros((self._file.rows, self._file.columns, 4), np.uint8)

    def _place(self, frame: int) -> tuple[slice, slice]:
        """Rows and columns of the canvas that the frame lies on."""
        own = self._file.frames[frame]
        return slice(own.top, own.top + own.rows), slice(own.left, own.left + own.columns)


def _clean_table(table: bytes | None, left: set[int]) -> bytes | None:
    """A color table of the same length in which only the indices `left` have their color, the others black."""
    if table is None:
        if left:
            raise damaged("GIF")
        return None
    if left and 3 * max(left) >= len(table):
        raise damaged("GIF")
    black = bytes(3)
    return b"".join(table[3 * index : 3 * index + 3] if index in left else black for index in range(len(table) // 3))


def _is_gif(head: bytes) -> bool:
    return head.startswith((b"GIF87a", b"GIF89a"))


FORMAT = PictureFormat("GIF", ("image/gif",), _is_gif, GifDocument)
