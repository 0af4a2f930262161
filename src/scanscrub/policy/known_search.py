"""Does a text that would stay hold a known value?"""

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Final

from scanscrub.domain.finding import Known
from scanscrub.policy.known_text import KnownText
from scanscrub.policy.spellings import Spellings

_SIX_DIGITS: Final = re.compile(r"(?:\d\D{0,2}){5}\d")


class KnownSearch:
    """The known values of one file, for texts that stay as they are or not at all."""

    def __init__(self, known: Sequence[Known]) -> None:
        self._known = known
        self.text = KnownText(known)
        """For cleaning: finds the words to take out."""

    def __call__(self, text: str) -> bool:
        """Whether the text holds a known value, in one of the spellings that the proof will look for."""
        if self.text.hits(text):
            return True
        return _SIX_DIGITS.search(text) is not None and self._spellings.in_text(text)

    @cached_property
    def _spellings(self) -> Spellings:
        """Built for the first text with a long number: few files have one."""
        return Spellings(self._known)
