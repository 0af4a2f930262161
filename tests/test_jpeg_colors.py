"""A JPEG's colors are decided by JFIF, Adobe's segment, component names and the DICOM header: whatever each says, a
copy is shown as its original is.
"""

from io import BytesIO
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom import dcmread, uid

from factory_pixels import box, compressed, copy_of, store_of
from scanscrub.formats.dicom.pixels.codecs import jpeg
from scanscrub.formats.dicom.pixels.rewrite import plan_rewrite
from scanscrub.formats.dicom.proof.pixels import prove
from scanscrub.formats.jpeg import codestream

ROWS, COLUMNS = 64, 96
_JFIF = slice(2, 20)
"""Where Pillow writes its JFIF segment."""
CONFLICTS = list(product((True, False), (None, 0, 1), (b"\1\2\3", b"RGB"), ("RGB", "YBR_FULL_422", "YBR_FULL")))


def _jpeg(*, jfif: bool = True, adobe: int | None = None, ids: bytes = b"\1\2\3") -> bytes:
    """Reds and blues, with these words about their colors."""
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    out = BytesIO()
    samples = np.stack([200 - x, y, 30 + x + y], axis=-1).astype(np.uint8)
    Image.fromarray(samples).save(out, "JPEG", quality=90)
    data = out.getvalue()
    said = data[_JFIF] if jfif else b""
    if adobe is not None:
        said += b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0" + bytes([adobe])
    data = data[:2] + said + data[_JFIF.stop :]
    for marker, first, step in ((b"\xff\xc0", 10, 3), (b"\xff\xda", 5, 2)):
        at = data.index(marker) + first
        data = (
            data[:at]
            + b"".join(ids[n : n + 1] + data[at + step * n + 1 : at + step * (n + 1)] for n in range(3))
            + data[at + 3 * step :]
        )
    return data


def _by_codestream(data: bytes) -> NDArray[np.uint8]:
    with Image.open(BytesIO(store_of(data).encoded(0)), formats=("JPEG",)) as image:
        return np.asarray(image.convert("RGB"))


def _by_pydicom(data: bytes) -> NDArray[np.uint8]:
    return np.asarray(dcmread(BytesIO(data)).pixel_array)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(("jfif", "adobe", "ids", "photometric"), CONFLICTS)
def test_two_decoders_show_a_copy_as_its_original(
    jfif: bool,  # noqa: FBT001 - a parameter
    adobe: int | None,
    ids: bytes,
    photometric: str,
    masked: bool,  # noqa: FBT001 - parameters
) -> None:
    frame = _jpeg(jfif=jfif, adobe=adobe, ids=ids)
    data = compressed((ROWS, COLUMNS), [frame], uid.JPEGBaseline8Bit, photometric=photometric)
    masks = {0: (box(0, 0, 16, 16),)} if masked else {}
    copy = copy_of(data, plan_rewrite(store_of(data), masks))
    assert all(check.passed for check in prove(store_of(data), masks, store_of(copy)))
    for shown in (_by_codestream, _by_pydicom):
        assert np.array_equal(shown(data)[:, 48:], shown(copy)[:, 48:])


def test_a_jfif_header_that_decides_the_colors_stays_without_its_thumbnail() -> None:
    frame = _jpeg()
    thumbnail = b"JFIF\0\x01\x02\0\0\x01\0\x01\x08\x01" + b"Zqcanary" * 3
    frame = frame[:2] + b"\xff\xe0" + (len(thumbnail) + 2).to_bytes(2, "big") + thumbnail + frame[_JFIF.stop :]
    data = compressed((ROWS, COLUMNS), [frame], uid.JPEGBaseline8Bit, photometric="RGB")
    copy = copy_of(data, plan_rewrite(store_of(data), {}))
    assert b"JFIF" in copy
    assert b"Zqcanary" not in copy


def test_a_copy_that_lost_what_decides_its_colors_fails_its_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    data = compressed((ROWS, COLUMNS), [_jpeg()], uid.JPEGBaseline8Bit, photometric="RGB")
    original = store_of(data)

    def careless(data: bytes) -> bytes:
        return codestream.strip_jpeg(data[:2] + data[_JFIF.stop :] if b"JFIF" in data[_JFIF] else data)

    monkeypatch.setattr(jpeg, "strip_jpeg", careless)
    staged = store_of(copy_of(data, plan_rewrite(original, {})))
    assert "two decoders show the same colors" in [
        check.name for check in prove(original, {}, staged) if not check.passed
    ]
