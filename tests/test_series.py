"""Slices of a series share what was read and decided of what they have in common, and nothing else."""

import io
from pathlib import Path
from typing import Any

import pytest

from conftest import CANARY
from factory_dicom import Row, ct_file
from scanscrub import CleanOptions, clean
from scanscrub.domain.finding import Attribute
from scanscrub.formats.dicom.encoding.attributes import attributes
from scanscrub.formats.dicom.encoding.container import read_container
from scanscrub.system.file_cache import forget_patient, next_file_is_of

SLICES = 12
PROFILES: tuple[dict[str, Any], ...] = (
    {"profile": "share"},
    {"profile": "research"},
    {"profile": "research", "retain": ("uids", "safe-private"), "clean": ("descriptors",)},
)


def slice_of(number: int) -> bytes:
    """One of a series in which texts repeat, hold the UIDs of slices, and name whom only some headers know. One slice
    has a UID like the version of the program.
    """
    uid = "12.0.38" if number == SLICES - 2 else f"1.2.826.0.1.999.{4711 + number}"
    texts = ("CT head", f"slice of {uid}", "slice of 1.2.826.0.1.999.4712", "Brown, 2 days", "see 83717211")
    rows: list[Row] = [(0x00204000, "LT", texts[number % 5]), (0x00181020, "LO", "12.0.38")]
    if number % 3 == 2:
        rows += [(0x00101001, "PN", f"Brown^{CANARY}"), (0x00081049, "PN", f"Head^{CANARY}")]
    study = {"accession": "83717211"} if number % 3 == 2 else {}
    whose = {"patient_id": f"other{CANARY}"} if number % 4 == 3 else {}
    return ct_file(*rows, sop_instance=uid, study_description="Brown fat", **study, **whose)


@pytest.mark.parametrize("given", PROFILES)
def test_slices_are_cleaned_together_as_each_alone(tmp_path: Path, given: dict[str, Any]) -> None:
    inputs, options = tmp_path / "in", CleanOptions(text="none", jobs=1, key=bytes(32), **given)
    inputs.mkdir()
    alone = set()
    for number in range(SLICES):
        path = inputs / f"{number:02}.dcm"
        path.write_bytes(slice_of(number))
        (record,) = clean([path], tmp_path / f"alone-{number}", options)
        alone.add(dict(record.sha256s)["output"])
    together = [dict(record.sha256s)["output"] for record in clean([inputs], tmp_path / "out", options)]
    assert set(together) == alone
    assert len(alone) == SLICES


def test_attributes_are_shared_until_another_patient_comes() -> None:
    def seen() -> list[Attribute]:
        return attributes(read_container(io.BytesIO(ct_file())).data_set)

    forget_patient()
    next_file_is_of("one")
    first, second = seen(), seen()
    assert all(one is other for one, other in zip(first[:-1], second[:-1], strict=True)), "all but the pixels"
    next_file_is_of("one")
    assert seen()[0] is first[0]
    next_file_is_of("another")
    assert all(one is not other for one, other in zip(first, seen(), strict=True))
    forget_patient()
