"""Does the copy still contain a known value of the input? Text that this program wrote is left out.

A patient's name may be a word that we write, or one of a published list: "ANON", "Annex", "Merz" in the meaning of a
code. So the search leaves out what the plan wrote and what it kept as public, by place.
"""

from collections.abc import Iterator, Sequence
from typing import BinaryIO, TypeAlias

from scanscrub.domain.finding import Attribute, HeaderElement, Observation
from scanscrub.domain.plan import Add, Check, Keep, Plan, RemapUid, Replace, ShiftDate
from scanscrub.formats.base import Document
from scanscrub.formats.dicom.document import DicomDocument
from scanscrub.formats.dicom.encoding.dictionary import CHARSET_VRS
from scanscrub.formats.dicom.encoding.elements import DataSet, Element
from scanscrub.policy.headers.status import STATUS_TAGS
from scanscrub.policy.headers.vr_rules import JUDGED_NUMBERS, NUMBER_VRS
from scanscrub.policy.headers.vr_validation import is_known_number
from scanscrub.policy.identifiers.byte_search import ByteSearch
from scanscrub.policy.identifiers.search import IdentifierSearch

CHUNK = 4 << 20
OVERLAP = 1 << 10
"""Longer than any form that is searched for, so that none hides across two chunks."""

Path: TypeAlias = tuple[int, ...]
Span: TypeAlias = tuple[int, int]


def search(
    copy: Document, seen: Sequence[Observation], stream: BinaryIO, plan: Plan, known: IdentifierSearch
) -> Iterator[Check]:
    """Look for every known value in the copy: in its decoded texts, and in its bytes in every encoding."""
    ours = _Ours(plan)
    forms, words = known.forms, known.text
    foreign = [
        one for one in seen if isinstance(one, Attribute) and one.value is not None and one.where.path not in ours
    ]
    texts = [
        one.value.reveal()
        for one in foreign
        if one.value is not None and one.vr not in {*NUMBER_VRS, *JUDGED_NUMBERS}
    ]
    # One search over all of them is quick, and as a rule the last word.
    hits = sum(map(forms.in_text, texts)) if forms.in_text("\n".join(texts)) else 0
    if words:
        described = [one.value.reveal() for one in foreign if one.vr in CHARSET_VRS and one.value is not None]
        hits += sum(bool(words.hits(text)) for text in described)
    hits += sum(one.vr in JUDGED_NUMBERS and _tells(one, known) for one in foreign)
    yield Check("no known value in the text", hits == 0, f"{hits} elements" if hits else "")
    yield Check("no known value in the bytes", not any(_in_bytes(copy, stream, ours, forms)))


def _tells(number: Attribute, known: IdentifierSearch) -> bool:
    """Whether a number is a known one, as the rules ask it."""
    values = "" if number.value is None else number.value.reveal()
    return any(is_known_number(number.tag, value, known.numbers) for value in values.split("\\"))


class _Ours:
    """The places of what this program wrote, and of what it kept as a public word."""

    def __init__(self, plan: Plan) -> None:
        self._paths: set[Path] = {(tag,) for tag in STATUS_TAGS}
        for step in plan.steps:
            if isinstance(step.where, HeaderElement) and (
                isinstance(step.action, Add | RemapUid | Replace | ShiftDate)
                or (isinstance(step.action, Keep) and step.action.public)
            ):
                self._paths.add(step.where.path)

    def __contains__(self, path: Path) -> bool:
        if path[0] >> 16 == 0x0002:
            return True  # the meta information is the writer's
        if path in self._paths:
            return True
        return len(path) > 1 and any(path[:size] in self._paths for size in range(1, len(path), 2))


def _in_bytes(copy: Document, stream: BinaryIO, ours: _Ours, forms: ByteSearch) -> Iterator[bool]:
    spans: list[Span] = []
    if isinstance(copy, DicomDocument):
        container = copy.container
        stream = container.stream  # what a deflated data set inflates to
        elements = list(_elements(container.data_set, ()))
        spans = [(each.offset, each.offset + each.length) for path, each in elements if path in ours]
        if stream is container.file:
            spans += [(each.offset, each.offset + each.length) for each in container.meta.elements]
        values = (each.value for path, each in elements if each.vr in CHARSET_VRS and path not in ours)
        yield forms.in_header_bytes(b"\xff\0".join(value for value in values if value))
    yield from map(forms.in_bytes, _chunks(stream, sorted(spans)))


def _elements(data_set: DataSet, path: Path) -> Iterator[tuple[Path, Element]]:
    """Every element that has a value, by its path."""
    for element in data_set.elements:
        here = (*path, element.tag)
        if element.items is None:
            yield here, element
        for number, item in enumerate(element.items or ()):
            yield from _elements(item, (*here, number))


def _chunks(stream: BinaryIO, blank: Sequence[Span]) -> Iterator[bytes]:
    """The stream in overlapping pieces, with NUL in the spans, which are in order."""
    stream.seek(0)
    start, tail = 0, b""
    while chunk := stream.read(CHUNK):
        piece = bytearray(chunk)
        for first, last in blank:
            low, high = max(first - start, 0), min(last - start, len(piece))
            if low < high:
                piece[low:high] = bytes(high - low)
        yield tail + piece
        start, tail = start + len(chunk), bytes(piece[-OVERLAP:])
