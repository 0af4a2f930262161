"""Parses the elements that lie in a piece of memory (PS3.5 7.1, 7.5)."""

import struct
from typing import Final, NamedTuple, TypeAlias

from scanscrub.domain import tags
from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.dicom.encoding.dictionary import STANDARD, UNDEFINED_LENGTH, VR_FORMS, applicable_vr
from scanscrub.formats.dicom.encoding.elements import DELIMITER_GROUP, PIXEL_DATA, DataSet, Element, Encoding

_DEEPEST = 64
_MOST_DISORDER = 1000
_INSIDE_UN: Final = Encoding(implicit=True, little=True)
"""PS3.5 6.2.2 note 2."""

_HEADERS = {True: struct.Struct("<HH2sH").unpack_from, False: struct.Struct(">HH2sH").unpack_from}
_LENGTHS = {True: struct.Struct("<L").unpack_from, False: struct.Struct(">L").unpack_from}
ITEM_HEADERS = {True: struct.Struct("<HHL").unpack_from, False: struct.Struct(">HHL").unpack_from}
"""By "little"."""


class BeyondError(Exception):
    """What comes next does not fit into the bytes at hand, is left in the file, or is no element."""


Head: TypeAlias = tuple[int, str, int, int]
"""Tag, stored VR, length, and where the value begins."""


class Span(NamedTuple):
    """A part of the memory. `delimited`: it ends with a delimiter before `end`, not at `end`."""

    start: int
    end: int
    delimited: bool = False


class Parser:
    """Parses `data`, which lies at `base` in its file. Elements know their place in the file, spans that in `data`.

    Raises `BeyondError` and `struct.error` where what it is given does not hold whole elements, and `RefusedFile`
    for sequences nested and elements disordered beyond all reason.
    """

    def __init__(self, data: bytes, base: int, *, signed: bool) -> None:
        self._data = data
        self._base = base
        self._disorder = 0
        self.signed = signed
        """Pixel Representation as far as it was seen: what "US or SS" means."""

    def head(self, at: int, encoding: Encoding) -> Head:
        """Tag, VR, length and start of the value of the element that begins there. Raises `BeyondError`."""
        group, number, code, length = _HEADERS[encoding.little](self._data, at)
        tag = group << 16 | number
        if encoding.implicit or group == DELIMITER_GROUP:
            (length,) = _LENGTHS[encoding.little](self._data, at + 4)
            return tag, "", length, at + 8
        if code not in VR_FORMS:
            raise BeyondError
        vr, is_long = VR_FORMS[code]
        if is_long:
            (length,) = _LENGTHS[encoding.little](self._data, at + 8)
            return tag, vr, length, at + 12
        return tag, vr, length, at + 8

    def elements(self, into: list[Element], span: Span, encoding: Encoding, depth: int = 0) -> int:
        """Append the elements of one data set to `into`; return where they end, delimiter included.

        Stops at pixel data of the top level. Raises `BeyondError`, as `head`.
        """
        at, end, delimited = span
        creators: dict[int, str] = {}
        before = -1
        while at < end:
            tag, stored, length, start = self.head(at, encoding)
            if tag == tags.ItemDelimitationItem and delimited:
                return start
            if tag <= before:
                self._note_disorder()
            before = tag
            if tag >> 16 == DELIMITER_GROUP or (tag in PIXEL_DATA and not depth):
                raise BeyondError
            vr = stored
            if STANDARD.get(tag) != stored:
                vr = applicable_vr(tag, stored, creators.get(tag >> 8), signed=self.signed)
            if vr == "SQ" or length == UNDEFINED_LENGTH:
                whole = Element(tag, stored, vr, None, self._base + start, length)
                element = self._compound(whole, end, encoding, depth)
            elif start + length > end:
                raise BeyondError
            else:
                value = self._data[start : start + length]
                element = Element(tag, stored, vr, value, self._base + start, length)
                if tag & 0x1FF00 == 0x10000 or tag == tags.PixelRepresentation:
                    self._note(tag, value, creators)
            into.append(element)
            at = element.offset + element.length - self._base
        if delimited or at > end:
            raise BeyondError
        return at

    def _note(self, tag: int, value: bytes, creators: dict[int, str]) -> None:
        """Keep what later elements are understood by."""
        if tag == tags.PixelRepresentation:
            self.signed = bool(value.strip(b"\0"))
        else:
            creators[tag >> 16 << 8 | tag & 0xFF] = value.decode("latin-1").strip(" \0")

    def _note_disorder(self) -> None:
        """A few elements out of order or given twice are a writer's mistake; thousands are no data set."""
        self._disorder += 1
        if self._disorder > _MOST_DISORDER:
            raise RefusedFile(
                "What the file holds is no list of DICOM elements.", "It may be damaged or empty; leave it out."
            )

    def _compound(self, element: Element, end: int, encoding: Encoding, depth: int) -> Element:
        """A sequence, also one stored as UN, or the fragments of an encapsulated value.

        A private blob that its dictionary takes for a sequence, but is none, stays a blob.
        """
        tag, stored, _, _, offset, length, _, _ = element
        start = offset - self._base
        if length == UNDEFINED_LENGTH and stored in ("OB", "OW"):
            length = self._fragments_end(start, end, encoding) - start
            value = self._data[start : start + length]
            return element._replace(value=value, length=length, fragmented=True)
        inside = _INSIDE_UN if stored == "UN" else encoding
        try:
            items, stop = self._sequence(Span(start, end), length, inside, depth + 1)
        except (BeyondError, struct.error):
            is_opaque = stored == "UN" or bool(tag & 0x10000)
            if length == UNDEFINED_LENGTH or start + length > end or not is_opaque:
                raise
            return element._replace(vr="UN", value=self._data[start : start + length])
        return element._replace(vr="SQ", length=stop - start, items=items)

    def _sequence(self, span: Span, length: int, encoding: Encoding, depth: int) -> tuple[tuple[DataSet, ...], int]:
        """The items of the sequence whose value begins the span, and where it ends."""
        if depth > _DEEPEST:
            raise RefusedFile(
                "Its sequences are nested deeper than any real file's.", "It may be made to harm; leave it out."
            )
        at = span.start
        delimited = length == UNDEFINED_LENGTH
        end = span.end if delimited else at + length
        if end > span.end:
            raise BeyondError
        items: list[DataSet] = []
        while at < end:
            group, number, size = ITEM_HEADERS[encoding.little](self._data, at)
            tag = group << 16 | number
            at += 8
            if tag == tags.SequenceDelimitationItem and delimited:
                return tuple(items), at
            if tag != tags.Item or (size != UNDEFINED_LENGTH and at + size > end):
                raise BeyondError
            is_open = size == UNDEFINED_LENGTH
            inside = self._item_encoding(at, encoding)
            elements: list[Element] = []
            at = self.elements(elements, Span(at, end if is_open else at + size, is_open), inside, depth)
            items.append(DataSet(tuple(elements), inside))
        if delimited:
            raise BeyondError
        return tuple(items), at

    def _item_encoding(self, at: int, encoding: Encoding) -> Encoding:
        """Some writers mix items with and without VRs; the first element of an item tells."""
        if self._data[at : at + 2] == b"\xfe\xff":
            return encoding
        implicit = self._data[at + 4 : at + 6] not in VR_FORMS
        return encoding if implicit == encoding.implicit else Encoding(implicit, encoding.little)

    def _fragments_end(self, at: int, end: int, encoding: Encoding) -> int:
        while at + 8 <= end:
            group, number, length = ITEM_HEADERS[encoding.little](self._data, at)
            at += 8
            if group << 16 | number == tags.SequenceDelimitationItem:
                return at
            if group << 16 | number != tags.Item:
                break
            at += length
        raise BeyondError
