"""A JPEG's colors before and after, as two decoders show them that decide in their own ways whether it is YCbCr."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scanscrub.formats.dicom.encoding.pydicom_quiet import encapsulate, get_decoder, quiet_decoding
from scanscrub.formats.dicom.pixels.layout import Layout
from scanscrub.formats.dicom.pixels.pixel_data import FrameStore
from scanscrub.formats.raster.masking import Area

_SMOOTHED = 20
"""Pixels around a masked block to which a decoder may carry its chroma."""
_Shown = NDArray[Any]


def same_colors(original: FrameStore, staged: FrameStore, frame: int, area: Area | None) -> bool:
    """Whether the frame, but for the masked area and what is smoothed into it, is shown alike.

    Pillow goes by the codestream alone, pydicom's decoder by the DICOM header as well.
    """
    outside = ... if area is None else ~_grown(area)
    before, after = _views(original, frame), _views(staged, frame)
    return all(_alike(one, other, outside) for one, other in zip(before, after, strict=True))


def _alike(one: _Shown | None, other: _Shown | None, outside: Any) -> bool:  # noqa: ANN401 - an index of an array
    """A decoder that cannot show the original tells nothing."""
    if one is None or other is None:
        return one is None
    return one.shape == other.shape and np.array_equal(one[outside], other[outside])


def _views(store: FrameStore, frame: int) -> Iterator[_Shown | None]:
    data = store.encoded(frame)
    yield _by_codestream(data)
    yield _by_header(data, store.layout)


def _by_codestream(data: bytes) -> _Shown | None:
    try:
        with Image.open(BytesIO(data), formats=("JPEG",)) as image:
            return np.asarray(image.convert("RGB"))
    except (OSError, SyntaxError, ValueError):
        return None


def _by_header(data: bytes, layout: Layout) -> _Shown | None:
    options = {
        "rows": layout.rows,
        "columns": layout.columns,
        "samples_per_pixel": layout.samples,
        "photometric_interpretation": layout.photometric,
        "planar_configuration": int(layout.planar),
        "bits_allocated": layout.allocated,
        "bits_stored": layout.stored,
        "pixel_representation": int(layout.signed),
        "number_of_frames": 1,
        "pixel_keyword": "PixelData",
    }
    with quiet_decoding():
        try:
            shown, _ = get_decoder(layout.syntax).as_array(encapsulate([data]), index=0, **options)
        except Exception:  # noqa: BLE001 - whichever library decodes: it says nothing then, and its words may quote
            return None
    return np.asarray(shown)


def _grown(area: Area) -> Area:
    grown = area.copy()
    for axis in (0, 1):
        seen = grown.copy()
        for step in range(1, _SMOOTHED + 1):
            ahead, behind = [slice(None)] * 2, [slice(None)] * 2
            ahead[axis], behind[axis] = slice(step, None), slice(None, -step)
            grown[tuple(ahead)] |= seen[tuple(behind)]
            grown[tuple(behind)] |= seen[tuple(ahead)]
    return grown
