"""PNG (3rd edition): chunks by an allow-list, image data kept as encoded unless it is masked or hides something."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from scanscrub.domain.finding import Segment, SegmentSeen
from scanscrub.domain.picture import View
from scanscrub.domain.plan import Source
from scanscrub.formats.icc.profile import note_of
from scanscrub.formats.png import codec
from scanscrub.formats.png.chunks import (
    SIGNATURE,
    chunk_bytes,
    parse_chunks,
    seen,
)
from scanscrub.formats.png.codec import GRAY, GRAY_ALPHA, INDEXED, RGB, RGBA, PngHeader
from scanscrub.formats.png.kept_chunks import KeptChunks
from scanscrub.formats.raster.document import PictureDocument, PictureFormat
from scanscrub.formats.raster.limits import damaged
from scanscrub.formats.raster.masking import Area
from scanscrub.formats.raster.orientation import Samples, as_stored, minimal_exif, upright
from scanscrub.formats.raster.palette import NormalPalette, normal_palette
from scanscrub.formats.raster.palette import masked as palette_masked
from scanscrub.formats.raster.picture_file import Masks
from scanscrub.formats.raster.samples import opaque, spread, transparent, without_hidden_colors
from scanscrub.formats.raster.views import color_views, plane_view
from scanscrub.leftovers.removed_bytes import left_out
from scanscrub.leftovers.stray_bytes import after_the_end, unneeded_bytes, unused_colors

_COLORS = {GRAY: "gray", RGB: "RGB", INDEXED: "palette", GRAY_ALPHA: "gray and alpha", RGBA: "RGB and alpha"}
_ANIMATION_NOTE = "Only the still picture of an animated PNG was kept."


class PngDocument(PictureDocument):
    """One PNG file."""

    def __init__(self, stream: BinaryIO, source: Source) -> None:
        super().__init__(stream, source, ".png")
        self._chunks, self._behind = parse_chunks(self._data)
        self._header = PngHeader.parse(self._chunks[0].data)
        self._kept = KeptChunks(self._chunks, self._header)
        idat = b"".join(chunk.data for chunk in self._chunks if chunk.kind == b"IDAT")
        self._stream, self._spare_rows = codec.image_stream(self._header, idat)
        self._spare_bits = codec.hides_in_padding(self._header, self._stream)
        self._spare_bytes = len(idat) - len(self._stream) if not self._spare_rows else 0

    @property
    def orientation(self) -> int:
        return self._kept.orientation

    @property
    def kind(self) -> str:
        return f"{_COLORS[self._header.color]} {self._header.depth} bits"

    def size(self, frame: int) -> tuple[int, int]:
        del frame
        rows, columns = self._header.rows, self._header.columns
        return (columns, rows) if self.orientation > 4 else (rows, columns)

    def inspect(self) -> Iterator[SegmentSeen]:
        counts: Counter[str] = Counter()
        for chunk in self._chunks:
            if chunk.kind == b"IDAT" and counts[chunk.name]:
                continue
            where = Segment(chunk.name, counts[chunk.name], chunk.role)
            counts[chunk.name] += 1
            if self._kept.is_needed(chunk):
                yield SegmentSeen(where, needed=True, length=len(chunk.data))
            else:
                stays = chunk is self._kept.first(b"iCCP") and bool(self._kept.profile_chunks)
                yield replace(seen(where, chunk), stays=stays)
        if self._spare_rows:
            yield SegmentSeen(Segment("PNG rows below the picture"), needed=False, length=None)
        if self._spare_bytes:
            behind = b"".join(chunk.data for chunk in self._chunks if chunk.kind == b"IDAT")[-self._spare_bytes :]
            yield unneeded_bytes(Segment("PNG bytes behind the image data"), behind)
        if self._spare_bits:
            yield SegmentSeen(Segment("PNG bits behind the end of rows"), needed=False, length=None)
        yield from self._hidden_colors()
        if self._behind:
            yield unneeded_bytes(after_the_end("PNG"), self._behind)

    def _hidden_colors(self) -> Iterator[SegmentSeen]:
        if self._palette is not None:
            if self._palette.merges:
                yield SegmentSeen(Segment("PNG palette entries of equal color"), needed=False, length=None)
            kept = {(chunk.kind, chunk.data) for chunk in self._chunks if chunk.kind in (b"PLTE", b"tRNS")}
            if kept != set(_palette_chunks(self._palette)):
                unused = (left_out(data, dict(_palette_chunks(self._palette)).get(kind, b"")) for kind, data in kept)
                yield unused_colors(Segment("PNG palette entries that are not used"), b"".join(unused))
        elif not np.array_equal(self._samples, self._visible):
            where = Segment("PNG colors under full transparency")
            yield SegmentSeen(where, needed=False, length=None if self._hides_a_drawing else self._samples.shape[-1])

    def views(self, frame: int) -> Iterator[View]:
        del frame
        header = self._header
        full_scale = (1 << header.depth) - 1
        samples = upright(self._samples, self.orientation)
        if self._palette is not None:
            shown = self._color_table[samples]
            yield from self._color_views(shown[..., :3], 255)
            yield from plane_view("index plane", samples.astype(np.uint8))
            yield from plane_view("alpha", shown[..., 3])
        elif header.color in (GRAY, RGB):
            yield from self._color_views(samples, full_scale)
            for _, key in self._kept.color_key():
                opaque = samples.reshape(*samples.shape[:2], -1) != np.frombuffer(key, dtype=">u2")
                yield from plane_view("alpha", opaque.any(axis=2).astype(np.uint8))
        else:
            light = samples[..., 0] if header.color == GRAY_ALPHA else samples[..., :3]
            yield from self._color_views(light, full_scale)
            yield from plane_view("alpha", (samples[..., -1] >> (header.depth - 8)).astype(np.uint8))

    def _color_views(self, light: Samples, full_scale: int) -> Iterator[View]:
        """Those of the samples, and what a viewer shows by a gAMA chunk that is far from the usual one."""
        yield from color_views(light, full_scale)
        if self._kept.gamma != 1:
            shades = 255 * (np.arange(full_scale + 1) / full_scale) ** self._kept.gamma
            yield View("gamma", np.rint(shades).astype(np.uint8)[light])

    def shown(self, frame: int) -> Samples:
        del frame
        if self._palette is None:
            return upright(self._visible, self.orientation)
        return upright(self._palette.colors[self._palette.lookup[self._samples]], self.orientation)

    def plain(self, frame: int) -> Samples:
        shown = self.shown(frame)
        if self._palette is not None:
            return opaque(shown, 255)
        if self._header.color in (GRAY_ALPHA, RGBA):
            return opaque(shown, (1 << self._header.depth) - 1)
        for _, key in self._kept.color_key():
            if (shown.reshape(*shown.shape[:2], -1) == np.frombuffer(key, dtype=">u2")).all(axis=2).any():
                raise transparent()
        return spread(shown, self._header.depth)

    @property
    def aspect(self) -> Fraction:
        return 1 / self._kept.aspect if self.orientation > 4 else self._kept.aspect

    @property
    def profile(self) -> bytes | None:
        return self._kept.profile

    def encoded(self, frame: int) -> bytes:
        del frame
        return hashlib.sha256(self._stream).digest()

    def hides(self, frame: int) -> bool:
        del frame
        if self._palette is not None:
            return self._spare_rows or self._spare_bits or self._palette.merges
        return self._spare_rows or self._spare_bits or not np.array_equal(self._samples, self._visible)

    def palette_colors(self, frame: int) -> Samples | None:
        del frame
        return None if self._palette is None else self._palette.colors

    def write(self, masks: Masks, target: BinaryIO) -> None:
        header, stream, palette = self._header, self._stream, self._palette
        if masks or self.hides(0):
            samples, palette = self._masked(as_stored(masks[0], self.orientation) if masks else None)
            header = PngHeader(header.columns, header.rows, header.depth, header.color)
            stream = codec.encode(header, samples)
        chunks = [(b"IHDR", header.packed()), *self._kept.numbers(), *self._kept.profile_chunks]
        chunks += self._kept.color_key() if palette is None else _palette_chunks(palette)
        if self.orientation != 1:
            chunks.append((b"eXIf", minimal_exif(self.orientation)))
        chunks += [(b"IDAT", piece) for piece in self._idat_pieces(stream)]
        target.write(SIGNATURE)
        target.writelines(chunk_bytes(kind, data) for kind, data in [*chunks, (b"IEND", b"")])
        profile = note_of(self.profile or (b"" if self._kept.first(b"iCCP") else None), self._kept.kept_profile)
        self._notes = (*profile, *((_ANIMATION_NOTE,) if self._kept.first(b"acTL") else ()))

    def _masked(self, area: Area | None) -> tuple[Samples, NormalPalette | None]:
        """The stored samples of the copy and its palette: nothing hidden, the area black and opaque."""
        if self._palette is not None:
            samples = self._palette.lookup[self._samples]
            if area is None:
                return samples, normal_palette(samples, self._palette.colors)
            return palette_masked(samples, area, self._palette.colors)
        if area is None:
            return self._visible, None
        samples = self._visible.copy()
        samples[area] = 0
        if self._header.color in (GRAY_ALPHA, RGBA):
            samples[area, -1] = (1 << self._header.depth) - 1
        return samples, None

    def _idat_pieces(self, stream: bytes) -> Iterator[bytes]:
        """The stream in the chunks it was in; a new or shortened one in one chunk."""
        pieces = [chunk.data for chunk in self._chunks if chunk.kind == b"IDAT"]
        yield from pieces if b"".join(pieces) == stream else [stream]

    @cached_property
    def _samples(self) -> Samples:
        return codec.decode(self._header, self._stream)

    @property
    def _hides_a_drawing(self) -> bool:
        """Whether the colors that full transparency hides differ: of one color alone nothing can be made out."""
        hidden = self._samples[self._samples[..., -1] == 0]
        return not np.array_equal(hidden, np.broadcast_to(hidden[:1], hidden.shape))

    @cached_property
    def _visible(self) -> Samples:
        """The samples less the colors of fully transparent pixels."""
        is_opaque = self._header.color not in (GRAY_ALPHA, RGBA)
        return self._samples if is_opaque else without_hidden_colors(self._samples, -1)

    @cached_property
    def _color_table(self) -> NDArray[np.uint8]:
        """The file's color table, RGBA, opaque black behind its end."""
        plte = self._kept.first(b"PLTE")
        if plte is None or len(plte.data) % 3 or not 0 < len(plte.data) <= 3 << self._header.depth:
            raise damaged("PNG")
        table = np.zeros((1 << self._header.depth, 4), dtype=np.uint8)
        table[:, 3] = 255
        entries = len(plte.data) // 3
        table[:entries, :3] = np.frombuffer(plte.data, dtype=np.uint8).reshape(-1, 3)
        alpha = self._kept.first(b"tRNS")
        if alpha and alpha.intact:
            values = np.frombuffer(alpha.data, dtype=np.uint8)[:entries]
            table[: len(values), 3] = values
        if int(self._samples.max()) >= entries:
            raise damaged("PNG")
        return table

    @cached_property
    def _palette(self) -> NormalPalette | None:
        if self._header.color != INDEXED:
            return None
        return normal_palette(self._samples, self._color_table)


def _palette_chunks(palette: NormalPalette) -> Iterator[tuple[bytes, bytes]]:
    colors = palette.colors[: palette.length]
    yield b"PLTE", colors[:, :3].tobytes()
    translucent = np.flatnonzero(colors[:, 3] != 255)
    if translucent.size:
        yield b"tRNS", colors[: int(translucent[-1]) + 1, 3].tobytes()


def _is_png(head: bytes) -> bool:
    return head.startswith(SIGNATURE)


FORMAT = PictureFormat("PNG", ("image/png",), _is_png, PngDocument)
