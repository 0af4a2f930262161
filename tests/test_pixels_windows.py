"""Every window that a file gives a frame is looked through: writing that only one of them shows is seen."""

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.sequence import Sequence

from factory_pixels import box, image, masked_copy, store_of
from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.picture import Picture

ROWS, COLUMNS = 80, 160
_INK = np.zeros((ROWS, COLUMNS), np.uint8)
cv2.putText(_INK, "ROE 1970", (10, 50), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 255, 2)
INK = _INK > 127
AROUND = cv2.dilate(INK.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool) & ~INK


def hidden(level: int, step: int = 12) -> NDArray[np.int64]:
    """Writing a few levels above a grainy patch in a picture that uses the whole range."""
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    values = np.rint(2048 + 2040 * np.sin(x / 23) * np.cos(y / 17)).astype(np.int64)
    grain = np.random.default_rng(7).integers(-1, 2, values.shape)
    patch = cv2.dilate(INK.astype(np.uint8), np.ones((9, 9), np.uint8)).astype(bool)
    values[patch] = (level + grain)[patch]
    values[INK] += step
    return np.asarray(values)


def contrast(picture: Picture) -> float:
    """Between the writing and what is around it, in the view that shows it best."""
    views = [view.pixels.astype(np.float64) for view in picture.views]
    return max(float(abs(view[INK].mean() - view[AROUND].mean())) for view in views)


def contrasts(*frames: NDArray[Any], dtype: str = "<u2", stored: int = 12, **options: Any) -> list[float]:  # noqa: ANN401 - those of `image`
    values = np.stack(frames).astype(dtype)
    width = values.dtype.itemsize * 8
    keyword = "FloatPixelData" if values.dtype.kind == "f" else "PixelData"
    bits = (width, stored, stored - 1)
    data = image((ROWS, COLUMNS), values.tobytes(), bits=bits, frames=len(frames), keyword=keyword, **options)
    return [contrast(picture) for _, picture in store_of(data).pictures()]


def window(center: Any, width: Any, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - one number or several
    return {"WindowCenter": center, "WindowWidth": width, **more}


def item(content: Mapping[str, Any]) -> Dataset:
    data_set = Dataset()
    for keyword, value in content.items():
        setattr(data_set, keyword, value)
    return data_set


def macros(voi: Mapping[str, Any] | None = None, rescale: Mapping[str, Any] | None = None) -> Dataset:
    """One item of functional groups."""
    groups = Dataset()
    if voi is not None:
        groups.FrameVOILUTSequence = Sequence([item(voi)])
    if rescale is not None:
        groups.PixelValueTransformationSequence = Sequence([item({"RescaleType": "US", **rescale})])
    return groups


NARROW = window(2006, 40)
WIDE = window(2048, 4096)


def test_nothing_but_its_window_shows_the_hidden_writing() -> None:
    assert contrasts(hidden(2000)) == [pytest.approx(0, abs=3)]
    assert contrasts(hidden(2000), more=WIDE) == [pytest.approx(0, abs=3)]
    assert contrasts(hidden(2000), more=NARROW)[0] > 50


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_the_second_of_two_windows_is_looked_through(photometric: str) -> None:
    more = window([2048, 2006], [4096, 40])
    assert contrasts(hidden(2000), more=more, photometric=photometric)[0] > 50


def test_a_window_behind_many_that_show_nothing_else_is_looked_through() -> None:
    more = window([*range(2048, 2088), 2006], [*[4096] * 40, 40])
    assert contrasts(hidden(2000), more=more)[0] > 50


def test_more_windows_than_can_be_looked_through_are_refused() -> None:
    with pytest.raises(RefusedFile, match="windows"):
        contrasts(hidden(2000), more=window(list(range(0, 4000, 100)), [40] * 40))


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
def test_each_function_of_a_window_is_known(function: str) -> None:
    assert contrasts(hidden(2000), more=window(2006, 40, VOILUTFunction=function))[0] > 50


def test_the_window_that_all_frames_share_is_looked_through() -> None:
    more = {"SharedFunctionalGroupsSequence": Sequence([macros(NARROW)])}
    assert min(contrasts(hidden(2000), hidden(2000), more=more)) > 50


def test_each_frame_is_looked_at_through_its_own_window_and_rescale() -> None:
    own = [
        macros(window(2006, 40), {"RescaleSlope": 1, "RescaleIntercept": 0}),
        macros(window(6024, 80), {"RescaleSlope": 2, "RescaleIntercept": 0}),
        macros(window(1006, 40), {"RescaleSlope": 1, "RescaleIntercept": -1000}),
    ]
    more = {
        "SharedFunctionalGroupsSequence": Sequence([macros(WIDE)]),
        "PerFrameFunctionalGroupsSequence": Sequence(own),
    }
    assert min(contrasts(hidden(2000), hidden(3000), hidden(2000), more=more)) > 50


def test_a_frame_takes_from_its_own_groups_and_the_rest_from_those_of_all() -> None:
    shared = macros(None, {"RescaleSlope": 1, "RescaleIntercept": -1024})
    more = {
        "SharedFunctionalGroupsSequence": Sequence([shared]),
        "PerFrameFunctionalGroupsSequence": Sequence([macros(window(982, 40)), macros()]),
        **WIDE,
    }
    first, second = contrasts(hidden(2000), hidden(2000), more=more)
    assert first > 50
    assert second < 3


def test_every_lookup_table_is_looked_through() -> None:
    def table(low: int) -> Dataset:
        entries = np.clip((np.arange(4096) - low) * 255.0 / 40, 0, 255).astype("<u2")
        made = item({"LUTDescriptor": [4096, 0, 16]})
        made.add_new(0x00283006, "OW", entries.tobytes())
        return made

    more = {"VOILUTSequence": Sequence([table(0), table(1986)]), **WIDE}
    assert contrasts(hidden(2000), more=more)[0] > 50


@pytest.mark.parametrize("shape", ["IDENTITY", "INVERSE"])
def test_the_shape_of_the_presentation_hides_nothing(shape: str) -> None:
    assert contrasts(hidden(2000), more={**NARROW, "PresentationLUTShape": shape})[0] > 50


@pytest.mark.parametrize("slope", [1.0, -1.0])
def test_floats_are_looked_at_through_their_window(slope: float) -> None:
    rescale = {"RescaleSlope": slope, "RescaleIntercept": 0}
    values = hidden(2000).astype("<f4")
    assert contrasts(values, dtype="<f4", stored=32)[0] < 20
    assert contrasts(values, dtype="<f4", stored=32, more={**window(slope * 2006, 40), **rescale})[0] > 50


def test_values_too_wide_for_a_table_are_looked_at_through_their_window() -> None:
    more = {"RescaleSlope": 1, "RescaleIntercept": -50, **window(200550, 4000)}
    assert contrasts(hidden(2000) * 100, dtype="<u4", stored=32, more=more)[0] > 50


def test_padding_that_is_declared_or_not_does_not_stretch_what_is_left() -> None:
    values = np.where(INK, 160, 100) + np.random.default_rng(7).integers(-3, 4, (ROWS, COLUMNS))
    values[:20], values[60:] = 65535, 65535
    values[0, :4] = 30000, 20000, 10000, 5000
    assert contrasts(values, stored=16, more={"PixelPaddingValue": 65535})[0] > 50
    assert contrasts(values, stored=16)[0] > 50


def test_functional_groups_that_make_no_sense_hide_no_frame() -> None:
    nonsense = window("", "")
    more = {
        "SharedFunctionalGroupsSequence": Sequence([Dataset()]),
        "PerFrameFunctionalGroupsSequence": Sequence([macros(nonsense)]),
    }
    readable = np.where(INK, 4000, 100)
    assert min(contrasts(readable, readable, more=more)) > 200


def test_a_mask_is_black_in_the_window_of_its_frame() -> None:
    shown_black = [
        macros(window(3000, 100), {"RescaleSlope": -1, "RescaleIntercept": 4095}),
        macros(window(1000, 100), {"RescaleSlope": 1, "RescaleIntercept": 0}),
    ]
    more = {"PerFrameFunctionalGroupsSequence": Sequence(shown_black)}
    values = np.stack([hidden(2000), hidden(2000)]).astype("<u2")
    data = image((ROWS, COLUMNS), values.tobytes(), bits=(16, 12, 11), frames=2, more=more)
    copy = masked_copy(data, {frame: (box(5, 20, 155, 60, frame=frame),) for frame in (0, 1)})
    for _, picture in copy.pictures():
        assert picture.views[0].pixels[20:60, 5:155].max() == 0
