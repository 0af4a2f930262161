"""Frames that are decoded whole, and stored anew without loss where one is masked."""

from abc import ABC, abstractmethod

from scanscrub.formats.dicom.pixels.layout import Layout
from scanscrub.formats.dicom.pixels.native_pixels import Fill, Samples, precise, unsigned
from scanscrub.formats.raster.masking import Area


class LosslessCodec(ABC):
    """See `FrameCodec`."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def decode(self, data: bytes) -> Samples:
        samples, precision = self._decoded(data)
        return precise(samples, precision, self._layout)

    def block(self, _data: bytes) -> tuple[int, int]:
        return (1, 1)

    def can_mask(self, _data: bytes) -> bool:
        return True

    def mask(self, data: bytes, area: Area, fill: Fill) -> bytes:
        samples, precision = self._decoded(data)
        masked = samples.copy()
        black = fill if samples.dtype.kind == "i" else unsigned(fill, precision)
        masked[area] = black if self._layout.samples > 1 else black[0]
        return self._like(data, masked, precision)

    @abstractmethod
    def clean(self, data: bytes) -> bytes: ...

    @abstractmethod
    def _decoded(self, data: bytes) -> tuple[Samples, int]:
        """The coded values of the layout's shape, and their bits. Raises `RefusedFile`."""

    @abstractmethod
    def _like(self, data: bytes, samples: Samples, precision: int) -> bytes:
        """The samples as the frame `data` was encoded."""
