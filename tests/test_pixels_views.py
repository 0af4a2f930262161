"""Views: whatever a person could see, some view shows; and there are no more views than that takes."""

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.uid import ExplicitVRBigEndian

from factory_pixels import image, store_of
from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.picture import Picture, View
from scanscrub.formats.raster.value_ranges import by_rank, levels_of

ROWS, COLUMNS = 80, 160
_INK = np.zeros((ROWS, COLUMNS), np.uint8)
cv2.putText(_INK, "ROE 1970", (10, 50), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 255, 2)
INK = _INK > 127


def _picture(data: bytes) -> Picture:
    ((_, picture),) = store_of(data).pictures()
    for view in picture.views:
        assert view.pixels.dtype == np.uint8
        assert view.pixels.shape[:2] == (ROWS, COLUMNS)
    return picture


def _contrast(view: View) -> float:
    """Between the writing and what surrounds it, in the plane where it is largest."""
    planes = view.pixels.reshape(ROWS, COLUMNS, -1).astype(np.float64)
    around = cv2.dilate(INK.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool) & ~INK
    return float(np.abs(planes[INK].mean(axis=0) - planes[around].mean(axis=0)).max())


def _names(picture: Picture) -> list[str]:
    return [view.name for view in picture.views]


def _anatomy(low: int, high: int) -> NDArray[np.float64]:
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    return np.asarray(low + (high - low) * (0.5 + 0.5 * np.sin(x / 23) * np.cos(y / 17)))


def _gray(values: NDArray[Any], dtype: str = "<u2", stored: int = 12, **options: Any) -> bytes:  # noqa: ANN401 - those of `image`
    width = int(dtype[-1]) * 8
    return image((ROWS, COLUMNS), values.astype(dtype).tobytes(), bits=(width, stored, stored - 1), **options)


WINDOW = {"WindowCenter": 1040, "WindowWidth": 400}


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("text", [0, 600, 1800, 4095])
def test_writing_outside_the_files_window_is_seen(photometric: str, text: int) -> None:
    values = _anatomy(900, 1200)
    values[:, :] = np.where(INK, text, values)
    picture = _picture(_gray(values, photometric=photometric, more=WINDOW))
    assert picture.views[0].name == "window"
    assert max(map(_contrast, picture.views)) > 40


def test_writing_brighter_than_a_saturated_region_is_seen() -> None:
    values = np.where(INK, 3000, 2500)
    values[:10] = 1000
    assert max(map(_contrast, _picture(_gray(values, more=WINDOW)).views)) > 40


def test_writing_in_a_narrow_range_is_seen_in_spite_of_one_bright_pixel() -> None:
    values = np.where(INK, 160, 100)
    values[:2] = 140
    values[0, 0] = 65535
    assert max(map(_contrast, _picture(_gray(values, stored=16)).views)) > 40


def test_three_levels_above_a_flat_background_are_seen() -> None:
    values = np.zeros((ROWS, COLUMNS))
    values[:, 140:] = 4095
    values[INK] = 3
    assert max(map(_contrast, _picture(_gray(values)).views)) > 30


def test_signed_values_and_rescale_and_a_window_in_units_of_the_output() -> None:
    more = {"RescaleSlope": 2, "RescaleIntercept": -1000, "WindowCenter": 0, "WindowWidth": 400}
    values = np.where(INK, 600, 450)
    picture = _picture(_gray(values, "<i2", 16, signed=True, more=more))
    assert _contrast(picture.views[0]) > 150


def test_monochrome1_is_shown_inverted() -> None:
    values = np.where(INK, 0, 4000)
    picture = _picture(_gray(values, photometric="MONOCHROME1"))
    assert picture.views[0].pixels[INK].min() == 255
    assert picture.views[0].pixels[~INK].max() == 0


def test_an_ordinary_image_has_one_view() -> None:
    assert _names(_picture(_gray(_anatomy(0, 4095)))) == ["full"]
    assert _names(_picture(_gray(_anatomy(840, 1240), more=WINDOW))) == ["window"]


@pytest.mark.parametrize(("dtype", "stored"), [("<u1", 8), ("<u4", 32), ("<i4", 32)])
def test_other_widths_are_seen(dtype: str, stored: int) -> None:
    top = (1 << (stored - 1)) - 1
    values = np.where(INK, top, top // 4)
    data = _gray(values, dtype, stored, signed=dtype[1] == "i")
    assert _contrast(_picture(data).views[0]) > 100


def test_single_bits_are_seen() -> None:
    packed = np.packbits(INK.reshape(-1), bitorder="little").tobytes()
    assert _contrast(_picture(image((ROWS, COLUMNS), packed, bits=(1, 1, 0))).views[0]) == 255


def test_float_pixels_with_gaps_are_seen() -> None:
    values = np.where(INK, 1e-3, 5e-4).astype("<f4")
    values[0, :3] = np.nan, np.inf, -np.inf
    data = image((ROWS, COLUMNS), values.tobytes(), keyword="FloatPixelData", bits=(32, 32, 31))
    assert max(map(_contrast, _picture(data).views)) > 100


def _float(values: NDArray[Any], dtype: str = "<f4", **more: float) -> bytes:
    keyword = "FloatPixelData" if dtype == "<f4" else "DoubleFloatPixelData"
    return image((ROWS, COLUMNS), values.astype(dtype).tobytes(), keyword=keyword, bits=(32, 32, 31), more=more)


OUTSIDE = np.s_[:, 100:]
"""More than half of what is no writing; some of the writing lies in it, too."""


@pytest.mark.parametrize(
    ("dtype", "padding", "keyword"),
    [("<f4", -1e6, "FloatPixelPaddingValue"), ("<f8", -1e300, "DoubleFloatPixelPaddingValue")],
)
def test_padding_of_floats_does_not_stretch_what_is_left(dtype: str, padding: float, keyword: str) -> None:
    values = _anatomy(0, 1)
    values[OUTSIDE] = padding
    values[INK] = 1.5
    picture = _picture(_float(values, dtype, **{keyword: padding}))
    assert "robust" in _names(picture)
    assert _contrast(next(view for view in picture.views if view.name == "robust")) > 40


@pytest.mark.parametrize(
    ("outlier", "dtype"),
    [
        (-1e6, "<f4"),
        (float(np.finfo("<f4").min), "<f4"),
        (float(np.finfo("<f8").max), "<f8"),
        (-(2.0**31), "<i4"),
        (2.0**32 - 1, "<u4"),
        (-32768, "<i2"),
        (65535, "<u2"),
    ],
)
@pytest.mark.parametrize("where", [OUTSIDE, np.s_[:6, :40]], ids=["padding", "patch"])
def test_writing_is_seen_whatever_outliers_nobody_declares(outlier: float, dtype: str, where: Any) -> None:  # noqa: ANN401 - slices
    values = _anatomy(100, 800) + np.random.default_rng(7).normal(0, 5, (ROWS, COLUMNS))
    values[where] = outlier
    values[INK & (values != outlier)] = 1300
    data = (
        _float(values, dtype) if dtype[1] == "f" else _gray(values, dtype, int(dtype[2]) * 8, signed=dtype[1] == "i")
    )
    seen = INK.copy()
    seen[where] = False
    around = cv2.dilate(seen.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool) & ~INK
    around[where] = False
    views = [view.pixels.astype(np.float64) for view in _picture(data).views]
    assert max(abs(view[seen].mean() - view[around].mean()) for view in views) > 80


def test_writing_between_noise_far_below_and_outliers_far_above_is_seen() -> None:
    values = np.random.default_rng(7).normal(0, 1e-5, (ROWS, COLUMNS))
    values[20:60, :140] = 0.2
    values[INK] = 0.3
    values[:8, 120:] = 1e6
    assert _contrast(next(view for view in _picture(_float(values)).views if view.name == "ranks")) > 5


@pytest.mark.parametrize(("text", "ground"), [(np.nan, 0), (np.inf, 1), (-np.inf, 0), (np.nan, -np.inf)])
def test_writing_in_what_is_no_number_is_seen(text: float, ground: float) -> None:
    values = _anatomy(0, 1)
    values[20:60] = ground
    values[INK] = text
    assert max(map(_contrast, _picture(_float(values)).views)) > 80


def test_no_view_is_added_where_a_window_shows_most_values() -> None:
    values = 1040 + np.random.default_rng(7).normal(0, 8, (ROWS, COLUMNS))
    values[:30], values[30:40] = 0, 4000
    assert "bulk" not in _names(_picture(_gray(values, more={"WindowCenter": 1040, "WindowWidth": 80})))
    assert "bulk" in _names(_picture(_gray(values)))


def _color(foreground: tuple[int, int, int], background: tuple[int, int, int]) -> bytes:
    values = np.where(INK[:, :, None], foreground, background).astype(np.uint8)
    return image((ROWS, COLUMNS), values.tobytes(), photometric="RGB")


def test_color_is_shown_as_color() -> None:
    picture = _picture(_color((255, 220, 0), (0, 0, 90)))
    assert _names(picture) == ["color"]
    assert picture.views[0].pixels[INK][0].tolist() == [255, 220, 0]


def test_l103_writing_of_equal_brightness_is_seen_without_its_color() -> None:
    picture = _picture(_color((200, 30, 30), (76, 82, 76)))
    assert _names(picture) == ["color", "chroma"]
    assert _contrast(picture.views[1]) > 100


def test_gray_stored_as_color_is_one_plane() -> None:
    picture = _picture(_color((200, 200, 200), (20, 20, 20)))
    assert picture.views[0].pixels.shape == (ROWS, COLUMNS)


def test_ybr_is_shown_as_rgb() -> None:
    values = np.where(INK[:, :, None], (76, 85, 255), (0, 128, 128)).astype(np.uint8)
    picture = _picture(image((ROWS, COLUMNS), values.tobytes(), photometric="YBR_FULL"))
    assert np.abs(picture.views[0].pixels[INK][0].astype(int) - (254, 0, 0)).max() <= 1


def test_sixteen_bit_color_that_uses_few_bits_is_seen() -> None:
    values = np.where(INK[:, :, None], (900, 800, 0), (100, 100, 100)).astype("<u2")
    data = image((ROWS, COLUMNS), values.tobytes(), photometric="RGB", bits=(16, 16, 15))
    assert _contrast(_picture(data).views[0]) > 100


def _tables(*colors: NDArray[Any], first: int = 0) -> dict[str, Any]:
    more: dict[str, Any] = {}
    for name, table in zip(("Red", "Green", "Blue"), colors, strict=True):
        more[f"{name}PaletteColorLookupTableDescriptor"] = [len(table), first, 16]
        more[f"{name}PaletteColorLookupTableData"] = table.astype("<u2").tobytes()
    return more


def _palette(values: NDArray[Any], red: NDArray[Any]) -> bytes:
    more = _tables(red, red, red)
    return image((ROWS, COLUMNS), values.astype(np.uint8).tobytes(), photometric="PALETTE COLOR", more=more)


def test_l102_writing_that_only_the_palette_shows_is_seen() -> None:
    table = np.zeros(256)
    table[100:] = 65535
    picture = _picture(_palette(np.where(INK, 100, 99), table))
    assert _contrast(picture.views[0]) == 255


def test_l102_writing_that_the_palette_hides_is_seen_in_the_index_plane() -> None:
    values = np.where(INK, 200, 20)
    values[:, 150:] = 255
    table = np.zeros(256)
    table[255] = 65535
    picture = _picture(_palette(values, table))
    assert _names(picture) == ["color", "index plane"]
    assert _contrast(picture.views[1]) > 100


def test_l102_entries_of_eight_bits_behind_the_first_256_are_looked_up() -> None:
    values = np.where(INK, 300, 44)
    values[0] = np.linspace(0, 65535, COLUMNS)
    table = np.zeros(512, np.uint8)
    table[300] = 255
    more: dict[str, Any] = {}
    for name in ("Red", "Green", "Blue"):
        more[f"{name}PaletteColorLookupTableDescriptor"] = [512, 0, 8]
        more[f"{name}PaletteColorLookupTableData"] = table.tobytes()
    picture = _picture(_gray(values, stored=16, photometric="PALETTE COLOR", more=more))
    assert _contrast(picture.views[0]) == 255
    assert not picture.views[0].pixels[0].any()


def _supplemented(more: dict[str, Any]) -> bytes:
    values = _anatomy(0, 2000)
    values[cv2.dilate(INK.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0] = 3000
    values[INK] = 3001
    return _gray(values, more={"PixelPresentation": "COLOR", **WINDOW, **more})


def test_writing_that_a_supplemental_palette_shows_is_seen() -> None:
    red, green, blue = np.zeros((3, 100))
    red[0], blue[1] = 65535, 65535
    picture = _picture(_supplemented(_tables(red, green, blue, first=3000)))
    color = next(view for view in picture.views if view.name == "color").pixels
    assert color[INK][0].tolist() == [0, 0, 255]
    assert {tuple(pixel) for pixel in color[color[..., 0] != color[..., 2]].tolist()} == {(0, 0, 255), (255, 0, 0)}
    assert np.ptp(color[0, 0]) == 0


def test_a_supplemental_palette_that_makes_no_sense_is_refused_where_it_is_asked_for() -> None:
    tables = _tables(np.zeros(100), np.zeros(90), np.zeros(100), first=3000)
    with pytest.raises(RefusedFile):
        _picture(_supplemented(tables))
    assert "color" not in _names(_picture(_supplemented({**tables, "PixelPresentation": "MONOCHROME"})))


def test_views_do_not_depend_on_the_size_of_strips(monkeypatch: pytest.MonkeyPatch) -> None:
    data = _color((200, 30, 30), (76, 82, 76))
    whole = _picture(data)
    monkeypatch.setattr("scanscrub.formats.dicom.pixels.views._STRIP", 1000)
    for one, other in zip(whole.views, _picture(data).views, strict=True):
        assert one.name == other.name
        assert np.array_equal(one.pixels, other.pixels)


@pytest.mark.parametrize("dtype", ["<u2", ">u2", "<i2"])
def test_dark_writing_on_the_grain_beside_a_body_is_seen(dtype: str) -> None:
    values = np.random.default_rng(5).integers(5, 30, (ROWS, COLUMNS))
    values[60:] = _anatomy(200, 1600)[60:]
    values[INK] = 0
    options = {"syntax": ExplicitVRBigEndian} if dtype[0] == ">" else {}
    views = _picture(_gray(values, dtype, signed=dtype[1] == "i", **options)).views
    assert [view.name for view in views] == ["full", "ranks"]
    assert _contrast(views[0]) < 8
    assert _contrast(views[1]) > 40


@pytest.mark.parametrize("kind", [np.int16, np.uint16])
def test_values_of_sixteen_bits_are_ranked_as_wider_ones_are(kind: type[np.int16 | np.uint16]) -> None:
    limits = np.iinfo(kind)
    values = np.random.default_rng(3).normal(1000, 300, (300, 200)).astype(kind)
    values[0, :3] = limits.min, limits.max, 0
    narrow, wide = levels_of(values), levels_of(values.astype(np.int32))
    assert narrow[0].dtype == kind
    assert all(np.array_equal(one, other) for one, other in zip(narrow, wide, strict=True))
    assert np.array_equal(by_rank(values, *narrow), by_rank(values.astype(np.int32), *wide))
