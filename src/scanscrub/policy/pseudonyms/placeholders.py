"""Values that identify nobody: placeholders of this and other programs, and our own pseudonyms."""

import re
from typing import Final

from scanscrub.domain.symbols import may_spell
from scanscrub.domain.text import remembered
from scanscrub.policy.pseudonyms.pseudonyms import is_pseudonym
from scanscrub.policy.tables.data_files import lines_of

_WORDS: Final = frozenset(lines_of("placeholders.txt"))
_WORD: Final = re.compile(r"[^\W\d_]+|\d+")


@remembered
def is_placeholder(text: str) -> bool:
    """Whether the text says nothing about anybody: ``ANON``, ``UNKNOWN``, ``00000000``, one of our pseudonyms."""
    bare = text.strip(" \0")
    if is_pseudonym(bare):
        return True
    words = _WORD.findall(bare.casefold())
    return all(word in _WORDS or not word.strip("0") for word in words) and not may_spell(bare)
