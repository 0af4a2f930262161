"""No less writing is found, and no more is masked in vain, than when these figures were written down.

A frozen, seeded corpus of small images: 200 with strings, 100 without, 60 with marks of devices alone. The fonts
are those of OpenCV and the bench, as others differ between machines. A change that trades one figure for
another says so where it changes the bounds. `tests/bench/detection.py` measures the whole on images of its own.

Since the small text detector reckons in 8 bits it takes 40 % of the time. Of these 733 strings two fewer are found,
one of them a main one, and two more of these pictures without writing are hit; on 828 strings and 75 clean images of
the tuning half nothing changed. Training that rounds (200 steps) hit less, lost small letters, and is not taken.
"""

import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from scanscrub.detect.adapter import DetectSettings
from scanscrub.detect.base import TextBox
from scanscrub.detect.engines.registry import build_detector
from scanscrub.domain.picture import Picture, View

if TYPE_CHECKING:
    from corpus import Lettered

BENCH = str(Path(__file__).parent / "bench")
FROZEN = 9_000_000
SIDES = (200, 280)
"""Columns of an image, drawn from these."""


@pytest.fixture(scope="module", autouse=True)
def bench() -> Iterator[None]:
    """The bench's modules, with fonts that every machine has."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCH)
        import corpus  # noqa: PLC0415 - found in the bench alone
        import lettering  # noqa: PLC0415 - the same

        patch.setattr(corpus, "missing_fonts", lambda: list(lettering.TRUETYPE))
        yield
    for name in [
        name for name, module in sys.modules.items() if str(getattr(module, "__file__", "")).startswith(BENCH)
    ]:
        del sys.modules[name]


def looked_at(images: "Iterator[Lettered]") -> "Iterator[tuple[Lettered, tuple[TextBox, ...]]]":
    detector = build_detector(("ppocr",), DetectSettings(threads=1, memory=0))
    for image in images:
        yield image, tuple(detector.find(Picture((View("natural", np.ascontiguousarray(image.pixels)),))))


def test_no_string_is_missed_that_was_found_and_masks_end_where_letters_do() -> None:
    import corpus  # noqa: PLC0415 - found in the bench alone
    import scoring  # noqa: PLC0415 - the same

    score = scoring.Score()
    for image, boxes in looked_at(corpus.lettered(FROZEN, 200, SIDES)):
        score.add(image, boxes)
    assert (score.strings["visible"], score.strings["main"]) == (733, 244)
    assert score.covered["visible"] >= 704
    assert score.covered["main"] >= 241
    assert np.mean(score.excesses) <= 0.36
    assert np.percentile(score.excesses, 90) <= 0.75


def test_no_more_images_without_writing_are_masked_than_were() -> None:
    import corpus  # noqa: PLC0415 - found in the bench alone

    assert sum(bool(boxes) for _, boxes in looked_at(corpus.clean(FROZEN, 100, SIDES))) <= 2


def test_no_more_images_with_marks_alone_are_masked_than_were() -> None:
    import corpus  # noqa: PLC0415 - found in the bench alone

    assert sum(bool(boxes) for _, boxes in looked_at(corpus.marked(FROZEN, 60, SIDES))) <= 13


def test_both_runtimes_mask_the_same() -> None:
    pytest.importorskip("openvino", reason="needs OpenVINO")
    import corpus  # noqa: PLC0415 - found in the bench alone

    settings = (DetectSettings(threads=1, runtime=name, memory=0) for name in ("onnxruntime", "openvino"))
    detectors = [build_detector(("ppocr",), each) for each in settings]
    for image in chain(corpus.lettered(FROZEN, 20, SIDES), corpus.marked(FROZEN, 10, SIDES)):
        picture = Picture((View("natural", np.ascontiguousarray(image.pixels)),))
        one, other = ([box.box for box in detector.find(picture)] for detector in detectors)
        assert one == other
