"""The known values of one file, made ready to be found in texts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

from scanscrub.domain.finding import Known, KnownKind
from scanscrub.domain.text import Word, compact, name_groups, words
from scanscrub.policy.vocabulary import Standing, listed, standing

SHORTEST_ID_PART = 4
"""A number of fewer digits is no telling part of an id."""
_SHORTEST_INSIDE = 5
"""A shorter name is no telling part of a longer word, except in scripts that put no spaces between words."""
_GENERIC = listed("vocabulary_cues.txt", "generic places")
_INTRODUCES = frozenset().union(
    *(listed("vocabulary_cues.txt", section) for section in ("titles", "short titles", "name follows"))
)


@dataclass(frozen=True, slots=True)
class _Phrase:
    """One known value as keys of words. `strong` ones say enough alone; the others only beside a strong one."""

    keys: tuple[str, ...]
    strong: frozenset[str]
    joined: frozenset[str]


@lru_cache(maxsize=4096)
def _phrases(known: Known) -> tuple[_Phrase, ...]:
    groups = name_groups(known.value.reveal())
    return tuple(_phrase(group, known.kind) for group in groups)


def _phrase(keys: tuple[str, ...], kind: KnownKind) -> _Phrase:
    strong = frozenset(key for key in keys if _says_enough(key, kind))
    joined: set[str] = set()
    if kind is KnownKind.NAME and len(keys) > 1:
        for first, second in permutations(keys[:3], 2):
            joined |= {first + second, first[0] + second, second + first[0]}
    return _Phrase(keys, strong, frozenset(word for word in joined if len(word) >= _SHORTEST_INSIDE))


def _says_enough(key: str, kind: KnownKind) -> bool:
    if len(key) < 2 or key.isdecimal() or standing(key) is Standing.PLAIN:
        return False
    if kind is KnownKind.NAME:
        return True
    return key not in _GENERIC and len(key) > 3


class KnownText:
    """Built once for a file; finds its known values in a text, whatever their order, case or transliteration."""

    def __init__(self, known: Sequence[Known]) -> None:
        named = [entry for entry in known if entry.kind in {KnownKind.NAME, KnownKind.PLACE, KnownKind.TEXT}]
        phrases = [phrase for entry in named for phrase in _phrases(entry)]
        self._phrases = tuple(phrases)
        self._strong = frozenset(key for phrase in phrases for key in phrase.strong | phrase.joined)
        self._companions: dict[str, frozenset[str]] = {}
        for phrase in phrases:
            for key in phrase.keys:
                others = frozenset(phrase.keys) | frozenset(part[0] for part in phrase.keys)
                self._companions[key] = self._companions.get(key, frozenset()) | others
        self._inside = tuple(sorted(key for key in self._strong if len(key) >= _SHORTEST_INSIDE or not key.isascii()))
        self._ids = tuple(sorted({compact(entry.value.reveal()) for entry in known if entry.kind is KnownKind.ID}))

    def __bool__(self) -> bool:
        return bool(self._phrases or self._ids)

    def hits(self, text: str) -> frozenset[int]:
        """The numbers of the words of `text` (see `domain.text.words`) that belong to a known value."""
        found = words(text)
        keys = [word.key for word in found]
        hit = {place for place, key in enumerate(keys) if self._is_strong(key)}
        hit.update(self._whole_phrases(keys))
        hit.update(self._introduced(found, keys))
        hit.update(self._ids_in(keys))
        self._spread(hit, keys)
        return frozenset(hit)

    def _is_strong(self, key: str) -> bool:
        if key in self._strong:
            return True
        return (len(key) > _SHORTEST_INSIDE or not key.isascii()) and any(part in key for part in self._inside)

    def _whole_phrases(self, keys: list[str]) -> Iterator[int]:
        """Places of values made of vocabulary words alone, in any order of their words."""
        for phrase in self._phrases:
            size = len(phrase.keys)
            if phrase.strong or size < 2 or not set(phrase.keys) <= set(keys):
                continue
            wanted = sorted(phrase.keys)
            for start in range(len(keys) - size + 1):
                if sorted(keys[start : start + size]) == wanted:
                    yield from range(start, start + size)

    def _introduced(self, found: Sequence[Word], keys: list[str]) -> Iterator[int]:
        """Places of name parts after "for", "by" or a title: there a vocabulary word means the person."""
        for place, word in enumerate(found[:-1]):
            if word.folded in _INTRODUCES and len(keys[place + 1]) > 1 and keys[place + 1] in self._companions:
                yield place + 1

    def _ids_in(self, keys: list[str]) -> Iterator[int]:
        for known in self._ids:
            for place, key in enumerate(keys):
                if len(key) >= SHORTEST_ID_PART and key in known and any(map(str.isdecimal, key)):
                    yield place
            if len(known) < SHORTEST_ID_PART or known.isalpha():
                continue
            joined = "".join(keys)
            start = joined.find(known)
            while start >= 0:
                yield from _places(keys, start, start + len(known))
                start = joined.find(known, start + 1)

    def _spread(self, hit: set[int], keys: list[str]) -> None:
        """Take in the other parts of a name, and initials, that stand beside a part already found."""
        queue = [(place, self._companions.get(keys[place], frozenset())) for place in sorted(hit)]
        while queue:
            place, companions = queue.pop()
            for beside in (place - 1, place + 1):
                if 0 <= beside < len(keys) and beside not in hit and keys[beside] in companions:
                    hit.add(beside)
                    queue.append((beside, companions))


def _places(keys: list[str], start: int, end: int) -> Iterator[int]:
    """The words that overlap the characters `start` to `end` of the joined keys."""
    position = 0
    for place, key in enumerate(keys):
        if position < end and position + len(key) > start:
            yield place
        position += len(key)
