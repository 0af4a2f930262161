"""P004 and P005: writing that may be somebody's, and writing in an ordinary picture."""

import io
import json
from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from conftest import CANARY
from running_check import Workplace
from scanscrub.checking.accepted.acceptance import Acceptance
from scanscrub.checking.accepted.allow import Allow
from scanscrub.checking.accepted.baseline import Accepted
from scanscrub.checking.selective_reader import SelectiveReader
from scanscrub.checking.told_apart import told_apart
from scanscrub.detect.base import Reading, TextBox
from scanscrub.domain.check import CheckFinding, CheckRecord, Remedy
from scanscrub.domain.finding import Finding, PixelRegion
from scanscrub.domain.geometry import Box, Quad
from scanscrub.domain.phi import Phi
from scanscrub.domain.picture import Picture, View
from scanscrub.domain.rules import Rule, Severity
from scanscrub.domain.text_mode import TextMode
from scanscrub.policy.pixels.scan_likeness import looks_like_scan
from scanscrub.policy.text.about_somebody import lines_about_somebody
from test_baseline import TODAY

Pixels = NDArray[np.uint8]
REGION = PixelRegion(Box(10, 10, 90, 30))

SOMEBODYS = (
    f"{CANARY}^Jane", f"Name: {CANARY}", "DOB 03/04/1962", "geb. 3.4.1962", "MRN 4711880", "ID: 00923817",
    "Schmidt, Anna", "SCHMIDT, ANNA M.", "Anna Schmidt", "NGUYEN WEI", "Dr. Okafor", "Patient: Okafor", "PID4711880",
    "生年月日 1962", "Acc 20260114", "Petrov, O.", "van den Berg, Anna", "Anna Maria van den Berg",
)  # fmt: skip
NOBODYS = (
    "Accuracy", "Training set", "0.75", "100000", "2019-01-01", "build | passing", "v1.4.2", "Church Lane",
    "Main Street", "Number of patients", "drwxr-xr-x 5 root root 4096 src", "KeyError: 'name'", "name: build",
    "Drei Datensätze", "Loss, accuracy", "Paris", "tests/test_api.py ........ [ 12%]", "Patients per hospital",
    "3.11 | 3.12", "准确率", "New York", "Hong Kong", "Paris, France", "Lyon, Madrid",
    "The method is evaluated on three public data sets by Anna Schmidt and others in 2019",
)  # fmt: skip


def smooth(rows: int = 256, columns: int = 256, seed: int = 1) -> Pixels:
    """Gray tones in a black surround, as a slice has them."""
    noise = np.random.default_rng(seed).normal(size=(16, 16)).astype(np.float32)
    field = np.asarray(cv2.resize(noise, (columns, rows), interpolation=cv2.INTER_CUBIC))
    y, x = np.mgrid[:rows, :columns]
    inside = np.hypot((y - rows / 2) / rows, (x - columns / 2) / columns) < 0.42
    return np.where(inside, np.clip(110 + 40 * field, 12, 245), 0).astype(np.uint8)


def drawn(*lines: str, back: str = "white", ink: str = "black", size: int = 20) -> Pixels:
    image = Image.new("RGB", (420, 260), back)
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 60, 360, 220), "steelblue")
    for place, line in enumerate(lines):
        draw.text((20, 8 + place * 28), line, ink, ImageFont.load_default(size))
    return np.asarray(image)


def colored(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(cv2.applyColorMap(pixels, cv2.COLORMAP_HOT), cv2.COLOR_BGR2RGB), np.uint8)


def test_a_line_written_as_people_are_registered_tells_alone() -> None:
    assert [line for line in SOMEBODYS if lines_about_somebody([line]) != {0}] == []


def test_words_of_plots_maps_and_screens_tell_of_nobody() -> None:
    assert [line for line in NOBODYS if lines_about_somebody([line])] == []
    assert not lines_about_somebody(NOBODYS)


def test_a_name_a_day_and_a_number_tell_together_where_little_else_is_said() -> None:
    few = ["Quandt Ilsabe", "Schmidt", "12.05.1974", "4711880"]
    assert lines_about_somebody(few) == {1, 2, 3}
    assert not lines_about_somebody(["12.05.1974"])
    assert not lines_about_somebody([*few, *(f"step {number}" for number in range(9))])
    assert lines_about_somebody(["St Mary Hospital", "Exam 4711880"]) == {0, 1}
    assert not lines_about_somebody(["Klinikum Nord", "Welcome"])
    assert not lines_about_somebody(["12 hospitals, 4 scanners", "Next release: March 2026", "March"])


def test_gray_tones_look_like_a_scan_however_they_are_kept() -> None:
    scan = smooth()
    tinted = np.dstack([scan * 0.7, scan * 0.85, scan]).astype(np.uint8)
    small = np.asarray(cv2.resize(scan, (90, 90)), np.uint8)
    large = np.asarray(cv2.resize(scan, (1600, 1600), interpolation=cv2.INTER_CUBIC), np.uint8)
    window = np.where(scan > 100, 255, 0).astype(np.uint8)
    doppler = np.dstack([scan] * 3)
    doppler[100:130, 100:150] = (200, 30, 30)
    figure = drawn("Slice 12")
    figure = figure.copy()
    figure[:256, 80:336] = smooth()[..., None]
    stored = io.BytesIO()
    Image.fromarray(scan).save(stored, "JPEG", quality=60)
    jpeg = np.asarray(Image.open(stored))
    shown = (scan, 255 - scan, tinted, small, large, window, doppler, figure, jpeg, colored(scan))
    assert [place for place, pixels in enumerate(shown) if not looks_like_scan(pixels)] == []


def test_a_scan_in_the_window_of_a_program_or_in_a_photograph_of_a_screen_looks_like_one() -> None:
    window = np.full((400, 620, 3), (45, 50, 62), np.uint8)
    window[:40] = (20, 90, 160)
    window[100:356, 300:556] = smooth()[..., None]
    bright = np.clip(smooth()[..., None] * np.array((0.8, 0.92, 1.0)) + np.array((12, 9, 20)), 0, 255)
    photo = np.clip(bright + np.random.default_rng(3).normal(0, 4, bright.shape), 0, 255).astype(np.uint8)
    assert looks_like_scan(window)
    assert looks_like_scan(photo)


def test_drawings_pages_phantoms_of_color_and_icons_look_like_none() -> None:
    random = np.random.default_rng(2)
    page = np.full((400, 300), 238, np.uint8)
    page[20:380:16, 20:280:3] = 30
    page = np.clip(cv2.GaussianBlur(page, (0, 0), 0.6) + random.normal(0, 3, page.shape), 0, 255).astype(np.uint8)
    shaded = (page * np.linspace(1, 0.82, page.shape[1])).astype(np.uint8)
    bars = np.repeat(np.repeat(random.integers(0, 256, (1, 9, 3)), 200, 0), 30, 1).astype(np.uint8)
    bars[150:] = np.linspace(0, 255, bars.shape[1], dtype=np.uint8)[None, :, None]
    heat = np.asarray(cv2.applyColorMap(smooth()[60:190, 60:190], cv2.COLORMAP_VIRIDIS), np.uint8)
    cells = np.kron(np.indices((8, 8)).sum(axis=0) % 2, np.ones((32, 32))).astype(np.uint8) * 255
    strip = smooth()[100:150]
    sky = np.clip(random.normal(11, 4, (300, 300)), 0, 255).astype(np.uint8)
    sky[:120, :120] = 0
    sky[random.integers(130, 290, 40), random.integers(130, 290, 40)] = 255
    shown = (
        drawn("Accuracy"),
        drawn("Loss", back="black", ink="white"),
        page,
        shaded,
        bars,
        heat,
        cells,
        smooth(64, 64),
        strip,
        sky,
    )
    assert [place for place, pixels in enumerate(shown) if looks_like_scan(pixels)] == []


class ReaderOfAll:
    """Reads one text everywhere, and counts."""

    identity = "a test"

    def __init__(self, text: str) -> None:
        self.text, self.areas, self.whole = text, 0, 0

    def read_area(self, pixels: Pixels, quad: Quad, sure: float) -> tuple[str, float]:
        assert pixels.ndim
        assert sure < 0.9
        assert len(quad) == 4
        self.areas += 1
        return self.text, 0.9

    def read(self, picture: Picture, boxes: Sequence[TextBox]) -> Sequence[Reading]:
        assert picture.views
        self.whole += len(boxes)
        return [Reading(Phi(self.text), 0.9)] * len(boxes)


BOXES = [
    TextBox(((10, 10), (90, 10), (90, 30), (10, 30)), 0.9),
    TextBox(((10, 50), (30, 50), (30, 70), (10, 70)), 0.9),
]


def test_a_scan_is_not_read_and_another_picture_once_where_there_is_room_for_a_name() -> None:
    reader = ReaderOfAll("Anna Schmidt")
    scan, plot = (Picture((View("full", pixels),)) for pixels in (smooth(), drawn("Loss")))
    selective = SelectiveReader(lambda: reader, TextMode.ALL)
    assert [reading.text.reveal() for reading in selective.read(plot, BOXES)] == ["Anna Schmidt", ""]
    assert (selective.shows_scan, reader.areas) == (False, 1)
    assert [reading.text.reveal() for reading in selective.read(scan, BOXES)] == ["", ""]
    assert (selective.shows_scan, reader.areas, reader.whole) == (True, 1, 0)


def test_what_each_piece_says_is_read_as_ever_where_markers_may_stay() -> None:
    reader = ReaderOfAll("L")
    selective = SelectiveReader(lambda: reader, TextMode.IDENTIFYING)
    assert len(selective.read(Picture((View("full", smooth()),)), BOXES)) == 2
    assert (selective.shows_scan, reader.areas, reader.whole) == (True, 0, 2)


def told(text: str, rule: Rule = Rule.WRITING, *, shows_scan: bool | None) -> tuple[Rule, Severity]:
    severity = Severity.IDENTITY if rule is Rule.WRITING_MATCHES_HEADER else Severity.QUASI
    (found,) = told_apart([Finding(rule, REGION, severity, evidence=Phi(text))], shows_scan=shows_scan)
    return found.rule, found.severity


def test_severity_follows_whose_writing_it_may_be() -> None:
    assert told("Loss", shows_scan=False) == (Rule.WRITING_OF_NOBODY, Severity.HYGIENE)
    assert told("", Rule.WRITING_UNREADABLE, shows_scan=False) == (Rule.WRITING_OF_NOBODY, Severity.HYGIENE)
    assert told("DOB 3/4/1962", shows_scan=False) == (Rule.WRITING_OF_SOMEBODY, Severity.QUASI)
    assert told("Loss", shows_scan=True) == (Rule.WRITING_OF_SOMEBODY, Severity.QUASI)
    assert told("", Rule.WRITING_UNREADABLE, shows_scan=True) == (Rule.WRITING_OF_SOMEBODY, Severity.QUASI)
    assert told("Loss", shows_scan=None) == (Rule.WRITING_OF_SOMEBODY, Severity.QUASI)
    assert told("", Rule.WRITING_UNREADABLE, shows_scan=None) == (Rule.WRITING_UNREADABLE, Severity.QUASI)
    named = Rule.WRITING_MATCHES_HEADER
    assert told("Jane", named, shows_scan=None) == (named, Severity.IDENTITY)


@pytest.mark.parametrize("rule", [Rule.WRITING_OF_SOMEBODY, Rule.WRITING_OF_NOBODY, Rule.WRITING_UNREADABLE])
def test_what_was_accepted_before_the_split_stays_accepted(rule: Rule) -> None:
    """And so does what another runtime reads otherwise, a few pixels away; but not in other bytes."""
    digest = "ab" * 32
    before = Accepted(Rule.WRITING, "plot.png", str(REGION), digest, "looked at")
    near = PixelRegion(Box(12, 9, 93, 31))
    found = CheckFinding(rule, Severity.QUASI, near, Remedy.MASK)
    record = CheckRecord("plot.png", digest, (found,))
    acceptance = Acceptance([before], [], TODAY)
    assert acceptance.judge(record, Severity.HYGIENE).open == ()
    assert acceptance.unused(everything=True) == ()
    other = CheckRecord("plot.png", "cd" * 32, (found,))
    assert Acceptance([before], [], TODAY).judge(other, Severity.HYGIENE).open == (found,)
    elsewhere = CheckFinding(Rule.SEGMENT, Severity.QUASI, near, Remedy.REMOVE)
    assert Acceptance([before], [], TODAY).judge(CheckRecord("plot.png", digest, (elsewhere,)), Severity.HYGIENE).open


def test_a_pattern_for_the_old_rule_covers_both_new_ones_and_not_the_other_way_round() -> None:
    allow = Allow(("*.png",), "plots", frozenset({Rule.WRITING}))
    new = Allow(("*.png",), "plots", frozenset({Rule.WRITING_OF_NOBODY}))
    about, nobody = (
        CheckFinding(rule, Severity.QUASI, REGION, Remedy.MASK)
        for rule in (Rule.WRITING_OF_SOMEBODY, Rule.WRITING_OF_NOBODY)
    )
    assert allow.covers("plot.png", about)
    assert allow.covers("plot.png", nobody)
    assert new.covers("plot.png", nobody)
    assert not new.covers("plot.png", about)


def test_the_hooks_level_passes_a_plot_and_stops_the_same_words_in_a_scan(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """By the real detector and reader."""
    place = Workplace(tmp_path, monkeypatch, capfd)  # type: ignore[arg-type]
    scan = np.dstack([smooth()] * 3)
    scan[:40] = drawn("Accuracy", back="black", ink="white")[:40, :256]
    for name, pixels in (
        ("plot", drawn("Accuracy")),
        ("scan", scan),
        ("named", drawn("Schmidt, Anna", "DOB 3/4/1962")),
    ):
        stream = io.BytesIO()
        Image.fromarray(pixels).save(stream, "PNG")
        place.write(f"{name}.png", stream.getvalue())
    ran = place.run("check", "-j", "1", "-f", "json", "--no-cache")
    rules = {
        file["path"]: {finding["rule"] for finding in file["findings"]} for file in json.loads(ran.stdout)["files"]
    }
    assert rules["plot.png"] == {"P005"}
    assert rules["scan.png"] == {"P004"}
    assert "P004" in rules["named.png"]
    hook = ("check", "-j", "1", "--no-cache", "--min-severity", "quasi-identity", "-f", "concise")
    assert place.run(*hook, "plot.png").code == 0
    assert place.run(*hook, "scan.png").code == 1
