"""JPEG 2000 and High-Throughput JPEG 2000."""

import math
import warnings
from collections.abc import Iterator
from io import BytesIO

import numpy as np
from openjpeg.utils import decode, encode_array, get_parameters

from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.dicom.pixels.codecs.lossless import LosslessCodec
from scanscrub.formats.dicom.pixels.layout import Layout
from scanscrub.formats.dicom.pixels.native_pixels import Samples
from scanscrub.formats.dicom.pixels.refusals import undecodable
from scanscrub.formats.jpeg.codestream import j2k_uses_color_transform, strip_j2k
from scanscrub.formats.jpeg2000.trim import trimmed_j2k
from scanscrub.leftovers.spare_words import Word, without_spare_words
from scanscrub.leftovers.stray_bytes import is_in_order, runs_of_letters

_RGB, _UNTRANSFORMED = 1, 3
"""How openjpeg.encode_array names color that takes part in its component transform, and color that does not."""


_SMALLEST = 32
"""Pixels across: the library always makes six resolutions."""


_SHORTEST, _NO_CHANCE = 7, 2
"""Letters of a word, at least; and by how many powers of ten more than its bytes a frame must hold to spell it so."""
_MOST_WORDS = 4
"""In one frame; each takes some decodings."""
_EXPONENTS = frozenset("HPX")
"""Letters that reversible steps are (A.6.4): an exponent, and three bits of zeros. They spell no name."""


def can_encode(layout: Layout) -> bool:
    """Whether openjpeg, as it is wrapped, encodes images of this size."""
    return min(layout.rows, layout.columns) >= _SMALLEST


class J2kCodec(LosslessCodec):
    """A masked frame is stored reversibly in its own syntax, which the lossy one allows (PS3.5 8.2.4)."""

    def clean(self, data: bytes) -> bytes:
        """Where the packets cannot be followed, or spell word after word, the samples are stored anew. Raises
        `RefusedFile` if they cannot.
        """
        trimmed = trimmed_j2k(strip_j2k(data))
        if trimmed is not None:
            trimmed = without_spare_words(trimmed, _words(trimmed), self._shown, _MOST_WORDS)
        if trimmed is not None:
            return trimmed
        if not self.can_mask(data):
            raise undecodable()
        samples, precision = self._decoded(data)
        return self._like(data, samples, precision)

    def can_mask(self, _data: bytes) -> bool:
        return can_encode(self._layout)

    def encode(self, samples: Samples) -> bytes:
        """A frame of these stored values, without loss."""
        layout = self._layout
        width = 8 if layout.stored <= 8 else 16 if layout.stored <= 16 else 32
        kind = "i" if layout.signed else "u"
        transform = layout.photometric == "YBR_RCT"
        return self._encoded(samples.astype(f"{kind}{width // 8}"), layout.stored, transform=transform)

    def _shown(self, data: bytes) -> bytes | None:
        try:
            return self._decoded(data)[0].tobytes()
        except RefusedFile:
            return None

    def _decoded(self, data: bytes) -> tuple[Samples, int]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                stream = strip_j2k(data)
                samples = np.asarray(decode(BytesIO(stream), 0))
                precision = int(get_parameters(BytesIO(stream), 0)["precision"])
        except (RuntimeError, ValueError, TypeError, KeyError):
            raise undecodable() from None
        if samples.shape != self._layout.shape:
            raise undecodable()
        return samples, precision

    def _like(self, data: bytes, samples: Samples, precision: int) -> bytes:
        return self._encoded(samples, precision, transform=j2k_uses_color_transform(data))

    def _encoded(self, samples: Samples, precision: int, *, transform: bool) -> bytes:
        data = encode_array(
            np.ascontiguousarray(samples),
            bits_stored=precision,
            photometric_interpretation=0 if samples.ndim == 2 else _RGB if transform else _UNTRANSFORMED,
            use_mct=transform,
        )
        return strip_j2k(bytes(data))


def _words(stream: bytes) -> Iterator[Word]:
    """What the steps of subbands spell that hold nothing, or the bytes of a code-block behind its last pass."""
    least = max(_SHORTEST, math.ceil(math.log10(len(stream)) + _NO_CHANCE))
    for start, end in runs_of_letters(stream):
        letters = stream[start:end].decode("latin-1")
        if end - start >= least and not is_in_order(letters) and not _EXPONENTS.issuperset(letters.upper()):
            yield Word(start, end, b"\0")


class HighThroughputJ2kCodec(J2kCodec):
    """JPEG 2000 with the block coder of ISO 15444-15, which no library installed with this program writes."""

    def can_mask(self, _data: bytes) -> bool:
        return False
