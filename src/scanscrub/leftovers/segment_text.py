"""What a metadata segment says, as far as it is cheap to tell: the policy learns names and dates from it."""

import re

from scanscrub.domain.phi import Phi

MAX_BYTES = 1 << 16
_RUN = re.compile(rb"(?:[\x20-\x7e\t\r\n]|[\xc3-\xd4][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}){4,}")
_RUN_UTF16 = {
    "utf-16-le": re.compile(rb"(?:[\x20-\x7e\xc0-\xff]\x00){4,}"),
    "utf-16-be": re.compile(rb"(?:\x00[\x20-\x7e\xc0-\xff]){4,}"),
}


def readable(data: bytes, *, encoding: str | None = None) -> Phi | None:
    """The text in a segment, None where there is none.

    With an `encoding` all of it is text (PNG tEXt is Latin-1). Without one, every run of four characters in
    UTF-8 or UTF-16 counts, as in EXIF, IPTC, maker notes and segments nobody has described.
    """
    data = data[:MAX_BYTES]
    if encoding is not None:
        text = data.decode(encoding, "replace").strip("\0")
        return Phi(text) if text else None
    runs = [run.decode("utf-8", "replace") for run in _RUN.findall(data)]
    for name, pattern in _RUN_UTF16.items():
        runs += [run.decode(name) for run in pattern.findall(data)]
    return Phi("\n".join(runs)) if runs else None


def beside_text(data: bytes) -> bytes:
    """What `readable` does not tell of the bytes, NULs between the letters of UTF-16 aside."""
    told, rest = data[:MAX_BYTES], data[MAX_BYTES:]
    for pattern in (_RUN, *_RUN_UTF16.values()):
        told = pattern.sub(b"", told)
    return told + rest
