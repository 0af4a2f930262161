"""Label maps and grids of measured values: never masked, unless they surely spell words; then a person looks."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import dcmread

from conftest import CANARY
from factory_pixels import image
from scanscrub.detect.base import Reading, TextBox
from scanscrub.detect.reading.spelled import spells_words
from scanscrub.domain.audit import AuditRecord, Concern, Status
from scanscrub.domain.phi import Phi
from scanscrub.domain.picture import Picture
from scanscrub.domain.reasons import review_reason
from scanscrub.domain.rules import Rule
from scanscrub.domain.text_mode import TextMode
from scanscrub.formats.dicom.pixels.measured_values import holds_no_picture
from scanscrub.inputs.input import Input
from scanscrub.pipeline.clean import Cleaner
from scanscrub.pipeline.clean_job import CleanJob
from scanscrub.pipeline.worker_context import Settings, WorkerContext
from scanscrub.policy.profile import load_profile
from test_pipeline import NAME_BOX, Careful

_SEGMENTATION, _CT = "1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.2"


class _Reads:
    """A reader that has one answer."""

    identity = "reads"

    def __init__(self, text: str, score: float) -> None:
        self._reading = text, score

    def read(self, picture: Picture, boxes: Sequence[TextBox]) -> Sequence[Reading]:
        text, score = self._reading
        bright = picture.views[0].pixels.max() > 200
        return [Reading(Phi(text if bright else ""), score) for _ in boxes]


def _cleaned(folder: Path, sop_class: str, text: str, score: float) -> tuple[AuditRecord, NDArray[np.uint8]]:
    """A label map with a bar in it, which reads like that; its record, and the pixels of its copy."""
    labels = np.zeros((200, 200), np.uint8)
    labels[NAME_BOX.top : NAME_BOX.bottom, NAME_BOX.left : NAME_BOX.right] = 1
    header = dcmread(io.BytesIO(image((200, 200), labels.tobytes())))
    header.SOPClassUID = header.file_meta.MediaStorageSOPClassUID = sop_class
    path = folder / "labels.dcm"
    header.save_as(path)
    context = WorkerContext(Settings(load_profile("share"), b"k" * 32, text=TextMode.ALL))
    context.__dict__.update(detector=Careful(), second_look=Careful(), reader=_Reads(text, score))
    output = folder / "out"
    output.mkdir()
    record = Cleaner(context, CleanJob(output))(Input(1, str(path)))
    assert record is not None
    assert record.output_name is not None
    return record, dcmread(output / record.output_name).pixel_array


@pytest.mark.parametrize(("text", "score"), [("", 0.0), ("1", 0.99), ("IIII", 0.95), ("O l 1", 0.9), (CANARY, 0.4)])
def test_labels_that_spell_nothing_stay_as_they_are(tmp_path: Path, text: str, score: float) -> None:
    record, pixels = _cleaned(tmp_path, _SEGMENTATION, text, score)
    assert record.status is Status.CLEAN
    assert int(pixels.sum()) == NAME_BOX.area


def test_labels_that_spell_a_name_are_masked_and_a_person_looks(tmp_path: Path) -> None:
    record, pixels = _cleaned(tmp_path, _SEGMENTATION, f"{CANARY} 1961", 0.9)
    assert record.status is Status.REVIEW
    assert not pixels.any()
    assert Concern.LABELS_SPELL_WORDS in record.notes
    assert review_reason(record) == Concern.LABELS_SPELL_WORDS


def test_the_same_in_a_picture_is_masked_whatever_it_reads_like(tmp_path: Path) -> None:
    record, pixels = _cleaned(tmp_path, _CT, "1", 0.99)
    assert not pixels.any()
    assert Concern.LABELS_SPELL_WORDS not in record.notes


@pytest.mark.parametrize(
    ("text", "score", "rule", "spelled"),
    [
        ("SCHMIDT", 0.9, Rule.WRITING, True),
        ("24.03.1961", 0.9, Rule.WRITING, True),
        ("4711083", 0.9, Rule.WRITING, True),
        ("山田", 0.9, Rule.WRITING, True),
        ("김철수", 0.9, Rule.WRITING, True),
        ("Lee", 0.6, Rule.WRITING_MATCHES_HEADER, True),
        ("SCHMIDT", 0.6, Rule.WRITING, False),
        ("Lee", 0.3, Rule.WRITING_MATCHES_HEADER, False),
        ("SCHMIDT", 0.9, Rule.WRITING_UNREADABLE, False),
        ("IIlI1", 0.99, Rule.WRITING, False),
        ("111111", 0.99, Rule.WRITING, False),
        ("口日", 0.99, Rule.WRITING, False),
        ("A", 0.99, Rule.WRITING, False),
        ("", 0.0, Rule.WRITING, False),
    ],
)
def test_a_reading_spells_words(text: str, score: float, rule: Rule, spelled: bool) -> None:  # noqa: FBT001 - a parameter
    assert spells_words(text, score, rule) is spelled


@pytest.mark.parametrize(
    ("sop_class", "kind", "labels"),
    [
        (_SEGMENTATION, "BINARY", True),
        (_SEGMENTATION, "", True),
        ("1.2.840.10008.5.1.4.1.1.66.7", "LABELMAP", True),
        ("1.2.840.10008.5.1.4.1.1.66.9", "LABELMAP", True),
        ("1.2.840.10008.5.1.4.1.1.30", "", True),
        ("1.2.840.10008.5.1.4.1.1.481.2", "", True),
        ("1.2.840.10008.5.1.4.1.1.66.9", "", False),
        ("1.2.840.10008.5.1.4.1.1.7", "BINARY", False),
        (_CT, "", False),
    ],
)
def test_which_objects_hold_labels_or_values(sop_class: str, kind: str, labels: bool) -> None:  # noqa: FBT001 - a parameter
    assert holds_no_picture(sop_class, kind) is labels
