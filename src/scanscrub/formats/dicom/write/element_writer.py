"""A plan applied to data sets: the elements that are written, as bytes in the copy's encoding."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias, assert_never

from scanscrub.domain import tags
from scanscrub.domain.finding import LOOKUP_TABLES, HeaderElement
from scanscrub.domain.plan import Action, Add, Clean, Empty, Keep, Mask, Plan, RemapUid, Remove, Replace, ShiftDate
from scanscrub.formats.dicom.encoding.attributes import charset_of
from scanscrub.formats.dicom.encoding.charsets import CharacterSet
from scanscrub.formats.dicom.encoding.dictionary import TEXT_VRS, WORD_SIZES
from scanscrub.formats.dicom.encoding.elements import DataSet, Element, Encoding
from scanscrub.formats.dicom.encoding.values import element_bytes, encoded_value, fragmented_bytes, item_bytes, turned
from scanscrub.formats.icc.profile import plain_profile, srgb_profile
from scanscrub.leftovers.words_in_tables import without_words

if TYPE_CHECKING:
    from scanscrub.formats.dicom.encoding.pydicom_quiet import DataElement

Path: TypeAlias = tuple[int, ...]
Chunk: TypeAlias = bytes | Element
"""A whole element, or one whose value is still in the input's stream."""

_NEVER_WRITTEN_GROUPS: Final = frozenset({0x0000, 0x0002, 0x0004, 0xFFFC, 0xFFFE})


def is_written(tag: int) -> bool:
    """False for what no copy holds: commands, the input's file meta, directory records, group lengths, padding."""
    return tag >> 16 not in _NEVER_WRITTEN_GROUPS and bool(tag & 0xFFFF)


class ElementWriter:
    """What is written of each data set under one plan, in one encoding."""

    def __init__(self, plan: Plan, encoding: Encoding) -> None:
        self.encoding = encoding
        self._actions: dict[Path, Action] = {}
        self._earlier: defaultdict[Path, list[Action]] = defaultdict(list)
        """What was said of a path before `_actions`: elements with one tag share a path."""
        self._added: defaultdict[Path, list[tuple[int, Add]]] = defaultdict(list)
        for step in plan.steps:
            if not isinstance(step.where, HeaderElement):
                continue
            path = step.where.path
            if isinstance(step.action, Add):
                self._added[path[:-1]].append((path[-1], step.action))
            else:
                if path in self._actions:
                    self._earlier[path].append(self._actions[path])
                self._actions[path] = step.action

    def chunks(self, data_set: DataSet, path: Path, charset: CharacterSet) -> dict[int, Chunk]:
        """By tag: what is written of the data set at `path`, whose text is in `charset`."""
        chunks: dict[int, Chunk] = {}
        counts = _counts_of_repeated(data_set)
        for element in data_set.elements:
            tag = element.tag
            here = (*path, tag)
            action = self._actions.get(here)
            if action is None or tag in chunks or not is_written(tag):
                continue
            if tag in counts:
                action = _for_all((*self._earlier.get(here, ()), action), counts[tag])
            written = self._element(element, action, here, charset, little=data_set.encoding.little)
            if written is not None:
                chunks[tag] = written
        for tag, added in self._added.get(path, ()):
            chunks[tag] = self._added_element(tag, added, charset)
        return chunks

    def forced(self, tag: int, element: "DataElement", charset: CharacterSet) -> bytes:
        """An element that the copy's pixels ask for, whatever the plan says."""
        value = element.value
        if not isinstance(value, bytes):
            many = isinstance(value, Sequence) and not isinstance(value, str)
            text = "\\".join(map(str, value if many else (value,)))
            value = encoded_value(element.VR, text, charset, little=self.encoding.little)
        return element_bytes(tag, element.VR, value, self.encoding)

    def _element(
        self, element: Element, action: Action, path: Path, charset: CharacterSet, *, little: bool
    ) -> Chunk | None:
        if isinstance(action, Keep) or (isinstance(action, Clean) and element.items is not None):
            return self._kept(element, path, charset, little=little)
        if isinstance(action, Remove | Mask | Add):
            return None
        if element.tag == tags.ICCProfile and isinstance(action, Clean):
            return element_bytes(element.tag, "OB", cleaned_profile(element), self.encoding)
        if element.tag in LOOKUP_TABLES and isinstance(action, Clean):
            vr = written_as(element.stored_vr, element.vr)
            return element_bytes(element.tag, vr, without_words(element.value or b""), self.encoding)
        text = "" if element.vr == "SQ" else new_text(action)
        value = encoded_value(element.vr, text, charset, little=self.encoding.little)
        return element_bytes(element.tag, element.vr, value, self.encoding)

    def _kept(self, element: Element, path: Path, charset: CharacterSet, *, little: bool) -> Chunk:
        tag, stored, vr, value, _, _, items, fragmented = element
        if items is not None:
            content = b"".join(
                item_bytes(self._item(item, (*path, number), charset), self.encoding)
                for number, item in enumerate(items)
            )
            return element_bytes(tag, "SQ", content, self.encoding)
        if value is None:
            return element
        written_vr = written_as(stored, vr)
        if fragmented:
            return fragmented_bytes(tag, written_vr, value, self.encoding)
        if little != self.encoding.little:
            value = turned(written_vr, value)
        return element_bytes(tag, written_vr, value, self.encoding)

    def _item(self, item: DataSet, path: Path, inherited: CharacterSet) -> bytes:
        chunks = self.chunks(item, path, charset_of(item, inherited))
        return b"".join(chunk for _, chunk in sorted(chunks.items()) if isinstance(chunk, bytes))

    def _added_element(self, tag: int, added: Add, charset: CharacterSet) -> bytes:
        def plain(tag: int, vr: str, text: str) -> bytes:
            value = encoded_value(vr, text, charset, little=self.encoding.little)
            return element_bytes(tag, vr, value, self.encoding)

        if added.vr != "SQ":
            return plain(tag, added.vr, added.value)
        items = (b"".join(plain(*inner) for inner in sorted(item)) for item in added.items)
        return element_bytes(tag, "SQ", b"".join(item_bytes(item, self.encoding) for item in items), self.encoding)


def cleaned_profile(element: Element) -> bytes:
    """An ICC profile of nothing but colors; of what is no profile, the one that viewers go by without."""
    return plain_profile(element.value or b"") or srgb_profile()


def new_text(action: Action) -> str:
    """The text that an element changes to; empty for an action that gives none."""
    match action:
        case Replace(text) | RemapUid(text) | Clean(text, _):
            return text
        case ShiftDate(_, shifted):
            return shifted.reveal()
        case Keep() | Remove() | Empty() | Mask() | Add():
            return ""
        case _:
            assert_never(action)


def written_as(stored: str, vr: str) -> str:
    """The VR of a kept element in an explicit copy: the input's own where it had one that says something true."""
    return vr if stored in ("", "UN") or (vr in TEXT_VRS and stored in WORD_SIZES) else stored


def _counts_of_repeated(data_set: DataSet) -> Mapping[int, int]:
    order = [element.tag for element in data_set.elements]
    if len(set(order)) == len(order):
        return {}
    return {tag: count for tag in set(order) if (count := order.count(tag)) > 1}


def _for_all(actions: Sequence[Action], occurrences: int) -> Action:
    """One decision for elements that share a tag: a change, or kept where every one of them may stay."""
    changes = [action for action in actions if not isinstance(action, Keep)]
    if changes:
        return changes[-1]
    return actions[0] if len(actions) == occurrences else Remove()
