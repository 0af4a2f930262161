"""Is a reading of burned-in writing a value of the header, however OCR misspelt it?"""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from scanscrub.detect.base import Reading
from scanscrub.domain.finding import Identifier, IdentifierKind
from scanscrub.domain.rules import Rule
from scanscrub.domain.text import MONTHS, compact, name_groups, ocr_shape, words
from scanscrub.system.file_cache import cached_per_file

_READABLE = 0.3
_SHORTEST_PART = 3
_SHORTEST_ID = 4


def classify(reading: Reading, known: Sequence[Identifier]) -> tuple[Rule, float]:
    """The rule of a piece of writing and how sure it is, from 0 to 1.

    P003 where nothing could be read; P001 where the reading holds a header value, or a telling part of one, in any
    order, spelt as OCR may have misread it; else P002.
    """
    text = reading.text.reveal().strip()
    shape = ocr_shape(text)
    if not shape:
        return Rule.WRITING_UNREADABLE, 1.0 - reading.score
    likeness = max((_likeness(text, shape, entry) for entry in known), default=0.0)
    if likeness > 0.0:
        return Rule.WRITING_MATCHES_HEADER, likeness
    if reading.score < _READABLE:
        return Rule.WRITING_UNREADABLE, 1.0 - reading.score
    return Rule.WRITING, reading.score


def _likeness(text: str, shape: str, known: Identifier) -> float:
    """1 for a value read in full, less for one read badly or in part, 0 for no likeness."""
    if len(shape) < _SHORTEST_PART:
        return 0.0
    tokens = tuple(ocr_shape(word.folded) for word in words(text))
    return max((_found(part, shape, tokens, known.kind) for part in _parts(known)), default=0.0)


@cached_per_file(4096)
def _parts(known: Identifier) -> tuple[str, ...]:
    value = known.value.reveal()
    match known.kind:
        case IdentifierKind.NAME | IdentifierKind.PLACE | IdentifierKind.TEXT:
            parts = [part for group in name_groups(value) for part in (*group, "".join(group), "".join(group[::-1]))]
        case IdentifierKind.DATE:
            parts = list(_dates(value))
        case _:
            parts = [compact(value), compact(value).lstrip("0")]
    return tuple(sorted({ocr_shape(part) for part in parts if len(part) >= _SHORTEST_PART}))


def _dates(value: str) -> Iterator[str]:
    digits = "".join(letter for letter in value if letter.isdecimal())[:8]
    if len(digits) < 8:
        return
    year, month, day = digits[:4], digits[4:6], digits[6:8]
    if not 1 <= int(month) <= 12:
        return
    name, full_name = MONTHS[int(month) - 1]
    for first, second in ((day, month), (month, day), (day, name), (name, day), (day, full_name), (full_name, day)):
        for last in (year, year[2:]):
            yield first + second + last
            yield last + second + first
            yield first.lstrip("0") + second.lstrip("0") + last


def _found(part: str, shape: str, tokens: Sequence[str], kind: IdentifierKind) -> float:
    if kind in {IdentifierKind.ID, IdentifierKind.UID, IdentifierKind.DATE}:
        if part in shape:
            return 1.0
        if kind is IdentifierKind.ID and any(len(token) >= _SHORTEST_ID and token in part for token in tokens):
            return 0.8
        return _near(part, shape) if len(part) > 5 else 0.0
    if part in tokens or (len(part) > 4 and part in shape):
        return 1.0
    return max((_near(part, token) for token in (*tokens, shape)), default=0.0) if len(part) > 3 else 0.0


def _near(part: str, token: str) -> float:
    """How alike two shapes are, 0 where more than about one character in four differs."""
    if abs(len(part) - len(token)) > len(part) // 4:
        return 0.0
    least = 0.75 if len(part) > 4 else 0.85
    alike = SequenceMatcher(None, part, token, autojunk=False)
    if alike.real_quick_ratio() < least or alike.quick_ratio() < least:
        return 0.0
    ratio = alike.ratio()
    return ratio if ratio >= least else 0.0
