"""WebP: image chunks kept as they are, everything else dropped; masked pictures are stored as lossless WebP."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from io import BytesIO
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scanscrub.domain.finding import Segment, SegmentSeen
from scanscrub.domain.picture import View
from scanscrub.domain.plan import Source
from scanscrub.formats.icc.profile import note_of, profile_for
from scanscrub.formats.other.webp_chunks import (
    IMAGE_CHUNKS,
    WebpChunk,
    WebpFrame,
    frames_of,
    not_needed,
    packed_file,
    parse_file,
)
from scanscrub.formats.other.webp_tails import decoded, without_tails
from scanscrub.formats.raster.decoding import decoding
from scanscrub.formats.raster.document import PictureDocument, PictureFormat
from scanscrub.formats.raster.limits import damaged, demand_size
from scanscrub.formats.raster.orientation import Samples, as_stored, minimal_exif, orientation_of, upright
from scanscrub.formats.raster.picture_file import Masks
from scanscrub.formats.raster.samples import Loss, opaque, without_hidden_colors
from scanscrub.formats.raster.views import color_views, plane_view
from scanscrub.leftovers.removed_bytes import left_out
from scanscrub.leftovers.stray_bytes import after_the_end, unneeded_bytes

_LOSSLESS_NOTE = "The picture was stored as lossless WebP."


class WebpDocument(PictureDocument):
    """One WebP file, still or animated. An animation that is masked is written as whole pictures."""

    def __init__(self, stream: BinaryIO, source: Source) -> None:
        super().__init__(stream, source, ".webp")
        self._chunks, self._behind = parse_file(self._data)
        self._stored = frames_of(self._chunks)
        exif = next((chunk.data for chunk in self._chunks if chunk.kind == b"EXIF"), b"")
        self._orientation = orientation_of(exif.removeprefix(b"Exif\0\0"))
        self._images = _opened(self._data[: len(self._data) - len(self._behind)])
        self._columns, self._rows = self._images.size
        demand_size(self._columns, self._rows)
        if getattr(self._images, "n_frames", 1) != len(self._stored):
            raise damaged("WebP")

    @property
    def frames(self) -> int:
        return len(self._stored)

    @property
    def animated(self) -> bool:
        return self.frames > 1

    @property
    def orientation(self) -> int:
        return self._orientation

    @property
    def kind(self) -> str:
        """That of every WebP: whether a decoder gives opaque pixels an alpha plane depends on how they are packed."""
        return "RGB and alpha 8 bits"

    def size(self, frame: int) -> tuple[int, int]:
        del frame
        return (self._columns, self._rows) if self._orientation > 4 else (self._rows, self._columns)

    def inspect(self) -> Iterator[SegmentSeen]:
        seen = list(self._segments())
        yield from seen
        if all(one.needed for one in seen) and self._copy != self._data:
            yield unneeded_bytes(Segment("WebP details"), left_out(self._data, self._copy))

    def _segments(self) -> Iterator[SegmentSeen]:
        left, _ = parse_file(self._copy)
        counts: Counter[str] = Counter()
        for chunk in self._chunks:
            where = Segment(chunk.name, counts[chunk.name], chunk.role)
            counts[chunk.name] += 1
            alike = chunk if chunk in left else next((other for other in left if _is_shorter(other, chunk)), None)
            if alike is not None:
                left.remove(alike)
                yield SegmentSeen(where, needed=True, length=len(chunk.data))
            else:
                stays = chunk.kind == b"ICCP" and self._kept_profile is not None
                yield replace(not_needed(where, chunk), stays=stays)
        if self._stored != self._frames:
            stored, kept = (b"".join(part.packed() for part in parts) for parts in (self._stored, self._frames))
            yield unneeded_bytes(Segment("WebP bytes behind the image data"), left_out(stored, kept))
        if self._hiding:
            yield SegmentSeen(Segment("WebP pixels that are not shown"), needed=False, length=None)
        if self._behind:
            yield unneeded_bytes(after_the_end("WebP"), self._behind)

    def views(self, frame: int) -> Iterator[View]:
        shown = upright(self._canvas(frame), self._orientation)
        yield from color_views(shown[..., :3])
        yield from plane_view("alpha", shown[..., 3])

    def shown(self, frame: int) -> Samples:
        return upright(_visible(self._canvas(frame)), self._orientation)

    def plain(self, frame: int) -> Samples:
        return opaque(self.shown(frame), 255)

    @property
    def loss(self) -> Loss | None:
        return Loss() if any(chunk.kind == b"VP8 " for frame in self._stored for chunk in frame.chunks) else None

    def encoded(self, frame: int) -> bytes:
        return self._frames[frame].packed()

    def hides(self, frame: int) -> bool:
        return frame in self._hiding

    def rewrites(self, frame: int, masks: Masks) -> bool:
        """All frames or none: those of an animation build on each other."""
        del frame
        return bool(masks) or bool(self._hiding)

    def write(self, masks: Masks, target: BinaryIO) -> None:
        profile = note_of(self.profile, self._kept_profile)
        if not masks and not self._hiding:
            self._notes = profile
            target.write(self._copy)
            return
        frames = [self._lossless(frame, masks) for frame in range(self.frames)]
        self._notes = (_LOSSLESS_NOTE, *profile)
        target.write(self._packed(frames))

    def _lossless(self, frame: int, masks: Masks) -> WebpFrame:
        """The whole canvas at a frame, masked, as lossless image data."""
        samples = _visible(self._canvas(frame)).copy()
        if frame in masks:
            samples[as_stored(masks[frame], self._orientation)] = (0, 0, 0, 255)
        stream = BytesIO()
        Image.fromarray(samples).save(stream, format="WEBP", lossless=True, exact=True, quality=80, method=4)
        chunks, _ = parse_file(stream.getvalue())
        place = self._frames[frame].place
        if place:
            size = (self._columns - 1).to_bytes(3, "little") + (self._rows - 1).to_bytes(3, "little")
            place = bytes(6) + size + place[12:15] + b"\x02"
        return WebpFrame.of(chunks, place)

    @property
    def _copy(self) -> bytes:
        """The file with its image data only."""
        return self._packed(self._frames)

    def _packed(self, frames: list[WebpFrame]) -> bytes:
        return packed_file(frames, self._columns, self._rows, self._exif, self._animation, profile=self._kept_profile)

    @property
    def profile(self) -> bytes | None:
        return next((chunk.data for chunk in self._chunks if chunk.kind == b"ICCP"), None)

    @cached_property
    def _kept_profile(self) -> bytes | None:
        return profile_for(self.profile, 3)

    @property
    def _exif(self) -> bytes:
        return minimal_exif(self._orientation) if self._orientation != 1 else b""

    @property
    def _animation(self) -> WebpChunk | None:
        """Background color and loop count, nothing else; None for a still picture."""
        if not self._frames[0].place:
            return None
        data = next((chunk.data for chunk in self._chunks if chunk.kind == b"ANIM"), b"")
        return WebpChunk(b"ANIM", data[:6].ljust(6, b"\0"))

    @cached_property
    def _frames(self) -> list[WebpFrame]:
        """The frames without bytes that no pixel comes from."""
        return [without_tails(frame) for frame in self._stored]

    @cached_property
    def _hiding(self) -> list[int]:
        """The frames with colors under full transparency."""
        return [index for index, frame in enumerate(self._frames) if _hides(frame)]

    def _canvas(self, frame: int) -> NDArray[np.uint8]:
        """RGB and alpha of the whole picture."""
        with decoding("WebP"):
            self._images.seek(frame)
            return np.array(self._images.convert("RGBA"))


def _opened(data: bytes) -> Image.Image:
    with decoding("WebP"):
        return Image.open(BytesIO(data), formats=("WEBP",))


def _is_shorter(kept: WebpChunk, chunk: WebpChunk) -> bool:
    """Whether the copy has a chunk of image data or a frame in place of this one."""
    return kept.kind == chunk.kind and chunk.kind in (*IMAGE_CHUNKS, b"ANMF")


def _visible(samples: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The samples less the colors of fully transparent pixels."""
    return samples if samples.shape[2] == 3 else without_hidden_colors(samples, 3)


def _hides(frame: WebpFrame) -> bool:
    own = decoded(frame)
    if own is None:
        raise damaged("WebP")
    return not np.array_equal(own, _visible(own))


def _is_webp(head: bytes) -> bool:
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


FORMAT = PictureFormat("WebP", ("image/webp",), _is_webp, WebpDocument)
