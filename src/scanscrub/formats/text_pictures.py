"""Pictures that are written as text, which a look at a file's first bytes would otherwise take for no picture."""

import re
from typing import BinaryIO, Final

_SVG: Final = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*|<!DOCTYPE[^>]*>\s*)*<(?:\w+:)?svg[\s>]", re.DOTALL
)
_NETPBM: Final = re.compile(
    rb"^P(?:[14](?:\s+(?:\#[^\r\n]*\s+)*\d{1,6}){2}|[2356](?:\s+(?:\#[^\r\n]*\s+)*\d{1,6}){3}|7\s+(?:\#[^\n]*\n)*WIDTH)\s"
)
_COMMENT: Final = re.compile(rb"#[^\r\n]*")
_EMBEDDED: Final = re.compile(rb"data:\s*(?:image/(?!svg)|application/(?:dicom|pdf|octet-stream))", re.IGNORECASE)
_BLOCK: Final = 1 << 20
_LONGEST_MATCH: Final = 64


def is_svg(head: bytes) -> bool:
    """Whether a file that begins so is an SVG drawing."""
    return _SVG.match(head) is not None


def is_netpbm(head: bytes) -> bool:
    """Whether it is a PBM, PGM, PPM or PAM picture. In the plain ones nothing but numbers follows."""
    if _NETPBM.match(head) is None:
        return False
    return head[1:2] not in b"123" or not _COMMENT.sub(b"", head[2:]).strip(b"0123456789 \t\r\n\f\v")


def is_text_picture(head: bytes) -> bool:
    return is_svg(head) or is_netpbm(head)


def holds_pixels(head: bytes, stream: BinaryIO) -> bool:
    """Whether a file may hold pixels: of drawings only those that carry a picture with them.

    A repository's logos and badges are lines and letters, and nobody's scan; what a drawing carries as a data URL
    can be one.
    """
    if not is_svg(head):
        return True
    stream.seek(0)
    tail = b""
    while block := stream.read(_BLOCK):
        if _EMBEDDED.search(tail + block):
            return True
        tail = block[-_LONGEST_MATCH:]
    return False
