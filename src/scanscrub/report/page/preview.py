"""A small picture of a clean copy with its masks outlined."""

import io
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from scanscrub.domain.finding import PixelRegion

_RIM = (255, 176, 32)  # amber: no scanner's palette, and seen on black and on white

_KEPT_RIM = (90, 170, 255)  # blue, as bright


SMALL: Final = 560
"""Pixels of the longer side of a picture that stands for a copy which a browser opens by itself."""


def outline(
    pixels: NDArray[np.uint8], regions: Sequence[PixelRegion], kept: Sequence[PixelRegion] = (), longest: int = SMALL
) -> bytes:
    """A JPEG of `pixels`, at most `longest` pixels on its longer side, each region with an amber rim, what was `kept`
    with a blue one.

    `pixels` is uint8, ``(rows, columns)`` gray or ``(rows, columns, 3)`` RGB; `regions` are those of this frame, in
    its pixel coordinates. JPEG, as noise makes a PNG of the same picture ten times as large.
    """
    image = Image.fromarray(pixels).convert("RGB")
    scale = min(1.0, longest / max(image.size))
    small = image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))
    pen = ImageDraw.Draw(small)
    width = max(2, max(small.size) // SMALL)
    for rim, outlined in ((_KEPT_RIM, kept), (_RIM, regions)):
        for region in outlined:
            corners = [(x * scale, y * scale) for x, y in region.outline]
            pen.line([*corners, corners[0]], fill=rim, width=width, joint="curve")
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=82, optimize=True)
    return buffer.getvalue()
