"""The default engine on pictures that were lettered here."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.data import get_testdata_file

from scanscrub.detect.adapter import DetectSettings
from scanscrub.detect.base import TextBox, TextDetector
from scanscrub.detect.engines.registry import build_detector, build_reader, build_second_look
from scanscrub.detect.models.small_text import SmallTextDetector
from scanscrub.domain.geometry import Box
from scanscrub.domain.picture import Picture, View

SETTINGS = DetectSettings(threads=1)


@pytest.fixture(scope="module")
def detector() -> TextDetector:
    return build_detector(("ppocr",), SETTINGS)


def noise(rows: int, columns: int, deviation: float = 10) -> NDArray[np.uint8]:
    return np.random.default_rng(1).normal(60, deviation, (rows, columns)).clip(0, 255).astype(np.uint8)


def lettered(pixels: NDArray[np.uint8], text: str, left: int, baseline: int, gray: int = 255) -> NDArray[np.uint8]:
    cv2.putText(pixels, text, (left, baseline), cv2.FONT_HERSHEY_SIMPLEX, 0.5, gray, 1)
    return pixels


def picture(*pixels: NDArray[np.uint8]) -> Picture:
    return Picture(tuple(View(str(number), each) for number, each in enumerate(pixels)))


def covers(boxes: object, area: Box) -> bool:
    assert isinstance(boxes, tuple)
    return any(
        box.box.left <= area.left
        and box.box.top <= area.top
        and area.right <= box.box.right
        and area.bottom <= box.box.bottom
        for box in boxes
    )


def test_a_name_on_noise_is_found_and_read(detector: TextDetector) -> None:
    shown = picture(lettered(noise(512, 512), "DOE JANE 1970-01-02", 100, 80))
    boxes = detector.find(shown)
    assert covers(boxes, Box(101, 69, 259, 81))
    readings = build_reader(("ppocr",), SETTINGS).read(shown, boxes)
    assert any(reading.text.reveal().replace(" ", "") == "DOEJANE1970-01-02" for reading in readings)


def test_writing_in_the_last_view_alone_is_found(detector: TextDetector) -> None:
    boxes = detector.find(picture(noise(300, 400), lettered(noise(300, 400), "WARD 7B", 100, 80)))
    assert covers(boxes, Box(100, 69, 162, 80))


@pytest.mark.parametrize(
    ("rows", "columns", "capitals"), [(500, 700, 90), (500, 700, 150), (1600, 2000, 160), (1000, 1400, 300)]
)
def test_letters_of_a_tenth_to_a_third_of_the_picture_are_found(
    detector: TextDetector, rows: int, columns: int, capitals: int
) -> None:
    pixels = noise(rows, columns)
    baseline, scale = rows // 2 + capitals // 2, capitals / 21
    cv2.putText(pixels, "DOE", (columns // 12, baseline), cv2.FONT_HERSHEY_SIMPLEX, scale, 230, capitals // 9)
    ink = np.nonzero(pixels > 200)
    area = Box(int(ink[1].min()), int(ink[0].min()), int(ink[1].max()) + 1, int(ink[0].max()) + 1)
    assert area.height >= 0.9 * capitals
    assert covers(detector.find(picture(pixels)), area)


def test_the_callipers_of_an_ultrasound_are_no_writing(detector: TextDetector) -> None:
    path = get_testdata_file("JPGLosslessP14SV1_1s_1f_8b.dcm")
    assert path is not None
    boxes = detector.find(picture(dcmread(str(path)).pixel_array))
    for x, y in ((629, 320), (690, 435)):
        assert not any(box.box.meets(Box(x - 12, y - 12, x + 12, y + 12)) for box in boxes)
    assert covers(boxes, Box(108, 65, 328, 84))  # "Asc Ao Diam 3.3 cm"


def test_the_colors_of_a_power_doppler_are_no_writing(detector: TextDetector) -> None:
    path = get_testdata_file("US1_UNCI.dcm")
    assert path is not None
    colors = dcmread(str(path)).pixel_array
    boxes = detector.find(picture(colors))
    strong = np.ascontiguousarray(colors.max(axis=2).astype(int) - colors.min(axis=2) > 100).astype(np.uint8)
    strong[:, :80], strong[:, 560:] = 0, 0  # the bars, which have figures beside them
    assert strong.sum() > 5_000
    masked = np.zeros_like(strong)
    for box in boxes:
        cv2.fillConvexPoly(masked, np.array(box.quad).astype(np.int32), 1)
    assert masked[strong > 0].mean() < 0.02
    assert covers(boxes, Box(20, 27, 168, 38))
    assert covers(boxes, Box(280, 43, 358, 54))


@pytest.mark.parametrize("deviation", [10, 12])
def test_noise_without_writing_has_no_box(detector: TextDetector, deviation: int) -> None:
    assert detector.find(picture(noise(512, 512, deviation))) == ()


def test_a_masked_name_passes_the_second_look_and_a_left_one_does_not() -> None:
    second = build_second_look(("ppocr",), SETTINGS)
    left = lettered(noise(512, 512), "DOE JANE 1970-01-02", 100, 80)
    masked = left.copy()
    masked[60:92, 90:290] = 0
    assert second.find(picture(left))
    assert not second.find(picture(masked))


@pytest.mark.parametrize("wrong", [np.zeros((64, 64), np.uint16), np.zeros((64, 64), np.float32)])
def test_a_picture_of_another_type_is_an_error_and_never_silence(
    detector: TextDetector, wrong: NDArray[np.uint8]
) -> None:
    with pytest.raises(TypeError):
        detector.find(picture(wrong))


@pytest.mark.parametrize("shape", [(10, 10), (8, 2000), (2000, 8), (1, 1)])
def test_pictures_of_any_shape_end_in_bounded_time(detector: TextDetector, shape: tuple[int, int]) -> None:
    assert isinstance(detector.find(picture(noise(*shape))), tuple)


def test_an_error_of_the_model_is_never_an_empty_result(
    detector: TextDetector, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        name = "broken"

        def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
            return np.full((1, 1, batch.shape[2] // 2, batch.shape[3] // 2), np.nan, np.float32)

    broken = SmallTextDetector(Broken(), 0)
    monkeypatch.setattr(detector, "_fine", broken)
    with pytest.raises(RuntimeError):
        detector.find(picture(lettered(noise(111, 222), "X", 10, 10)))


def test_a_memory_changes_no_result() -> None:
    frames = [lettered(noise(200, 300), f"FRAME {number}", 40, 40 + number) for number in (0, 0, 1, 0)]
    with_memory = build_detector(("ppocr",), DetectSettings(threads=1, memory=2))
    without = build_detector(("ppocr",), DetectSettings(threads=1, memory=0))
    results: list[list[tuple[TextBox, ...]]] = [
        [tuple(each.find(picture(frame))) for frame in frames] for each in (with_memory, without)
    ]
    assert results[0] == results[1]


def test_the_second_look_takes_no_color_bar_for_writing() -> None:
    pixels = np.zeros((480, 640, 3), np.uint8)
    flow = np.linspace(-255, 255, 120)[:, np.newaxis]
    pixels[50:170, 604:624, 0] = np.clip(-flow, 0, 255)
    pixels[50:170, 604:624, 1] = np.clip(np.abs(flow) * 0.63 - 40, 0, 255)
    pixels[50:170, 604:624, 2] = np.clip(flow, 0, 255)
    assert build_second_look(("ppocr",), SETTINGS).find(picture(pixels)) == ()


@pytest.mark.parametrize(("rows", "columns"), [(600, 1200), (1024, 1024)])
def test_lettering_too_large_for_tiles_is_covered(detector: TextDetector, rows: int, columns: int) -> None:
    pixels = np.asarray(cv2.GaussianBlur(noise(rows, columns), (0, 0), 2), np.uint8)
    ink = np.zeros_like(pixels)
    cv2.putText(ink, "DOBBS", (60, rows // 2), cv2.FONT_HERSHEY_SIMPLEX, 4.5, 255, 14)
    pixels[ink > 0] = 240
    mask = np.zeros_like(pixels)
    for box in detector.find(picture(pixels)):
        cv2.fillConvexPoly(mask, np.round(np.array(box.quad)).astype(np.int32), 1)
    assert mask[ink > 0].mean() > 0.95
