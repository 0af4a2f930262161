"""A form in the encodings of files, and how improbable it is that its bytes are there by chance."""

import math
import re
from collections.abc import Iterator
from functools import cache
from operator import sub
from typing import NamedTuple

from scanscrub.policy.identifiers.value_forms import Form

_WESTERN = ("utf-8", "latin-1")
_OTHERS = (
    "utf-8",
    "iso2022_jp",
    "iso2022_kr",
    "gb18030",
    "shift_jis",
    "euc_kr",
    "iso8859_2",
    "iso8859_5",
    "iso8859_7",
)
_ESCAPES = re.compile(rb"^(?:\x1b\$\)?[A-Za-z]|\x0e)+|(?:\x1b\([A-Za-z]|\x0f)+$")
_LAST_WESTERN = 0xFF
_LAST_ALPHABETIC = 0x2FF


class Coded(NamedTuple):
    """The bytes of a form in one encoding, and a part of them, without NUL, that is quickly searched."""

    core: bytes
    code: bytes
    weight: float


def weight(text: str) -> float:
    """How improbable the text is among random characters of its own sort, in bits; 0 for runs and ramps.

    A run ("00000000") and a ramp ("12345678") are what flat areas and gradients of an image look like.
    """
    if len(set(text)) < 4:
        return 0.0
    codes = [*map(ord, text)]
    if len({*map(sub, codes[1:], codes)}) < 2:
        return 0.0
    return sum(map(_letter_weight, text))


@cache
def _letter_weight(letter: str) -> float:
    if letter.isdecimal():
        return math.log2(10)
    return math.log2(26) if ord(letter) <= _LAST_ALPHABETIC else 12.0


def encoded(form: Form, heavy: float) -> Iterator[Coded]:
    """The form in the encodings of files, in lower case. One code is both byte orders of UTF-16, for ASCII."""
    if form.text.isascii():
        yield from _in_ascii(form, heavy)
        return
    for change in (str, str.lower, str.upper):
        for codec in _codecs(form.text):
            code = _lower_bytes(change(form.text), codec).strip(b"\0")
            core = _ESCAPES.sub(b"", _lower_bytes(change(form.core), codec)).strip(b"\0")
            if code:
                yield Coded((core if core in code else code).replace(b"\0", b""), code, heavy)


def _in_ascii(form: Form, heavy: float) -> Iterator[Coded]:
    for codec in ("ascii", "utf-16-le"):
        code = form.text.lower().encode(codec).strip(b"\0")
        core = _lower_bytes(form.core.lower(), codec)
        core = (_ESCAPES.sub(b"", core) if b"\x1b" in core or b"\x0e" in core or b"\x0f" in core else core).strip(
            b"\0"
        )
        if code:
            yield Coded((core if core in code else code).replace(b"\0", b""), code, heavy)


def _codecs(text: str) -> tuple[str, ...]:
    western = all(ord(letter) <= _LAST_WESTERN for letter in text)
    return ("utf-16-le", "utf-16-be", *(_WESTERN if western else _OTHERS))


def _lower_bytes(text: str, codec: str) -> bytes:
    """The encoded text as `bytes.lower` leaves it, empty where the codec cannot write it."""
    try:
        return text.encode(codec).lower()
    except UnicodeEncodeError:
        return b""
