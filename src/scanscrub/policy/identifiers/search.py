"""Does a text that would stay hold a known value?"""

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Final

from scanscrub.domain.finding import Identifier
from scanscrub.policy.identifiers.byte_search import ByteSearch
from scanscrub.policy.identifiers.matcher import IdentifierMatcher

_SIX_DIGITS: Final = re.compile(r"(?:\d\D{0,2}){5}\d")


class IdentifierSearch:
    """The known values of one file, for texts that stay as they are or not at all."""

    def __init__(self, known: Sequence[Identifier]) -> None:
        self._known = known
        self.text = IdentifierMatcher(known)
        """For cleaning: finds the words to take out."""

    def __call__(self, text: str) -> bool:
        """Whether the text holds a known value, in one of the spellings that the proof will look for."""
        if self.text.hits(text):
            return True
        return _SIX_DIGITS.search(text) is not None and self._spellings.in_text(text)

    @cached_property
    def _spellings(self) -> ByteSearch:
        """Built for the first text with a long number: few files have one."""
        return ByteSearch(self._known)
