"""Decoding: HEIC by libheif (pi-heif), AVIF by Pillow. Every array is upright, RGB or RGB and alpha."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, features

from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.heif.boxes import HeifFile, without_descriptions
from scanscrub.formats.raster.decoding import decoding
from scanscrub.formats.raster.limits import MAX_FRAMES, damaged, demand_size, unsupported
from scanscrub.formats.raster.orientation import ORIENTATION_TAG, upright


@dataclass(frozen=True, slots=True)
class Decoder:
    """The pictures of a file that viewers show: their upright rows, columns and channels, and each when asked for.

    Colors of more than 8 bits are decoded as 8.
    """

    kind: str
    shapes: tuple[tuple[int, int, int], ...]
    profile: bytes | None
    decode: Callable[[int], NDArray[np.uint8]]

    @classmethod
    def of(cls, data: bytes, file: HeifFile) -> "Decoder":
        """Raises `RefusedFile`, also where the library is missing."""
        for columns, rows in file.sizes:
            demand_size(columns, rows)
        if file.items and not {item.kind for item in file.items.values()} & {b"hvc1", b"av01"}:
            raise unsupported("HEIC")
        return _avif(data) if file.is_av1 else _heic(data)


@contextmanager
def _decoding(kind: str) -> Iterator[None]:
    try:
        with decoding(kind):
            yield
    except (RuntimeError, ArithmeticError):  # libheif; a timescale of 0
        raise damaged(kind) from None


def _heic(data: bytes) -> Decoder:
    try:
        import pi_heif  # noqa: PLC0415 - few runs meet a HEIC
    except ImportError:
        raise missing("HEIC") from None
    with _decoding("HEIC"):
        images = list(pi_heif.HeifFile(BytesIO(without_descriptions(data))))
    for image in images:
        demand_size(*image.size)

    def decode(frame: int) -> NDArray[np.uint8]:
        with _decoding("HEIC"):
            return _plain(images[frame].to_pillow())

    return Decoder(
        "HEIC",
        _limited((image.size[1], image.size[0], 4 if image.has_alpha else 3) for image in images),
        next((image.info["icc_profile"] for image in images if "icc_profile" in image.info), None),
        decode,
    )


def _avif(data: bytes) -> Decoder:
    if not features.check("avif"):
        raise missing("AVIF")
    with _decoding("AVIF"):
        image = Image.open(BytesIO(data), formats=("AVIF",))
        demand_size(*image.size)
        turn = image.getexif().get(ORIENTATION_TAG, 1)
        frames = getattr(image, "n_frames", 1)
    if turn not in range(1, 9):
        raise damaged("AVIF")

    def decode(frame: int) -> NDArray[np.uint8]:
        with _decoding("AVIF"):
            image.seek(frame)
            return np.ascontiguousarray(upright(_plain(image), turn))

    columns, rows = image.size if turn < 5 else image.size[::-1]
    channels = 4 if "A" in image.getbands() else 3
    shapes = _limited((rows, columns, channels) for _ in range(frames))
    return Decoder("AVIF", shapes, image.info.get("icc_profile"), decode)


def _plain(image: Image.Image) -> NDArray[np.uint8]:
    """``(rows, columns, 3 or 4)``; nothing is left of colors under full transparency."""
    shown = image.convert("RGBA" if "A" in image.getbands() or "a" in image.getbands() else "RGB")
    samples: NDArray[Any] = np.array(shown)
    if samples.shape[2] == 4:
        samples[samples[..., 3] == 0] = 0
    return samples


def _limited(shapes: Iterable[tuple[int, int, int]]) -> tuple[tuple[int, int, int], ...]:
    found = tuple(shape for _, shape in zip(range(MAX_FRAMES + 1), shapes, strict=False))
    if not 0 < len(found) <= MAX_FRAMES:
        raise damaged("HEIC or AVIF")
    return found


def missing(kind: str) -> RefusedFile:
    """The refusal where nothing is installed that decodes such a file."""
    return RefusedFile(
        f"{kind} pictures cannot be read by what is installed here.",
        "Save the photo as JPEG or PNG first, or install scanscrub again: 'scanscrub doctor' says what is missing.",
    )
