"""The places of findings as their pictures show them: read once more, small, and only of plain files."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scanscrub.domain.check import JudgedFile
from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import Locator, PixelRegion
from scanscrub.domain.plan import Source
from scanscrub.inputs.input import Input
from scanscrub.pipeline.read import recognized
from scanscrub.system.file_cache import forget_patient

AROUND: Final = 12
"""Pixels around a place that are shown with it."""
WIDEST, HIGHEST = 480, 160


def crops_of(file: JudgedFile, most: int) -> Mapping[Locator, bytes]:
    """At most so many places of a file, as PNG.

    None of a file in an archive, in a commit, of a withheld name, or that cannot be read.
    """
    wanted = [one.where for one in file.open if isinstance(one.where, PixelRegion)][:most]
    if not wanted or file.record.member or file.record.commit or not Path(file.record.path).is_file():
        return {}
    found: dict[Locator, bytes] = {}
    try:
        with Input(0, file.record.path).open() as stream, recognized(stream).open(stream, Source(0, "")) as document:
            for frame, picture in document.pictures():
                here = [where for where in wanted if where.frame == frame]
                found.update((where, _png(picture.views[0].pixels, where)) for where in here)
                if len(found) == len(wanted):
                    break
    except (OSError, RefusedFile, MemoryError):
        return found
    finally:
        forget_patient()
    return found


def _png(pixels: NDArray[np.uint8], where: PixelRegion) -> bytes:
    rows, columns = pixels.shape[:2]
    box = where.box.grown(AROUND).clipped(columns, rows)
    image = Image.fromarray(np.ascontiguousarray(pixels[box.top : box.bottom, box.left : box.right]))
    image.thumbnail((WIDEST, HIGHEST))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
