"""Our element tables and pydicom's dictionaries say the same; a check of headers loads neither pydicom nor numpy."""

import subprocess
import sys
import warnings
from io import BytesIO
from pathlib import Path

import pydicom
import pytest
from pydicom import config
from pydicom.charset import convert_encodings, decode_bytes
from pydicom.datadict import DicomDictionary, RepeatersDictionary, keyword_for_tag, private_dictionaries

from element_tables_source import PRIVATE, STANDARD, private_table, standard_table
from factory_dicom import EXPLICIT, IMPLICIT, Row, ct_file
from scanscrub.formats.dicom.encoding.charsets import _WITHOUT_EXTENSIONS, character_set
from scanscrub.formats.dicom.encoding.dictionary import applicable_vr, keyword_of
from scanscrub.formats.dicom.encoding.element_tables import private_elements, repeating_element, standard_elements

HEAVY = "{'numpy', 'pydicom', 'PIL', 'cv2', 'onnxruntime', 'rich', 'jinja2'}"


def test_the_standard_elements_are_those_of_pydicom() -> None:
    ours = standard_elements()
    theirs = {int(tag): (entry[0], entry[4]) for tag, entry in DicomDictionary.items()}
    assert {tag: theirs.get(tag) for tag in ours} == ours
    assert all(keyword_of(tag) == keyword_for_tag(tag) for tag in ours)


def test_the_repeating_groups_are_those_of_pydicom() -> None:
    for pattern, entry in RepeatersDictionary.items():
        tag = int(pattern.replace("x", "2"), 16)
        assert repeating_element(tag) == (entry[0], entry[4])
        assert keyword_of(tag) == keyword_for_tag(tag)


@pytest.mark.parametrize("tag", [0x00091001, 0x60013000, 0x00100000, 0x00000001, 0x77770010, 0xFFFEE000, 0x50FE3000])
def test_what_is_in_no_list_has_the_keyword_that_pydicom_gives_it(tag: int) -> None:
    assert keyword_of(tag) == keyword_for_tag(tag)


def test_the_private_elements_are_those_of_pydicom() -> None:
    for creator, elements in private_dictionaries.items():
        assert private_elements(creator) == {tag: entry[0] for tag, entry in elements.items()}
    assert private_elements("NOBODY KNOWS 1.0") == {}
    assert applicable_vr(0x00191008, "", "SIEMENS MR HEADER", signed=False) == "CS"
    assert applicable_vr(0x00191008, "", "NOBODY KNOWS 1.0", signed=False) == "UN"


@pytest.mark.parametrize(("path", "table"), [(STANDARD, standard_table), (PRIVATE, private_table)])
def test_the_files_are_as_the_script_makes_them(path: Path, table: object) -> None:
    """Under another pydicom, whose tables may be newer, only the comparisons above count."""
    content = path.read_text(encoding="utf-8")
    assert callable(table)
    assert content == table() or f"pydicom {pydicom.__version__} " not in content


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT])
def test_a_check_of_headers_loads_no_heavy_library(tmp_path: Path, syntax: str) -> None:
    name = "M\u00fcller^Zqcanary".encode("latin-1")
    private: tuple[Row, ...] = ((0x00190010, "LO", "SIEMENS MR HEADER"), (0x00191008, "CS", "IMAGE NUM 4"))
    file = tmp_path / "in" / "ct.dcm"
    file.parent.mkdir()
    file.write_bytes(ct_file(*private, syntax=syntax, character_set="ISO_IR 100", patient_name=name))
    code = (
        f"import sys; sys.argv = ['scanscrub', 'check', '--text', 'none', '--no-cache', {str(file)!r}]\n"
        "from scanscrub.cli.app import main\n"
        "try:\n    main()\n"
        "except SystemExit as left:\n    assert left.code == 1, left.code\n"
        f"sys.exit(', '.join({HEAVY} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "PatientName" in done.stdout


@pytest.mark.parametrize("term", sorted(_WITHOUT_EXTENSIONS))
def test_a_character_set_used_alone_is_read_as_pydicom_reads_it(term: str) -> None:
    texts = [
        "M\u00fcller^J\u00fcrgen",
        "\u0141ukasz",
        "\u0418\u0432\u0430\u043d",
        "\u5c71\u7530=\u3084\u307e",
        "\u0e2a\u0e21",
    ]
    codec = convert_encodings([term])[0]
    values = [text.encode(codec, "ignore") for text in texts]
    values += [bytes(range(0x80, 0x100)), b"a\xe4", b"\xff\xfe", b"\xd0"]
    for value in values:
        if value.isascii():
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                theirs = decode_bytes(value, [codec], {0x5C, 0x5E})
            except (UnicodeError, UserWarning):
                theirs = None
        assert character_set(term)._declared(value) == theirs


def test_pydicom_judges_no_values_once_it_is_used() -> None:
    import scanscrub.formats.dicom.encoding.pydicom_quiet  # noqa: F401, PLC0415 - what is tested is what it does

    assert config.settings.reading_validation_mode == config.IGNORE
    assert config.logger.disabled
    assert pydicom.dcmread(BytesIO(ct_file())).Modality == "CT"
