"""Which burned-in writing identifies nobody: side and view markers, scales, technique."""

import re
import unicodedata
from collections.abc import Sequence

from scanscrub.domain.finding import Identifier
from scanscrub.domain.text import folded, words
from scanscrub.policy.identifiers.matcher import IdentifierMatcher
from scanscrub.policy.tables.vocabulary import listed
from scanscrub.policy.text.identity_patterns import spans

_MARKERS = listed("markers.txt")
_ALIKE = frozenset(marker.replace("i", "l") for marker in _MARKERS if len(marker) > 2 and marker.isalpha())
"""Markers as they look where a capital I and a small L are one stroke."""
_ZERO = re.compile(r"(?<=[a-z])0{1,2}(?=[a-z])")
"""What a reader makes of an O inside a word."""
_NUMBER = re.compile(r"\d{1,4}")
_MIXED = re.compile(
    r"(\d{1,3})([^\W\d_]+)|([^\W\d_]+)(\d{1,3})|(\d{4})([^\W\d_]{2,})|([^\W\d_]{2,}|[wlc])(\d{4})"
    r"|(\d{1,4})(x)(\d{1,4})"
)
"""A number and a word without a space. One letter and four digits is a short number of a patient, but ``W1500``."""
_PAIRED = re.compile(
    r"(?:(?:w|ww|l|wl|c|wc)\d{1,4}){2}|(?:(?:tr|te|ti|fa)\d{1,4}){2,3}|(?:(?:se|ser|im|img)\d{1,4}){2}"
    r"|\d{1,3}kvp?\d{1,3}mas?|(?:fr|wf|dr|gn|frq|prf|fov|st|sl|thk|te|ti|tr|d|mi)\d{1,4}(?:k?hz|mhz|db|[mc]m|ms|fps)"
)
"""Settings and measures as they are read when the space between them is narrow."""
_SIDED = re.compile(
    r"[rl](?:lat|obl|mlo|cc|ml|lm|decub|erect|supine)|(?:lat|obl|mlo|cc|ml|lm|decub|erect|supine)[rl]"
)
"""A view and a side between which a reader saw no space."""
_CLOCK = re.compile(
    r"(?<!\d)\d{1,2}\s?:\s?\d{2}(?:\s?:\s?\d{2})?(?!\d|[.,]\d{1,2}\s?[cm]m\b)|\b\d{1,2}\s?(?:am|pm|uhr|h\d\d)\b",
    re.IGNORECASE,
)
_SEX_AND_AGE = re.compile(
    r"(?<![^\W_])(?:[mf](?:[\s/,;:.\-]+\d{1,3}|\d\d)[yvj]?|(?<!\d\.)(?:\d{1,3}[\s/,;:\-]+|\d\d)[mf])(?!\s?/\s?s)(?![^\W_])",
    re.IGNORECASE,
)
_AGE = re.compile(r"(?<![^\W_])(?<!\d\.)\d{2,3}\s?[yvj](?![^\W_])", re.IGNORECASE)
"""In years, which a reader may take for a V."""
_YEAR_ALONE = re.compile(r"\W*(?:19|20)\d\d\W*")
_DAY_AND_MONTH = re.compile(
    r"(?<![\w.,/\-])(?:(?:0?[1-9]|1[0-2])\s?[/\-]\s?(?:0?[1-9]|[12]\d|3[01])"
    r"|(?:1[3-9]|2\d|3[01])\s?[/\-]\s?(?:0?[1-9]|1[0-2]))(?![\w,/\-]|\.\d)|(?<![\w.])[0-3]?\d\.[01]?\d\.(?!\w)"
)
_OF_SO_MANY = frozenset((
    "im", "img", "ima", "image", "images", "se", "ser", "series", "sl", "slice", "slices", "fr", "frame", "frames",
    "loc", "acq", "phase", "ph", "of",
))  # fmt: skip
"""Beside these, two numbers with a stroke between them are no day of a month: ``Im 3/12``."""
_BARE_PAIR = re.compile(r"(?<![\w.,/\-])\d{1,4}\s?[/\-]\s?\d{1,4}(?![\w/\-]|[.,]\d)")
"""A month and a year, or a part of a number, unless a word says what it is."""
_OUT_OF_RANGE = re.compile(r"(?<!\d)0\d{3}(?!\d)|(?<![\d.])0\d\.\d\d(?!\d)|\d\.\d{4}")
"""Nothing is counted or measured like that."""
_BARE_DIGITS = re.compile(r"(?:[^\W\d_]\W+)?(?:\d{4}|\d{1,4}(?:\s+\d{1,4})+)(?:\W+[^\W\d_])?")
"""Four digits and more with at most a letter before and after them; ``7 12`` is less."""
_WINDOW = re.compile(r"[wlc]\W+\d{1,4}", re.IGNORECASE)
_WIDEST = 4096
"""Of windows of twelve bits."""
_NUMBERED = re.compile(r"\b(?:no|nr)\W{0,3}\d{3,}", re.IGNORECASE)
_GROUPED_DIGITS = re.compile(r"(?<!\d)(?:\d++(?:\.\d++)?(?:[\s\-]++\d++(?:\.\d++)?)+|\d++(?:\.\d++){2,})")
_DOTTED = re.compile(r"(?<!\d)\d++(?:\.\d++){2,}")
_INITIALS = re.compile(r"(?<![^\W_])[^\W\d_]\.\s?[^\W\d_]\.")
_INITIAL_AND_NAME = re.compile(r"(?<![^\W_])[^\W\d_lr]\.\s?[^\W\d_]{2}", re.IGNORECASE)
"""But ``R. HAND`` and ``L. FOOT`` say a side."""
_DOUBTS = (_OUT_OF_RANGE, _CLOCK, _SEX_AND_AGE, _AGE, _INITIALS, _INITIAL_AND_NAME, _NUMBERED, _DOTTED)
_NAMES_TOO = frozenset(("cross", "har", "kev", "lao", "ma", "mi", "min", "si", "tan", "thi", "tra", "win"))
"""Marks that people are called as well: two of these and nothing else are a person rather than a setting."""
_PLAIN = re.compile(r"[\w\s.,:;/+\-*=%°()\[\]<>\u00d7µμ²³'\"#~|^]*")
_LONGEST = 48
_ID_DIGITS = 6


def is_harmless(reading_text: str, known: Sequence[Identifier] | IdentifierMatcher) -> bool:
    """Whether every word of the reading is a marker, a unit, a technique word or a short number.

    False when in doubt: for an empty reading, a value of the header, a date, what may be a day of a month (``12/30``,
    but not ``Im 12/30``), a year, a time of day, an age, sex with a number, dotted initials, one and a word, a number
    of five digits and more, of four with hardly a letter beside it, or of three after "No", six digits with nothing
    but spaces, hyphens or points between them, three numbers with points between them, two marks that are names as
    well (``MIN THI``), or any other word.
    """
    text = unicodedata.normalize("NFKC", reading_text).strip()
    found = words(text)
    if not found or len(text) > _LONGEST or _PLAIN.fullmatch(text) is None:
        return False
    folds = [word.folded for word in found]
    if _is_doubtful(text, folds) or not all(_is_marker(word) for word in folds):
        return False
    finder = known if isinstance(known, IdentifierMatcher) else IdentifierMatcher(known)
    return not finder.hits(text) and not finder.has_short_id(text)


def _is_doubtful(text: str, folds: Sequence[str]) -> bool:
    if any(doubt.search(text) for doubt in _DOUBTS) or any(True for _ in spans(text)):
        return True
    if _OF_SO_MANY.isdisjoint(folds) and (_DAY_AND_MONTH.search(text) or _is_bare_pair(text, folds)):
        return True
    if _is_bare_number(text) or (len(folds) > 1 and _NAMES_TOO.issuperset(folds)):
        return True
    digits = sum(map(len, folds)) if all(word.isdecimal() for word in folds) else 0
    return digits >= _ID_DIGITS or _YEAR_ALONE.fullmatch(text) is not None or _is_grouped_number(text)


def _is_bare_pair(text: str, folds: Sequence[str]) -> bool:
    return _BARE_PAIR.search(text) is not None and not any(len(word) > 1 and word.isalpha() for word in folds)


def _is_bare_number(text: str) -> bool:
    digits = "".join(filter(str.isdecimal, text))
    if len(digits) < 4 or _BARE_DIGITS.fullmatch(text.strip()) is None:
        return False
    return _WINDOW.fullmatch(text) is None or int(digits) > _WIDEST


def _is_grouped_number(text: str) -> bool:
    return any(sum(sign.isdecimal() for sign in found[0]) >= _ID_DIGITS for found in _GROUPED_DIGITS.finditer(text))


def _is_two(word: str) -> bool:
    """Whether it is two markers, read as one word, of which one has a digit, as no name has: ``TSE T2``."""
    return any(map(str.isdecimal, word)) and any(
        word[:end] in _MARKERS and word[end:] in _MARKERS for end in range(2, len(word) - 1)
    )


def _is_marker(word: str) -> bool:
    word = _ZERO.sub(lambda found: "o" * len(found[0]), word)
    if word in _MARKERS or word.replace("i", "l") in _ALIKE:
        return True
    if any(form.fullmatch(word) for form in (_NUMBER, _PAIRED, _SIDED)) or _is_two(word):
        return True
    mixed = _MIXED.fullmatch(folded(word))
    return mixed is not None and all(
        part is None or _NUMBER.fullmatch(part) is not None or part in _MARKERS for part in mixed.groups()
    )
