"""Coded concepts (PS3.3 8): which schemes are public, and what of a code may stay."""

import re
from typing import Final

from scanscrub.policy.claims import defined_words
from scanscrub.policy.tables import lines_of

PUBLIC_SCHEMES: Final = frozenset(lines_of("coding_schemes.txt"))
"""Coding Scheme Designators whose codes are published; all others are local or private."""

_CODE: Final = re.compile(r"[A-Za-z0-9.+*/%{}()\[\]:'\"^_#~-]{1,16}")
_LONG_NUMBER: Final = re.compile(r"[0-9]{6,}")
_LETTERS: Final = re.compile(r"[A-Za-z]+")


def is_code_value(code: str, scheme: str) -> bool:
    """Whether a Code Value has the form of a code: for a local scheme without a long number or an unknown word."""
    if _CODE.fullmatch(code) is None:
        return False
    if scheme in PUBLIC_SCHEMES:
        return True
    return _LONG_NUMBER.search(code) is None and all(
        len(word) <= 3 or word.upper() in defined_words() for word in _LETTERS.findall(code)
    )


def is_scheme(designator: str) -> bool:
    """Whether a Coding Scheme Designator is a public one or has the form of a private one (``99...``, ``L``)."""
    return designator in PUBLIC_SCHEMES or is_code_value(designator, "")
