"""GIF: every frame looked at alone and as shown; written from frames, used colours and timing alone."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from scanscrub.domain.finding import Segment, SegmentSeen
from scanscrub.domain.picture import View
from scanscrub.domain.plan import Plan, Source
from scanscrub.formats import gif_code
from scanscrub.formats.gif_blocks import RESTORE_BACKGROUND, RESTORE_PREVIOUS, GifFile, GifFrame
from scanscrub.formats.masking import Area
from scanscrub.formats.orientation import Samples
from scanscrub.formats.palette import black_index, used_indices
from scanscrub.formats.picture_document import Masks, PictureDocument
from scanscrub.formats.picture_limits import damaged
from scanscrub.formats.picture_proof import AFTER_THE_END
from scanscrub.formats.picture_views import plane_view
from scanscrub.formats.segment_text import readable


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
    def orientation(self) -> int:
        return 1

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
            yield SegmentSeen(Segment(kind, counts[kind]), needed=False, length=len(body), text=readable(body))
            counts[kind] += 1
        behind = self._file.behind
        if behind:
            where = Segment(f"GIF {AFTER_THE_END}")
            yield SegmentSeen(where, needed=False, length=len(behind), text=readable(behind))
        if not self._file.others and not behind and self._copy({}) != self._data:
            yield SegmentSeen(Segment("GIF details"), needed=False, length=0)

    def views(self, frame: int) -> Iterator[View]:
        canvas = self._canvas(frame)
        yield View("natural", np.ascontiguousarray(canvas[..., :3]))
        own = self.shown(frame)
        if not np.array_equal(own, canvas):
            yield View("own pixels", np.ascontiguousarray(own[..., :3]))
        indices = np.zeros(self.size(frame), np.uint8)
        indices[self._place(frame)] = gif_code.decode(self._file.frames[frame])
        yield from plane_view("index plane", indices)

    def shown(self, frame: int) -> Samples:
        colours = self._colours(self._file.frames[frame])
        shown = self._blank()
        shown[self._place(frame)] = colours[gif_code.decode(self._file.frames[frame])]
        return shown

    def encoded(self, frame: int) -> bytes:
        return self._file.frames[frame].code

    def hides(self, frame: int) -> bool:
        if frame not in self._more:
            self._more[frame] = gif_code.has_more(self._file.frames[frame])
        return self._more[frame]

    def is_black(self, frame: int, mask: Area) -> bool:
        colours = self._colours(self._file.frames[frame])
        return bool((self.shown(frame)[mask] == colours[black_index(colours)]).all())

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
        frames = [self._clean_frame(index, masks.get(index)) for index in range(self.frames)]
        shared = [used for frame, used in frames if frame.table is None]
        table = _used_colours(self._file.table, {index for used in shared for index in used})
        background = self._file.background if table else 0
        clean = tuple(
            frame if frame.table is None else replace(frame, table=_used_colours(frame.table, set(used)))
            for frame, used in frames
        )
        return replace(self._file, table=table, background=background, frames=clean).packed()

    def _clean_frame(self, index: int, mask: Area | None) -> tuple[GifFrame, list[int]]:
        """The frame, masked or encoded anew where it must be, and the indices it uses."""
        frame = self._file.frames[index]
        indices = gif_code.decode(frame)
        if mask is not None:
            indices[mask[self._place(index)]] = black_index(self._colours(frame))
        if mask is not None or self.hides(index):
            size, code = gif_code.encode(indices)
            frame = replace(frame, interlaced=False, code_size=size, code=code)
        return frame, used_indices(indices)

    def _colours(self, frame: GifFrame) -> NDArray[np.uint8]:
        """The frame's colours, RGBA, those that no pixel uses black, the transparent one 0."""
        table = frame.table or self._file.table
        if table is None:
            raise damaged("GIF")
        used = self._shared if frame.table is None else set(used_indices(gif_code.decode(frame)))
        clean = _used_colours(table, used) or b""
        colours = np.zeros((256, 4), np.uint8)
        colours[: len(clean) // 3, :3] = np.frombuffer(clean, np.uint8).reshape(-1, 3)
        colours[: len(clean) // 3, 3] = 255
        if frame.transparent is not None:
            colours[frame.transparent] = 0
        return colours

    @cached_property
    def _shared(self) -> set[int]:
        """The indices that frames use of the global table."""
        frames = (frame for frame in self._file.frames if frame.table is None)
        return {index for frame in frames for index in used_indices(gif_code.decode(frame))}

    def _canvas(self, frame: int) -> Samples:
        """What a viewer shows at the time of a frame, RGBA (GIF89a 23.c.iv); frames are best asked for in order."""
        last, canvas = self._painted
        if frame <= last:
            last, canvas = -1, self._blank()
        for index in range(last + 1, frame + 1):
            before, place = canvas.copy(), self._place(index)
            own = self.shown(index)
            canvas = np.where(own[..., 3:] > 0, own, canvas)
            seen = canvas.copy()
            disposal = self._file.frames[index].disposal
            if disposal == RESTORE_BACKGROUND:
                canvas[place] = 0
            elif disposal == RESTORE_PREVIOUS:
                canvas = before
        self._painted = (frame, canvas)
        return seen

    def _blank(self) -> Samples:
        return np.zeros((self._file.rows, self._file.columns, 4), np.uint8)

    def _place(self, frame: int) -> tuple[slice, slice]:
        """Rows and columns of the canvas that the frame lies on."""
        own = self._file.frames[frame]
        return slice(own.top, own.top + own.rows), slice(own.left, own.left + own.columns)


def _used_colours(table: bytes | None, used: set[int]) -> bytes | None:
    """A colour table of the same length in which the unused entries are black; None where none is used."""
    if table is None or not used:
        return None
    if 3 * max(used) >= len(table):
        raise damaged("GIF")
    black = bytes(3)
    return b"".join(table[3 * index : 3 * index + 3] if index in used else black for index in range(len(table) // 3))


class _GifFormat:
    name = "GIF"
    media_types = ("image/gif",)

    def sniff(self, head: bytes) -> bool:
        return head.startswith((b"GIF87a", b"GIF89a"))

    @contextmanager
    def open(self, stream: BinaryIO, source: Source) -> Iterator[GifDocument]:
        """Open a GIF. Raises `RefusedFile`."""
        yield GifDocument(stream, source)


FORMAT = _GifFormat()
