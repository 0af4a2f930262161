"""How much it matters what lies in a picture file beside the picture."""

import re
from typing import Final

from scanscrub.domain.finding import SegmentSeen
from scanscrub.domain.rules import Severity
from scanscrub.domain.text import words
from scanscrub.policy.identity_patterns import spans
from scanscrub.policy.vocabulary import listed

_SETTINGS: Final = frozenset(
    {"PNG iCCP", "JPEG ICC profile", "TIFF ICC profile", "WebP ICC profile", "JPEG Adobe", "JPEG JFIF"}
)
"""How colours are shown. Their text names a colour space and who made its profile."""
_LONGEST: Final = 200
_MOST_DIGITS: Final = 8
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_SOFTWARE: Final = re.compile(r"Software\n([\w .+()/-]{1,40}?)\s+v?(\d{1,3}(?:\.\d{1,4}){1,3}\w{0,8})")
"""PNG's keyword for the program (12.1, 11.3.3.2), with a product and its version."""
_FILE_TIME: Final = re.compile(
    r"date:(?:create|modify|timestamp)\n\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[+-]\d\d:\d\d|Z)?"
)
"""When a file was written or converted, as ImageMagick notes it and PNG's tIME does; not when a scan was made."""


def severity_of(one: SegmentSeen) -> Severity:
    """Of a segment that the picture does not need.

    A file in it may be the picture before it was masked. Padding, settings and what names only a program say nothing
    of a person.
    """
    if one.is_file:
        return Severity.IDENTITY
    if one.length is None:
        return Severity.QUASI
    if one.text is None or one.where.kind in _SETTINGS or _is_of_a_program(one.text.reveal()):
        return Severity.HYGIENE
    return Severity.QUASI


def _is_of_a_program(text: str) -> bool:
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
