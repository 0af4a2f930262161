"""The known values of one file, made ready to be found in texts."""

import re
from bisect import bisect_left, bisect_right
from codecs import encode
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple
from unicodedata import normalize

from scanscrub.domain.finding import Identifier, IdentifierKind
from scanscrub.domain.text import compact, remembered, words
from scanscrub.domain.text import key as key_of
from scanscrub.policy.identifiers.known_phrases import SHORTEST_INSIDE, Parts, WeakPhrases, disguises, phrases_of
from scanscrub.policy.identifiers.names_as_words import names_as_words
from scanscrub.policy.identifiers.readings import readings
from scanscrub.policy.identifiers.value_forms import (
    Form,
    day_digits,
    days_in,
    foreign_runs,
    id_forms,
    tells,
)
from scanscrub.policy.tables.measured import bare_words
from scanscrub.policy.tables.vocabulary import listed

SHORTEST_ID_PART = 4
"""A number of fewer digits is no telling part of an id."""
_MARKS = dict.fromkeys(range(0x300, 0x370))
_LETTERS_OF_DIGITS = (str.maketrans("0134578", "oieastb"), str.maketrans("0134578", "oleastb"))
_HUMP = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SHORTEST_BACKWARD = 7
_LONGEST_REMEMBERED, _MOST_REMEMBERED = 256, 4096
_SHORTEST_READ = 4
"""Letters or digits of what is found in a text that was decoded without being asked to."""
_INTRODUCES = frozenset().union(
    *(listed("vocabulary_cues.txt", section) for section in ("titles", "short titles", "name follows"))
)


def _forms_of_id(known: Identifier) -> Iterator[Form]:
    """What the proof looks for; ids of letters alone are found by it, too."""
    return id_forms(known.value.reveal()) if known.kind is IdentifierKind.ID else iter(())


class _Seen(NamedTuple):
    """What is asked of every text, whoever the patient is."""

    keys: tuple[str, ...]
    joined: str
    numbers: tuple[int, ...]
    introduced: tuple[int, ...]


@remembered
def _seen(text: str) -> _Seen:
    """The keys of the words; which of them could be a part of an id, and which stand after "for", "by" or a title."""
    found = words(text)
    keys = tuple(word.key for word in found)
    numbers = (place for place, key in enumerate(keys) if len(key) >= SHORTEST_ID_PART and not key.isalpha())
    introduced = (place for place in range(1, len(found)) if found[place - 1].folded in _INTRODUCES)
    return _Seen(keys, "".join(keys), tuple(numbers), tuple(introduced))


@remembered
def _humps(text: str) -> tuple[frozenset[str], ...]:
    """Of each word its key, and the keys of the words that are joined in it: "CTLong", "Long2", "3DLONG"."""
    return tuple(
        frozenset({word.key, *map(key_of, _HUMP.findall(_without_marks(text[word.start : word.end])))}).union(
            *bare_words(word.key)
        )
        for word in words(text)
    )


def _without_marks(word: str) -> str:
    return word if word.isascii() else normalize("NFKD", word).translate(_MARKS)


class IdentifierMatcher:
    """Finds the known values of a file in a text, whatever their order, case or transliteration.

    Built once for the files of a series, which say the same again and again: what was found in short texts is
    remembered.
    """

    def __init__(self, known: Sequence[Identifier]) -> None:
        phrases = [phrase for entry in known for phrase in phrases_of(entry)]
        self._strong = frozenset().union(*(phrase.strong | phrase.joined for phrase in phrases))
        self._weak = WeakPhrases(
            phrase.keys for phrase in phrases if not phrase.strong and len(phrase.keys) > 1 and tells(phrase.keys)
        )
        self._initialled = frozenset().union(*(phrase.initialled for phrase in phrases))
        names = (entry.value.reveal() for entry in known if entry.kind is IdentifierKind.NAME)
        self._as_words = frozenset(key for value in names for key in names_as_words(value))
        days = (entry.value.reveal() for entry in known if entry.kind is IdentifierKind.DATE)
        self._days = frozenset().union(*map(day_digits, days))
        self._days |= {day[::-1] for day in self._days if len(day) >= _SHORTEST_BACKWARD}
        self._companions: dict[str, set[str]] = {}
        for phrase in phrases:
            for key in set(phrase.keys):
                self._companions.setdefault(key, set()).update(phrase.companions)
        parts = frozenset(key for key in self._strong if len(key) > 1)
        self._inside = Parts(key for key in parts if len(key) >= SHORTEST_INSIDE or not key.isascii())
        self._anywhere = Parts(parts)
        self._disguised = frozenset(other for key in self._strong for other in disguises(key))
        self._foreign_starts = frozenset(key[0] for key in self._strong if not key.isascii())
        ids = {compact(entry.value.reveal()) for entry in known if entry.kind is IdentifierKind.ID}
        ids |= {other for key in ids if len(key) >= _SHORTEST_BACKWARD for other in (key[::-1], encode(key, "rot13"))}
        sought = {compact(form.text) for entry in known for form in _forms_of_id(entry)}
        self._ids = tuple(
            sorted(key for key in ids if len(key) >= SHORTEST_ID_PART and (key in sought or not key.isalpha()))
        )
        self._all_ids = "\n".join(self._ids)
        self._short_ids = frozenset(key for key in ids if 1 < len(key) < SHORTEST_ID_PART)
        self._remembered = lru_cache(maxsize=_MOST_REMEMBERED)(self._found)

    def __bool__(self) -> bool:
        return bool(self._strong or self._weak or self._ids or self._as_words or self._days)

    def hits(self, text: str) -> frozenset[int]:
        """The numbers of the words of `text` (see `domain.text.words`) that belong to a known value."""
        return self._remembered(text) if len(text) <= _LONGEST_REMEMBERED else self._found(text)

    def _found(self, text: str) -> frozenset[int]:
        found = self.sure_hits(text) | self._doubtful_hits(text)
        return found or frozenset(range(len(words(text)) or 1) if self.is_encoded(text) else ())

    def is_doubtful(self, text: str) -> bool:
        """Whether nobody can tell what would be left of the text without a known value that is in it.

        A word of the vocabulary that is a part of a name stands there without the rest of the name ("Long" may be the
        patient or the axis), or the value is written in another code.
        """
        sure = self.sure_hits(text)
        return not self._doubtful_hits(text) <= sure or (not sure and self.is_encoded(text))

    def is_encoded(self, text: str) -> bool:
        """Whether a known value is in what the text says when it is decoded (see `readings`)."""
        return any(self._surely_holds(one) or self.has_day(one) for one in readings(text))

    def _surely_holds(self, reading: str) -> bool:
        """Whether what is known in a reading is long enough not to be read there by chance."""
        found = words(reading)
        hit = self.sure_hits(reading) | self._doubtful_hits(reading)
        written = "".join(reading[found[place].start : found[place].end] for place in hit)
        return len(written) >= _SHORTEST_READ or not written.isascii()

    def has_day(self, text: str) -> bool:
        """Whether a known day is in the text, in any order and with a year of two digits, too."""
        return bool(self._days) and not self._days.isdisjoint(days_in(text))

    def _doubtful_hits(self, text: str) -> frozenset[int]:
        if not self._as_words:
            return frozenset()
        return frozenset(place for place, keys in enumerate(_humps(text)) if not self._as_words.isdisjoint(keys))

    def sure_hits(self, text: str) -> frozenset[int]:
        """Those of `hits` that nothing but the known value explains."""
        seen = _seen(text)
        hit = {place for place, key in enumerate(seen.keys) if key in self._strong or key in self._disguised}
        if self._inside.are_in(seen.joined):
            hit.update(place for place, key in enumerate(seen.keys) if self._inside.are_in(key))
        foreign = ((place, key) for place, key in enumerate(seen.keys) if not key.isascii())
        hit.update(
            place
            for place, key in foreign
            if self._anywhere.are_in(key) or not self._strong.isdisjoint(foreign_runs(key))
        )
        hit.update(self._in_camel_case(text, seen))
        hit.update(place for place in seen.introduced if self._is_name_part(seen.keys[place]))
        for place, pair in enumerate(pairwise(seen.keys)):
            if pair in self._initialled or self._is_name_in_two(*pair):
                hit |= {place, place + 1}
        if seen.keys and not seen.keys[-1].isascii() and seen.keys[-1][0] in self._foreign_starts:
            hit.update(self._cut_at_the_end(seen.keys))
        hit.update(self._weak.places(seen.keys))
        hit.update(self._ids_in(seen))
        if hit:
            self._spread(hit, seen.keys)
        elif self.has_day(text):
            hit.update(place for place, key in enumerate(seen.keys) if any(map(str.isdigit, key)))
        return frozenset(hit)

    def has_short_id(self, text: str) -> bool:
        """Whether a word of the text is a whole id of two or three characters: in a description that says nothing."""
        return not self._short_ids.isdisjoint(_seen(text).keys)

    def _in_camel_case(self, text: str, seen: _Seen) -> Iterator[int]:
        """Words that a name is joined in, or that have digits in the place of its letters: CTAdam3D, M1ch3l3."""
        for place, humps in enumerate(_humps(text)):
            key = seen.keys[place]
            if len(humps) > 1 and not self._strong.isdisjoint(hump for hump in humps if len(hump) > 2):
                yield place
            is_mixed = len(key) >= SHORTEST_ID_PART and not (key.isalpha() or key.isdecimal())
            if is_mixed and any(key.translate(letters) in self._strong for letters in _LETTERS_OF_DIGITS):
                yield place

    def _is_name_part(self, key: str) -> bool:
        return len(key) > 1 and key in self._companions

    def _is_name_in_two(self, first: str, second: str) -> bool:
        """Whether two words are one known word that was written apart: "Mc Donald", "Wester-mann"."""
        return len(first) + len(second) >= SHORTEST_INSIDE and first + second in self._strong

    def _cut_at_the_end(self, keys: tuple[str, ...]) -> Iterator[int]:
        """The last word where it begins a name in a script without spaces: a text is cut at 64 bytes."""
        if any(key.startswith(keys[-1]) for key in self._strong):
            yield len(keys) - 1

    def _ids_in(self, seen: _Seen) -> Iterator[int]:
        if not self._ids:
            return
        yield from (place for place in seen.numbers if seen.keys[place] in self._all_ids)
        starts = (0, *accumulate(map(len, seen.keys)))
        for known in self._ids:
            start, before = seen.joined.find(known), 0
            while start >= 0:
                first, behind = bisect_right(starts, start) - 1, bisect_left(starts, start + len(known))
                yield from range(max(first, before), behind)
                before = max(before, behind)
                start = seen.joined.find(known, start + 1)

    def _spread(self, hit: set[int], keys: Sequence[str]) -> None:
        """Take in the other parts of a name, and initials, that stand beside a part already found."""
        none: set[str] = set()
        queue = [(place, self._companions.get(keys[place], none)) for place in sorted(hit)]
        while queue:
            place, companions = queue.pop()
            for beside in (place - 1, place + 1):
                if 0 <= beside < len(keys) and beside not in hit and keys[beside] in companions:
                    hit.add(beside)
                    queue.append((beside, companions))
