"""What is written into texts: pictures in base64 (notebooks, pages, style sheets, JSON) and in hexadecimal (RTF)."""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final

from scanscrub.formats.documents.carving import carved
from scanscrub.formats.documents.ole import MAGIC as OLE

_DICOM, _BEFORE_DICOM = b"ESUNNAgA", 171
"""The prefix and the first group in base64, and how many letters stand for the preamble."""
_URL: Final = b";base64,"
_SIGNATURES: Final = (_URL, b"iVBORw0KGgo", b"/9j/", b"R0lGOD", _DICOM, b"SUkqA", b"TU0AK", b"UklGR")
MODELS: Final = (b'"vr"', b'"Value"', b"NativeDicomModel", b"<data-set")
TOKENS: Final = (b"base64", *_SIGNATURES, *MODELS)
"""Without one of these a text holds nothing that is looked for here."""
_LETTERS: Final = rb"(?:[A-Za-z0-9+/_-]+|%2[BbFf]|\\?\r?\n[ \t]{0,16}|\\[nr/])*"
_RUN: Final = re.compile(_LETTERS)
_SIGNED: Final = re.compile(rb"(?:;base64,|iVBORw0KGgo|/9j/|R0lGOD[ld]h|SUkqA|TU0AK|UklGR)" + _LETTERS)
"""Base64 that begins as a picture does, also over many lines and as JSON writes line ends."""
_BREAKS: Final = re.compile(rb"\\?\r?\n[ \t]*|\\[nr]")
_SHORTEST: Final = 64
_HEX: Final = re.compile(rb"(?<![A-Za-z0-9])[0-9a-fA-F\s]{128,}")
_PICT: Final = re.compile(rb"\\pict\b")
_BINARY: Final = re.compile(rb"\\bin(\d{1,9}) ?")


def pictures_in_base64(data: bytes) -> Iterator[bytes]:
    """What the runs of base64 decode to."""
    if not any(token in data for token in _SIGNATURES):
        return
    for found in _runs(data):
        if found.end() - found.start() >= _SHORTEST:
            content = _decoded(found[0].removeprefix(_URL))
            if content:
                yield content


def _decoded(run: bytes) -> bytes:
    run = _BREAKS.sub(b"", run).replace(b"\\/", b"/")
    for escaped, letter in (
        (b"%2B", b"+"),
        (b"%2b", b"+"),
        (b"%2F", b"/"),
        (b"%2f", b"/"),
        (b"-", b"+"),
        (b"_", b"/"),
    ):
        run = run.replace(escaped, letter)
    try:
        return base64.b64decode(run[: len(run) // 4 * 4] + _rest(run))
    except binascii.Error:
        return b""


def _runs(data: bytes) -> Iterator[re.Match[bytes]]:
    yield from _SIGNED.finditer(data)
    at = 0
    while (at := data.find(_DICOM, at + 1)) >= 0:
        if at >= _BEFORE_DICOM and (found := _RUN.match(data, at - _BEFORE_DICOM)) and found.end() > at:
            at = found.end()
            yield found


def _rest(run: bytes) -> bytes:
    left = run[len(run) // 4 * 4 :]
    return left + b"=" * (4 - len(left)) if len(left) > 1 else b""


def is_rtf(head: bytes) -> bool:
    return head.startswith(b"{\\rt")


def pictures_in_rtf(data: bytes) -> Iterator[bytes | None]:
    """The pictures and objects of a rich text; None for one of a kind that cannot be looked at (metafiles)."""
    told = 0
    for found in _HEX.finditer(data):
        digits = b"".join(found[0].split())
        for image in _images(bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii"))):
            told += 1
            yield image
    at = 0
    while blob := _BINARY.search(data, at):
        at = blob.end() + int(blob[1])
        for image in _images(data[blob.end() : at]):
            told += 1
            yield image
    if told < len(_PICT.findall(data)):
        yield None


def _images(content: bytes) -> Iterator[bytes]:
    at = content.find(OLE)
    yield from [content[at:]] if at >= 0 else carved(content)
