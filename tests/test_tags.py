"""The tags that the program names are those of DICOM's dictionary, and are named nowhere else."""

import ast
from pathlib import Path

from pydicom.datadict import dictionary_has_tag, keyword_for_tag

import scanscrub
from scanscrub.domain import tags
from scanscrub.formats.dicom.encoding import dictionary

SOURCE = Path(scanscrub.__file__).parent
NAMED = {name: value for name, value in vars(tags).items() if isinstance(value, int)}
LISTS = {"domain/tags.py", "formats/dicom/encoding/dictionary.py", "formats/dicom/pixels/display.py"}
"""Modules that may write tags as numbers: the names, what pydicom's dictionary lacks, and a range of tags."""

NEWER = {"NameToUse"}
"""Keywords that came into the standard after pydicom's dictionary."""


def test_each_tag_has_the_keyword_of_the_dictionary() -> None:
    wrong = {name for name, tag in NAMED.items() if keyword_for_tag(tag) != name and name not in NEWER}
    assert NAMED
    assert not wrong


def test_a_keyword_that_pydicom_lacks_is_in_our_own_dictionary() -> None:
    for name in NEWER:
        assert dictionary.applicable_vr(NAMED[name], "UN", None, signed=False) != "UN"


def test_each_tag_is_used() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    assert [name for name in NAMED if f"tags.{name}" not in text] == []


def test_no_tag_is_written_as_a_number_elsewhere() -> None:
    found = []
    for path in SOURCE.rglob("*.py"):
        if path.relative_to(SOURCE).as_posix() in LISTS:
            continue
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, int) and dictionary_has_tag(node.value):
                written = ast.get_source_segment(text, node) or ""
                found += [(path.name, written)] if written.lower().startswith("0x") and len(written) == 10 else []
    assert found == []
