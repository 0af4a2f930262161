"""Proofs that a copy's elements are the planned ones, and no others (PS3.15 E.1.1)."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from scanscrub.domain import tags
from scanscrub.domain.finding import LOOKUP_TABLES, HeaderElement
from scanscrub.domain.plan import (
    Action,
    Add,
    Check,
    Clean,
    Keep,
    Mask,
    Plan,
    RemapUid,
    Remove,
)
from scanscrub.formats.dicom.encoding.attributes import charset_of
from scanscrub.formats.dicom.encoding.charsets import CharacterSet
from scanscrub.formats.dicom.encoding.container import Container
from scanscrub.formats.dicom.encoding.dictionary import CHARSET_VRS
from scanscrub.formats.dicom.encoding.elements import PIXEL_DATA, PIXEL_GROUP, DataSet, Element, Encoding
from scanscrub.formats.dicom.encoding.values import encoded_value, turned
from scanscrub.formats.dicom.write.element_writer import Path, is_written, new_text
from scanscrub.formats.icc.profile import plain_profile
from scanscrub.leftovers.words_in_tables import without_words, words_in_table

if TYPE_CHECKING:
    from scanscrub.formats.dicom.encoding.pydicom_quiet import DataElement

_BLOCK = 1 << 20


class _Place(NamedTuple):
    """An element with what is needed to read it."""

    element: Element
    encoding: Encoding
    charset: CharacterSet


def prove_elements(
    original: Container, plan: Plan, forced: "Mapping[int, DataElement | None]", copy: Container
) -> Iterator[Check]:
    """Check each element of the copy against the plan and the input; `forced` are those that its pixels ask for."""
    return _Comparison(original, plan, forced, copy).checks()


class _Comparison:
    def __init__(
        self, original: Container, plan: Plan, forced: "Mapping[int, DataElement | None]", copy: Container
    ) -> None:
        self._original = original
        self._copy = copy
        self._forced = forced
        self._before: dict[Path, _Place] = {}
        self._others: dict[Path, list[_Place]] = {}
        """The input's further elements with one tag."""
        _locate(original.data_set, (), None, self._before, self._others)
        self._after: dict[Path, _Place] = {}
        _locate(copy.data_set, (), None, self._after, {})
        self._turns = original.data_set.encoding.little != copy.data_set.encoding.little
        self._actions: dict[Path, Action] = {}
        for step in plan.steps:
            if isinstance(step.where, HeaderElement):
                self._add(step.where.path, step.action)
        self._changes = {path: action for path, action in self._actions.items() if not isinstance(action, Keep)}

    def _add(self, path: Path, action: Action) -> None:
        """Of several decisions about elements with one tag, a change counts more than that one of them may stay."""
        if not (isinstance(action, Keep) and path in self._actions):
            self._actions[path] = action

    def checks(self) -> Iterator[Check]:
        yield _check("no element that is not planned", self._unplanned())
        yield _check("no private element without its creator", self._orphans())
        yield _check("kept elements are unchanged", self._altered())
        yield _check("every planned change is there", self._undone())
        yield _check("one pseudonym for one UID", self._confused_uids())
        yield _check("text keeps its character set", self._undeclared_text())

    def _unplanned(self) -> Iterator[Path]:
        pixels_stay = any(isinstance(self._actions.get((tag,)), Keep) for tag in PIXEL_DATA)
        for path in self._after:
            action = self._actions.get(path)
            if action is not None and not isinstance(action, Remove):
                continue
            of_pixels = len(path) == 1 and (
                (pixels_stay and path[0] >> 16 == PIXEL_GROUP) or self._forced.get(path[0])
            )
            if not of_pixels and not self._is_inside_added(path):
                yield path

    def _is_inside_added(self, path: Path) -> bool:
        return any(isinstance(self._actions.get(path[:end]), Add) for end in range(1, len(path), 2))

    def _orphans(self) -> Iterator[Path]:
        for path in self._after:
            tag = path[-1]
            if tag & 0x10000 and tag & 0xFFFF > 0xFF:
                creator = tag & 0xFFFF0000 | tag >> 8 & 0xFF
                if (*path[:-1], creator) not in self._after:
                    yield path

    def _altered(self) -> Iterator[Path]:
        for path, action in self._actions.items():
            before = self._before.get(path)
            if before and type(action) is Keep and self._is_same_at_a_glance(before, self._after.get(path)):
                continue
            stays = isinstance(action, Keep) or (
                isinstance(action, Clean) and before and before.element.items is not None
            )
            if not before or not stays or not self._is_compared(path):
                continue
            after = self._after.get(path)
            others = self._others.get(path, ())
            if after is None:
                if not others:
                    yield path
            elif not any(self._same(place, after) for place in (before, *others)):
                yield path

    def _places_before(self, path: Path) -> Iterator[_Place]:
        if path in self._before:
            yield self._before[path]
            yield from self._others.get(path, ())

    def _is_same_at_a_glance(self, before: _Place, after: _Place | None) -> bool:
        value = before.element.value
        return after is not None and value is not None and value == after.element.value and not self._turns

    def _undone(self) -> Iterator[Path]:
        for path, action in self._actions.items():
            if (
                type(action) is Keep
                or not self._is_compared(path)
                or not (path in self._before or isinstance(action, Add))
            ):
                continue
            cleaned = _CLEANED.get(path[-1]) if isinstance(action, Clean) else None
            if cleaned is not None:
                if not cleaned(self._before.get(path), self._after.get(path)):
                    yield path
            elif not _is_done(action, self._after.get(path)):
                yield path

    def _is_compared(self, path: Path) -> bool:
        """False where something else decides: file meta, pixels, and what lies in a sequence that did not stay."""
        if len(path) == 1:
            return is_written(path[0]) and path[0] >> 16 != PIXEL_GROUP and path[0] not in self._forced
        return is_written(path[-1]) and path[:-2] in self._after

    def _confused_uids(self) -> Iterator[Path]:
        """A UID with two pseudonyms, a pseudonym for two UIDs, or a UID that is replaced here and kept there."""
        pseudonyms: dict[str, str] = {}
        originals: dict[str, str] = {}
        for path, action in self._changes.items():
            if not isinstance(action, RemapUid):
                continue
            for place in self._places_before(path):
                old = _uids(place.element)
                for one, other in zip(old, action.to.split("\\"), strict=False):
                    if pseudonyms.setdefault(one, other) != other or originals.setdefault(other, one) != one:
                        yield path
        for path, place in self._after.items():
            if place.element.vr == "UI" and any(pseudonyms.get(uid, uid) != uid for uid in _uids(place.element)):
                yield path

    def _undeclared_text(self) -> Iterator[Path]:
        for path, place in self._after.items():
            value = place.element.value
            if place.element.vr not in CHARSET_VRS or not value or (value.isascii() and b"\x1b" not in value):
                continue
            if any(before.charset.terms != place.charset.terms for before in self._places_before(path)):
                yield path

    def _same(self, before: _Place, after: _Place) -> bool:
        if before.element.items is not None:
            return after.element.items is not None and len(after.element.items) == len(before.element.items)
        turns = before.encoding.little != after.encoding.little
        if before.element.value is not None and after.element.value is not None:
            value = turned(before.element.vr, before.element.value) if turns else before.element.value
            return after.element.value == value or (len(value) % 2 == 1 and after.element.value[:-1] == value)
        if after.element.length != before.element.length + before.element.length % 2:
            return False
        blocks = zip(_blocks(self._original, before), _blocks(self._copy, after), strict=False)
        return all(later.startswith(turned(before.element.vr, first) if turns else first) for first, later in blocks)


def _check(name: str, failures: Iterator[Path]) -> Check:
    places = [str(HeaderElement(path)) for path in failures]
    return Check(name, not places, ", ".join(places[:5]))


def _locate(
    data_set: DataSet,
    path: Path,
    inherited: CharacterSet | None,
    into: dict[Path, _Place],
    others: dict[Path, list[_Place]],
) -> None:
    """Add the places of all elements at every depth; `others` are those whose path has a place already."""
    charset = charset_of(data_set, inherited)
    encoding = data_set.encoding
    for element in data_set.elements:
        here = (*path, element.tag)
        place = _Place(element, encoding, charset)
        if into.setdefault(here, place) is not place:
            others.setdefault(here, []).append(place)
        if element.items:
            for number, item in enumerate(element.items):
                _locate(item, (*here, number), charset, into, others)


def _is_done(action: Action, after: _Place | None) -> bool:
    """Whether a change shows in the copy."""
    if isinstance(action, Remove):
        return after is None
    if after is None or isinstance(action, Mask):
        return isinstance(action, Mask)
    if isinstance(action, Add):
        return _holds_items(after, action) if action.vr == "SQ" else _holds(after, action.vr, action.value)
    if after.element.items is not None:
        return isinstance(action, Clean) or not after.element.items
    return _holds(after, after.element.vr, new_text(action))


def _is_without_words(before: _Place | None, after: _Place | None) -> bool:
    """Whether a table spells nothing any more, and is otherwise what it was."""
    if before is None or after is None or after.element.value is None:
        return False
    smooth = without_words(before.element.value or b"")
    return after.element.value in (smooth, smooth + bytes(1)) and not words_in_table(after.element.value)


def _is_cleaned(before: _Place | None, after: _Place | None) -> bool:
    """Whether a color profile says nothing beside its colors, and means those that it meant."""
    if before is None or after is None or after.element.value is None:
        return False
    from scanscrub.formats.icc.proof import means_the_same  # noqa: PLC0415 - Pillow; few files have a profile

    old, new = before.element.value or b"", after.element.value
    return plain_profile(new) == new and (plain_profile(old) is None or means_the_same(old, new))


_CLEANED: Final[Mapping[int, Callable[[_Place | None, _Place | None], bool]]] = {
    tags.ICCProfile: _is_cleaned,
    **dict.fromkeys(LOOKUP_TABLES, _is_without_words),
}
"""What is cleaned in a way of its own."""


def _holds(place: _Place, vr: str, text: str) -> bool:
    """Whether the element's value is that text, its padding aside."""
    value = place.element.value
    if value is None:
        return not text and not place.element.items
    expected = encoded_value(vr, text, place.charset, little=place.encoding.little)
    return value == expected or (len(expected) % 2 == 1 and value[:-1] == expected)


def _holds_items(place: _Place, added: Add) -> bool:
    items = place.element.items
    if items is None or len(items) != len(added.items):
        return False
    for item, wanted in zip(items, added.items, strict=True):
        found = {element.tag: _Place(element, item.encoding, place.charset) for element in item.elements}
        if found.keys() != {tag for tag, _, _ in wanted}:
            return False
        if not all(_holds(found[tag], vr, text) for tag, vr, text in wanted):
            return False
    return True


def _uids(element: Element) -> list[str]:
    return element.value.decode("latin-1").rstrip(" \0").split("\\") if element.value else []


def _blocks(container: Container, place: _Place) -> Iterator[bytes]:
    """The value of an element that was left in the file, in blocks of equal size but the last."""
    element = place.element
    if element.value is not None:
        yield from (element.value[at : at + _BLOCK] for at in range(0, len(element.value), _BLOCK))
        return
    for at in range(0, element.length, _BLOCK):
        container.stream.seek(element.offset + at)
        yield container.stream.read(min(_BLOCK, element.length - at))
