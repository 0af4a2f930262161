"""PDF letters: drawn, read, and written as pictures, with nothing of the old file."""

import io
import json
import re
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

import scanscrub
from conftest import CANARY
from factory_dicom import Row, ct_rows, data_set, part10
from factory_pdf import Line, assembled, pdf, stream
from factory_pictures import clean, color, demand_clean_twice, proof_of, saved
from running_check import Workplace
from scanscrub import FileReview, Place
from scanscrub.domain.errors import NoImageSeen, RefusedFile
from scanscrub.domain.geometry import Box
from scanscrub.domain.plan import Source
from scanscrub.formats.pdf import pdfium, pictures
from scanscrub.formats.pdf.document import FORMAT as PDF
from scanscrub.formats.pdf.document import PdfDocument
from validator import errors

SOURCE = Source(1, "0" * 64)
LETTER: tuple[Line, ...] = (
    (12, 84, 9, f"Patient: {CANARY} Meier, born 04.07.1962"),
    (12, 62, 9, "Findings: No pleural effusion."),
    (12, 46, 9, f"Dear Dr. {CANARY}, the heart is normal."),
    (12, 24, 9, "Tel. 0211 555 123456"),
)
INFO = f"<< /Title (Letter about {CANARY}) /Author (Jane {CANARY}) >>".encode()
BOX = Box(20, 20, 200, 70)


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Workplace:
    return Workplace(tmp_path, monkeypatch, capfd)


def opened(data: bytes) -> PdfDocument:
    return PdfDocument(io.BytesIO(data), SOURCE)


def pages(data: bytes) -> list[np.ndarray]:
    return [page.samples() for page in pictures.pages_of(data)]


def test_the_copy_is_pictures_of_the_pages_and_nothing_else() -> None:
    data = pdf(LETTER, LETTER[1:], info=INFO)
    once = demand_clean_twice(data, PDF, BOX)
    assert once.extension == ".pdf"
    assert once.kinds == ["PDF coding", "PDF description"]
    assert CANARY in once.text
    names = (b"/Info", b"/Metadata", b"/ID", b"/Font", b"/Annots", b"/Names")
    assert not any(name in once.copy for name in names)
    first, second = pages(once.copy)
    assert not first[BOX.top : BOX.bottom, BOX.left : BOX.right].any()
    before = opened(data)
    first[BOX.top : BOX.bottom, BOX.left : BOX.right] = before.shown(0)[BOX.top : BOX.bottom, BOX.left : BOX.right]
    assert np.array_equal(first, before.shown(0))
    assert np.array_equal(second, before.shown(1))


def test_what_viewers_show_is_in_the_picture() -> None:
    """A filled field, a note, a picture in a form, and a page that is turned."""
    picture = saved(color(), "JPEG")
    rows, columns = color().shape[:2]
    extra = [
        stream(
            picture,
            b"/Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode"
            % (columns, rows),
        ),
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Meier) /Rect [20 50 200 70] /DA (/F1 9 Tf 0 g) >>",
        b"<< /Type /Annot /Subtype /FreeText /Contents (Remark) /Rect [20 10 100 30] /DA (/F1 10 Tf 0 g) /F 4 >>",
    ]
    fields = (
        b"/AcroForm << /Fields [5 0 R] /NeedAppearances true /DA (/F1 10 Tf 0 g) /DR << /Font << /F1 3 0 R >> >> >>"
    )
    of_pages = b"/Resources << /XObject << /I 4 0 R >> >> /Annots [5 0 R 6 0 R] /Rotate 90"
    data = pdf([], extra=extra, root=fields, of_pages=of_pages)
    bare = opened(pdf([], extra=extra, of_pages=b"/Rotate 90"))
    document = opened(data)
    assert document.size(0) == (639, 278)
    assert (document.shown(0) < 128).sum() > 1000 > (bare.shown(0) < 128).sum()
    assert document.shows_pictures(0)
    assert not bare.shows_pictures(0)


def sabotaged(copy: bytes, number: int) -> bytes:
    ways = (
        lambda: copy + b"% " + CANARY.encode(),
        lambda: copy.replace(b"/Type /Catalog", b"/Type/Catalog "),
        lambda: pdf(LETTER, info=INFO),
        lambda: copy.replace(b"%%EOF\n", b"%%EOF "),
    )
    return ways[number]()


@pytest.mark.parametrize("number", range(4))
def test_a_copy_with_anything_more_is_no_copy(number: int) -> None:
    copy = clean(pdf(LETTER), PDF, BOX).copy
    assert pictures.pages_of(copy)
    assert "the pages are pictures and nothing else" in proof_of(pdf(LETTER), PDF, sabotaged(copy, number), BOX)


def test_a_picture_with_more_rows_than_it_shows_is_none_of_ours() -> None:
    samples = np.full((4, 5, 3), 200, np.uint8)
    page = pictures.PagePicture.of(samples, 200)
    for stored in (
        zlib.compress(zlib.decompress(page.stream) + CANARY.encode()),
        page.stream + CANARY.encode(),
        zlib.compress(zlib.decompress(page.stream)[:-3]),
    ):
        target = io.BytesIO()
        pictures.write([pictures.PagePicture(4, 5, 200, stored)], target)
        assert pictures.pages_of(target.getvalue()) == ()
    target = io.BytesIO()
    pictures.write([page], target)
    assert np.array_equal(pages(target.getvalue())[0], samples)


LOCKED = assembled(
    [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>",
     b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%b> /U <%b> >>" % (b"41" * 32, b"42" * 32)],
    b"/Encrypt 3 0 R /ID [<41> <41>]",
)  # fmt: skip
REFUSED = {
    "a password": (LOCKED, "protected by a password"),
    "damage": (pdf(LETTER)[:40], "damaged or incomplete"),
    "no page": (pdf(), "damaged or incomplete"),
    "many pages": (pdf(*[[]] * 101), "more than 100 pages"),
    "a large page": (pdf([], size=(20000, 20000)), "too large to be examined"),
    "a page without a side": (pdf([], size=(0, 0)), ""),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_examined_is_refused_with_a_way_out(case: str) -> None:
    data, reason = REFUSED[case]
    if not reason:
        assert opened(data).size(0) == (2200, 1700)  # the library takes a letter's size
        return
    with pytest.raises(RefusedFile, match=reason) as refused, PDF.open(io.BytesIO(data), SOURCE):
        pass
    assert refused.value.hint


def test_a_picture_that_takes_all_memory_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = stream(b"", b"/Subtype /Image /Width 60000 /Height 60000 /ColorSpace /DeviceGray /BitsPerComponent 8")
    drawing = b"/Resources << /XObject << /I 4 0 R >> >>"
    data = pdf(b"q 9 0 0 9 0 0 cm /I Do Q", extra=[bomb], of_pages=drawing)
    with pytest.raises(RefusedFile, match="too many pixels"):
        opened(data).shown(0)
    monkeypatch.setattr(pdfium, "_MOST_OBJECTS", 0)
    with pytest.raises(RefusedFile, match="holds too much"):
        opened(pdf(LETTER)).shown(0)


def test_damaged_files_end_in_a_refusal_or_a_picture() -> None:
    random = np.random.default_rng(22)
    seed = pdf(LETTER, info=INFO)
    ends = {"drawn": 0, "refused": 0}
    for _ in range(60):
        data = bytearray(seed)
        for place in random.integers(0, len(data), 12):
            data[place] = random.integers(0, 256)
        try:
            with PDF.open(io.BytesIO(bytes(data)), SOURCE) as document:
                for page in range(min(document.frames, 2)):
                    assert document.shown(page).shape == (*document.size(page), 3)
                    document.lines(page)
            ends["drawn"] += 1
        except RefusedFile:
            ends["refused"] += 1
    assert all(ends.values())


def test_a_letter_keeps_its_findings_and_loses_its_people(work: Workplace) -> None:
    work.write("letter.pdf", pdf(LETTER, info=INFO))
    output = work.out / "clean"
    ran = work.run("clean", ".", "-o", output, "--executor", "serial")
    assert ran.code == 0, ran.stderr
    assert "please look" in ran.stdout
    assert "A letter or report" in ran.stdout
    (copy,) = output.glob("*.pdf")
    (page,) = pages(copy.read_bytes())
    assert "sh" not in copy.stem or CANARY not in copy.stem
    rows = {"patient": (35, 55), "findings": (95, 115), "heart": (140, 160), "phone": (202, 220)}
    ink = {name: int((page[top:bottom] == 0).all(axis=2).sum(axis=1).max()) for name, (top, bottom) in rows.items()}
    assert ink["findings"] < 120 < min(ink["patient"], ink["heart"], ink["phone"])
    assert ink["heart"] < ink["patient"]
    record = json.loads((output / "audit.jsonl").read_text(encoding="utf-8"))
    assert (record["status"], record["frames"], record["refusal"]) == ("REVIEW", 1, None)
    assert work.run("verify", output).code == 0
    assert work.run("check", output).code == 0
    again = work.run("clean", copy, "-o", work.out / "again", "--executor", "serial")
    assert again.code == 0
    assert next((work.out / "again").glob("*.pdf")).read_bytes() == copy.read_bytes()


def test_what_a_person_leaves_in_a_letter_stays_and_what_a_person_draws_is_black(work: Workplace) -> None:
    work.write("letter.pdf", pdf((LETTER[1], LETTER[3])))
    output = work.out / "clean"
    assert work.run("clean", ".", "-o", output, "--executor", "serial").code == 0
    with scanscrub.open_review(output, work.folder) as session:
        (item,) = session.items
        (phone,) = session.places(item, 0)
        confirmed = replace(phone.place, is_confirmed=True)
        decided = FileReview(item.sha256, (Place(Box(0, 90, item.columns, 120)),), (confirmed,))
        (record,) = session.apply(session.review.with_file(decided))
    assert record.status is scanscrub.Status.REVIEW
    (before,) = [opened((work.folder / "letter.pdf").read_bytes()).shown(0)]
    (page,) = pages((output / str(record.output_name)).read_bytes())
    assert not page[90:120].any()
    assert (page[120:] == before[120:]).all()
    assert work.run("verify", output).code == 0


def test_pages_are_never_cleaned_unseen(work: Workplace) -> None:
    work.write("letter.pdf", pdf(LETTER))
    ran = work.run("clean", ".", "-o", work.out / "clean", "--text", "none", "--executor", "serial")
    assert ran.code == 3
    assert "only be cleaned by looking at them" in ran.stdout
    assert "only be cleaned" not in (other := work.run("clean", ".", "-o", work.out / "b", "--as", "dicom")).stdout
    assert "stay a PDF" in other.stdout


def test_check_says_on_which_page_somebody_is(work: Workplace) -> None:
    work.write("letter.pdf", pdf([(12, 50, 9, "Nothing here.")], LETTER, info=INFO))
    work.write(
        "paper.pdf",
        pdf([(12, 60, 9, "Jane Meier and Dr. Jung"), (12, 40, 9, "Version 1.2")], info=b"<< /Author (Jane Meier) >>"),
    )
    ran = work.run("check", ".", "-f", "json", "--exit-zero")
    files = {Path(file["path"]).name: file["findings"] for file in json.loads(ran.stdout)["files"]}
    told = {(each["rule"], each["severity"]) for each in files["letter.pdf"]}
    assert ("P004", "quasi-identity") in told
    assert {severity for _, severity in told} >= {"identity"}
    assert "frame 2 at" in ran.stdout
    assert {(each["rule"], each["severity"]) for each in files["paper.pdf"]} == {("S0", "hygiene")}
    headers = work.check("-f", "json", "--exit-zero")
    assert {each["rule"] for file in json.loads(headers.stdout)["files"] for each in file["findings"]} == {"R0"}
    with pytest.raises(NoImageSeen), PDF.open(io.BytesIO(pdf(LETTER)), SOURCE) as document:
        raise document.unread()


def encapsulated(document: bytes, *more: Row) -> bytes:
    rows = [
        row
        for row in ct_rows()
        if row[0] >> 16 in {0x0008, 0x0010, 0x0020} and row[0] not in {0x00080008, 0x00080060}
    ]
    kind = "1.2.840.10008.5.1.4.1.1.104.1"
    own: list[Row] = [
        (0x00080016, "UI", kind),
        (0x00080060, "CS", "DOC"),
        (0x00080064, "CS", "WSD"),
        (0x00280301, "CS", "YES"),
        (0x00420010, "ST", f"Letter about {CANARY}"),
        (0x00420011, "OB", document + bytes(len(document) % 2)),
        (0x00420012, "LO", "application/pdf"),
        *more,
    ]
    named = {row[0] for row in own}
    return part10(data_set(sorted([*(row for row in rows if row[0] not in named), *own])), sop_class=kind)


def test_a_pdf_in_dicom_is_cleaned_with_its_header(work: Workplace) -> None:
    data = encapsulated(
        pdf([*LETTER, (120, 8, 9, "Patient no. 77310045")], info=INFO), (0x00100020, "LO", "77310045")
    )
    work.write("a.dcm", data)
    output = work.out / "clean"
    ran = work.run("clean", ".", "-o", output, "--executor", "serial")
    assert ran.code == 0, ran.stdout + ran.stderr
    (path,) = output.rglob("*.dcm")
    copy = dcmread(path)
    assert "DocumentTitle" not in copy or CANARY not in copy.DocumentTitle
    (page,) = pages(bytes(copy.EncapsulatedDocument).rstrip(b"\0"))
    assert (page[240:270] == 0).all(axis=2).sum() > 1000
    assert re.search(rb"Meier|77310045", path.read_bytes()) is None
    record = json.loads((output / "audit.jsonl").read_text(encoding="utf-8"))
    assert record["status"] == "REVIEW"
    assert work.run("verify", output).code == 0
    assert errors(path) <= errors(work.folder / "a.dcm")
    again = work.run("clean", output, "-o", work.out / "again", "--executor", "serial")
    assert again.code == 0, again.stdout
    assert next((work.out / "again").rglob("*.dcm")).read_bytes() == path.read_bytes()


def test_other_documents_in_dicom_stay_refused(work: Workplace) -> None:
    work.write("a.dcm", encapsulated(b"<ClinicalDocument/> "))
    ran = work.run("clean", ".", "-o", work.out / "clean", "--text", "all", "--executor", "serial")
    assert ran.code == 3
    assert "holds something else" in ran.stdout
