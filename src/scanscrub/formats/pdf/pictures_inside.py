"""Whether there is a picture in a PDF, by its bytes: for one whose pages nobody can draw, or is to look at."""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from scanscrub.domain.errors import NoImageSeen, NotLookedInto, RefusedFile

_SMALL: Final = 64
"""Rows or columns: what is smaller on either side is a logo."""
_ESCAPE: Final = re.compile(rb"#([0-9a-fA-F]{2})")
_IMAGE: Final = re.compile(rb"/Subtype\s*/Image\b")
_SIZE: Final = re.compile(rb"/(Width|Height)\s+(\d+)(?!\s+\d+\s+R)")
_AROUND, _COMPARED = 1 << 10, 1 << 16
_COLUMNS, _ROWS = 0, 1
_UNKNOWN: Final = (b"/Encrypt", b"/EmbeddedFile")


def seen_in(data: bytes) -> type[RefusedFile]:
    """`RefusedFile` where there is a picture, `NoImageSeen`, or `NotLookedInto` where nobody can tell.

    A picture in a PDF is a stream, whose dictionary stands in the file itself (ISO 32000-2, 7.3.8, 8.9.5).
    """
    if any(sign in data for sign in _UNKNOWN):
        return NotLookedInto
    plain = _ESCAPE.sub(lambda found: bytes((int(found[1], 16),)), data)
    images = [_image(plain, found.start()) for found in _IMAGE.finditer(plain)]
    return RefusedFile if _are_large(images, _COLUMNS) or _are_large(images, _ROWS) else NoImageSeen


def _image(data: bytes, at: int) -> tuple[int, int, int]:
    """Columns, rows and a hash of the image that is declared there; a size that cannot be told is large."""
    start = max(data.rfind(b"obj", max(0, at - _AROUND), at), 0)
    end = data.find(b"stream", at, at + _AROUND)
    sizes = {name: int(number) for name, number in _SIZE.findall(data[start : end if end > 0 else at])}
    content = data[end : end + _COMPARED].partition(b"endstream")[0] if end > 0 else b""
    return sizes.get(b"Width", _SMALL), sizes.get(b"Height", _SMALL), hash(content)


def _are_large(images: Sequence[tuple[int, int, int]], side: int) -> bool:
    """Whether those as wide, or as high, as one another make together what is larger than a logo: programs cut a
    picture into strips. One image again and again is a logo on every page; icons are small on either side.
    """
    lengths, contents = defaultdict[int, list[int]](list), defaultdict[int, set[int]](set)
    for image in images:
        lengths[image[side]].append(image[1 - side])
        contents[image[side]].add(image[2])
    return any(
        min(size, sum(each) if len(contents[size]) > 1 else max(each)) >= _SMALL for size, each in lengths.items()
    )
