"""Words spelled by the numbers of a table that no pixel of its file uses: its used entries are unknown."""

import math
import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice, pairwise
from typing import Final

from scanscrub.leftovers.stray_bytes import runs_of_letters

_AROUND: Final = 4
"""Entries before and behind a run that must go the same way as it does."""
_LEAST: Final = 6
"""Letters that have a word of their own each; fewer come about by chance."""
_DIFFERENT: Final = 3
_SMALL: Final = 3
"""A step that is found on every curve."""
_STEEPER: Final = 4
"""Times the usual step around it that a step of a curve may have."""
_MOST_ROUNDS: Final = 8
_ENOUGH: Final = 64
"""Words that are reported at most: one is enough to doubt the table."""
_SURE: Final = 6
"""One in a million, as a power of ten ..."""
_OF_A_LETTER: Final = 0.8
"""... of which a further letter takes so much away."""
_FIGURES: Final = re.compile(rb"[0-9(+][0-9 ./:()+-]{4,62}[0-9]")  # no longer, as each start is tried
_SHORT_NAMES: Final = re.compile(rb"[A-Z][a-z]+[ ,^]{1,2}[A-Z][a-z]+")
_BEYOND_ASCII: Final = rb"(?:[\xc3-\xdf][\x80-\xbf]|[\xe3-\xed][\x80-\xbf]{2})"
_OTHER_LETTERS: Final = re.compile(
    rb"(?:(?<![A-Za-z ,^])[A-Za-z ,^]*+)?" + _BEYOND_ASCII + rb"(?:[A-Za-z ,^]*+" + _BEYOND_ASCII + rb")+[A-Za-z]*"
)
_ANY_TEXT: Final = re.compile(rb"[A-Za-z0-9 +/=_.,:^-]{12,}")
_OTHER_TEXTS: Final = ((_FIGURES, 1.2), (_SHORT_NAMES, 1.1), (_OTHER_LETTERS, 0.7), (_ANY_TEXT, 0.55))
"""Dates and telephone numbers, names too short for words, letters beyond ASCII in UTF-8, and what mixes them, as
base64 does; what a byte of each takes away.
"""
_IN_A_TABLE: Final = 256
"""As many steps as a table has: what lies there by chance lies on its curve."""


def words_in_table(table: bytes) -> list[str]:
    """What entries of one or two bytes spell where they do not lie on a curve."""
    return [_letters(table, start, end) for start, end in islice(_all_words(table), _ENOUGH)]


def words_among_numbers(value: bytes, size: int, *, are_reals: bool) -> list[str]:
    """What some of the numbers of `size` bytes spell, where so many numbers do not come to it by chance: mantissas,
    and small numbers with a NUL each, are letters now and then.
    """
    least = math.ceil((math.log10(max(1, len(value) // size)) + _SURE) / _OF_A_LETTER)
    shortest = least if are_reals else 0
    words = ((end - start, _letters(value, start, end)) for start, end in _words(value, shortest))
    told = (word for length, word in words if len(word) >= least or not (are_reals or length > len(word)))
    others = (_letters(value, start, end) for start, end in _other_texts(value, len(value) // size))
    return list(islice(chain(told, others), _ENOUGH))


def _other_texts(value: bytes, numbers: int) -> Iterator[tuple[int, int]]:
    for pattern, of_a_byte in _OTHER_TEXTS:
        least = (math.log10(max(1, numbers)) + _SURE) / of_a_byte
        for start, end in (match.span() for match in pattern.finditer(value)):
            is_text = end - start >= least and len(set(value[start:end])) > _DIFFERENT
            if is_text and not any(map(_is_curve, _as_entries(value, start, end))):
                yield start, end


def without_words(table: bytes) -> bytes:
    """The table, its words smoothed out: their entries become like the one before them, or the one behind."""
    smooth = bytearray(table)
    for _ in range(_MOST_ROUNDS):
        words = list(_all_words(bytes(smooth)))
        if not words:
            return bytes(smooth)
        for start, end in words:
            first, last = start & ~1, min(end + end % 2, len(smooth))
            entry = bytes(smooth[first - 2 : first] if first else smooth[last : last + 2]).ljust(2, b"\0")
            smooth[first:last] = (entry * (last - first))[: last - first]
    return bytes(len(table))


def _all_words(table: bytes) -> Iterator[tuple[int, int]]:
    return chain(_words(table), _other_texts(table, _IN_A_TABLE))


def _words(table: bytes, shortest: int = 0) -> Iterator[tuple[int, int]]:
    for start, end in runs_of_letters(table):
        if (
            end - start >= shortest
            and _is_word(table, start, end)
            and not any(map(_is_curve, _as_entries(table, start, end)))
        ):
            yield start, end


def _letters(table: bytes, start: int, end: int) -> str:
    return table[start:end].replace(b"\0", b"").decode("utf-8", "replace")


def _is_word(table: bytes, start: int, end: int) -> bool:
    """Whether so many letters are no chance: in entries of one byte that fill words they are half as many."""
    letters = table[start:end].replace(b"\0", b"")
    words = table[start & ~1 : end + end % 2]
    if words[::2] == words[1::2]:
        letters = words[::2]
    is_short = len(letters) < end - start and len(letters) < _LEAST
    return not is_short and len(set(letters)) >= _DIFFERENT


def _as_entries(table: bytes, start: int, end: int) -> Iterator[Sequence[int]]:
    """The numbers of a run and around it: bytes, or words in either order."""
    yield table[max(0, start - _AROUND) : end + _AROUND]
    around = table[max(0, (start & ~1) - 2 * _AROUND) : end + end % 2 + 2 * _AROUND]
    low, high = around[:-1:2], around[1::2]
    yield [one | other << 8 for one, other in zip(low, high, strict=False)]
    yield [one << 8 | other for one, other in zip(low, high, strict=False)]


def _is_curve(numbers: Sequence[int]) -> bool:
    """Whether they rise or fall all the way without a jump, or hardly change at all."""
    steps = [after - before for before, after in pairwise(numbers)]
    sizes = sorted(abs(step) for step in steps if step) or [0]
    if sizes[-1] <= _SMALL:
        return True
    goes_one_way = min(steps) >= 0 or max(steps) <= 0
    return goes_one_way and sizes[-1] <= _STEEPER * sizes[len(sizes) // 2] + _SMALL
