"""Writes the planned copy: what has no step is not written (PS3.10 7, PS3.15 E.1.1)."""

import io
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol, cast

from scanscrub.domain import tags
from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.implementation import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION
from scanscrub.domain.plan import Plan
from scanscrub.formats.dicom.encoding.attributes import charset_of
from scanscrub.formats.dicom.encoding.container import Container
from scanscrub.formats.dicom.encoding.dictionary import UNDEFINED_LENGTH
from scanscrub.formats.dicom.encoding.elements import PIXEL_DATA, PIXEL_GROUP, Element, Encoding
from scanscrub.formats.dicom.encoding.reader import truncated
from scanscrub.formats.dicom.encoding.transfer_syntaxes import DEFLATED, encoding_of
from scanscrub.formats.dicom.encoding.values import element_bytes, element_head, turned
from scanscrub.formats.dicom.write.element_writer import Chunk, ElementWriter, written_as

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

    from scanscrub.formats.dicom.encoding.pydicom_quiet import DataElement

_META_ENCODING: Final = Encoding(implicit=False, little=True)
_BLOCK = 1 << 20
"""A whole number of the longest words that turn with the byte order."""


class PixelWriter(Protocol):
    """The copy's pixels: `header` are the elements they set, or drop where None."""

    @property
    def transfer_syntax(self) -> str: ...

    @property
    def header(self) -> "Mapping[int, DataElement | None]": ...

    def write(self, fp: BinaryIO) -> None: ...


def write_copy(container: Container, plan: Plan, pixels: PixelWriter | None, target: BinaryIO) -> None:
    """Write a Part 10 file: a preamble of zeros, a file meta group of our own, and what the plan lists.

    `pixels` writes the pixel elements at their place; without it they are gone. Raises `RefusedFile` where the plan
    leaves no SOP instance.
    """
    syntax = str(pixels.transfer_syntax) if pixels is not None else container.syntax
    planned = ElementWriter(plan, encoding_of(syntax))
    charset = charset_of(container.data_set, None)
    chunks = planned.chunks(container.data_set, (), charset)
    for tag, element in (pixels.header if pixels else {}).items():
        chunks.pop(tag, None)
        if element is not None:
            chunks[tag] = planned.forced(tag, element, charset)
    target.write(part_10_head(_uid(chunks, tags.SOPClassUID), _uid(chunks, tags.SOPInstanceUID), syntax))
    body = _BodyWriter(container, planned.encoding, pixels)
    if syntax != DEFLATED:
        body.write(chunks, target)
        return
    deflated = _Deflated(target)
    body.write(chunks, cast("BinaryIO", deflated))
    deflated.finish()


def part_10_head(sop_class: bytes, sop_instance: bytes, syntax: str) -> bytes:
    """A preamble of zeros and the file meta group, of nothing but what the copy itself says (PS3.10 Table 7.1-1)."""
    values = (
        (tags.FileMetaInformationVersion, "OB", b"\0\1"),
        (tags.MediaStorageSOPClassUID, "UI", sop_class),
        (tags.MediaStorageSOPInstanceUID, "UI", sop_instance),
        (tags.TransferSyntaxUID, "UI", syntax.encode()),
        (tags.ImplementationClassUID, "UI", IMPLEMENTATION_CLASS_UID.encode()),
        (tags.ImplementationVersionName, "SH", IMPLEMENTATION_VERSION.encode()),
    )
    group = b"".join(element_bytes(tag, vr, value, _META_ENCODING) for tag, vr, value in values)
    length = element_bytes(
        tags.FileMetaInformationGroupLength, "UL", len(group).to_bytes(4, "little"), _META_ENCODING
    )
    return bytes(128) + b"DICM" + length + group


def _uid(chunks: Mapping[int, Chunk], tag: int) -> bytes:
    """The value of a UID that the copy holds: behind a head of 8 bytes in every encoding."""
    chunk = chunks.get(tag, b"")
    value = chunk[8:].strip(b" \0") if isinstance(chunk, bytes) else b""
    if not value:
        raise RefusedFile(
            "It does not say which object it is (no SOP Class or Instance UID).",
            "Export it again as DICOM from its viewer or archive.",
        )
    return value


class _BodyWriter:
    """Writes the elements of the top level, those in memory and those still in the input."""

    def __init__(self, container: Container, encoding: Encoding, pixels: PixelWriter | None) -> None:
        self._stream = container.stream
        self._turns = container.data_set.encoding.little != encoding.little
        self._encoding = encoding
        self._pixels = pixels

    def write(self, chunks: Mapping[int, Chunk], target: BinaryIO) -> None:
        waiting: list[bytes] = []
        for tag in sorted(chunks):
            chunk = chunks[tag]
            is_of_pixels = tag >> 16 == PIXEL_GROUP
            if isinstance(chunk, bytes) and not is_of_pixels:
                waiting.append(chunk)
                continue
            target.write(b"".join(waiting))
            waiting.clear()
            if not is_of_pixels and not isinstance(chunk, bytes):
                self._copy_value(chunk, target)
            elif self._pixels is not None and tag in PIXEL_DATA:
                self._pixels.write(target)
        target.write(b"".join(waiting))

    def _copy_value(self, element: Element, target: BinaryIO) -> None:
        """Copy an element whose value is still in the input, a block at a time."""
        vr = written_as(element.stored_vr, element.vr)
        odd = element.length % 2
        length = UNDEFINED_LENGTH if element.fragmented else element.length + odd
        target.write(element_head(element.tag, vr, length, self._encoding))
        self._stream.seek(element.offset)
        left = element.length
        while left:
            block = self._stream.read(min(left, _BLOCK))
            if not block:
                raise truncated()
            target.write(turned(vr, block) if self._turns else block)
            left -= len(block)
        target.write(bytes(odd))


class _Deflated(io.RawIOBase):
    """Deflates what is written to it into `target` (PS3.5 A.5: no zlib header, padded to an even length)."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self._compressor = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        self._written = 0

    def writable(self) -> bool:
        return True

    def write(self, data: "ReadableBuffer", /) -> int:
        self._pass_on(self._compressor.compress(data))
        return memoryview(data).nbytes

    def finish(self) -> None:
        self._pass_on(self._compressor.flush())
        self._pass_on(bytes(self._written % 2))

    def _pass_on(self, data: bytes) -> None:
        self._written += len(data)
        self._target.write(data)
