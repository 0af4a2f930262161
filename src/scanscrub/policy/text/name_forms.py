"""Which unknown words are a name by what they are made of, and by what stands beside them: particles, ages, names."""

import re
from collections.abc import Iterator, Sequence

from scanscrub.domain.text import Word
from scanscrub.policy.tables.vocabulary import Standing, listed
from scanscrub.policy.text.name_cues import beside
from scanscrub.policy.text.person_names import needs_phrase

_FILE = "vocabulary_cues.txt"
_PARTICLES = listed(_FILE, "particles")
_SECOND_PARTICLES = listed(_FILE, "second particles")
_JOINED_PARTICLES = listed(_FILE, "joined particles")
_APOSTROPHES = frozenset({"'", "\u2019"})
_POINTS = frozenset({".", ". "})
_LATIN = ("is", "us", "um", "ae", "a")
"""How words of anatomy end behind the point of A., M., N., V."""
_SHORTEST, _SHORTEST_BESIDE = 4, 3
_AGE = re.compile(r"\d{2,3}[mf]|\d{1,3}(?:yo|yrs?|y|j)[mfw]?|[mf]\d{2,3}y")
_GIVEN_AWAY = re.compile(r"(?:Mc|Mac|Fitz|De|La|Le|Di|Du|Van|Von)(?=[A-Z])[A-Za-z]{4,}")


def by_form(text: str, found: Sequence[Word], ranks: Sequence[Standing]) -> Iterator[int]:
    """Unknown words with a particle (McOyelaran, van der Woude, al-Rashid, J. Woude), or an age beside: 61M WOUDE.

    And words that people are called, as somebody's: Brown's.
    """
    for place, word in enumerate(found):
        written = text[word.start : word.end]
        if ranks[place] is Standing.UNKNOWN and _GIVEN_AWAY.fullmatch(written):
            yield place
        if needs_phrase(written) and ranks[place] is not Standing.PLAIN and _is_genitive(text, found, place + 1):
            yield place
        if _AGE.fullmatch(word.folded):
            beside_age = (side for side in (place - 1, place + 1) if 0 <= side < len(found))
            yield from (side for side in beside_age if _is_strange(text, found, side, ranks))
        if place + 1 < len(found):
            yield from _after_particle(text, found, place, ranks)


def _after_particle(text: str, found: Sequence[Word], place: int, ranks: Sequence[Standing]) -> Iterator[int]:
    word, following = found[place], place + 1
    gap = text[word.end : found[following].start]
    is_initial = _is_initial(text, word) and gap in _POINTS
    if word.folded in _PARTICLES:
        while following < len(found) - 1 and found[following].folded in _SECOND_PARTICLES:
            following += 1
    elif not (word.folded in _JOINED_PARTICLES and gap in {"-", *_APOSTROPHES}) and not is_initial:
        return
    written = text[found[following].start : found[following].end]
    is_shortened = text[found[following].end : found[following].end + 1] == "."
    if is_initial and (is_shortened or written.lower().endswith(_LATIN)):
        return
    if written[0].isupper() and _is_strange(text, found, following, ranks):
        yield from range(place, following + 1)


def _is_initial(text: str, word: Word) -> bool:
    """Whether it is a capital letter, or the p of a Slavic "Mr"."""
    return len(word.folded) == 1 and (text[word.start].isupper() or word.folded == "p")


def _is_strange(text: str, found: Sequence[Word], place: int, ranks: Sequence[Standing]) -> bool:
    """Whether a word of four letters and more is none of the vocabulary."""
    written = text[found[place].start : found[place].end]
    return ranks[place] is not Standing.PLAIN and written.isalpha() and len(written) >= _SHORTEST


def _is_genitive(text: str, found: Sequence[Word], place: int) -> bool:
    if place == len(found) or found[place].folded != "s":
        return False
    return text[found[place - 1].end : found[place].start] in _APOSTROPHES


def beside_by_form(text: str, found: Sequence[Word], ranks: Sequence[Standing], names: set[int]) -> Iterator[int]:
    """Unknown words that stand beside a name that goes, joined or written as it is, and the s of its genitive."""
    for place, word in enumerate(found):
        if place in names:
            continue
        if place and place - 1 in names and _is_genitive(text, found, place):
            yield place
        written = text[word.start : word.end]
        if ranks[place] is Standing.PLAIN or not written.isalpha() or len(written) < _SHORTEST_BESIDE:
            continue
        if any(side in names and _are_one_name(text, found, place, side) for side in sides(found, place)):
            yield place


def sides(found: Sequence[Word], place: int) -> tuple[int, int]:
    """The words on both sides of it, over the particles of a name."""
    return beside(found, place, -1), beside(found, place, 1)


def _are_one_name(text: str, found: Sequence[Word], place: int, side: int) -> bool:
    """Whether both are letters, joined by a hyphen or an underscore, or with a capital and a space between."""
    first, second = sorted((place, side))
    words = [text[found[one].start : found[one].end] for one in (first, second)]
    gap = text[found[first].end : found[second].start]
    if not all(word.isalpha() and len(word) >= _SHORTEST_BESIDE for word in words):
        return False
    return gap in {"-", "_", "\u2010", "^"} or (gap[:1].isspace() and all(word[0].isupper() for word in words))
