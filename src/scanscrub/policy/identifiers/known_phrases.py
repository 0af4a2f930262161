"""The known values of one file as phrases: which of their words tell of somebody alone, and which beside others."""

import re
from codecs import encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, permutations

from scanscrub.domain.finding import Identifier, IdentifierKind
from scanscrub.domain.text import key as key_of
from scanscrub.domain.text import name_groups
from scanscrub.policy.identifiers.value_forms import is_whole_name
from scanscrub.policy.tables.vocabulary import Standing, listed, person_names, standing
from scanscrub.system.file_cache import cached_per_patient

SHORTEST_INSIDE = 5
"""A shorter name is no telling part of a longer word, except in scripts that put no spaces between words."""
_LETTERS = re.compile(r"[^\W\d_]+")
_GENERIC = listed("vocabulary_cues.txt", "generic places")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One known value as keys of words; of an id, the words in it.

    `strong` ones say enough alone, `joined` are two of them in one word; other words, and initials, belong to the
    value only as `companions` beside a word that was found, or `initialled`, beside the initial of another of them.
    """

    keys: tuple[str, ...]
    strong: frozenset[str]
    joined: frozenset[str]
    companions: frozenset[str]
    initialled: frozenset[tuple[str, str]] = frozenset()


@cached_per_patient(4096)
def phrases_of(known: Identifier) -> tuple[Phrase, ...]:
    value = known.value.reveal()
    match known.kind:
        case IdentifierKind.NAME | IdentifierKind.PLACE | IdentifierKind.TEXT:
            return tuple(_phrase(group, known.kind) for group in name_groups(value))
        case IdentifierKind.ID:
            telling = frozenset(key for key in map(key_of, _LETTERS.findall(value)) if _says_enough(key, known.kind))
            return (Phrase((), telling, frozenset(), frozenset()),)
        case IdentifierKind.DATE | IdentifierKind.UID:
            return ()


def _phrase(keys: tuple[str, ...], kind: IdentifierKind) -> Phrase:
    strong = frozenset(key for key in keys if _says_enough(key, kind))
    joined: set[str] = set()
    initialled: set[tuple[str, str]] = set()
    if kind is IdentifierKind.NAME:
        for first, second in permutations(keys[:3], 2):
            joined |= {first + second, first[0] + second, second + first[0]}
            if len(second) > 1:
                initialled |= {(first[0], second), (second, first[0])}
    telling = (word for word in joined if len(word) >= SHORTEST_INSIDE and standing(word) is not Standing.PLAIN)
    companions = frozenset(keys) | frozenset(key[0] for key in keys)
    return Phrase(keys, strong, frozenset(telling), companions, frozenset(initialled))


def _says_enough(key: str, kind: IdentifierKind) -> bool:
    if key.isdecimal() or standing(key) is Standing.PLAIN:
        return False
    if kind is IdentifierKind.NAME:
        return len(key) > 1 or is_whole_name(key)
    return key not in _GENERIC and len(key) > 3


def disguises(key: str) -> Iterator[str]:
    """A long name backward and in rot13, which are nobody else's and no words."""
    if len(key) >= SHORTEST_INSIDE and key.isascii() and key.isalpha():
        for other in (key[::-1], encode(key, "rot13")):
            if other not in person_names() and standing(other) is Standing.UNKNOWN:
                yield other


class Parts:
    """Whether a text holds one of many parts, in a time that the text's length bounds and not their number."""

    def __init__(self, parts: Iterable[str]) -> None:
        self._parts = frozenset(parts)
        self._lengths = sorted(set(map(len, self._parts)))

    def are_in(self, text: str) -> bool:
        if len(self._parts) <= len(self._lengths) * len(text):
            return any(part in text for part in self._parts)
        return any(
            text[start : start + length] in self._parts
            for length in self._lengths
            for start in range(len(text) - length + 1)
        )


class WeakPhrases:
    """Values made of vocabulary words alone, found in any order of their words."""

    def __init__(self, phrases: Iterable[tuple[str, ...]]) -> None:
        self._by_size: dict[int, dict[int, set[tuple[str, ...]]]] = {}
        for phrase in phrases:
            sums = self._by_size.setdefault(len(phrase), {})
            sums.setdefault(sum(map(hash, phrase)), set()).add(tuple(sorted(phrase)))

    def __bool__(self) -> bool:
        return bool(self._by_size)

    def places(self, keys: tuple[str, ...]) -> Iterator[int]:
        """The places of their words in a text. Windows of a text are compared by the sums of their words' hashes."""
        sums = (0, *accumulate(map(hash, keys))) if self._by_size else ()
        for size, phrases in self._by_size.items():
            before = 0
            for start in range(len(keys) - size + 1):
                alike = phrases.get(sums[start + size] - sums[start])
                if alike is not None and tuple(sorted(keys[start : start + size])) in alike:
                    yield from range(max(start, before), start + size)
                    before = start + size
