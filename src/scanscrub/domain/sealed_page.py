"""A page of ours ends with the digest of all before it.

Where that holds nobody has changed it since, and its pictures are previews of copies that were proved: `check` need
not look for writing in the outlines of masks.
"""

import hashlib
import re
from typing import Final

_SEAL: Final = re.compile(rb"<!-- scanscrub report ([0-9a-f]{64}) -->\s*\Z")
_LONGEST: Final = 128
"""Bytes of a seal and the white space behind it."""


def seal(digest: str) -> str:
    """What a page ends with whose bytes so far, in UTF-8, have that SHA-256 in hexadecimal digits."""
    return f"<!-- scanscrub report {digest} -->\n"


def is_sealed(data: bytes) -> bool:
    """Whether the bytes are a whole page as it was written; lines may end as another system has them."""
    found = _SEAL.search(data, max(0, len(data) - _LONGEST))
    if found is None:
        return False
    before = data[: found.start()].replace(b"\r\n", b"\n")
    return hashlib.sha256(before).hexdigest().encode("ascii") == found[1]
