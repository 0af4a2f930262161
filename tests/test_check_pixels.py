"""Writing in the pixels, found by the real detector in a sample; `test_e2e_samples` sees it gone after `clean`."""

import json
from pathlib import Path

import pytest

from running_check import Workplace

SAMPLES = Path(__file__).parents[1] / "samples"
SAMPLE = "ct-head-2-rle.dcm"


def test_burned_in_writing_is_found_with_its_rectangle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    place = Workplace(tmp_path, monkeypatch, capfd)
    place.write("scan.dcm", (SAMPLES / "files" / SAMPLE).read_bytes())
    planted = json.loads((SAMPLES / "planted.json").read_text(encoding="utf-8"))[SAMPLE]
    ran = place.run("check", "-j", "1", "-f", "sarif")
    assert ran.code == 1
    assert not [value for value in (*planted["header"], *planted["burned_in"]) if value in ran.stdout]
    results = json.loads(ran.stdout)["runs"][0]["results"]
    regions = [result for result in results if result["ruleId"] in {"P001", "P003", "P004"}]
    assert any(result["ruleId"] == "P001" for result in regions)
    assert len(regions) >= len(planted["burned_in"])
    assert all(result["attachments"][0]["rectangles"][0]["bottom"] <= 512 for result in regions)
    remembered = [path.read_bytes() for path in (tmp_path / "cache").rglob("*.json")]
    assert not [value for value in planted["burned_in"] if any(value.encode() in entry for entry in remembered)]
