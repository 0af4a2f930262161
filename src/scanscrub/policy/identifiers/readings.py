"""What a text says to whoever decodes it: percent signs, entities, quoted-printable, base64, hexadecimal and more."""

import re
from base64 import a85decode, b32decode, b64decode, b85decode
from collections.abc import Callable, Iterator
from html import unescape
from typing import Final
from unicodedata import category

from scanscrub.domain.text import remembered

_HINT: Final = re.compile(r"[&%=~+\\]|U\+|0x|xn--|[^\s\\]{6}|[^\x00-\x7f]|(?:\w{2,3}[ :,;.\-_]){3}")
"""What is in every text that has another reading; most have none."""
_SLASHES: Final = r"(?<!\\)\\+"
_BYTE: Final = rf"(?:%|=|{_SLASHES}x|(?<![0-9A-Za-z])0x)[0-9A-Fa-f]{{2}}"
_BYTES: Final = re.compile(rf"{_BYTE}(?:(?:[ ,;]{{1,2}}|=?\r?\n)?{_BYTE})*")
_CODE_POINTS: Final = re.compile(rf"(?:{_SLASHES}u\{{?|%u|U\+|u\+)([0-9A-Fa-f]{{4,5}})\}}?(?:[ ,;](?=\\|%u|[Uu]\+))?")
_HZ: Final = re.compile(r"~\{((?:(?!~\{)[!-~])*?)(?:~\}|$)")
_UTF_7: Final = re.compile(r"\+[A-Za-z0-9+/]{2,}-?")
_PUNYCODE: Final = re.compile(r"xn--([A-Za-z0-9\-]+)", re.IGNORECASE)
_ROW: Final = re.compile(rf"(?:{_BYTE}){{2}}|(?:0x[0-9A-Fa-f]{{2}}[ ,;]{{0,2}}){{2}}")
_ESCAPED_BYTE: Final = re.compile(r"[0-9A-Fa-f]{2}(?![0-9A-Fa-f])")
_PERCENT: Final = re.compile(r"(?<![\d\s])%[0-9A-Fa-f]{2}(?!\d)")
_ESCAPE: Final = re.compile(
    rf"&#?\w+;?|(?:%|=|{_SLASHES}x|0x)[0-9A-Fa-f]{{2}}|(?:{_SLASHES}u\{{?|%u|U\+)[0-9A-Fa-f]{{4,5}}"
    r"|~\{.*|\+\w+-?|xn--\S+"
)
_FEWEST: Final = 4
_DIGITS: Final = "0123456789"
_OF_NAMES: Final = frozenset(" ^,.;:'-_/=@+\r\n\t\u2019")
_BLOCKS: Final = ((0x00, 0x06), (0x30, 0x9F), (0xAC, 0xD7))
"""First bytes of letters of Europe and the Near East, of China and Japan, of Korea."""
_FEWEST_LETTERS: Final = 3
_LONGEST_CAPITALS: Final = 12
_LONGER_THAN: Final = 8
_MARGIN: Final = 4096
_DEPTH: Final = 2
_LAST_LATIN: Final = 0x24F


def resolved(text: str) -> str | None:
    """The text with what is marked as escaped in it decoded; None where nothing is, or it may be by chance.

    An equals sign before a number (TE=90) and a per cent behind one (50%) mark nothing.
    """
    if _HINT.search(text) is None:
        return None
    new = text
    for resolve in _MARKED:
        new = resolve(new)
    return new if new != text and _is_printable(new) else None


def hides(text: str, decoded: str) -> bool:
    """Whether letters and digits of ASCII were escaped, four and more, which nothing asks for."""
    return sum(map(_is_plain, decoded)) - sum(map(_is_plain, _ESCAPE.sub("", text))) >= _FEWEST


def _is_plain(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


@remembered
def readings(text: str) -> tuple[str, ...]:
    """All that the text may say when it is decoded, once or twice: one text for a code, of lines where runs are it.

    Much of it is there by chance and says nothing: it is for the search for what is known.
    """
    found: dict[str, None] = {}
    most = _LONGER_THAN * len(text) + _MARGIN
    todo = [text]
    for _ in range(_DEPTH):
        todo = [new for one in todo if _HINT.search(one) for new in _decoded(one) if new not in found]
        for new in todo:
            most -= len(new)
            if most > 0:
                found[new] = None
    return tuple(found)


def _decoded(text: str) -> Iterator[str]:
    whole = text
    for resolve in (*_MARKED, _utf_7, _bytes):
        whole = resolve(whole)
    if whole != text and _is_printable(whole):
        yield whole
    yield from _misread(text)
    held = set(text)
    for needed, runs, decode in _RUNS:
        if needed and held.isdisjoint(needed):
            continue
        said = "\n".join(_said_by(runs.findall(text), decode))
        if said:
            yield said


def _said_by(runs: list[str], decode: Callable[[str], bytes]) -> Iterator[str]:
    for run in runs:
        try:
            data = decode(run)
        except ValueError:
            continue
        yield from filter(_is_somebodys, _said(data))


def _said(data: bytes) -> Iterator[str]:
    """Bytes as text: UTF-8, else Latin-1; UTF-16 where the letters are of one alphabet."""
    yield _by_codec(data, "utf-8", "") or _by_codec(data, "latin-1", "")
    for codec, high in (("utf-16-le", data[1::2]), ("utf-16-be", data[::2])):
        text = _by_codec(data, codec, "")
        if len(text) > 1 and any(first <= min(high) and max(high) <= last for first, last in _BLOCKS):
            yield text


def _misread(text: str) -> Iterator[str]:
    """Text whose UTF-8 was taken for the letters of western Europe."""
    for codec in () if text.isascii() else ("latin-1", "cp1252"):
        try:
            yield text.encode(codec).decode("utf-8")
        except UnicodeError:
            continue


def _is_somebodys(text: str) -> bool:
    """Whether it is made of what names, numbers and dates are written with, as few bytes are by chance."""
    if (text.isascii() and len(text) < _FEWEST_LETTERS) or not any(map(str.isalnum, text)):
        return False
    return all(letter.isalnum() or letter in _OF_NAMES or category(letter)[0] == "M" for letter in text)


def _is_printable(text: str) -> bool:
    return all(letter.isprintable() or letter in "\r\n\t" for letter in text)


def _entities(text: str) -> str:
    return unescape(text) if "&" in text else text


def _code_points(text: str) -> str:
    return _CODE_POINTS.sub(lambda found: chr(int(found[1], 16)), text)


def _marked_bytes(text: str) -> str:
    """Bytes in a row, and one behind a percent sign that stands in a word."""
    return _BYTES.sub(lambda found: _octets(found) if _is_meant(found) else found[0], text)


def _bytes(text: str) -> str:
    return _BYTES.sub(_octets, text)


def _octets(found: re.Match[str]) -> str:
    data = bytes.fromhex("".join(_ESCAPED_BYTE.findall(found[0])))
    return data.decode("utf-8") if _is_utf_8(data) else data.decode("latin-1")


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_meant(found: re.Match[str]) -> bool:
    is_row = _ROW.match(found[0]) is not None
    return is_row or _PERCENT.match(found.string, found.start()) is not None


def _hz(text: str) -> str:
    return _HZ.sub(lambda found: _by_codec(f"~{{{found[1]}~}}".encode("ascii"), "hz", found[0]), text)


def _utf_7(text: str) -> str:
    return _UTF_7.sub(lambda found: _by_codec(found[0].encode("ascii"), "utf-7", found[0]), text)


def _latin_utf_7(text: str) -> str:
    """What is read of UTF-7 where it is Latin; other letters may be there by chance (T1+CONTRAST)."""
    new = _utf_7(text)
    return new if all(ord(letter) <= _LAST_LATIN for letter in new) else text


def _punycode(text: str) -> str:
    return _PUNYCODE.sub(lambda found: _by_codec(found[1].encode("ascii"), "punycode", found[0]), text)


def _by_codec(data: bytes, codec: str, otherwise: str) -> str:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        return otherwise


_MARKED: Final[tuple[Callable[[str], str], ...]] = (
    _entities,
    _code_points,
    _marked_bytes,
    _hz,
    _latin_utf_7,
    _punycode,
)


def _base64(run: str) -> bytes:
    if _is_word(run):
        return b""
    bare = run.rstrip("=").replace("-", "+").replace("_", "/")
    return b64decode(bare + "=" * (-len(bare) % 4), validate=True)


def _base32(run: str) -> bytes:
    bare = run.rstrip("=")
    return b32decode(bare + "=" * (-len(bare) % 8), casefold=True)


def _base85(run: str) -> bytes:
    if run.isalnum():
        return b""
    try:
        data = a85decode(run)
    except ValueError:
        data = b""
    return data if any(_is_somebodys(said) for said in _said(data)) else b85decode(run)


def _is_word(run: str) -> bool:
    """Whether letters are written as those of a word, as base64 hardly ever is (but for capitals in UTF-16)."""
    return run.isalpha() and (run.islower() or run.istitle() or (run.isupper() and len(run) < _LONGEST_CAPITALS))


def _hexadecimal(run: str) -> bytes:
    return bytes.fromhex(re.sub(r"[^0-9A-Fa-f]", "", run))


def _decimal(run: str) -> bytes:
    return bytes(map(int, re.findall(r"\d+", run)))


def _octal(run: str) -> bytes:
    return bytes(int(byte, 8) for byte in re.findall(r"[0-7]{3}", run))


def _binary(run: str) -> bytes:
    return bytes(int(octet, 2) for octet in re.findall(r"[01]{8}", run))


_RUNS: Final[tuple[tuple[str, re.Pattern[str], Callable[[str], bytes]], ...]] = (
    ("", re.compile(r"[A-Za-z0-9+/]{5,}={0,2}"), _base64),
    ("_", re.compile(r"[A-Za-z0-9_\-]{5,}={0,2}"), _base64),
    ("-", re.compile(r"[A-Za-z0-9\-]{5,}={0,2}"), _base64),
    ("", re.compile(r"(?<![A-Za-z0-9])[A-Za-z2-7]{7,}={0,6}"), _base32),
    (_DIGITS, re.compile(r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}){3,}(?![0-9A-Fa-f])"), _hexadecimal),
    (
        _DIGITS,
        re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{2}(?:[ :,;.\-_][0-9A-Fa-f]{2}){2,}(?![0-9A-Fa-f])"),
        _hexadecimal,
    ),
    (_DIGITS, re.compile(r"(?<!\d)\d{2,3}(?:[ ,;.:\-_]{1,2}\d{2,3}){2,}(?!\d)"), _decimal),
    (_DIGITS, re.compile(r"(?<!\d)[0-3][0-7]{2}(?:[ ,\\/\-_]{1,2}[0-3][0-7]{2}){3,}(?!\d)"), _octal),
    ("01", re.compile(r"(?<!\d)[01]{8}(?:[ ,\-_]?[01]{8}){2,}(?!\d)"), _binary),
    ("", re.compile(r"[^\s\\]{5,}"), _base85),
)
"""What the text has to hold one of, how a run of the code looks, and its decoder."""
