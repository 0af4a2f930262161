"""One way to compare texts: letter case, diacritics, transliteration, person name components, OCR confusions."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from scanscrub.system.file_cache import cached_per_file

_More = ParamSpec("_More")
_Answer = TypeVar("_Answer")
_LONGEST_REMEMBERED = 256

_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",  # noqa: RUF001 - the Turkish letter is meant
        "ŋ": "ng",
        "ħ": "h",
        # Cyrillic and Greek, as passports and PACS romanise them
        **dict(zip("абвгдезиклмнопрстуфыэієґ", "abvgdeziklmnoprstufyeieg", strict=True)),
        "ж": "zh",
        "х": "kh",  # noqa: RUF001 - the Cyrillic letter is meant
        "ц": "ts",
        "ч": "ch",
        "ш": "sh",
        "щ": "shch",
        "ю": "iu",
        "я": "ia",
        "ъ": "",
        "ь": "",
        **dict(zip("αβγδεζηικλμνξοπρστυφωσς", "avgdeziiklmnxoprstyfoss", strict=True)),
        "θ": "th",
        "χ": "ch",
        "ψ": "ps",
    }
)
_DIGRAPHS = re.compile("ae|oe|ue")
_MARKS = r"\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
"""Marks upon letters, also those of Hebrew, Arabic, Devanagari and Thai, which are no letters of their own."""
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
"""What text holds and nobody sees: inside a word it is part of it, and does not count."""
_WORD = re.compile(rf"(?:[^\W_]|[{_MARKS}]|(?<=[^\W_])[{_INVISIBLE}]+(?=[^\W_]))+")
MONTHS = (
    ("jan", "january"),
    ("feb", "february"),
    ("mar", "march"),
    ("apr", "april"),
    ("may", "may"),
    ("jun", "june"),
    ("jul", "july"),
    ("aug", "august"),
    ("sep", "september"),
    ("oct", "october"),
    ("nov", "november"),
    ("dec", "december"),
)
"""English month names, short and long, from January."""

_OCR_PAIRS = (("rn", "m"), ("vv", "w"), ("ii", "n"))
_OCR_LETTERS = str.maketrans("oqdil|!jzsgb", "000111112568")


def remembered(
    answer: Callable[Concatenate[str, _More], _Answer],
) -> Callable[Concatenate[str, _More], _Answer]:
    """Remember the answers for the short texts of a file; long ones would fill the memory."""
    remembering = cached_per_file(8192)(answer)

    @wraps(answer)
    def ask(text: str, /, *args: _More.args, **kwargs: _More.kwargs) -> _Answer:
        if len(text) > _LONGEST_REMEMBERED:
            return answer(text, *args, **kwargs)
        return remembering(text, *args, **kwargs)

    return ask


@dataclass(frozen=True, slots=True)
class Word:
    """A run of letters and digits: its place in the text (half open) and its folded form."""

    start: int
    end: int
    folded: str

    @property
    def key(self) -> str:
        return collapsed(self.folded)


def folded(text: str) -> str:
    """The text in lower case, less diacritics, in Latin letters and digits: ``"MÜLLER"`` is ``"muller"``."""
    if text.isascii():
        return text.lower()
    marks = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(_digit(mark) for mark in marks if not unicodedata.combining(mark) and mark not in _INVISIBLE)
    return bare.replace("\u03bf\u03c5", "ou").translate(_LETTERS)


def _digit(mark: str) -> str:
    """A digit of any script as one of ours ("\u0664" is "4"); other characters stay."""
    return str(unicodedata.decimal(mark)) if mark.isdecimal() else mark


def collapsed(folded_text: str) -> str:
    """A folded word with its umlaut digraphs undone: ``"mueller"`` becomes ``"muller"``; a short one stays."""
    return _DIGRAPHS.sub(lambda pair: pair[0][0], folded_text) if len(folded_text) > 4 else folded_text


@remembered
def key(text: str) -> str:
    """What two spellings of one name share, however they were transliterated."""
    return collapsed(folded(text))


def digraphs(text: str) -> str:
    """The folded text with umlauts written as digraphs: ``"Müller"`` becomes ``"mueller"``."""
    return folded(
        text.lower().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ø", "oe").replace("å", "aa")
    )


@remembered
def words(text: str) -> tuple[Word, ...]:
    """The runs of letters and digits of a text, in order. An underscore is no part of a word.

    What folding leaves nothing of (a lone diacritic, a soft sign) is folded to itself.
    """
    return tuple(Word(found.start(), found.end(), folded(found[0]) or found[0]) for found in _WORD.finditer(text))


def compact(text: str) -> str:
    """Only the letters and digits, folded and collapsed: what is left of an id without its punctuation."""
    return "".join(collapsed(word.folded) for word in words(text))


@remembered
def name_groups(value: str) -> tuple[tuple[str, ...], ...]:
    """The keys of the words of a person name (PS3.5 6.2.1), one tuple for each representation that is not empty.

    ``"Doe^Jane^A=..."`` gives ``(("doe", "jane", "a"), ...)``: the family name first, as the value has it.
    """
    groups = (tuple(word.key for word in words(group)) for group in value.split("="))
    return tuple(group for group in groups if group)


@remembered
def ocr_shape(text: str) -> str:
    """A compact text in which characters that OCR takes for one another are the same character.

    ``"O0QD"`` are one, as are ``"I1l|!J"``, ``"Z2"``, ``"S5"``, ``"G6"``, ``"B8"``, and ``"rn"`` is ``"m"``.
    """
    shape = "".join(letter for letter in key(text) if letter.isalnum() or letter in "|!")
    for pair, single in _OCR_PAIRS:
        shape = shape.replace(pair, single)
    return shape.translate(_OCR_LETTERS)


_SHORT_WORD, _LIKE = 4, 0.75
"""Letters up to which a word is looked for as it is; and how alike a longer one is where OCR misread it."""


def adds(reading: str, other: str) -> bool:
    """Whether a reading has a word of two characters or more that another reading of the same place has nowhere,
    spelt as OCR may have misread it.
    """
    shape = ocr_shape(other)
    shapes = (ocr_shape(word.folded) for word in words(reading))
    return any(len(word) > 1 and not _holds(shape, word) for word in shapes)


def _holds(shape: str, word: str) -> bool:
    if word in shape:
        return True
    if len(word) <= _SHORT_WORD:
        return False
    matcher = SequenceMatcher(None, b=word, autojunk=False)
    for start in range(max(1, len(shape) - len(word) + 1)):
        matcher.set_seq1(shape[start : start + len(word)])
        if matcher.real_quick_ratio() >= _LIKE and matcher.quick_ratio() >= _LIKE and matcher.ratio() >= _LIKE:
            return True
    return False
