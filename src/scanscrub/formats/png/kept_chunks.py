"""Which chunks of a PNG its copy keeps: those that decide how the samples look, where they say nothing else."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property

import numpy as np

from scanscrub.formats.icc.profile import profile_for
from scanscrub.formats.png.chunks import Chunk, is_plain_number, profile_chunk, profile_in
from scanscrub.formats.png.codec import GRAY, GRAY_ALPHA, INDEXED, RGB, PngHeader
from scanscrub.formats.raster.orientation import minimal_exif, orientation_of

_USUAL_GAMMA, _GAMMA_STEP = 45455, 1.25
"""The gAMA of samples that are shown as they are, and how much another one differs before it shows anything more."""


class KeptChunks:
    """The chunks of a file with this header."""

    def __init__(self, chunks: Sequence[Chunk], header: PngHeader) -> None:
        self._chunks, self._header = chunks, header

    def first(self, kind: bytes) -> Chunk | None:
        return next((chunk for chunk in self._chunks if chunk.kind == kind), None)

    @cached_property
    def orientation(self) -> int:
        """EXIF's Orientation, 1 to 8."""
        exif = self.first(b"eXIf")
        return orientation_of(exif.data) if exif else 1

    @property
    def aspect(self) -> Fraction:
        """How wide a stored pixel is for its height (pHYs)."""
        chunk = self.first(b"pHYs")
        if chunk is None or not self.is_needed(chunk):
            return Fraction(1)
        return Fraction(*(int.from_bytes(chunk.data[at : at + 4], "big") for at in (0, 4)))

    @property
    def gamma(self) -> float:
        """The exponent by which a viewer shows other shades than the samples; 1 where it shows the same (gAMA)."""
        chunk = self.first(b"gAMA")
        exponent = _USUAL_GAMMA / int.from_bytes(chunk.data, "big") if chunk and self.is_needed(chunk) else 1
        return 1 if 1 / _GAMMA_STEP < exponent < _GAMMA_STEP else exponent

    @cached_property
    def profile(self) -> bytes | None:
        chunk = self.first(b"iCCP")
        return profile_in(chunk) if chunk else None

    @cached_property
    def profile_chunks(self) -> list[tuple[bytes, bytes]]:
        """The copy's color profile: one at most."""
        return [profile_chunk(self.kept_profile)] if self.kept_profile else []

    @cached_property
    def kept_profile(self) -> bytes | None:
        return profile_for(self.profile, 1 if self._header.color in (GRAY, GRAY_ALPHA) else 3)

    def numbers(self) -> Iterator[tuple[bytes, bytes]]:
        """Color space and pixel size, where they are nothing else."""
        for chunk in self._chunks:
            if is_plain_number(chunk) and self.is_needed(chunk):
                yield chunk.kind, chunk.data

    def color_key(self) -> Iterator[tuple[bytes, bytes]]:
        key = self.first(b"tRNS")
        if key and self.is_needed(key):
            yield key.kind, key.data

    def is_needed(self, chunk: Chunk) -> bool:
        first = chunk is self.first(chunk.kind)
        match chunk.kind:
            case b"IHDR" | b"IDAT" | b"PLTE":
                return chunk.kind != b"PLTE" or self._header.color == INDEXED
            case b"IEND":
                return not chunk.data
            case b"tRNS":
                return first and chunk.intact and self._is_transparency(chunk.data)
            case b"iCCP":
                return first and chunk.intact and [(chunk.kind, chunk.data)] == self.profile_chunks
            case b"eXIf":
                return (
                    first and chunk.intact and self.orientation != 1 and chunk.data == minimal_exif(self.orientation)
                )
        return first and chunk.intact and is_plain_number(chunk)

    def _is_transparency(self, data: bytes) -> bool:
        """Whether a tRNS chunk is what its color type asks for (clause 11.3.1.1)."""
        if self._header.color == INDEXED:
            return True
        values = np.frombuffer(data[: len(data) // 2 * 2], dtype=">u2")
        wanted = {GRAY: 2, RGB: 6}.get(self._header.color)
        return len(data) == wanted and bool((values < 1 << self._header.depth).all())
