"""Numbers and bulk data that are something else: text, more values than the standard has, data of another object."""

from typing import Final

from scanscrub.domain import tags
from scanscrub.domain.finding import BETWEEN_GUESSES, LOOKUP_TABLES, Attribute
from scanscrub.policy.file_context import FileContext
from scanscrub.policy.headers.text_rules import TEXT_VRS, text_of
from scanscrub.policy.tables.ps3_15 import row_of
from scanscrub.policy.tables.value_counts import has_surplus

_CHARACTERS: Final = frozenset({*TEXT_VRS, "PN"})
_PIXELS, _WAVEFORMS = 0x7FE0, 0x5400
"""Groups of samples, of which few may look like anything."""
_REALS: Final = frozenset({"FD", "FL", "OD", "OF"})
"""Of eight letters all bytes are; one in a million is like that."""
_NO_CHANCE_PACKED, _NO_CHANCE = 5, 8
"""Characters in all of a value: a whole number of two letters is hardly ever one, small ones, with NULs, often are,
and so are parts of reals.
"""
_DIFFERENT: Final = 5
"""Letters. Fewer are one number over and over."""
_BULK: Final = frozenset({"OB", "OD", "OF", "OL", "OV", "OW"})
_OF_EVERY_FILE: Final = LOOKUP_TABLES | {tags.ICCProfile, tags.FileMetaInformationVersion}
"""Bulk data that have rules of their own, and that an object may have beyond its IOD."""


def is_no_number_of_its_object(one: Attribute, context: FileContext) -> bool:
    """Whether a standard attribute holds what its object has no use for, in which anything could be spelled: numbers
    beyond those that the standard counts, or bulk data of a module that is not of the object.
    """
    tag = one.where.path[-1]
    if has_surplus(tag, one.vr, one.length, text_of(one) or ""):
        return True
    if one.vr not in _BULK or tag in _OF_EVERY_FILE or tag >> 16 == _PIXELS or row_of(tag) is not None:
        return False
    return not context.types.has_bulk(one.where.path)


def is_text_in_numbers(one: Attribute, context: FileContext) -> bool:
    """Whether a binary value is text instead: a known value, or so long that no numbers look like it by chance."""
    group = one.where.path[-1] >> 16
    if one.vr in _CHARACTERS or one.guesses is None or group == _PIXELS:
        return False
    text = one.guesses.reveal()
    if text.startswith(BETWEEN_GUESSES):  # words that so many numbers do not come to by chance
        return True
    is_packed = one.length < 2 * len(text) and one.vr not in _REALS
    least = _NO_CHANCE_PACKED if is_packed else _NO_CHANCE
    return context.holds_known(text) or (group != _WAVEFORMS and _comes_not_by_chance(text, least))


def _comes_not_by_chance(text: str, least: int) -> bool:
    """Whether a text is letters for the most part, and no look-up table, whose numbers only rise or only fall."""
    letters = [letter for letter in text if letter.isalpha()]
    ordered = sorted(letters)
    return (
        len(text) >= least
        and 2 * len(letters) >= len(text)
        and len(set(letters)) >= _DIFFERENT
        and letters not in (ordered, ordered[::-1])
    )
