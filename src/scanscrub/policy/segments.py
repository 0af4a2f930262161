"""How much it matters what lies in a file beside the picture."""

import re
from itertools import pairwise
from typing import Final

from scanscrub.domain.finding import SegmentRole, SegmentSeen
from scanscrub.domain.rules import Severity
from scanscrub.domain.text import words
from scanscrub.policy.tables.vocabulary import Standing, listed, standing
from scanscrub.policy.text.descriptors import clean_text
from scanscrub.policy.text.identity_patterns import spans

_MOST_DIGITS_OF_A_PROFILE: Final = 5
"""As in IEC61966."""
_LONGEST: Final = 200
_MOST_DIGITS: Final = 8
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_WORDS_AND_NUMBERS: Final = re.compile(r"[^\W\d_]+|\d+")
_SOFTWARE: Final = re.compile(r"Software\n([\w .+()/-]{1,40}?)\s+v?(\d{1,3}(?:\.\d{1,4}){1,3}\w{0,8})")
"""PNG's keyword for the program (12.1, 11.3.3.2), with a product and its version."""
_FILE_TIME: Final = re.compile(
    r"date:(?:create|modify|timestamp)\n\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[+-]\d\d:\d\d|Z)?"
)
"""When a file was written or converted, as ImageMagick notes it and PNG's tIME does; not when a scan was made."""
_PLACE: Final = re.compile(r"GPS(?:Position|Latitude|Longitude)")
_OWNER: Final = re.compile(r"(?:^|\n)(?:Artist|Author|CameraOwnerName|Owner|XPAuthor)\n([^\n]+)", re.IGNORECASE)
_CUES: Final = listed("vocabulary_cues.txt", "of a patient")
_DIGITS_OF_A_DATE: Final = 6


def severity_of(one: SegmentSeen) -> Severity:
    """Of a segment that the picture does not need: by what it can show.

    A file in it may be the picture before it was masked. A place on earth, an owner, and text that speaks of a
    patient or has a name beside a date point at somebody; any other text may name one, and so may bytes of which so
    many differ that they could be pixels. Padding, settings and what names only a program say nothing of a person.
    """
    if one.is_file or one.where.role is SegmentRole.POSITION:
        return Severity.IDENTITY
    drawn = Severity.QUASI if one.length is None else Severity.HYGIENE
    if one.text is None:
        return drawn
    text = one.text.reveal()
    is_profile = one.where.role is SegmentRole.COLOR_PROFILE
    if _is_of_a_profile(text) if is_profile else is_of_a_program(text):
        return drawn
    said = f"{one.where.kind.removeprefix('TIFF ')}\n{text}"
    return Severity.IDENTITY if _points_at_somebody(said) else Severity.QUASI


def tells_place(where: SegmentRole, text: str) -> bool:
    """Whether a segment of that role with that text says where on earth a picture was taken."""
    return where is SegmentRole.POSITION or _PLACE.search(text) is not None


def _is_of_a_profile(text: str) -> bool:
    """Whether all its words are those of colors, of makers, and of notices of copyright."""
    known = listed("color_profiles.txt") | listed("programs.txt")
    return all(
        word.isdecimal() and len(word) <= _MOST_DIGITS_OF_A_PROFILE
        if word[0].isdecimal()
        else word.lower() in known or len(word) == 1
        for word in _WORDS_AND_NUMBERS.findall(text)
    )


def _points_at_somebody(text: str) -> bool:
    owner = _OWNER.search(text)
    if _PLACE.search(text) or (owner and any(_name_like(owner[1]))):
        return True
    if any(word.folded in _CUES for word in words(text)):
        return clean_text(text, (), "allow-list").words > 0
    return any(_has_name_and_date(line) for line in text.splitlines() if len(line) <= _LONGEST)


def _has_name_and_date(line: str) -> bool:
    if not any(sum(map(str.isdecimal, line[start:end])) >= _DIGITS_OF_A_DATE for start, end in spans(line)):
        return False
    return any(first and second for first, second in pairwise(_name_like(line)))


def _name_like(text: str) -> list[bool]:
    """Of each word, whether it may be a name: a capital before letters, in no vocabulary and no program's name."""
    programs = listed("programs.txt")
    return [
        word[0].isupper() and standing(word) is Standing.UNKNOWN and word.lower() not in programs
        for word in _LETTERS.findall(text)
    ]


def is_of_a_program(text: str) -> bool:
    """Whether a remark says only which program made the file, or when the file was written."""
    text = text.strip(" \0\r\n\t")
    if len(text) > _LONGEST:
        return False
    if _FILE_TIME.fullmatch(text):
        return True
    product = _SOFTWARE.fullmatch(text)
    if product is not None and not any(True for _ in spans(product[1])):
        return True
    said = {letters.lower() for letters in _LETTERS.findall(text)}
    names = listed("programs.txt", "names")
    known = names | listed("programs.txt", "words around them")
    return bool(said & names) and said <= known and _has_few_digits(text)


def _has_few_digits(text: str) -> bool:
    """Whether no number in it is as long as one that a hospital gives."""
    return all(sum(map(str.isdecimal, word.folded)) <= _MOST_DIGITS for word in words(text))
