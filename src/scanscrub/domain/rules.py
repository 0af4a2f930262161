"""The rule codes: stable, never reused."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class Rule(StrEnum):
    """What was found. The codes are a contract; a retired one is never given to another rule."""

    IDENTITY = "H0"
    DATE = "H1"
    UID = "H2"
    PRIVATE = "H3"
    FREE_TEXT = "H4"
    UNTRUE_STATUS = "H9"
    WRITING_MATCHES_HEADER = "P001"
    WRITING = "P002"
    WRITING_UNREADABLE = "P003"
    WRITING_OF_SOMEBODY = "P004"
    WRITING_OF_NOBODY = "P005"
    SEGMENT = "S0"
    NAME = "N0"
    REFUSED = "R0"


WRITING: Final = frozenset(
    {
        Rule.WRITING_MATCHES_HEADER,
        Rule.WRITING,
        Rule.WRITING_UNREADABLE,
        Rule.WRITING_OF_SOMEBODY,
        Rule.WRITING_OF_NOBODY,
    }
)
"""The rules for writing in pixels. `clean`, which masks all of it, knows the first three; `check` has the last two in
place of the second.
"""


class Severity(StrEnum):
    """How much it matters: `IDENTITY` names or points at a person, `HYGIENE` should go but names nobody."""

    IDENTITY = "identity"
    QUASI = "quasi-identity"
    HYGIENE = "hygiene"

    @property
    def rank(self) -> int:
        """0 is the gravest."""
        return tuple(Severity).index(self)

    def reaches(self, minimum: "Severity") -> bool:
        """Whether it is at least as grave."""
        return self.rank <= minimum.rank


def most_severe(severities: Iterable[Severity]) -> Severity:
    """Of some, which are not none."""
    return min(severities, key=lambda one: one.rank)
