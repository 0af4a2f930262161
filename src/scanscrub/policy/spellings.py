"""Every spelling and encoding a known value can take, to be searched in what was written."""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import permutations

from scanscrub.domain.finding import Known, KnownKind
from scanscrub.domain.text import compact, digraphs, folded, name_groups, words
from scanscrub.policy.vocabulary import Standing, standing

PIXEL_BITS = 36.0
"""What a value must weigh to be searched in any bytes: see `_weight`.

In the worst of images, noise that is spread over just the characters of the value, a value of this weight turns up
by chance once in 2**36 positions: in one of 131,000 images of 512 kB.
"""
HEADER_BITS = 23.0
"""The same for the bytes of a header: once in 2**23 positions, and only where no letter or digit touches it."""

_SEPARATORS = ("^", " ", ", ", ",", "_", "-", ".", "")
_CODECS = ("utf-8", "latin-1", "iso2022_jp", "iso2022_kr", "gb18030", "shift_jis", "euc_kr", "iso8859_5", "iso8859_7")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH_NAMES = "january february march april may june july august september october november december".split()
_DATE = re.compile(r"(\d{4})[.\-/]?(\d\d)[.\-/]?(\d\d)")
_SHORTEST_ID = 6
_SHORTEST_NAME = 3


class Spellings:
    """The known values of one file, in every spelling. Build it once for a file."""

    def __init__(self, known: Sequence[Known]) -> None:
        spelled = [_spelled(entry) for entry in known]
        self._words = frozenset(word for entry in spelled for word in entry[0])
        self._phrases = frozenset(phrase for entry in spelled for phrase in entry[1])
        literals = sorted({literal for entry in spelled for literal in entry[2]}, key=lambda text: (-len(text), text))
        self._literal = _alternation(literals)
        self._everywhere = tuple(sorted({form for entry in spelled for form in entry[3]}))
        self._in_headers = _byte_alternation({form for entry in spelled for form in entry[4]})

    def in_text(self, text: str) -> bool:
        """Whether the decoded text holds a known value: a name that says enough alone, or a value in full."""
        if not text:
            return False
        keys = [word.key for word in words(text)]
        if not self._words.isdisjoint(keys):
            return True
        if any(_holds(keys, phrase) for phrase in self._phrases):
            return True
        return self._literal is not None and self._literal.search(folded(text)) is not None

    def in_bytes(self, data: bytes) -> bool:
        """Whether the bytes, of whatever they are, hold a known value that cannot be there by chance."""
        lowered = data.lower()
        return any(form in lowered for form in self._everywhere)

    def in_header_bytes(self, data: bytes) -> bool:
        """Whether the bytes of a header, without bulk data, hold a known value; shorter ones are searched too."""
        return self.in_bytes(data) or (self._in_headers is not None and self._in_headers.search(data) is not None)


_Spelled = tuple[frozenset[str], frozenset[tuple[str, ...]], frozenset[str], frozenset[bytes], frozenset[bytes]]


@lru_cache(maxsize=4096)
def _spelled(known: Known) -> _Spelled:
    """Words, phrases, literals for texts, and bytes for everywhere and for headers."""
    value = known.value.reveal()
    single: set[str] = set()
    phrases: set[tuple[str, ...]] = set()
    literals: set[str] = set()
    forms: set[str] = set()
    match known.kind:
        case KnownKind.NAME:
            for group in name_groups(value):
                single |= {
                    key
                    for key in group
                    if len(key) >= _SHORTEST_NAME and not key.isdecimal() and standing(key) is not Standing.PLAIN
                }
                if len(group) > 1:
                    phrases.add(group)
            forms |= set(_name_forms(value))
        case KnownKind.DATE:
            literals |= set(_date_forms(value))
            forms |= literals
        case KnownKind.ID | KnownKind.UID:
            literals |= set(_id_forms(value))
            forms |= literals
        case KnownKind.PLACE | KnownKind.TEXT:
            for group in name_groups(value):
                if len(group) > 1 or (len(group[0]) > _SHORTEST_NAME and standing(group[0]) is Standing.UNKNOWN):
                    phrases.add(group)
            forms |= {value.strip()}
    everywhere = {code for form in forms if _weight(form) >= PIXEL_BITS for code in _encoded(form)}
    header = {code for form in forms if _weight(form) >= HEADER_BITS for code in _encoded(form)} - everywhere
    return frozenset(single), frozenset(phrases), frozenset(literals), frozenset(everywhere), frozenset(header)


def _name_forms(value: str) -> Iterator[str]:
    """The words that say enough alone, and the first words in both orders with each separator."""
    for group in value.split("="):
        parts = [group[word.start : word.end] for word in words(group)]
        for spelled in {tuple(parts), tuple(map(folded, parts)), tuple(map(digraphs, parts))}:
            yield from (part for part in spelled if standing(part) is Standing.UNKNOWN)
            for pair in permutations(spelled[:3], 2):
                yield from (separator.join(pair) for separator in _SEPARATORS)


def _id_forms(value: str) -> Iterator[str]:
    plain = compact(value)
    for form in {value.strip().lower(), plain, plain.lstrip("0")}:
        if len(form) >= _SHORTEST_ID and any(map(str.isdecimal, form)):
            yield form


def _date_forms(value: str) -> Iterator[str]:
    """A date in full (with day, month and year), as people and programs write it."""
    found = _DATE.match(value)
    if found is None or not 1 <= int(found[2]) <= 12:
        return
    year, month, day = found.groups()
    for mark in ("", "-", ".", "/", "_", " "):
        yield mark.join((year, month, day))
        if mark:
            for first, second in ((day, month), (month, day)):
                yield mark.join((first, second, year))
                yield mark.join((str(int(first)), str(int(second)), year))
    for names in (_MONTHS, _MONTH_NAMES):
        name = names[int(month) - 1]
        for mark in (" ", "-", ""):
            yield mark.join((day, name, year))
            yield mark.join((str(int(day)), name, year))
            yield mark.join((year, name, day))
        yield f"{name} {int(day)}, {year}"
        yield f"{name} {day} {year}"


def _weight(form: str) -> float:
    """How improbable the text is among random characters of its own sort, in bits; 0 for runs and ramps."""
    steps = {ord(second) - ord(first) for first, second in zip(form, form[1:], strict=False)}
    if len(steps) < 2 or len(set(form)) < 4:
        return 0.0
    return sum(math.log2(10 if letter.isdecimal() else 26 if letter.isascii() else 64) for letter in form)


def _encoded(form: str) -> Iterator[bytes]:
    """The lower-case bytes of a text in the encodings of files. UTF-16 is searched in both byte orders at once."""
    lowered = form.lower()
    yield lowered.encode("utf-16-le").strip(b"\0")
    if lowered.isascii():
        yield lowered.encode("ascii")
        return
    for spelled in (form, lowered, form.upper()):
        yield spelled.encode("utf-16-le").lower()
        yield spelled.encode("utf-16-be").lower()
        for codec in _CODECS:
            try:
                yield spelled.encode(codec).lower()
            except UnicodeEncodeError:
                continue


def _alternation(literals: Iterable[str]) -> re.Pattern[str] | None:
    choices = "|".join(re.escape(folded(literal)) for literal in literals)
    return re.compile(rf"(?<![^\W_])(?<!\d\.)(?:{choices})(?![^\W_])(?!\.\d)") if choices else None


def _byte_alternation(forms: Iterable[bytes]) -> re.Pattern[bytes] | None:
    choices = b"|".join(re.escape(form) for form in sorted(forms))
    return re.compile(rb"(?<![A-Za-z0-9])(?:" + choices + rb")(?![A-Za-z0-9])", re.IGNORECASE) if choices else None


def _holds(keys: Sequence[str], phrase: tuple[str, ...]) -> bool:
    """Whether the words of the phrase stand side by side, in its order or the reversed one."""
    size = len(phrase)
    orders = {phrase, phrase[::-1]}
    return any(tuple(keys[start : start + size]) in orders for start in range(len(keys) - size + 1))
