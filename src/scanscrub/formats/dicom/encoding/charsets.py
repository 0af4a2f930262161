"""Text by Specific Character Set (PS3.3 C.12.1.1.2, PS3.5 6.1): decoded as it is meant and as it may be meant."""

import re
import warnings
from collections.abc import Sequence
from functools import cache, cached_property

from scanscrub.formats.dicom.encoding.undeclared_text import guesses, is_text, printable
from scanscrub.system.file_cache import cached_per_patient

_ESCAPE = b"\x1b"
_DELIMITERS = frozenset({0x5C, 0x5E, 0x3D, 0x0A, 0x0C, 0x0D, 0x09})
"""Bytes after which ISO 2022 text is back in its first character set (PS3.5 6.1.2.5.3)."""

_PLAIN = re.compile(rb"[\t\n\f\r\x20-\x7e]*")
_SEVEN_BITS = frozenset({"", "ISO_IR 6", "ISO 2022 IR 6"})
_TWO_OF_SEVEN = frozenset({"ISO 2022 IR 87", "ISO 2022 IR 159"})
"""Sets of two bytes that take the place of ASCII: text in them has 7 bits as well (PS3.3 Table C.12-4)."""
_LATIN_1 = frozenset({"ISO_IR 100", "ISO 2022 IR 100"})
_MISREAD = re.compile(
    r"[\xa0-\xff]{3}|[\xa1-\xbf\xd7\xf7][\xa1-\xff]|[\xc0-\xff][\xa1-\xbf\xd7\xf7]"
    r"|(?<![A-Za-z])[\xc0-\xff]{2}(?![A-Za-z])"
)
"""No Western word has three letters beyond ASCII in a row, or one beside a sign, or no others."""

_WITHOUT_EXTENSIONS = {
    "ISO_IR 13": "shift_jis",
    "ISO_IR 100": "latin_1",
    "ISO_IR 101": "iso8859_2",
    "ISO_IR 109": "iso8859_3",
    "ISO_IR 110": "iso8859_4",
    "ISO_IR 126": "iso8859_7",
    "ISO_IR 127": "iso8859_6",
    "ISO_IR 138": "iso8859_8",
    "ISO_IR 144": "iso8859_5",
    "ISO_IR 148": "iso8859_9",
    "ISO_IR 166": "tis_620",
    "ISO_IR 192": "utf_8",
    "GB18030": "gb18030",
    "GBK": "gbk",
}
"""Python's name of a character set that is used alone and without escapes (PS3.3 Tables C.12-2 and C.12-5)."""


class CharacterSet:
    """One value of (0008,0005), its terms joined by backslashes. Equal values share one object."""

    def __init__(self, terms: str) -> None:
        self.terms = terms
        self._only_ascii = terms.strip() in _SEVEN_BITS
        bare = [term.split("\0")[0].strip() for term in terms.split("\\")]
        self._first = bare[0]
        self._seven_bits = all(term in _SEVEN_BITS | _TWO_OF_SEVEN for term in bare)

    @cached_property
    def _encodings(self) -> Sequence[str]:
        from scanscrub.formats.dicom.encoding.pydicom_quiet import convert_encodings  # noqa: PLC0415 - not for ASCII

        terms = [term.split("\0")[0].strip() for term in self.terms.split("\\")]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            encodings = tuple(convert_encodings(terms))
        # The default repertoire has 7 bits (PS3.5 6.1.1); pydicom reads it as Latin-1.
        return ("ascii", *encodings[1:]) if terms[0] in _SEVEN_BITS else encodings

    @cached_property
    def _to_write(self) -> Sequence[str]:
        """The same for writing: pydicom ends in the default repertoire only by its own name for it."""
        return ("iso8859", *self._encodings[1:]) if self._encodings[0] == "ascii" else self._encodings

    def decode(self, value: bytes) -> str | None:
        """The text as the character set reads it; as UTF-8 or Latin-1 where the declared one cannot be; or None."""
        if value.isascii() and _ESCAPE not in value:
            return value.decode("ascii")
        for reading in self._readings(value):
            return reading
        return None

    def decode_every_way(self, value: bytes) -> str | None:
        """Every plausible reading, joined by a backslash: a name must be known as its readers may have seen it."""
        if value.isascii() and _ESCAPE not in value:
            return value.decode("ascii")
        return "\\".join(dict.fromkeys(self._readings(value))) or None

    def read(self, value: bytes) -> str | None:
        """The text as declared and in no other way; None where the bytes are not what they claim to be.

        That is what cannot be decoded, bytes of more than ASCII under no declared set, controls (NUL among them),
        and Latin-1 in which marks and letters run together as no language writes them: text of two bytes a character.
        """
        if value.isascii() and _ESCAPE not in value:
            text = value.decode("ascii")
        elif self._seven_bits and not value.isascii():
            return None
        else:
            declared = self._declared(value)
            if declared is None:
                return None
            text = declared
        if not is_text(text) or (self._first in _LATIN_1 and _MISREAD.search(text)):
            return None
        return text

    def guesses(self, value: bytes) -> tuple[str, ...]:
        """What else the bytes may say, to be matched: nothing for plain ASCII; else first, as it is or empty, what
        they say if only their character set was forgotten.
        """
        if _PLAIN.fullmatch(value):
            return ()
        readings = self._readings(value)
        likeliest = readings[0] if readings and _ESCAPE not in value and is_text(readings[0]) else ""
        found = dict.fromkeys((*map(printable, readings), *guesses(value)))
        return (likeliest, *(text for text in found if text.strip()))

    def encode(self, text: str) -> bytes:
        """The text in this character set; words that it cannot hold are left out."""
        if text.isascii():
            return text.encode("ascii")
        encoded = self._encoded(text)
        if encoded is not None:
            return encoded
        words = (word for word in text.split(" ") if self._encoded(word) is not None)
        return self._encoded(" ".join(words)) or b""

    def _encoded(self, text: str) -> bytes | None:
        if self._only_ascii:
            return text.encode("ascii") if text.isascii() else None
        from scanscrub.formats.dicom.encoding.pydicom_quiet import encode_string  # noqa: PLC0415 - not for ASCII

        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                encoded = bytes(encode_string(text, self._to_write))
            except (UnicodeError, UserWarning, LookupError):
                return None
        return encoded if self._declared(encoded) == text else None

    def _readings(self, value: bytes) -> Sequence[str]:
        """From the likeliest on."""
        declared = None if self._only_ascii and not value.isascii() else self._declared(value)
        if value.isascii():
            escaped = declared if declared is not None else _decoded(value, _every_extension())
            return [value.decode("ascii") if escaped is None else escaped]
        utf8 = _strict(value, "utf-8")
        readings = [declared, utf8] if declared is not None else [utf8, _strict(value, "latin-1")]
        return [reading for reading in readings if reading is not None]

    def _declared(self, value: bytes) -> str | None:
        alone = _WITHOUT_EXTENSIONS.get(self.terms.strip())
        if alone and _ESCAPE not in value:
            return _strict(value, alone)
        return _decoded(value, self._encodings)


def _decoded(value: bytes, encodings: Sequence[str]) -> str | None:
    from scanscrub.formats.dicom.encoding.pydicom_quiet import decode_bytes  # noqa: PLC0415 - not for ASCII

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return str(decode_bytes(value, encodings, set(_DELIMITERS)))
        except (UnicodeError, UserWarning, LookupError):
            return None


@cache
def _every_extension() -> Sequence[str]:
    """Every character set that ISO 2022 can switch to, for text that switches without saying so beforehand."""
    from scanscrub.formats.dicom.encoding.pydicom_quiet import convert_encodings  # noqa: PLC0415 - not for ASCII

    numbers = (100, 101, 109, 110, 144, 127, 126, 138, 148, 13, 166, 87, 159, 149, 58)
    return tuple(convert_encodings(["ISO 2022 IR 6", *(f"ISO 2022 IR {number}" for number in numbers)]))


def _strict(value: bytes, encoding: str) -> str | None:
    try:
        return value.decode(encoding)
    except UnicodeDecodeError:
        return None


@cached_per_patient(64)
def character_set(terms: str) -> CharacterSet:
    return CharacterSet(terms)
