"""What is written into texts: pictures in base64 (notebooks, pages, style sheets, JSON) and in hexadecimal (RTF)."""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final

from scanscrub.formats.carving import carved
from scanscrub.formats.ole import MAGIC as OLE

TOKENS: Final = (
    *(b"base64", b"iVBORw0KGgo", b"/9j/", b"R0lGOD", b"ESUNNAgA", b"SUkqA", b"TU0AK", b"UklGR"),
    *(b'"vr"', b"NativeDicomModel", b"<data-set"),
)
"""Without one of these a text holds nothing that is looked for here."""
_SIGNED: Final = re.compile(
    rb"(?:iVBORw0KGgo|/9j/|R0lGOD[ld]h|SUkqA|TU0AK|UklGR|[A-Za-z0-9+/_-]{168,170}ESUNNAgA)"
    rb"(?:[A-Za-z0-9+/_-]+|%2[BbFf]|\\?\r?\n[ \t]{0,16}|\\[nr/])*"
)
"""Base64 that begins as a picture does, also over many lines and as JSON writes line ends."""
_BREAKS: Final = re.compile(rb"\\?\r?\n[ \t]*|\\[nr]")
_SHORTEST: Final = 64
_HEX: Final = re.compile(rb"(?:[0-9a-fA-F]{2}[\s]{0,4}){64,}")
_PICT: Final = re.compile(rb"\\pict\b")
_BINARY: Final = re.compile(rb"\\bin(\d{1,9}) ?")


def pictures_in_base64(data: bytes) -> Iterator[bytes]:
    """What the runs of base64 decode to."""
    for found in _SIGNED.finditer(data):
        run = _BREAKS.sub(b"", found[0]).replace(b"\\/", b"/")
        run = re.sub(rb"%2[Bb]", b"+", run)
        run = re.sub(rb"%2[Ff]", b"/", run).translate(bytes.maketrans(b"-_", b"+/"))
        if len(run) >= _SHORTEST:
            try:
                yield base64.b64decode(run[: len(run) // 4 * 4] + _rest(run))
            except binascii.Error:
                continue


def _rest(run: bytes) -> bytes:
    left = run[len(run) // 4 * 4 :]
    return left + b"=" * (4 - len(left)) if len(left) > 1 else b""


def is_rtf(head: bytes) -> bool:
    return head.startswith(b"{\\rt")


def pictures_in_rtf(data: bytes) -> Iterator[bytes | None]:
    """The pictures and objects of a rich text; None for one of a kind that cannot be looked at (metafiles)."""
    told = 0
    for found in _HEX.finditer(data):
        content = bytes.fromhex("".join(found[0].decode("ascii").split()))
        for image in _images(content):
            told += 1
            yield image
    for found in _BINARY.finditer(data):
        for image in _images(data[found.end() : found.end() + int(found[1])]):
            told += 1
            yield image
    if told < len(_PICT.findall(data)):
        yield None


def _images(content: bytes) -> Iterator[bytes]:
    at = content.find(OLE)
    yield from [content[at:]] if at >= 0 else carved(content)
