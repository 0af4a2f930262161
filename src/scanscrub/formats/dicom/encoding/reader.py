"""Reads a data set from a file into elements whose values stay bytes (PS3.10 7).

A reader of our own, because a dictionary of elements by tag, which is what libraries make, hides the second of two
elements with one tag and the bytes between and behind elements; nothing may stay unseen here. It is also what makes
cleaning fast: no value is converted that nobody looks at.
"""

import struct
from typing import BinaryIO, NamedTuple

from scanscrub.domain import tags
from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.dicom.encoding.dictionary import UNDEFINED_LENGTH, applicable_vr
from scanscrub.formats.dicom.encoding.elements import PIXEL_DATA, DataSet, Element, Encoding
from scanscrub.formats.dicom.encoding.parser import ITEM_HEADERS, BeyondError, Head, Parser, Span

_WINDOW = 1 << 20
_LARGEST_HEADER = 1 << 28


class Body(NamedTuple):
    """A data set as it lies in a file, and how many bytes come behind its last element."""

    data_set: DataSet
    trailing: int


def truncated() -> RefusedFile:
    return RefusedFile(
        "The file is damaged: an element reaches beyond the end of what holds it.",
        "Export or copy the file again; part of it may be missing.",
    )


def read_body(stream: BinaryIO, start: int, encoding: Encoding) -> Body:
    """Read the data set that begins at `start`, all but its pixel data and other large values.

    Raises `RefusedFile` where the file is truncated or nested beyond reason.
    """
    window = _Window(stream, start, encoding)
    found: list[Element] = []
    at = start
    while (at := window.parse(found, at)) < window.size:
        element = window.left_in_file(at)
        if element is not None:
            found.append(element)
            at = element.offset + element.length
            window.move(at)
            if element.tag in PIXEL_DATA:
                return _with_tail(window, found, at)
        elif not window.extend(at):
            if not window.only_zeros(at):
                raise truncated()
            break
    return Body(DataSet(tuple(found), encoding), window.size - at)


def _with_tail(window: "_Window", found: list[Element], at: int) -> Body:
    """What follows the pixel data: elements, if all of it is elements; bytes after the end otherwise."""
    tail: list[Element] = []
    stopped = at
    while (stopped := window.parse(tail, stopped)) < window.size:
        if window.is_at_pixel_data(stopped):
            raise RefusedFile(
                "The file holds more than one set of pixels for the same image.", "Export it again from its source."
            )
        if not window.extend(stopped):
            return Body(DataSet(tuple(found), window.encoding), window.size - at)
    return Body(DataSet((*found, *tail), window.encoding), 0)


class _Window:
    """Part of a file in memory. Positions are those in the file."""

    def __init__(self, stream: BinaryIO, start: int, encoding: Encoding) -> None:
        self.size = stream.seek(0, 2)
        self.encoding = encoding
        self._stream = stream
        self._reach = _WINDOW
        self._signed = False
        self.move(start)

    def move(self, start: int) -> None:
        self._base = start
        self._stream.seek(start)
        self._data = self._stream.read(max(0, min(self._reach, self.size - start)))

    def extend(self, start: int) -> bool:
        """Hold more bytes from `start` on; False where there are no more. Refuses a header beyond all reason."""
        if self._base + len(self._data) >= self.size:
            return False
        if start == self._base:
            self._reach *= 8
        if self._reach > _LARGEST_HEADER:
            raise RefusedFile(
                "Its header is larger than any real one.", "It may be damaged or made to harm; leave it out."
            )
        self.move(start)
        return True

    def only_zeros(self, at: int) -> bool:
        return not self._data[at - self._base :].strip(b"\0")

    def parse(self, into: list[Element], at: int) -> int:
        """Append the elements from `at` on; return where it stopped: the end, or what `left_in_file` may know."""
        before = len(into)
        parser = Parser(self._data, self._base, signed=self._signed)
        try:
            return self._base + parser.elements(into, Span(at - self._base, len(self._data)), self.encoding)
        except (BeyondError, struct.error):
            return into[-1].offset + into[-1].length if len(into) > before else at
        finally:
            self._signed = parser.signed

    def is_at_pixel_data(self, at: int) -> bool:
        try:
            return self._head(at)[0] in PIXEL_DATA
        except (BeyondError, struct.error):
            return False

    def _head(self, at: int) -> Head:
        return Parser(self._data, self._base, signed=self._signed).head(at - self._base, self.encoding)

    def left_in_file(self, at: int) -> Element | None:
        """The element at `at` where it is pixel data or too large for the window, and no sequence."""
        try:
            tag, stored, length, start = self._head(at)
        except (BeyondError, struct.error):
            return None
        vr = applicable_vr(tag, stored, None, signed=self._signed)
        offset = self._base + start
        if tag in PIXEL_DATA and length == UNDEFINED_LENGTH:
            return Element(tag, stored, vr, None, offset, self._fragments_length(offset), fragmented=True)
        if length == UNDEFINED_LENGTH or vr == "SQ" or (tag not in PIXEL_DATA and length <= len(self._data)):
            return None
        if offset + length > self.size:
            raise truncated()
        return Element(tag, stored, vr, None, offset, length)

    def _fragments_length(self, offset: int) -> int:
        """The bytes of an encapsulated value from its first item to behind its delimiter (PS3.5 A.4)."""
        at = offset
        while True:
            self._stream.seek(at)
            head = self._stream.read(8)
            if len(head) < 8:
                raise truncated()
            group, number, length = ITEM_HEADERS[self.encoding.little](head)
            at += 8
            if group << 16 | number == tags.SequenceDelimitationItem:
                return at - offset
            if group << 16 | number != tags.Item or length == UNDEFINED_LENGTH:
                raise truncated()
            at += length
