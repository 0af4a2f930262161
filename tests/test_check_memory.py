import io
import zipfile
from pathlib import Path
from typing import BinaryIO

import pytest

from factory_check import every_finding
from scanscrub.archives import zip_members
from scanscrub.archives.allowance import Allowance
from scanscrub.archives.zip_members import members
from scanscrub.checking.cache import FindingCache, Remembered, cache_folder
from scanscrub.domain.errors import NotLookedInto, RefusedFile
from scanscrub.domain.rules import Severity
from scanscrub.inputs.file_names import judge_name

REMEMBERED = Remembered(every_finding(), (1, 3))


def test_findings_are_remembered_for_the_same_bytes_name_and_examiner(tmp_path: Path) -> None:
    cache = FindingCache(tmp_path / "cache", "scanscrub 1")
    cache.put("ab", "data/ct.dcm", REMEMBERED)
    assert cache.get("ab", "data/ct.dcm") == REMEMBERED
    assert cache.get("cd", "data/ct.dcm") is None
    assert cache.get("ab", "data/other.dcm") is None
    assert FindingCache(tmp_path / "cache", "scanscrub 2").get("ab", "data/ct.dcm") is None


def test_what_is_no_image_is_remembered_as_such(tmp_path: Path) -> None:
    cache = FindingCache(tmp_path / "cache", "scanscrub 1")
    cache.put("ab", "program.bin", Remembered(None))
    assert cache.get("ab", "program.bin") == Remembered(None)


def test_a_cache_that_cannot_be_written_or_is_broken_is_as_if_empty(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    blocked = FindingCache(tmp_path / "file" / "below", "scanscrub 1")
    blocked.put("ab", "name", REMEMBERED)
    assert blocked.get("ab", "name") is None
    nowhere = FindingCache(None, "scanscrub 1")
    nowhere.put("ab", "name", REMEMBERED)
    assert nowhere.get("ab", "name") is None
    cache = FindingCache(tmp_path / "cache", "scanscrub 1")
    cache.put("ab", "name", REMEMBERED)
    for entry in (tmp_path / "cache").rglob("*.json"):
        entry.write_text("{}", encoding="utf-8")
    assert cache.get("ab", "name") is None


def test_the_cache_is_in_the_users_cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "scanscrub" / "check"


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("Zqcanary^Jane.dcm", Severity.IDENTITY),
        ("Mrs_Roe.png", Severity.IDENTITY),
        ("zqcanary.dcm", Severity.IDENTITY),
        ("CT_20140321.dcm", Severity.QUASI),
        ("2014-03-21", Severity.QUASI),
        ("21.03.2014 knee.jpg", Severity.QUASI),
        ("8371727310.dcm", Severity.QUASI),
        ("1.2.840.113619.2.176.2025.4567.dcm", Severity.QUASI),
        ("4471902.png", Severity.QUASI),
        ("patient_0004471.4471902.png", Severity.QUASI),
        ("frame_0000001_4471902.png", Severity.QUASI),
        ("step_19580314.png", Severity.QUASI),
        ("v1.2.840.113619.2.176.2025.4567.dcm", Severity.QUASI),
        ("dev1.2.3.4.5.6.bin", Severity.QUASI),
        ("000000000139.jpg", Severity.HYGIENE),
        ("00000013_005.png", Severity.HYGIENE),
        ("frame_0000001.png", Severity.HYGIENE),
        ("step_1000000.png", Severity.HYGIENE),
        ("ILSVRC2012_val_00000293.JPEG", Severity.HYGIENE),
        ("Frames 1234567.png", Severity.HYGIENE),
        ("model_v1.2.3.4.5.6.bin", None),
        ("V10.2.3.4.5.6.7", None),
        ("CT_small.dcm", None),
        ("mr-film-scan.tif", None),
        ("MR-SIEMENS-DICOM.dcm", None),
        ("Mr. Roe.png", Severity.IDENTITY),
        ("IM00001.dcm", None),
        ("slice-000123.png", None),
        ("SC_rgb_jpeg_dcmtk.dcm", None),
        ("image_1024x1024_16bit.dcm", None),
        ("ANON-ABCDEFGH234567ABCD", None),
        ("IM-ABCDEFGH23456723-12345678.dcm", None),
        ("model_v1.2.3.bin", None),
        ("2014", None),
    ],
)
def test_a_name_is_judged_by_known_values_and_by_its_form(name: str, severity: Severity | None) -> None:
    assert judge_name(name, lambda part: "zqcanary" in part.lower() and "^" not in part) == severity


def zipped(**contents: bytes) -> io.BytesIO:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in contents.items():
            opened.writestr(name, data)
    return stream


def test_only_wanted_files_of_an_archive_are_held() -> None:
    def wanted(content: BinaryIO) -> bool:
        is_wanted = content.read(3) == b"yes"
        content.seek(0)
        return is_wanted

    found = list(members(zipped(b=b"no" + bytes(1 << 20), a=b"yes1", c=b"yes2"), wanted, Allowance(0)))
    assert [member.name for member in found] == ["a", "c"]
    assert [not isinstance(member.content, RefusedFile) and member.content.read() for member in found] == [
        b"yes1",
        b"yes2",
    ]


def test_an_archive_that_inflates_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_members, "ALWAYS_READ", 1 << 20)
    bomb = zipped(a=bytes(1 << 19), b=bytes(1 << 19), c=b"x" * 9)
    with pytest.raises(RefusedFile) as of_images:
        list(members(bomb, lambda _: True, Allowance(0)))
    with pytest.raises(NotLookedInto):
        list(members(bomb, lambda _: False, Allowance(0)))
    assert of_images.value.severity is Severity.IDENTITY


def test_a_damaged_archive_is_refused() -> None:
    whole = zipped(a=b"yes").getvalue()
    with pytest.raises(RefusedFile):
        list(members(io.BytesIO(whole[: len(whole) // 2]), lambda _: True, Allowance(0)))
