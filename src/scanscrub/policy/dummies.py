"""Values that identify nobody: placeholders of this and other programs, and our own pseudonyms."""

import re
from typing import Final

from scanscrub.policy.pseudonyms import is_pseudonym

_WORDS: Final = frozenset(
    "anon anonym anonymous anonymized anonymised anonymize anonymise deidentified deidentification unknown unnamed "
    "none null nil no name noname na not available applicable specified removed redacted withheld empty blank "
    "patient test phantom dummy id other urn".split()
)
_WORD: Final = re.compile(r"[^\W\d_]+|\d+")


def is_placeholder(text: str) -> bool:
    """Whether the text says nothing about anybody: ``ANON``, ``UNKNOWN``, ``00000000``, one of our pseudonyms."""
    bare = text.strip(" \0")
    if is_pseudonym(bare):
        return True
    words = _WORD.findall(bare.casefold())
    return all(word in _WORDS or not word.strip("0") for word in words)
