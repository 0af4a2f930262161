"""What bytes may say that are not text as declared: read by the code sets of all regions, only to be matched.

Nothing of a guess ever stays in a copy. It tells which names and numbers somebody else may read in such bytes.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

_CODE_SETS: Final = (
    *(
        "utf-8",
        "gb18030",
        "big5hkscs",
        "cp932",
        "euc_jp",
        "cp949",
        "koi8_r",
        "cp1251",
        "iso8859_5",
        "cp1252",
        "cp1250",
    ),
    *("cp1253", "cp1254", "cp874", "cp1255", "cp1256", "latin-1"),
)
_LONGEST: Final = 1 << 12
"""A longer value is no name and no number."""
_CUT: Final = 3
"""Bytes that a value may lack at its end: it was cut inside a character."""
_ESCAPED: Final = re.compile(rb"\x1b([\x20-\x2f]+)?([\x30-\x7e])([^\x1b]*)|([^\x1b]+)|\x1b")
_HZ: Final = re.compile(rb"~\{([^~]*)(?:~\}|$)")
_BREAKS: Final = str.maketrans(dict.fromkeys("\t\n\f\r\xa0\u3000", " "))
_TWO_BYTES: Final = {b"B": "euc_jp", b"@": "euc_jp", b"A": "gb2312", b"C": "euc_kr", b"D": "euc_jp"}
"""Where ISO 2022 switches to a set of two bytes, the code set of 8 bits that has the same characters."""


def is_text(text: str) -> bool:
    """Whether every character can be printed or breaks a line: no control, no format, no unassigned one."""
    return text.translate(_BREAKS).isprintable()


def guesses(value: bytes) -> Iterator[str]:
    """The value as each code set reads it whose characters it has, likelier ones first; duplicates are left in."""
    if len(value) > _LONGEST:
        return
    if b"\0" in value:
        yield from _utf_16(value)
        value = value.replace(b"\0", b"")
    if b"\x1b" in value or b"\x0e" in value:
        yield _escaped(value, spaces=True)
        yield _escaped(value, spaces=False)
    if b"~{" in value:
        yield _HZ.sub(lambda run: _high(run[1]).decode("gb2312", "ignore").encode(), value).decode("utf-8", "ignore")
    if not value.isascii():
        for code_set in _CODE_SETS:
            yield from _read(value, code_set)
    yield printable(value.decode("ascii", "ignore"))


def _read(value: bytes, code_set: str) -> Iterator[str]:
    for cut in range(_CUT + 1):
        try:
            text = value[: len(value) - cut].decode(code_set)
        except UnicodeDecodeError:
            continue
        if is_text(text):
            yield text
        return


def _utf_16(value: bytes) -> Iterator[str]:
    for code_set in ("utf-16-le", "utf-16-be"):
        for start in (0, 1):
            yield printable(value[start:].decode(code_set, "ignore"))


def _escaped(value: bytes, *, spaces: bool) -> str:
    """ISO 2022 without its strictness: each run by the set that it switches to, whatever was declared."""
    found: list[str] = []
    for run in _ESCAPED.finditer(value):
        middle, final, switched, before = run.groups()
        text = before or switched or b""
        if middle and middle.startswith(b"$"):
            bare = text if spaces else text.replace(b" ", b"")
            found.append(_high(bare).decode(_TWO_BYTES.get(final, "euc_jp"), "ignore"))
        elif final in {b"@", b"A", b"B"} and switched is not None and middle is None:
            found.append(text.decode("ascii", "ignore"))
        else:
            found.append(text.decode("latin-1"))
    return printable("".join(found))


def _high(run: bytes) -> bytes:
    """Seven bits as eight: how the code sets of two bytes write what ISO 2022 writes in ASCII's place."""
    return bytes(byte | 0x80 if byte > 0x20 else byte for byte in run)


def printable(text: str) -> str:
    """The text less its controls and other characters that cannot be seen."""
    return "".join(
        letter
        for letter in text.translate(_BREAKS)
        if unicodedata.category(letter) not in {"Cc", "Cf", "Cn", "Co", "Cs"}
    )
