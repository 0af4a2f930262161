"""Which unknown words are a name by what they are made of, and by what stands beside them: particles, ages, names."""

import re
from collections.abc import Iterator, Sequence

from scanscrub.domain.text import Word, folded
from scanscrub.policy.tables.vocabulary import Standing, listed, standing
from scanscrub.policy.text.name_cues import beside
from scanscrub.policy.text.person_names import is_called, needs_phrase

_FILE = "vocabulary_cues.txt"
_PARTICLES = listed(_FILE, "particles")
_SECOND_PARTICLES = listed(_FILE, "second particles")
_JOINED_PARTICLES = listed(_FILE, "joined particles")
_APOSTROPHES = frozenset({"'", "\u2019"})
_POINTS = frozenset({".", ". "})
_LATIN = ("is", "us", "um", "ae", "a")
_VESSELS = frozenset("amnv")
"""How words of anatomy end behind the point of A., M., N., V.: vessels, muscles and nerves."""
_JOINTS = frozenset({" ", "-", "/", ".", ". ", "_", ";", ",", ", ", "^", "\u2010"})
_OPENED, _CLOSED = frozenset("([{\"'"), frozenset(")]}\"'")
_HUMP = re.compile(r"[A-Z][a-z]{2,}")
_SHORTEST, _SHORTEST_BESIDE = 4, 3
_SHORTEST_OF_A_FAMILY = 6
_ENDS = tuple(sorted(listed(_FILE, "ends of family names")))
_LONGEST = 40
_SEXES = frozenset("fmw")
_DEGREES = listed(_FILE, "degrees")
_AGE = re.compile(r"\d{2,3}[mf]|\d{1,3}(?:yo|yrs?|y|j)[mfw]?|[mf]\d{2,3}y")
_GIVEN_AWAY = re.compile(r"(?:Mc|Mac|Fitz|De|La|Le|Di|Du|Van|Von)(?=[A-Z])[A-Za-z]{4,}")


def by_form(text: str, found: Sequence[Word], ranks: Sequence[Standing]) -> Iterator[int]:
    """Unknown words that are written as names: McOyelaran, van der Woude, al-Rashid, J. Woude, TundeWoude, (Woude).

    Also two of them beside one another, one beside an age (61M WOUDE), and what people are called, as somebody's.
    """
    for place, word in enumerate(found):
        written = text[word.start : word.end]
        is_strange = _is_strange(text, found, place, ranks)
        if is_strange and (_has_form(written) or _is_enclosed(text, word)):
            yield place
        if (is_strange and ranks[place] is Standing.UNKNOWN) or (
            needs_phrase(written) and ranks[place] is Standing.EPONYM
        ):
            yield from _before_sign(text, found, place)
        if _AGE.fullmatch(word.folded):
            behind = place + 1 + (place + 2 < len(found) and found[place + 1].folded in _SEXES)
            beside_age = (side for side in (place - 1, behind) if 0 <= side < len(found))
            yield from (side for side in beside_age if _is_strange(text, found, side, ranks))
        if place + 1 == len(found):
            continue
        if is_strange and _is_strange(text, found, place + 1, ranks) and _are_a_pair(text, word, found[place + 1]):
            yield from (place, place + 1)
        yield from _after_particle(text, found, place, ranks)


def _has_form(written: str) -> bool:
    """Whether it is a particle with a name (McOyelaran), or two names in one (SMITHROBERT)."""
    if _GIVEN_AWAY.fullmatch(written) or _is_of_a_family(written):
        return True
    humps = _HUMP.findall(written)
    if len(humps) > 1 and "".join(humps) == written and not any(map(_is_plain, humps)):
        return True
    if len(written) > _LONGEST:
        return False
    halves = ((written[:end], written[end:]) for end in range(_SHORTEST, len(written) - _SHORTEST + 1))
    return any(
        is_called(first) and is_called(last) and not (_is_plain(first) and _is_plain(last)) for first, last in halves
    )


def _is_of_a_family(written: str) -> bool:
    """Whether it ends as family names do, and no word of radiology: Jónsdóttir, Petrović, Shevchenko."""
    return written[0].isupper() and len(written) >= _SHORTEST_OF_A_FAMILY and folded(written).endswith(_ENDS)


def _is_plain(word: str) -> bool:
    return standing(word) is Standing.PLAIN


def _is_enclosed(text: str, word: Word) -> bool:
    return text[word.start - 1 : word.start] in _OPENED and text[word.end : word.end + 1] in _CLOSED


def _before_sign(text: str, found: Sequence[Word], place: int) -> Iterator[int]:
    """The word where an initial with a point follows it, an s with an apostrophe, or a degree."""
    following = place + 1
    if _is_genitive(text, found, following):
        yield place
    if following < len(found) and found[following].folded in _DEGREES:
        yield from (place, following)
    if (
        following < len(found)
        and found[following].end - found[following].start == 1
        and found[following].folded.isalpha()
    ):
        gap = text[found[place].end : found[following].start]
        if gap in {" ", "_"} and text[found[following].end : found[following].end + 1] == ".":
            yield from (place, following)


def _are_a_pair(text: str, word: Word, other: Word) -> bool:
    """Whether two unknown words are both written with a capital, and joined as the parts of names are."""
    return text[word.start].isupper() and text[other.start].isupper() and text[word.end : other.start] in _JOINTS


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
    if is_initial and (is_shortened or (word.folded in _VESSELS and written.lower().endswith(_LATIN))):
        return
    if written[0].isupper() and _is_strange(text, found, following, ranks):
        yield from range(place, following + 1)


def _is_initial(text: str, word: Word) -> bool:
    """Whether it is a capital letter, or the p of a Slavic "Mr"."""
    return word.end - word.start == 1 and (text[word.start].isupper() or word.folded == "p")


def _is_strange(text: str, found: Sequence[Word], place: int, ranks: Sequence[Standing]) -> bool:
    """Whether a word of at least four letters is not in the vocabulary."""
    written = text[found[place].start : found[place].end]
    return ranks[place] is not Standing.PLAIN and written.isalpha() and len(written) >= _SHORTEST


def _is_genitive(text: str, found: Sequence[Word], place: int) -> bool:
    if place == len(found) or found[place].folded != "s":
        return False
    return text[found[place - 1].end : found[place].start] in _APOSTROPHES


def beside_by_form(
    text: str, found: Sequence[Word], ranks: Sequence[Standing], names: set[int], told: set[int]
) -> Iterator[int]:
    """Unknown words beside a name that goes, joined or written as it is; the s of its genitive.

    And unknown words beside what told by its form that it goes: a date, an id.
    """
    for place, word in enumerate(found):
        if place in names:
            continue
        if place and place - 1 in names and _is_genitive(text, found, place):
            yield place
        written = text[word.start : word.end]
        if ranks[place] is Standing.PLAIN or not written.isalpha() or len(written) < _SHORTEST_BESIDE:
            continue
        is_beside_told = len(written) >= _SHORTEST and not told.isdisjoint({place - 1, place + 1})
        if is_beside_told or any(
            side in names and _are_one_name(text, found, place, side) for side in sides(found, place)
        ):
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
    return gap in {"-", "_", "\u2010", "^", "/", "."} or (
        gap[:1].isspace() and all(word[0].isupper() for word in words)
    )
