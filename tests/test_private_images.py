"""An object whose image lies in a manufacturer's private elements is no clean copy without a picture."""

from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import Dataset, dcmread
from pydicom.sequence import Sequence

from conftest import CANARY
from factory_dicom import ct_file
from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.plan import Source
from scanscrub.formats.dicom.file_format import FORMAT

_CAPTURE, _CT = "1.2.840.10008.5.1.4.1.1.7", "1.2.840.10008.5.1.4.1.1.2"
_PIXELS = (CANARY.encode() * 2000)[:16_000]


def _file(sop_class: str, group: int, *, own: NDArray[np.uint8] | None, nested: bool = False) -> bytes:
    header = dcmread(BytesIO(ct_file(sop_class=sop_class)))
    header.Rows, header.Columns, header.BitsAllocated, header.BitsStored, header.HighBit = 64, 64, 8, 8, 7
    header.PixelRepresentation = 0
    del header["PixelData"]
    if own is not None:
        header.PixelData = own.tobytes()
        header["PixelData"].VR = "OB"
    block = header.private_block(group, "ACME", create=True)
    holder = Dataset()
    holder.private_block(group, "ACME", create=True).add_new(0x12, "OB", _PIXELS)
    block.add_new(0x10, *(("SQ", Sequence([holder])) if nested else ("OB", _PIXELS)))
    out = BytesIO()
    header.save_as(out)
    return out.getvalue()


def _opened(file: bytes) -> int:
    with FORMAT.open(BytesIO(file), Source(1, "ab" * 32)) as document:
        return document.frames


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("group", [0x7E01, 0x7FE1, 0x0099])
@pytest.mark.parametrize("sop_class", [_CAPTURE, _CT])
@pytest.mark.parametrize("blank", [None, 0, 255])
def test_an_image_in_private_elements_is_refused(sop_class: str, group: int, nested: bool, blank: int | None) -> None:  # noqa: FBT001 - a parameter
    own = None if blank is None else np.full((64, 64), blank, np.uint8)
    with pytest.raises(RefusedFile, match="private elements"):
        _opened(_file(sop_class, group, own=own, nested=nested))


def test_an_image_beside_private_pixels_is_an_image() -> None:
    own = np.arange(64 * 64).reshape(64, 64).astype(np.uint8)
    assert _opened(_file(_CT, 0x7FE1, own=own)) == 1


def test_a_header_without_pixels_and_with_small_private_elements_is_no_hidden_image() -> None:
    header = dcmread(BytesIO(ct_file()))
    del header["PixelData"]
    header.private_block(0x0099, "ACME", create=True).add_new(0x10, "OB", bytes(100))
    out = BytesIO()
    header.save_as(out)
    assert _opened(out.getvalue()) == 0
