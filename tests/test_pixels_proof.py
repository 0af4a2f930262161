"""Each check of the pixels fails alone when the copy is sabotaged in its way."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from pydicom import uid

from factory_pixels import box, compressed, copy_of, image, store_of
from scanscrub.formats.dicom.pixels.pixel_data import FrameStore
from scanscrub.formats.dicom.pixels.rewrite import plan_rewrite
from scanscrub.formats.dicom.proof.pixels import prove

ROWS, COLUMNS = 40, 48
MASK = box(8, 8, 30, 24)


def _cine(frames: int = 3) -> bytes:
    values = np.random.default_rng(4).integers(10, 4000, (frames, ROWS, COLUMNS), dtype=np.uint16)
    return image((ROWS, COLUMNS), values.tobytes(), bits=(16, 12, 11), frames=frames)


def _jpegs(shades: tuple[int, ...]) -> bytes:
    fragments = []
    for shade in shades:
        out = BytesIO()
        Image.effect_noise((COLUMNS, ROWS), shade).save(out, "JPEG")
        fragments.append(out.getvalue())
    return compressed((ROWS, COLUMNS), fragments, uid.JPEGBaseline8Bit)


def _failed(original: FrameStore, staged: bytes, frame: int = 1) -> list[str]:
    return [check.name for check in prove(original, {frame: (MASK,)}, store_of(staged)) if not check.passed]


def _masked(data: bytes, frame: int = 1) -> bytes:
    return copy_of(data, plan_rewrite(store_of(data), {frame: (MASK,)}))


def _poked(data: bytes, frame: int, row: int, column: int, value: int) -> bytes:
    """An uncompressed copy with one stored value changed."""
    start = len(data) - 2 * ROWS * COLUMNS * (3 - frame) + 2 * (row * COLUMNS + column)
    return data[:start] + value.to_bytes(2, "little") + data[start + 2 :]


def test_an_honest_copy_passes() -> None:
    data = _cine()
    assert _failed(store_of(data), _masked(data)) == []


def test_a_lost_frame_is_found() -> None:
    assert _failed(store_of(_cine()), _masked(_cine(2))) == ["frames and size kept"]


def test_another_size_is_found() -> None:
    data = _cine()
    other = image((COLUMNS, ROWS), bytes(6 * ROWS * COLUMNS), bits=(16, 12, 11), frames=3)
    assert _failed(store_of(data), other) == ["frames and size kept"]


def test_another_color_model_is_found() -> None:
    data = _cine()
    inverted = _masked(data).replace(b"MONOCHROME2 ", b"MONOCHROME1 ")
    assert _failed(store_of(data), inverted) == ["color model kept"]


def test_one_pixel_left_under_the_mask_is_found() -> None:
    data = _cine()
    assert _failed(store_of(data), _poked(_masked(data), 1, 10, 10, 77)) == ["masked areas black"]


def test_one_pixel_changed_outside_the_mask_is_found() -> None:
    data = _cine()
    before = int(store_of(data).stored(1)[0, 0])
    sabotaged = _poked(_masked(data), 1, 0, 0, before ^ 1)
    assert _failed(store_of(data), sabotaged) == ["pixels outside the masks unchanged"]


def test_what_was_proved_of_one_copy_says_nothing_of_another() -> None:
    data = _cine()
    original = store_of(data)
    copy = _masked(data)
    for staged, passes in ((copy, True), (_poked(copy, 1, 10, 10, 77), False), (copy, True)):
        checks = prove(original, {1: (MASK,)}, store_of(staged))
        assert all(check.passed for check in checks) is passes
    checks = prove(original, {1: (box(8, 8, 30, 26),)}, store_of(copy))
    assert [check.name for check in checks if not check.passed] == ["masked areas black"]


def test_one_pixel_changed_in_another_frame_is_found() -> None:
    data = _cine()
    before = int(store_of(data).stored(2)[5, 5])
    assert _failed(store_of(data), _poked(_masked(data), 2, 5, 5, before ^ 1)) == ["other frames unchanged"]


def test_something_in_an_unused_bit_is_found() -> None:
    data = _cine()
    before = int(store_of(data).stored(1)[0, 0])
    assert _failed(store_of(data), _poked(_masked(data), 1, 0, 0, before | 0x8000)) == [
        "nothing hidden in the pixel data"
    ]


def test_a_comment_left_in_a_codestream_is_found() -> None:
    data = _jpegs((50, 60))
    masked = store_of(_masked(data))
    frame = masked.encoded(1)
    fragments = [masked.encoded(0), frame[:2] + b"\xff\xfe\x00\x06ROE " + frame[2:]]
    staged = compressed((ROWS, COLUMNS), fragments, uid.JPEGBaseline8Bit)
    assert _failed(store_of(data), staged) == ["nothing hidden in the pixel data"]


def test_a_frame_encoded_again_is_found() -> None:
    data = _jpegs((50, 60))
    masked = store_of(_masked(data))
    out = BytesIO()
    Image.fromarray(masked.stored(0)).save(out, "JPEG", quality=50)
    clean = store_of(compressed((ROWS, COLUMNS), [out.getvalue()], uid.JPEGBaseline8Bit)).cleaned(0)
    staged = compressed((ROWS, COLUMNS), [clean, masked.encoded(1)], uid.JPEGBaseline8Bit)
    assert _failed(store_of(data), staged) == ["other frames unchanged"]


@pytest.mark.parametrize(("region", "expected"), [(box(0, 0, 30, 24), "outside"), (box(16, 8, 30, 24), "black")])
def test_a_jpeg_masked_in_the_wrong_place_is_found(region: object, expected: str) -> None:
    data = _jpegs((50, 60))
    staged = copy_of(data, plan_rewrite(store_of(data), {1: (region,)}))  # type: ignore[dict-item]
    names = {"outside": "pixels outside the masks unchanged", "black": "masked areas black"}
    assert _failed(store_of(data), staged) == [names[expected]]
