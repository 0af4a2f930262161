"""Search what was written for known values, in every form and encoding."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scanscrub.domain.finding import Identifier, IdentifierKind
from scanscrub.domain.text import folded, name_groups, words
from scanscrub.policy.identifiers.byte_forms import Coded, encoded, weight
from scanscrub.policy.identifiers.value_forms import (
    Form,
    date_forms,
    foreign_runs,
    id_forms,
    is_whole_name,
    name_forms,
    tells,
    whole_form,
)
from scanscrub.policy.tables.vocabulary import Standing, standing
from scanscrub.system.file_cache import cached_per_patient

PIXEL_BITS = 36.0
"""What a value must weigh to be searched in any bytes: see `encodings.weight`.

In the worst of images, noise that is spread over just the characters of the value, such a value turns up by chance
once in 2**36 positions: in one of 131,000 images of 512 kB. Eight letters or eleven digits weigh that much.
"""
HEADER_BITS = 23.0
"""The same for the bytes of a header: five letters or seven digits, with no letter or digit beside them."""

_LOWER = bytes(range(256)).lower()
_SHORTEST_NAME = 3


class _Spelled(NamedTuple):
    """All that is sought of one value. `everywhere` has the codes by their core."""

    words: frozenset[str]
    phrases: frozenset[tuple[str, ...]]
    literals: frozenset[str]
    everywhere: tuple[tuple[bytes, tuple[bytes, ...]], ...]
    in_headers: tuple[bytes, ...]


class ByteSearch:
    """The known values of one file, in every form. Build it once for a file."""

    def __init__(self, known: Sequence[Identifier]) -> None:
        spelled = [_spelled(entry) for entry in known]
        self._words = frozenset().union(*(entry.words for entry in spelled))
        self._phrases = frozenset().union(*(entry.phrases for entry in spelled))
        self._literals = frozenset().union(*(entry.literals for entry in spelled))
        self._everywhere = tuple(dict.fromkeys(sought for entry in spelled for sought in entry.everywhere))
        self._in_headers = tuple(code for entry in spelled for code in entry.in_headers)
        used = b"".join(core for core, _ in self._everywhere)
        self._unused = bytes(set(range(256)) - set(used) - set(used.upper()))

    def in_text(self, text: str) -> bool:
        """Whether the decoded text holds a known value: a name that says enough alone, or any value in full."""
        found = words(text)
        if not found:
            return False
        keys = [word.key for word in found]
        if (
            not self._words.isdisjoint(keys)
            or self._inside(keys)
            or any(_side_by_side(keys, phrase) for phrase in self._phrases)
        ):
            return True
        lowered = folded(text)
        return any(literal in lowered and _bounded(lowered, literal) for literal in self._literals)

    def _inside(self, keys: Sequence[str]) -> bool:
        """Whether a name in a script without spaces is a part of a word; one of a single character, a run of it."""
        foreign = [key for key in keys if not key.isascii()]
        return any(
            any(len(word) > 1 and word in key for word in self._words)
            or not self._words.isdisjoint(foreign_runs(key))
            for key in foreign
        )

    def in_bytes(self, data: bytes) -> bool:
        """Whether bytes, pixels too, hold a known value that cannot be there by chance (see `PIXEL_BITS`).

        Bytes that no form has, NUL among them, are left out first: that makes the search short, and the two byte
        orders of UTF-16 one. What turns up is sought again in the bytes as they are.
        """
        if not self._everywhere:
            return False
        thinned = data.translate(_LOWER, self._unused)
        found = [code for core, codes in self._everywhere if core in thinned for code in codes]
        return bool(found) and _holds_any(data.lower(), found)

    def in_header_bytes(self, data: bytes) -> bool:
        """Whether header bytes, without bulk data, hold a known value, shorter ones too (see `HEADER_BITS`)."""
        lowered = data.lower()
        return self.in_bytes(data) or any(
            code in lowered and _bounded_bytes(lowered, code) for code in self._in_headers
        )


def _holds_any(data: bytes, codes: Sequence[bytes]) -> bool:
    return any(code in data and (not _is_dotted(code) or _alone(data, code)) for code in codes)


def _is_dotted(code: bytes) -> bool:
    """Whether it is a UID (or a date with dots): the beginning of another one says nothing of the first."""
    return b"." in code and code.replace(b".", b"").isdigit()


def _alone(data: bytes, code: bytes) -> bool:
    return re.search(rb"(?<![0-9])(?<![0-9]\.)" + re.escape(code) + rb"(?!\.?[0-9])", data) is not None


@cached_per_patient(4096)
def _spelled(known: Identifier) -> _Spelled:
    value = known.value.reveal()
    single: frozenset[str] = frozenset()
    phrases: frozenset[tuple[str, ...]] = frozenset()
    literals: frozenset[str] = frozenset()
    match known.kind:
        case IdentifierKind.NAME:
            forms = tuple(name_forms(value))
            groups = name_groups(value)
            single = frozenset(key for group in groups for key in group if _says_enough(key))
            phrases = frozenset(group for group in groups if len(group) > 1)
        case IdentifierKind.DATE:
            forms = tuple(date_forms(value))
            literals = frozenset(folded(form.text) for form in forms)
        case IdentifierKind.UID:
            forms = (whole_form(value),)
            literals = frozenset({value.strip()})
        case IdentifierKind.ID:
            forms = tuple(id_forms(value))
            literals = frozenset(folded(form.text) for form in forms)
        case IdentifierKind.PLACE | IdentifierKind.TEXT:
            phrases = frozenset(
                group
                for group in name_groups(value)
                if tells(group) and (len(group) > 1 or standing(group[0]) is Standing.UNKNOWN)
            )
            forms = (whole_form(value),) if phrases else ()
    coded = tuple(_coded(forms))
    everywhere: dict[bytes, tuple[bytes, ...]] = {}
    for entry in coded:
        if entry.weight >= PIXEL_BITS:
            everywhere[entry.core] = (*everywhere.get(entry.core, ()), entry.code)
    in_headers = tuple(entry.code for entry in coded if entry.weight < PIXEL_BITS)
    return _Spelled(single, phrases, literals, tuple(everywhere.items()), in_headers)


def _says_enough(key: str) -> bool:
    return (
        (len(key) >= _SHORTEST_NAME or (not key.isascii() and (len(key) > 1 or is_whole_name(key))))
        and not key.isdecimal()
        and standing(key) is not Standing.PLAIN
    )


def _coded(forms: Sequence[Form]) -> Iterator[Coded]:
    """The bytes to search for; a form is left out where a lighter part of it is searched alone."""
    weights = {text: weight(text) for text in {form.text for form in forms}}
    alone = {form.text for form in forms if form.text == form.core and weights[form.text] >= PIXEL_BITS}
    seen = set()
    for form in forms:
        heavy = weights[form.text]
        if heavy < HEADER_BITS or (form.core in alone and form.text != form.core):
            continue
        for coded in encoded(form, heavy):
            if coded.code not in seen:
                seen.add(coded.code)
                yield coded


def _side_by_side(keys: Sequence[str], phrase: tuple[str, ...]) -> bool:
    """Whether the words of the phrase stand side by side, in its order or the reversed one."""
    if phrase[0] not in keys:
        return False
    size = len(phrase)
    orders = {phrase, phrase[::-1]}
    return any(tuple(keys[start : start + size]) in orders for start in range(len(keys) - size + 1))


def _bounded(text: str, literal: str) -> bool:
    """Whether the literal stands in the text with no letter, digit or decimal point at either side."""
    pattern = rf"(?<![^\W_])(?<!\d\.){re.escape(literal)}(?![^\W_])(?!\.\d)"
    return re.search(pattern, text) is not None


def _bounded_bytes(data: bytes, code: bytes) -> bool:
    return re.search(rb"(?<![a-z0-9])" + re.escape(code) + rb"(?![a-z0-9])", data) is not None
