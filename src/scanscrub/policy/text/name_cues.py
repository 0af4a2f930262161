"""Which words of a text the words and marks around them say to be a name: titles, "for", "by", commas, initials."""

import re
from collections.abc import Iterator, Sequence

from scanscrub.domain.text import Word
from scanscrub.policy.tables.vocabulary import Standing, listed, standing
from scanscrub.policy.text.person_names import is_called, is_name, needs_phrase

_FILE = "vocabulary_cues.txt"
_TITLES = listed(_FILE, "titles")
_SHORT_TITLES = listed(_FILE, "short titles")
_DEGREES = listed(_FILE, "degrees behind a title")
_NAME_FOLLOWS = listed(_FILE, "name follows")
_INITIALS_FOLLOW = listed(_FILE, "initials follow")
_RELATIVES = listed(_FILE, "relatives")
_OF = listed(_FILE, "of")
_PARTICLES = listed(_FILE, "particles") | listed(_FILE, "second particles")
_ANATOMY = listed("vocabulary_names.txt", "anatomy")
_COMMAS = frozenset({"^", ", ", ",", " , ", "^^", " ^ "})
_BESIDE = re.compile(r"[ .,^_]{1,2}")
_SPELLED = re.compile(r"[ \t]{1,3}|[.\-_\u00b7*] ?| [\-\u00b7] ")
_FEWEST_SPELLED = 3
_SHORTEST_BESIDE = 3
_MOST_PARTICLES = 3
_SURE = 4
"""Letters from which a spelled word of radiology is no accident: L I V E R."""
_CHEST_ABDOMEN_PELVIS = "cap"
_LONGEST_CAP = 5
_LETTERS_OF_THEIR_OWN = frozenset({"woaw", "wow", "tls", "ctl", "ctls"})
"""Without and with, and the parts of the spine, letter by letter."""
_SIDES = frozenset("lr")


def after_cues(text: str, found: Sequence[Word], ranks: Sequence[Standing]) -> Iterator[int]:
    """Words that a title or a word like "for" or "by" says to be somebody's name."""
    seen = 0  # up to there a name reaches that an earlier cue told of: it is not gone through again
    for place, word in enumerate(found[:-1]):
        following = place + 1
        if _is_title(text, found, place) and not _is_high_resolution(text, word, ranks[place + 1]):
            while following < len(found) - 1 and found[following].folded in _DEGREES:
                yield following
                following += 1
            if not found[following].folded.isdecimal():
                yield following
                following += 1
        elif word.folded not in _NAME_FOLLOWS and not _is_child_of(text, found, place):
            continue
        following = max(following, seen)
        while following < len(found) and _may_be_name(following, found, ranks):
            yield following
            following += 1
        seen = following


def _is_title(text: str, found: Sequence[Word], place: int) -> bool:
    word = found[place]
    if word.folded in _OF:
        return place > 0 and found[place - 1].folded in _RELATIVES
    if word.folded not in _SHORT_TITLES:
        return word.folded in _TITLES
    return text[word.end : word.end + 1] == "." or text[word.start].isupper() is not text[word.end - 1].isupper()


def _is_child_of(text: str, found: Sequence[Word], place: int) -> bool:
    """Whether it is the o of S/O, D/O, B/O, C/O: son, daughter, baby, care of."""
    return (
        found[place].folded == "o"
        and place > 0
        and found[place - 1].folded in {"s", "d", "b", "c"}
        and text[found[place - 1].end : found[place].start] == "/"
    )


def _is_high_resolution(text: str, word: Word, following: Standing) -> bool:
    """Whether "Hr" without a point before a word of radiology is no title."""
    return word.folded == "hr" and text[word.end : word.end + 1] != "." and following is Standing.PLAIN


def _may_be_name(place: int, found: Sequence[Word], ranks: Sequence[Standing]) -> bool:
    """Whether the word is none of the vocabulary's, or an initial or a title before such a word."""
    if ranks[place] is not Standing.PLAIN:
        return True
    word = found[place].folded
    leads = word in _SHORT_TITLES or (len(word) == 1 and not word.isdecimal())
    return leads and place + 1 < len(found) and ranks[place + 1] is not Standing.PLAIN


def last_initials(text: str, found: Sequence[Word]) -> Iterator[int]:
    """The last word where it is two or three capitals after "by" or the like."""
    if len(found) < 2:
        return
    last = text[found[-1].start : found[-1].end]
    if last.isupper() and last.isalpha() and len(last) in {2, 3} and found[-2].folded in _INITIALS_FOLLOW:
        yield len(found) - 1


def joined_like_a_name(text: str, found: Sequence[Word], ranks: Sequence[Standing]) -> Iterator[int]:
    """Neighbors joined as the parts of a name are: DOE^JANE, "Doe, Jane", "Doe,J"."""
    for place in range(len(found) - 1):
        if text[found[place].end : found[place + 1].start] not in _COMMAS:
            continue
        both = (place, place + 1)
        words = [text[found[side].start : found[side].end] for side in both]
        if not all(word.isalpha() and word[0].isupper() for word in words):
            continue
        unknown = [ranks[side] is not Standing.PLAIN for side in both]
        if any(found[side].folded in _ANATOMY for side in both):
            if all(map(is_called, words)) and any(map(is_name, words)):
                yield from both
            continue
        named = [is_name(word) or needs_phrase(word) for word in words]
        is_initialled = unknown[0] and len(words[0]) >= _SURE and _is_initial(text, found[both[1]])
        if all(unknown) or is_initialled or (any(named) and all(len(word) == 1 or is_called(word) for word in words)):
            yield from both


def _is_initial(text: str, word: Word) -> bool:
    """Whether it is one capital letter, and no side without a point."""
    return _is_letter(word) and (word.folded not in _SIDES or text[word.end : word.end + 1] == ".")


def beside_names(text: str, found: Sequence[Word], names: set[int], telling: Sequence[bool]) -> Iterator[int]:
    """Words that people are called as well, between a name that goes and nothing that tells: "Ring" of "Alice Ring".

    And such a word behind an initial and a point: "J. Sharp".
    """
    for place, word in enumerate(found):
        written = text[word.start : word.end]
        if place in names or not is_called(written):
            continue
        before, after = beside(found, place, -1), beside(found, place, 1)
        if word.folded not in _ANATOMY and written[0].isupper() and _has_initial(text, found, before, place):
            yield from (before, place)
        elif word.folded not in _ANATOMY and written[0].isupper() and _has_initial(text, found, place, after):
            yield from (place, after)
        elif is_name(written):
            if any(_is_called(text, found, beside) for beside in (before, after) if beside in names):
                yield place
        elif word.folded not in _ANATOMY and (
            _joins_a_name(text, found, place, names, telling, before, after)
            or _is_beside(text, found, place, (before, after), names)
        ):
            yield place


def beside(found: Sequence[Word], place: int, step: int) -> int:
    """The next word to that side, over the particles of a name: "Liv van den Berg"."""
    side = place + step
    while 0 <= side < len(found) and found[side].folded in _PARTICLES and abs(side - place) <= _MOST_PARTICLES:
        side += step
    return side


def _is_beside(text: str, found: Sequence[Word], place: int, sides: tuple[int, int], names: set[int]) -> bool:
    """Whether a word that goes stands beside it, written as names are."""
    return any(
        beside in names
        and len(found[beside].folded) >= _SHORTEST_BESIDE
        and _are_alike(text, found[place], found[beside])
        for beside in sides
    )


def _are_alike(text: str, word: Word, other: Word) -> bool:
    """Whether both are written as the words of one name: in capitals, or with one each; the family's in capitals."""
    first, second = (text[side.start : side.end] for side in (word, other))
    if second.isupper() and second.isalpha() and first.istitle():
        return True
    return (first.isupper() and second.isupper()) or (first.istitle() and second.istitle())


def _has_initial(text: str, found: Sequence[Word], left: int, right: int) -> bool:
    """Whether one of two neighbors is an initial of the other: "J. Sharp", "Sharp,J", "Sharp J."."""
    if left < 0 or right >= len(found):
        return False
    gap = text[found[left].end : found[right].start]
    first, last = (_is_letter(found[side]) and text[found[side].start].isupper() for side in (left, right))
    if first and not last:
        return gap in {".", ". "}
    is_closed = text[found[right].end : found[right].end + 1] == "."
    return last and not first and (gap in {",", ", "} or (gap == " " and is_closed))


def _is_called(text: str, found: Sequence[Word], place: int) -> bool:
    return is_called(text[found[place].start : found[place].end])


def _joins_a_name(  # noqa: PLR0913, PLR0917 - a word and both of its sides
    text: str,
    found: Sequence[Word],
    place: int,
    names: set[int],
    telling: Sequence[bool],
    before: int,
    after: int,
) -> bool:
    for beside, other in ((before, after), (after, before)):
        is_last = beside in names and not (0 <= other < len(found) and telling[other])
        if is_last and _is_called(text, found, beside) and len(found[place].folded) > 1:
            return True
    return False


def spelled_out(text: str, found: Sequence[Word]) -> Iterator[int]:
    """Letters that stand apart, three and more: S C H M I D T; two where one has a mark: L \u00ea."""
    start = 0
    while start < len(found):
        end = start
        while end < len(found) and _is_letter(found[end]) and (end == start or _apart(text, found, start, end)):
            end += 1
        if end - start > 1 and _spells_a_name(text, found, start, end):
            yield from range(start, end)
        start = max(end, start + 1)


def _spells_a_name(text: str, found: Sequence[Word], start: int, end: int) -> bool:
    spelled = "".join(word.folded for word in found[start:end])
    is_known = len(spelled) >= _SURE and standing(spelled) is Standing.PLAIN and not is_called(spelled)
    is_cap = _CHEST_ABDOMEN_PELVIS in spelled and len(spelled) <= _LONGEST_CAP
    if is_known or spelled in _LETTERS_OF_THEIR_OWN or is_cap or spelled.startswith("apw"):
        return False
    if not text[found[start].end : found[start + 1].start].isspace():
        return end - start > _FEWEST_SPELLED
    return end - start >= _FEWEST_SPELLED or not text[found[start].start : found[end - 1].end].isascii()


def _is_letter(word: Word) -> bool:
    return word.end - word.start == 1 and not word.folded.isdecimal()


def _apart(text: str, found: Sequence[Word], start: int, place: int) -> bool:
    """Whether the letter is set apart as the first two of its row are."""
    first = text[found[start].end : found[start + 1].start]
    gap = text[found[place - 1].end : found[place].start]
    return (gap == first or (gap[:1].isspace() and gap[-1:].isspace() and first.isspace())) and _SPELLED.fullmatch(
        gap
    ) is not None


def initials_of(text: str, found: Sequence[Word], names: set[int]) -> Iterator[int]:
    """Single letters beside a name that goes; L and R stay beside what stays, where no point or comma joins them."""
    for place, word in enumerate(found):
        if place in names or not _is_letter(word):
            continue
        for beside in (place - 1, place + 1):
            if beside not in names:
                continue
            left, right = sorted((place, beside))
            gap = text[found[left].end : found[right].start]
            other = 2 * place - beside
            is_side = word.folded in _SIDES and 0 <= other < len(found) and other not in names
            if _BESIDE.fullmatch(gap) and not (is_side and gap.strip() == ""):
                yield place
