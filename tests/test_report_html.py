"""The page for people: nothing of the patient, nothing from the network, everything escaped."""

import base64
import csv
import hashlib
import io
import re
import subprocess
import sys
from html.parser import HTMLParser
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scanscrub.api.cleaned_folder import MaskedPicture
from scanscrub.api.cleaned_folder import _most_masked as most_masked
from scanscrub.cli.terminal.inspect_words import told
from scanscrub.cli.terminal.words import by_rule, outcome
from scanscrub.domain.audit import AuditRecord, AuditStep, InputRef, Inspection, Status
from scanscrub.domain.finding import HeaderElement, Origin, OriginKind, PixelRegion
from scanscrub.domain.geometry import Box
from scanscrub.domain.plan import Check, Refusal
from scanscrub.domain.rules import Rule, Severity
from scanscrub.report.audit import csv_table
from scanscrub.report.audit import text as audit_text
from scanscrub.report.page import folder, html
from scanscrub.report.page.html import write_html
from scanscrub.report.page.preview import outline
from scanscrub.report.places import most_in_a_frame, places

REGION = PixelRegion(Box(10, 20, 60, 36))
MASK = AuditStep(Rule.WRITING_MATCHES_HEADER, Severity.IDENTITY, REGION, "Mask", "burned-in text")
EMPTIED = AuditStep(Rule.IDENTITY, Severity.IDENTITY, HeaderElement((0x00100010,)), "Empty", "PS3.15 E.1-1 Z")


def below(lines: int = 1, frame: int = 0, rule: Rule = Rule.WRITING_MATCHES_HEADER, right: int = 0) -> AuditStep:
    """A mask some lines below `MASK` and so many pixels to its right."""
    box = Box(10 + right, 20 + 20 * lines, 60 + right, 36 + 20 * lines)
    return AuditStep(rule, Severity.IDENTITY, PixelRegion(box, frame), "Mask", "burned-in text")


def record(number: int = 1, status: Status = Status.CLEAN, **fields: object) -> AuditRecord:
    known: dict[str, object] = {"output_name": f"ANON-7K/IM-{number}.dcm", "frames": 1, **fields}
    return AuditRecord(InputRef(number, "ab" * 32), status, "share 2026d", **known)  # type: ignore[arg-type]


def absent(number: int, status: Status = Status.REFUSED, reason: str = "The file is cut off.") -> AuditRecord:
    refusal = Refusal(reason, "Export it again.")
    return AuditRecord(InputRef(number, "cd" * 32), status, "share 2026d", refusal=refusal)


def page(*records: AuditRecord, picture: bytes | None = None) -> str:
    stream = io.StringIO()
    write_html(records, lambda _record, _most: {0: picture} if picture else {}, stream)
    return stream.getvalue()


class Elements(HTMLParser):
    """Every start tag with its attributes, and whether the tags are balanced."""

    VOID = frozenset({"meta", "img", "br", "input"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def full_page() -> str:
    records = [
        record(
            1,
            steps=(MASK, EMPTIED),
            checks=(Check("masks are flat", passed=True),),
            masked_share=0.02,
            notes=("A note.",),
        ),
        record(2, Status.REVIEW),
        absent(3),
        absent(4, Status.REJECTED),
        AuditRecord(InputRef(5, "ef" * 32), Status.IGNORED, "share 2026d"),
    ]
    return page(*records, picture=outline(np.zeros((64, 64), np.uint8), [REGION]))


def test_the_page_is_well_formed_and_every_id_is_there_once() -> None:
    elements = Elements(full_page())
    assert not elements.open
    ids = [attributes["id"] for _, attributes in elements.seen if "id" in attributes]
    assert len(ids) == len(set(ids))
    labels = [attributes["aria-labelledby"] for _, attributes in elements.seen if "aria-labelledby" in attributes]
    assert set(labels) <= set(ids)


def test_the_page_asks_the_network_for_nothing_and_forbids_it() -> None:
    text = full_page()
    tags = Elements(text).seen
    assert not {"script", "link", "iframe", "object", "form"} & {tag for tag, _ in tags}
    assert not re.search(r"https?:|//[a-z]|@import|url\(", re.sub(r"base64,[A-Za-z0-9+/=]+", "", text))
    assert all(str(attributes["src"]).startswith("data:image/") for tag, attributes in tags if tag == "img")
    policy = next(str(a["content"]) for _, a in tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; img-src data:;")


def test_the_policy_allows_the_page_s_own_style_and_no_other() -> None:
    text = full_page()
    style = text.split("<style>")[1].split("</style>")[0]
    assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() in text
    assert 'style="' not in text


def test_a_copy_is_linked_relative_to_the_page() -> None:
    assert 'href="./ANON-7K/IM-1.dcm"' in page(record(1))


def test_a_click_shows_a_picture_large_without_a_script() -> None:
    """A browser opens a picture file itself; what it cannot open is in the page as large as it is."""
    picture = outline(np.zeros((64, 64), np.uint8), [REGION])
    tags = Elements(page(record(1), record(2, output_name="picture-2.png"), picture=picture)).seen
    ids = {attributes["id"] for _, attributes in tags if "id" in attributes}
    links = [str(attributes["href"]) for tag, attributes in tags if tag == "a"]
    inside = [link.removeprefix("#") for link in links if link.startswith("#")]
    assert inside == ["picture-1-0", "title-1"]
    assert set(inside) <= ids
    assert links.count("./picture-2.png") == 2


def test_pictures_that_no_browser_opens_are_as_large_as_the_copy_while_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (900, 1200), np.uint8)
    seen = MaskedPicture(0, pixels, (REGION,))
    monkeypatch.setattr(folder, "masked_pictures", lambda *_: [seen])
    previews = folder.Previews(tmp_path)

    def width(name: str) -> int:
        with Image.open(io.BytesIO(previews(record(output_name=name), 1)[0])) as image:
            return image.width

    assert [width("IM-1.dcm"), width("IM-1.png"), width("pages.tif")] == [1200, 560, 1200]
    monkeypatch.setattr(folder, "LARGE", 1000)
    assert width("IM-1.dcm") == 560
    previews = folder.Previews(tmp_path)
    monkeypatch.setattr(folder, "LARGE", 1 << 30)
    monkeypatch.setattr(folder, "ALL_LARGE", 1000)
    previews = folder.Previews(tmp_path)
    assert [width("IM-1.dcm"), width("IM-2.dcm")] == [1200, 560]


def test_the_first_sentence_says_whether_the_folder_can_be_shared() -> None:
    def first(*records: AuditRecord) -> str:
        return page(*records).split("<h1>")[1].split("</h1>")[0]

    assert first(record(1)) == "Look at every picture once; then you can share this folder."
    searched = (Check("masks are flat", passed=True),)
    look = record(2, Status.REVIEW, text="all", steps=(MASK,), checks=searched)
    assert "Look at the file marked" in first(record(1), look)
    assert first(absent(1)) == "There is nothing to share."
    assert "may still show names" in first(record(status=Status.REVIEW, steps=(EMPTIED,)))
    assert first(record(status=Status.PLANNED)) == "Nothing was written."


@pytest.mark.parametrize("where", ["reason", "note", "check", "detail", "name", "profile", "tool"])
def test_markup_in_any_text_is_escaped(where: str) -> None:
    evil = "<img src=x onerror=alert(1)>\"'&"
    records = {
        "reason": absent(1, reason=evil),
        "note": record(notes=(evil,)),
        "check": record(checks=(Check(evil, passed=True),)),
        "detail": record(checks=(Check("c", passed=False, detail=evil),)),
        "name": record(output_name=evil),
        "profile": AuditRecord(InputRef(1, "a"), Status.CLEAN, evil),
        "tool": record(tool=evil),
    }
    text = page(records[where])
    assert "<img" not in text
    assert "&lt;img" in text


def test_the_digest_of_an_input_is_not_shown() -> None:
    assert "ab" * 32 not in full_page()


def test_the_summary_counts_what_is_clean_what_needs_a_look_and_what_is_not_there() -> None:
    text = full_page()
    assert "1 file is clean; 1 file needs your review; 2 files could not be cleaned" in text
    assert "There was no image to clean." in page()


def test_an_audit_as_text_is_in_the_order_of_the_files() -> None:
    stream = io.StringIO()
    audit_text.write([record(3), absent(1), record(2)], stream)
    assert re.findall(r"^\[(\d)\]", stream.getvalue(), re.MULTILINE) == ["1", "2", "3"]


def test_why_a_place_is_covered_is_said_in_words() -> None:
    text = page(record(steps=(MASK, below(), below(rule=Rule.WRITING)), masked_share=0.021))
    assert "<b>2 places covered</b>, 2.1% of the picture" in text
    assert "text that matches the file&#39;s own header" in text


def test_places_are_lines_as_a_person_counts_them() -> None:
    words_of_one_line = (MASK, below(0, right=4), below(0, right=60))
    lines = (*words_of_one_line, below(1), below(2), below(2, right=200))
    assert {frame: found.total() for frame, found in places(lines).items()} == {0: 4}
    graver = places((below(0, rule=Rule.WRITING_UNREADABLE), MASK))
    assert graver == {0: {Rule.WRITING_MATCHES_HEADER: 1}}


def counted(*boxes: Box) -> int:
    steps = (
        AuditStep(Rule.WRITING, Severity.IDENTITY, PixelRegion(box, 0), "Mask", "burned-in text") for box in boxes
    )
    return most_in_a_frame(places(steps))


def test_lines_from_top_to_bottom_are_counted_as_they_are_read() -> None:
    five = [Box(left, 10, left + 14, 150) for left in range(0, 100, 20)]
    below_them = [Box(one.left, 156, one.right, 200) for one in five]
    assert counted(*five) == counted(*five, *below_them) == 5
    assert counted(Box(0, 0, 60, 20), Box(66, 0, 70, 20), Box(76, 0, 140, 20)) == 1  # a slim letter between words
    assert counted(five[0], Box(18, 20, 120, 36)) == 2
    assert counted(five[0], Box(4, 20, 120, 36)) == 1


def test_places_are_the_same_number_in_terminal_report_and_inspect_whatever_the_order_of_the_steps() -> None:
    near = (Box(0, 35, 50, 95), Box(30, 45, 50, 65), Box(0, 0, 20, 60), Box(80, 0, 130, 60))
    boxes = (*near, Box(0, 200, 50, 220))
    steps = [AuditStep(Rule.WRITING, Severity.QUASI, PixelRegion(box), "Mask", "burned-in text") for box in boxes]
    said = {
        (
            outcome(record(steps=tuple(order))),
            *re.findall(r"in (\d+) places?", "".join(told(Inspection(record(steps=tuple(order)))))),
            re.findall(r"<b>\d+ places covered</b>", page(record(steps=tuple(order))))[0],
        )
        for order in permutations(steps)
    }
    assert len(said) == 1
    ((terminal, looked, report),) = said
    assert f"({looked} places blackened)" in terminal
    assert report == f"<b>{looked} places covered</b>"


def test_an_audit_as_text_counts_places_beside_changes() -> None:
    stream = io.StringIO()
    audit_text.write([record(1, steps=(MASK, below(0, right=4), below()))], stream)
    assert "| P001: 3 | places covered: 2" in stream.getvalue()


def test_marks_that_were_left_on_purpose_are_told_and_no_sentence_says_that_all_writing_is_gone() -> None:
    checks = (Check("no writing left", passed=True),)
    left = record(steps=(MASK,), checks=checks, text="identifying", kept=(PixelRegion(Box(500, 20, 520, 40)),))
    text = page(left)
    assert "covered the text in the pictures that could identify someone" in text
    assert "Side markers, scales and settings that identify nobody were left on purpose" in text
    assert "<b>1 place</b> left on purpose" in text
    assert ">no identifying writing left<" in text
    assert "(1 place blackened, 1 mark left on purpose)" in outcome(left)
    bare = page(record(text="identifying", kept=left.kept))
    assert "No text was found" not in bare
    assert "Nothing in the picture was covered." in bare
    all_gone = page(record(steps=(MASK,), checks=checks, text="all"))
    assert ">no writing left<" in all_gone
    assert "on purpose" not in all_gone
    failed = AuditRecord(
        InputRef(1, ""),
        Status.REJECTED,
        "share",
        checks=(Check("no writing left", passed=False),),
        text="identifying",
    )
    assert "not passed: no identifying writing left" in outcome(failed)
    assert "Check not passed: no identifying writing left" in page(failed)


def test_what_was_left_is_outlined_in_another_color() -> None:
    kept = PixelRegion(Box(80, 20, 110, 50))
    with Image.open(io.BytesIO(outline(np.zeros((64, 128), np.uint8), [REGION], [kept]))) as image:
        shown = np.asarray(image.convert("RGB")).astype(int)
    assert shown[30, 78:83, 2].max() > shown[30, 78:83, 0].max() + 60
    assert shown[28, 8:13, 0].max() > shown[28, 8:13, 2].max() + 60


def test_a_mask_of_a_device_rule_is_told_by_the_name_of_the_rule() -> None:
    rule = Origin(OriginKind.DEVICE_RULE, "ACME room 4")
    ruled = tuple(
        AuditStep(Rule.WRITING_UNREADABLE, Severity.QUASI, PixelRegion(box), "Mask", str(rule), rule)
        for box in (Box(0, 0, 640, 60), Box(0, 300, 640, 340))
    )
    text = page(record(steps=(*ruled, MASK)))
    assert "<b>2 places covered</b>" in text
    assert "<b>2 regions</b> where the device rule &#39;ACME room 4&#39; says that a device prints text" in text
    assert "could not be read" not in text
    assert ("where the device rule 'ACME room 4' says that a device prints text", 2) in by_rule(ruled)
    assert "marks in the picture that may be text" not in dict(by_rule(ruled))
    told_of = "".join(told(Inspection(record(steps=ruled))))
    assert "where the device rule 'ACME room 4' says that a device prints text (2 places)" in told_of
    stream = io.StringIO()
    audit_text.write([record(steps=ruled)], stream)
    assert "| device rule ACME room 4: 2" in stream.getvalue()
    table = io.StringIO()
    csv_table.write([record(steps=ruled)], table)
    (row,) = csv.DictReader(io.StringIO(table.getvalue()))
    assert row["device_rules"] == "ACME room 4"


def test_what_is_covered_of_many_pictures_is_counted_by_picture() -> None:
    steps = tuple(below(line, frame) for frame in range(40) for line in range(1, frame % 3 + 2))
    cine = record(frames=120, steps=steps)
    assert "<b>Up to 3 places covered in 40 of 120 pictures</b>" in page(cine)
    assert "(up to 3 places blackened in 40 of 120 pictures)" in outcome(cine)
    assert "(2 places blackened)" in outcome(record(steps=(MASK, below())))


def test_a_copy_to_look_at_says_why() -> None:
    covered = page(record(status=Status.REVIEW, steps=(MASK,), masked_share=0.5))
    assert "Much of a picture is covered" in covered
    unseen = page(record(status=Status.REVIEW, steps=(EMPTIED,)))
    assert "were not searched for text" in unseen
    assert "No text was found" not in unseen
    assert "No text was found" in page(record(steps=(EMPTIED,)))
    again = page(record(status=Status.REVIEW, steps=(EMPTIED,), tool="scanscrub 1; ppocr"))
    assert "An earlier run marked this file" in again
    assert "not searched" not in again


def test_a_page_over_pictures_that_were_not_searched_calls_nothing_clean() -> None:
    unseen = page(record(status=Status.REVIEW, steps=(EMPTIED,)), picture=b"\x89PNG")
    assert "Pictures not searched" in unseen
    assert not re.search(
        r"(?i)clean cop|is clean|removed or replaced everything in the files that says who[^,]*, cov", unseen
    )
    assert "The pictures of 1 file were not searched for text" in unseen
    assert "covered the text" not in unseen
    some = page(record(1, Status.REVIEW, steps=(EMPTIED,)), record(2, steps=(MASK,)))
    assert "The pictures of 1 file were not searched" in some
    assert "In the others we covered the text we found" in some
    assert "not searched" not in page(record(status=Status.REVIEW, frames=0, steps=(EMPTIED,)))


def test_the_page_does_not_vouch_for_what_its_pictures_show() -> None:
    assert "It contains no name" not in full_page()
    assert "Its text contains no name" in full_page()


def test_changes_are_counted_by_what_they_concern_and_by_what_was_done() -> None:
    cleaned = AuditStep(Rule.FREE_TEXT, None, HeaderElement((0x00081030,)), "Clean", "PS3.15 E.1-1 C", words=3)
    text = page(record(steps=(EMPTIED, EMPTIED, cleaned)))
    assert "3 changes beside the pixels" in text
    row = text.split("Names, numbers, places and people")[1].split("</tr>")[0]
    assert "<td>2</td>" in row
    assert "3 words left out" in text


def test_a_check_that_did_not_pass_is_shown_open() -> None:
    text = page(record(checks=(Check("masks are flat", passed=True), Check("second look", passed=False))))
    assert "<details open><summary>1 of 2 checks passed" in text
    assert "second look <b>(not passed)</b>" in text


def test_many_refusals_for_one_reason_are_one_entry_with_their_numbers() -> None:
    text = page(*(absent(number) for number in range(1, 41)))
    assert text.count("The file is cut off.") == 1
    assert "40 files" in text
    assert "38, 39, 40" in text


def test_ten_thousand_files_make_a_small_page_with_pictures_of_the_masked_ones_first() -> None:
    asked: list[int] = []

    def preview(shown: AuditRecord, _most: int) -> dict[int, bytes]:
        asked.append(shown.input_ref.number)
        return {0: b"\x89PNG"}

    records = [record(n, steps=(MASK,) if n > 9_900 else (EMPTIED,)) for n in range(1, 10_001)]
    stream = io.StringIO()
    write_html(records, preview, stream)
    assert len(asked) == html.CARDS
    assert asked[:100] == list(range(9_901, 10_001))
    assert stream.getvalue().count("<tr id=") == 10_000 - html.CARDS
    assert len(stream.getvalue()) < 5_000_000


def cines(*records: AuditRecord) -> str:
    stream = io.StringIO()
    write_html(records, lambda shown, most: dict.fromkeys(range(min(most, shown.frames)), b"\x89PNG"), stream)
    return stream.getvalue()


def test_several_pictures_of_a_file_are_shown_and_how_many_there_are_is_said() -> None:
    text = cines(record(1, frames=120, steps=(MASK,)), record(2, frames=3), record(3))
    elements = Elements(text)
    assert not elements.open
    assert sum(tag == "img" for tag, _ in elements.seen) == 8 + 3 + 1
    assert "8 of 120 pictures of this file; to look at the others, open the copy" in text
    assert "All 3 pictures of this file are here." in text
    assert text.count('class="strip"') == 2


def test_many_files_of_many_pictures_keep_the_page_small() -> None:
    text = cines(*(record(number, frames=50) for number in range(1, 101)))
    assert text.count("<img") == 100 + html.FURTHER
    assert "1 of 50 pictures of this file" in text


def test_the_pictures_shown_lie_all_over_the_file_and_are_the_most_masked_there() -> None:
    regions = [PixelRegion(Box(0, 0, 9, 9), frame) for frame in (3, 5, 5, 17)]
    assert most_masked(20, regions, 4) == [3, 5, 10, 17]
    assert most_masked(20, regions, 1) == [5]
    assert most_masked(2, [], 2) == [0, 1]


def test_the_same_records_make_the_same_page() -> None:
    assert full_page() == full_page()


def test_a_mask_is_outlined_where_it_lies_and_the_picture_stays_small() -> None:
    pixels = np.zeros((1000, 2000, 3), np.uint8)
    region = PixelRegion(Box(400, 400, 800, 600))
    with Image.open(io.BytesIO(outline(pixels, [region], longest=500))) as image:
        shown = np.asarray(image.convert("RGB")).astype(int)
    assert shown.shape == (250, 500, 3)
    assert shown[100:150, 99:102, 0].max(axis=1).min() > 150
    assert shown[110:140, 110:190].max() < 60
    assert shown[:90].max() < 60


def test_the_page_is_written_without_loading_numpy_or_pillow() -> None:
    code = (
        "import sys, scanscrub.report.page.html; sys.exit(any(m in sys.modules for m in ('numpy', 'PIL', 'pydicom')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- series --------------------------------------------------------------------------------------------------------


def slices(
    *numbers: int, series: str = "A", sep: str = "/", status: Status = Status.CLEAN, **fields: object
) -> list[AuditRecord]:
    folder = sep.join(("ANON-7K", "ST-AAAAAAAAAA", f"SE-{series}"))
    return [record(number, status, output_name=f"{folder}{sep}IM-{number}.dcm", **fields) for number in numbers]


def previewed(*records: AuditRecord) -> tuple[str, list[int]]:
    asked: list[int] = []

    def preview(shown: AuditRecord, _most: int) -> dict[int, bytes]:
        asked.append(shown.input_ref.number)
        return {0: b"\x89PNG"}

    stream = io.StringIO()
    write_html(records, preview, stream)
    return stream.getvalue(), asked


@pytest.mark.parametrize("sep", ["/", "_"])
def test_a_series_is_one_card_with_a_strip_and_a_table_of_its_files(sep: str) -> None:
    text, asked = previewed(*slices(*range(1, 201), steps=(EMPTIED,), sep=sep))
    elements = Elements(text)
    assert not elements.open
    assert text.count('<article class="card"') == 1
    assert "Series of 200 files: 1-200" in text
    assert "8 of 200 pictures of this series" in text
    assert len(asked) == 8
    assert asked == sorted(asked)
    assert asked[0] < 30
    assert asked[-1] > 170
    assert text.count("<tr><td>") == 200
    assert "200 changes beside the pixels of 200 files" in text


def test_every_masked_slice_is_shown_and_the_others_are_told_by_number() -> None:
    text, asked = previewed(*slices(*range(1, 41), steps=(MASK,)), *slices(*range(41, 101)))
    assert asked == list(range(1, 41))
    assert "covered in 40 of 100 pictures" in text


def test_slices_that_ended_in_another_way_and_other_series_have_cards_of_their_own() -> None:
    text, _ = previewed(*slices(1, 2), *slices(3, 4, status=Status.REVIEW), *slices(5, series="B"), record(6))
    assert re.findall(r'<h3 id="title-\d+">([^<]*)', text) == [
        "Series of 2 files: 3-4 ",
        "Series of 2 files: 1-2 ",
        "File 5 ",
        "File 6 ",
    ]


def test_a_cine_in_a_series_keeps_its_card() -> None:
    text = cines(*slices(1, 2, frames=50))
    assert text.count('<article class="card"') == 2


def test_a_page_has_a_bound_for_rows_and_for_the_bytes_of_its_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "ROWS", 30)
    monkeypatch.setattr(html, "BYTES", 10)
    text, asked = previewed(*slices(*range(1, 101)), *slices(*range(101, 111), series="B"))
    assert text.count("<tr><td>") == 30
    assert "Further files are in audit.jsonl" in text
    assert len(asked) == 3  # four bytes each
    assert "Further files" not in previewed(*slices(1, 2))[0]


def test_checks_of_a_series_are_told_once_and_one_that_failed_anywhere_failed() -> None:
    good, bad = Check("pixels", passed=True, detail="1 of 1"), Check("pixels", passed=False, detail="0 of 1")
    text, _ = previewed(*slices(1, checks=(good,)), *slices(2, checks=(bad,)))
    assert '<li class="fail">pixels <b>(not passed)</b>' in text.replace("\n", "")
    assert "0 of 1 check passed" in text


def test_of_a_million_files_a_page_tells_of_those_to_look_at_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "KEPT", 10)
    many = [*slices(*range(1, 100)), *slices(100, 101, status=Status.REVIEW), *slices(102, series="B", steps=(MASK,))]
    text, asked = previewed(*many)
    assert asked[:3] == [100, 101, 102]
    assert "100 files are clean; 2 files need your review." in text
    assert text.count("<tr><td>") == 9
    assert "Further files are in audit.jsonl" in text
