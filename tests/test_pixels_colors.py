"""What the header says of colors and shades: a copy says what its pixels are, and a PNG shows what a viewer does."""

from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from openjpeg.utils import encode_array
from pydicom import dcmread, uid

from factory_pixels import box, compressed, copy_of, image, shown, store_of
from scanscrub.formats.dicom.pixels.rewrite import plan_rewrite
from scanscrub.formats.dicom.proof.pixels import prove

ROWS, COLUMNS = 64, 80


def _colors() -> NDArray[np.uint8]:
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    return np.stack([200 - x, 2 * y, 30 + x], axis=-1).astype(np.uint8)


def _j2k(*, transform: bool, lossy: bool = False) -> bytes:
    data = encode_array(
        _colors(), photometric_interpretation=1, use_mct=transform, compression_ratios=[4] if lossy else None
    )
    return bytes(data)


@pytest.mark.parametrize(
    ("transform", "lossy", "stated", "right"),
    [
        (True, True, "YBR_ICT", "YBR_RCT"),
        (True, False, "YBR_RCT", "YBR_RCT"),
        (True, False, "RGB", "YBR_RCT"),
        (False, False, "RGB", "RGB"),
        (False, False, "YBR_RCT", "RGB"),
    ],
)
def test_masked_jpeg_2000_says_how_its_colors_are_coded(
    transform: bool,  # noqa: FBT001 - a parameter
    lossy: bool,  # noqa: FBT001 - a parameter
    stated: str,
    right: str,
) -> None:
    frame = _j2k(transform=transform, lossy=lossy)
    data = compressed((ROWS, COLUMNS), [frame], uid.JPEG2000, photometric=stated)
    masks = {0: (box(0, 0, 16, 16),)}
    copy = copy_of(data, plan_rewrite(store_of(data), masks))
    assert all(check.passed for check in prove(store_of(data), masks, store_of(copy)))
    assert dcmread(BytesIO(copy)).PhotometricInterpretation == right
    assert np.array_equal(shown(copy)[20:], shown(data)[20:])


def test_jpeg_2000_of_which_one_frame_is_masked_keeps_the_word_of_the_others() -> None:
    frames = [_j2k(transform=True, lossy=True)] * 2
    data = compressed((ROWS, COLUMNS), frames, uid.JPEG2000, photometric="YBR_ICT")
    copy = copy_of(data, plan_rewrite(store_of(data), {1: (box(0, 0, 16, 16),)}))
    assert dcmread(BytesIO(copy)).PhotometricInterpretation == "YBR_ICT"


@pytest.mark.parametrize(
    ("photometric", "shape", "inverted"),
    [
        ("MONOCHROME1", None, True),
        ("MONOCHROME1", "INVERSE", True),
        ("MONOCHROME1", "IDENTITY", False),
        ("MONOCHROME2", None, False),
        ("MONOCHROME2", "IDENTITY", False),
        ("MONOCHROME2", "INVERSE", True),
    ],
)
def test_a_picture_is_inverted_once_where_its_presentation_says_so(
    photometric: str,
    shape: str | None,
    inverted: bool,  # noqa: FBT001 - a parameter
) -> None:
    """As dcmtk shows it: the Presentation LUT Shape counts, and where there is none, MONOCHROME1."""
    ramp = np.tile(np.arange(0, 256, 4, dtype=np.uint8), (64, 1))
    more = {"PresentationLUTShape": shape} if shape else {}
    store = store_of(image((64, 64), ramp.tobytes(), photometric=photometric, more=more))
    _, picture = next(store.pictures())
    left, right = (int(picture.views[0].pixels[0, column]) for column in (0, -1))
    assert (left > right) == inverted
