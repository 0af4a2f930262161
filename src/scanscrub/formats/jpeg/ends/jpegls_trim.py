"""A JPEG-LS codestream that ends with its last line (ISO 14495-1).

CharLS, which decodes it, takes nothing but the exact length: it says of bytes too many that there are some, and of
missing ones something else.
"""

from collections.abc import Iterator

import jpeg_ls

from scanscrub.formats.jpeg.codestream import jpeg_segments

_SOS = 0xDA
_EOI = b"\xff\xd9"
_TOO_MANY = ("still", "start byte")
"""Words of what CharLS says where coded bytes are left over, zeros among them."""


def trimmed_jpegls(data: bytes) -> bytes:
    """The same picture without bytes behind its last line; the very bytes where there are none, or where nobody can
    tell. `data` has no comments, and ends with EOI.
    """
    scans = [entropy for marker, _, entropy in jpeg_segments(data, entropy_limit=0x80) if marker == _SOS]
    if len(scans) != 1 or not _has_too_many(data):
        return data
    low, high = len(data) - 2 - len(scans[0]), len(data) - 2
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _has_too_many(data[:middle] + _EOI) else (middle, high)
    return next((shorter for shorter in _ends(data, low, high) if _complaint(shorter) is None), data)


def _ends(data: bytes, low: int, high: int) -> Iterator[bytes]:
    """The codestream up to each of these places, the later ones first, with ever fewer bits of the last byte."""
    for end in range(high, low - 1, -1):
        for spare in range(8):
            yield data[: end - 1] + bytes([data[end - 1] >> spare << spare]) + _EOI


def _has_too_many(data: bytes) -> bool:
    said = _complaint(data)
    return said is not None and any(word in said for word in _TOO_MANY)


def _complaint(data: bytes) -> str | None:
    """What CharLS says of a codestream; None where it is content."""
    try:
        jpeg_ls.decode_pixel_data(data)
    except (RuntimeError, ValueError, TypeError) as error:
        return str(error)
    return None
