"""Pictures that are written as text, which a look at a file's first bytes would otherwise take for no picture."""

import base64
import binascii
import re
from collections.abc import Iterator
from html import unescape
from typing import BinaryIO, Final
from urllib.parse import unquote_to_bytes

from scanscrub.system.streams import HEAD_BYTES

_BOM: Final = b"\xef\xbb\xbf"
_BESIDE: Final = rb"<\?.*?\?>|<!--.*?-->"
_QUOTED: Final = rb"\"[^\"]*\"|'[^']*'"
_BEFORE_ROOT: Final = re.compile(rb"\s+|%b|<!DOCTYPE" % _BESIDE, re.DOTALL)
_IN_TYPE: Final = re.compile(rb"[^>\[\"']+|%b|\[|>" % _QUOTED)
_IN_SUBSET: Final = re.compile(rb"[^\]\"'<]+|%b|%b|<(?!\?|!--)|\]" % (_BESIDE, _QUOTED), re.DOTALL)
_NEXT: Final = {
    (_BEFORE_ROOT, b"<!DOCTYPE"): _IN_TYPE,
    (_IN_TYPE, b"["): _IN_SUBSET,
    (_IN_SUBSET, b"]"): _IN_TYPE,
    (_IN_TYPE, b">"): _BEFORE_ROOT,
}
"""What may stand before a root element: instructions, comments, a document type with declarations (XML 1.0, 2.8)."""
_SVG: Final = re.compile(rb"<(?:[\w.-]+:)?svg[\s>/]")
_CUT_OFF: Final = re.compile(rb"(?:<(?:[?!].*|[\w.:-]*))?\Z", re.DOTALL)
_NETPBM: Final = re.compile(
    rb"^P(?:[14](?:\s+(?:\#[^\r\n]*\s+)*\d{1,6}){2}|[2356](?:\s+(?:\#[^\r\n]*\s+)*\d{1,6}){3}|7\s+(?:\#[^\n]*\n)*WIDTH)\s"
)
_HEADERS: Final = (b"%PDF-", b"NRRD000", b"ObjectType =", b"NDims =")
"""PDF; NRRD and MetaImage, whose pixels may be in a file of their own that has no header at all."""
_COMMENT: Final = re.compile(rb"#[^\r\n]*")
_DATA_URL: Final = re.compile(r"(?<![\w-])data:(?:(?![,\"']).){0,200},", re.IGNORECASE | re.DOTALL)
_END_OF_URL: Final = re.compile(r"[\"'<>)]")
_IGNORED_IN_URLS: Final = dict.fromkeys(map(ord, "\t\r\n"))
_NO_PICTURE: Final = re.compile(
    r"(?:text/(?!html)|font/|application/(?:font|x-font|vnd\.ms-font|javascript|ecmascript|json))", re.IGNORECASE
)
_MOST: Final = 64 << 20
_UTF_16: Final = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}

_POSTSCRIPT_PICTURE: Final = re.compile(
    rb"%%Begin(?:Image|Data|Binary|Preview)|/ImageType\s+[134]\b|^[^%\r\n]{0,80}\b(?:color)?image\s*$"
    rb"|^[^%\r\n]{0,80}\bcurrentfile\b[^\r\n]{0,80}\breadhexstring\b",
    re.MULTILINE,
)
_DEFINITION: Final = re.compile(rb"(?:bind )?\s*(?:def|load def|bdef|bd)\s*$|\{[^}\r\n]*$")


def head_of(stream: BinaryIO) -> bytes:
    """What a file is known by: its first 4,096 bytes, and more where the root of an XML document comes later.

    The stream is left at its start.
    """
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    if len(head) == HEAD_BYTES and _ends_before_root(as_utf_8(head)):
        head += stream.read(_MOST)
    stream.seek(0)
    return head


def is_svg(head: bytes) -> bool:
    """Whether a file that begins so is an SVG drawing."""
    head = as_utf_8(head)
    root = _root_of(head)
    return root is not None and _SVG.match(head, root) is not None


def _ends_before_root(head: bytes) -> bool:
    root = _root_of(head)
    return root is None or _CUT_OFF.match(head, root) is not None


def _root_of(document: bytes) -> int | None:
    """Where the root element of an XML document begins, as far as it is one; None where the document type goes on.

    Piece by piece: Python 3.11.2 takes possessive repetitions of groups, which would say it at once, for no match.
    """
    place, inside = len(_BOM) if document.startswith(_BOM) else 0, _BEFORE_ROOT
    while piece := inside.match(document, place):
        place, inside = piece.end(), _NEXT.get((inside, piece[0]), inside)
    return place if inside is _BEFORE_ROOT else None


def is_netpbm(head: bytes) -> bool:
    """Whether it is a PBM, PGM, PPM or PAM picture. In the plain ones nothing but numbers follows."""
    if _NETPBM.match(head) is None:
        return False
    return head[1:2] not in b"123" or not _COMMENT.sub(b"", head[2:]).strip(b"0123456789 \t\r\n\f\v")


def is_fits(head: bytes) -> bool:
    """Whether it begins with the first card of a FITS header, which is text (FITS 4.0, 4.4.1)."""
    return head.startswith(b"SIMPLE  =") and len(head) >= 160 and head[80:86] == b"BITPIX"


def is_postscript(head: bytes) -> bool:
    """PostScript, encapsulated or not, also with a preview in front of it (EPSF 3.0, 5.2)."""
    return head.startswith((b"%!", b"\4%!", b"\xc5\xd0\xd3\xc6"))


def is_text_picture(head: bytes) -> bool:
    """Whether it is a picture although it may be text from end to end, or its header is."""
    if head.startswith(_HEADERS):
        return True
    return is_svg(head) or is_netpbm(head) or is_fits(head) or is_postscript(head)


def holds_pixels(head: bytes, stream: BinaryIO) -> bool:
    """Whether a file may hold pixels: of drawings only those that carry a picture with them.

    A repository's logos, badges and charts are lines and letters, and nobody's scan; what a drawing carries as a data
    URL, or as an operand of PostScript's image, can be one.
    """
    if is_svg(head):
        return any(True for _ in embedded(stream))
    if is_postscript(head):
        return _has_preview(head) or _draws_a_picture(stream)
    return True


def _has_preview(head: bytes) -> bool:
    """Whether a TIFF or a metafile goes with the PostScript."""
    return head.startswith(b"\xc5\xd0\xd3\xc6") and any(head[16:20] + head[24:28])


def _draws_a_picture(stream: BinaryIO) -> bool:
    stream.seek(0)
    data = stream.read(_MOST)
    return any(
        _DEFINITION.search(data[max(0, found.start() - 80) : found.end()]) is None
        for found in _POSTSCRIPT_PICTURE.finditer(data)
    )


def embedded(stream: BinaryIO) -> Iterator[bytes | None]:
    """What an SVG drawing carries as data URLs (RFC 2397) that may be pictures; None for one that is no data at all.

    Entities, percent signs and blanks inside are what browsers undo. A drawing within the drawing is looked into.
    """
    stream.seek(0)
    yield from _pictures_in(stream.read(_MOST), depth=0)


def _pictures_in(data: bytes, depth: int) -> Iterator[bytes | None]:
    text = unescape(data.decode(_utf_16(data) or "utf-8", "replace")).translate(_IGNORED_IN_URLS)
    for found in _DATA_URL.finditer(text):
        kind = "".join(unquote_to_bytes(found[0][5:-1]).decode("latin-1").split())
        if _NO_PICTURE.match(kind):
            continue
        end = _END_OF_URL.search(text, found.end())
        body = unquote_to_bytes(text[found.end() : end.start() if end else len(text)])
        content = _from_base64(body) if kind.lower().endswith(";base64") else body
        if content is not None and is_svg(content):
            if depth > 3:
                yield None
            else:
                yield from _pictures_in(content, depth + 1)
        elif content != b"":
            yield content


def _from_base64(body: bytes) -> bytes | None:
    body = body.translate(bytes.maketrans(b"-_", b"+/"), delete=b" \t\r\n\f\v").rstrip(b"=")
    try:
        return base64.b64decode(body + b"=" * (-len(body) % 4), validate=True)
    except binascii.Error:
        return None


def as_utf_8(head: bytes) -> bytes:
    """Text of two bytes each as UTF-8; any other as it is."""
    encoding = _utf_16(head)
    return head[: len(head) // 2 * 2].decode(encoding, "replace").encode("utf-8") if encoding else head


def _utf_16(head: bytes) -> str:
    return _UTF_16.get(head[:2], "")
