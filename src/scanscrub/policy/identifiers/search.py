"""Does a text that would stay hold a known value?"""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final

from scanscrub.domain.finding import Identifier, IdentifierKind
from scanscrub.policy.identifiers.byte_search import ByteSearch
from scanscrub.policy.identifiers.matcher import IdentifierMatcher
from scanscrub.policy.identifiers.value_forms import day_digits
from scanscrub.system.file_cache import cached_per_patient

_MAY_BE_SPELLED: Final = re.compile(r"(?:\d\D*){4}|[^\x00-\x7f]")


_DIGITS_OF_AN_ID: Final = 5
_DIGITS: Final = re.compile(r"[0-9]+")
_APART: Final = re.compile(r"(?<![^\W_])(?:[^\W\d_][\W_]{1,3}){2,}[^\W\d_](?![^\W_])")
"""Letters that stand one by one: "S C H M I D T"."""
_BETWEEN: Final = re.compile(r"[\W_]+")


class IdentifierSearch:
    """The known values of one file, for texts that stay as they are or not at all."""

    def __init__(self, known: Sequence[Identifier]) -> None:
        self._known = known
        self.people = tuple(one for one in known if one.kind is not IdentifierKind.UID)
        """What slices of a series have in common, as no UID is read in parts."""
        self.text = _matcher_of(self.people)
        """For cleaning: finds the words to take out."""

    def __call__(self, text: str) -> bool:
        """Whether the text contains a known value, in one of the forms that the check of the copy searches for.

        It knows more forms of dates than that check, for which six digits are too few to tell a date from a time or a
        measurement.
        """
        if self.text.hits(text) or (_APART.search(text) is not None and self.text.hits(_together(text))):
            return True
        return _MAY_BE_SPELLED.search(text) is not None and (self.text.has_day(text) or self.forms.in_text(text))

    def is_uid(self, uid: str) -> bool:
        """Whether it is a UID of the file that goes."""
        return uid in self._uids

    @cached_property
    def _uids(self) -> frozenset[str]:
        return frozenset(one.value.reveal() for one in self._known if one.kind is IdentifierKind.UID)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The numbers of five digits and more in known ids and dates, without leading zeros, dates also in six."""
        return _numbers_of(self.people)

    @cached_property
    def forms(self) -> ByteSearch:
        """Built for the first text with a number: few files have none that ask."""
        return ByteSearch(self._known)


@cached_per_patient(8)
def _matcher_of(people: tuple[Identifier, ...]) -> IdentifierMatcher:
    return IdentifierMatcher(people)


@cached_per_patient(8)
def _numbers_of(people: tuple[Identifier, ...]) -> frozenset[str]:
    return frozenset(_known_numbers(people))


def _together(text: str) -> str:
    """The text with the letters that stand one by one joined."""
    return _APART.sub(lambda found: _BETWEEN.sub("", found[0]), text)


def _known_numbers(known: Sequence[Identifier]) -> Iterator[str]:
    for one in known:
        if one.kind not in {IdentifierKind.ID, IdentifierKind.DATE}:
            continue
        value = one.value.reveal()
        days = day_digits(value) if one.kind is IdentifierKind.DATE else ()
        for written in (value.replace(".", "").replace("-", ""), *days):
            for number in _DIGITS.findall(written):
                bare = number.lstrip("0")
                if len(bare) >= _DIGITS_OF_AN_ID:
                    yield bare
