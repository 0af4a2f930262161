"""Elements as attributes: what a policy decides about (PS3.5 6.2)."""

import struct
from collections.abc import Sequence

from scanscrub.domain import tags
from scanscrub.domain.finding import BETWEEN_GUESSES, LOOKUP_TABLES, Attribute, HeaderElement
from scanscrub.domain.phi import Phi
from scanscrub.formats.dicom.encoding.charsets import CharacterSet, character_set
from scanscrub.formats.dicom.encoding.dictionary import CHARSET_VRS, NUMBER_CODES, TEXT_VRS, WORD_SIZES
from scanscrub.formats.dicom.encoding.elements import PIXEL_DATA, PIXEL_GROUP, DataSet, is_of_palette
from scanscrub.formats.dicom.encoding.waveforms import behind_samples
from scanscrub.formats.icc.profile import plain_profile
from scanscrub.formats.icc.texts import profile_text
from scanscrub.leftovers.stray_bytes import spelled
from scanscrub.leftovers.words_in_tables import words_among_numbers, words_in_table
from scanscrub.system.file_cache import LONGEST_SHARED, MOST_SHARED, cached_per_patient

_MOST_NUMBERS = 16
"""More numbers than that are data, which nobody reads one by one."""
_REALS = frozenset({"FD", "FL", "OD", "OF"})
_WAVEFORMS, _SURFACES = 0x5400, 0x0066
_LETTERS_HIDDEN, _LONGEST_TEXT = 4, 1 << 16
_PRINTABLE = bytes(range(0x20, 0x7F)) + b"\t\r\n"


def attributes(data_set: DataSet) -> list[Attribute]:
    """One attribute per element at every depth, in file order, a sequence before what is in it."""
    found: list[Attribute] = []
    _add_attributes(found, data_set, (), None)
    return found


def _add_attributes(
    found: list[Attribute], data_set: DataSet, path: tuple[int, ...], inherited: CharacterSet | None
) -> None:
    charset = charset_of(data_set, inherited)
    little = data_set.encoding.little
    creators: dict[int, str] = {}
    pixels_decide = not path and any(element.tag in PIXEL_DATA for element in data_set.elements)
    for element in data_set.elements:
        tag, _, vr, value, _, length, items, _ = element
        here = (*path, tag)
        creator = creators.get(tag >> 8) if tag & 0x10000 else None
        if items is not None:
            found.append(_sequence(here, vr, len(items), creator))
            for number, item in enumerate(items):
                _add_attributes(found, item, (*here, number), charset)
            continue
        if tag == tags.ICCProfile:
            said = _said_by(value)
            found.append(Attribute(HeaderElement(here), vr, said, length, _phi(creator), decodable=False))
            continue
        if value is None:
            one = Attribute(HeaderElement(here), vr, None, length, _phi(creator), _is_no_text(vr, length))
        elif tag >> 16 == _WAVEFORMS or (tag in LOOKUP_TABLES and not (pixels_decide and is_of_palette(tag))):
            words = words_in_table(value) if tag in LOOKUP_TABLES else ()
            one = _attribute(here, vr, value, creator, charset, little, behind_samples(element, data_set), *words)
        elif length > LONGEST_SHARED:
            one = _attribute(here, vr, value, creator, charset, little)
        else:
            one = _shared(here, vr, value, creator, charset, little)
        found.append(one)
        if tag & 0x1FF00 == 0x10000 and tag & 0xFF >= 0x10 and one.value is not None:
            creators[tag >> 16 << 8 | tag & 0xFF] = one.value.reveal()


def _attribute(  # noqa: PLR0913, PLR0917 - all that it depends on
    path: tuple[int, ...],
    vr: str,
    value: bytes,
    creator: str | None,
    charset: CharacterSet,
    little: bool,  # noqa: FBT001 - the same
    behind: bytes = b"",
    *words: str,
) -> Attribute:
    """The attribute of a value that was read, `behind` which lie bytes that are no sample, or that spells `words`."""
    text = BETWEEN_GUESSES.join(("", *words)) if words else readable(vr, value, charset, little=little)
    guesses = _read_otherwise(path[-1], vr, value, charset, behind)
    decodable = text is not None or _is_no_text(vr, len(value))
    return Attribute(HeaderElement(path), vr, _phi(text), len(value), _phi(creator), decodable, guesses)


_shared = cached_per_patient(MOST_SHARED)(_attribute)


@cached_per_patient(1024)
def _sequence(path: tuple[int, ...], vr: str, items: int, creator: str | None) -> Attribute:
    return Attribute(HeaderElement(path), vr, None, items, _phi(creator))


def _phi(text: str | None) -> Phi | None:
    return None if text is None else Phi(text)


def _said_by(profile: bytes | None) -> Phi | None:
    """What an ICC profile says beside its colors: nothing where it is made of them alone; None where it is none."""
    plain = plain_profile(profile or b"")
    if plain is None and profile != b"":
        return None
    return Phi("") if plain is None or plain == profile else profile_text(profile or b"") or Phi("?")


def _read_otherwise(tag: int, vr: str, value: bytes, charset: CharacterSet, behind: bytes) -> Phi | None:
    """What else somebody may read in the bytes of a text (None for plain ASCII), or in numbers."""
    if vr not in CHARSET_VRS:
        words = spelled(behind) if behind else ()
        return _among(words) if words else _text_in_numbers(tag, vr, value)
    found = charset.guesses(value.rstrip(b" \0"))
    if vr == "PN" and charset.read(value.rstrip(b" \0")) is not None:
        return None  # read as declared: the pieces of a wrong reading would be taken for names
    return Phi(BETWEEN_GUESSES.join(found)) if found else None


def _text_in_numbers(tag: int, vr: str, value: bytes) -> Phi | None:
    """The text that a binary value is all through, in one byte a letter or in two; behind a mark, the words of which
    some of its numbers are made; None for any other value.
    """
    if vr in TEXT_VRS or len(value) < _LETTERS_HIDDEN:
        return None
    whole = _whole_text(value)
    if vr not in WORD_SIZES or tag in LOOKUP_TABLES or _are_samples(tag, vr):
        return whole
    words = words_among_numbers(value, WORD_SIZES[vr], are_reals=vr in _REALS)
    return _among(words) if words else whole


def _among(words: Sequence[str]) -> Phi:
    return Phi(BETWEEN_GUESSES + BETWEEN_GUESSES.join(words))


def _are_samples(tag: int, vr: str) -> bool:
    """Whether numbers take all values as they come: pixels, signals, the corners of which a small surface is made."""
    group = tag >> 16
    return group in {PIXEL_GROUP, _WAVEFORMS} or (group == _SURFACES and vr == "OW")


def _whole_text(value: bytes) -> Phi | None:
    if len(value) > _LONGEST_TEXT:
        return None
    bare = value.strip(b" \0")
    if b"\0" in bare:
        bare = bare[::2] if not any(bare[1::2]) else b""
    if len(bare) < _LETTERS_HIDDEN or bare.translate(None, _PRINTABLE):
        return None
    return Phi(bare.decode("ascii"))


def _is_no_text(vr: str, length: int) -> bool:
    """Whether a value that cannot be shown is what its VR says: bulk data, or whole numbers too many to be shown."""
    return vr not in TEXT_VRS and length % (NUMBER_CODES[vr][1] if vr in NUMBER_CODES else 1) == 0


def charset_of(data_set: DataSet, inherited: CharacterSet | None) -> CharacterSet:
    """The character set of a data set: its own or that of the data set around it (PS3.3 C.12.1.1.2)."""
    for element in data_set.elements:
        if element.tag == tags.SpecificCharacterSet and element.value is not None:
            return character_set(element.value.decode("latin-1").strip(" \0"))
    return inherited or character_set("")


def readable(vr: str, value: bytes, charset: CharacterSet, *, little: bool) -> str | None:
    """The text of a value, without its padding; None where it holds none or cannot be decoded."""
    if vr in TEXT_VRS:
        value = value.rstrip(b" \0")
        if vr in CHARSET_VRS and vr != "PN":
            return charset.read(value)
        if value.isascii() and b"\x1b" not in value:
            return value.decode("ascii")
        return charset.decode_every_way(value) if vr == "PN" else charset.decode(value)
    if vr in NUMBER_CODES:
        return _numbers(vr, value, little=little)
    if vr == "AT":
        return _tags(value, little=little)
    return None


def _numbers(vr: str, value: bytes, *, little: bool) -> str | None:
    code, size = NUMBER_CODES[vr]
    count, odd = divmod(len(value), size)
    if odd or count > _MOST_NUMBERS:
        return None
    order = "<" if little else ">"
    return "\\".join(map(str, struct.unpack(f"{order}{count}{code}", value)))


def _tags(value: bytes, *, little: bool) -> str | None:
    count, odd = divmod(len(value), 4)
    if odd or count > _MOST_NUMBERS:
        return None
    words = struct.unpack(f"{'<' if little else '>'}{2 * count}H", value)
    return "\\".join(f"{group:04X}{number:04X}" for group, number in zip(words[::2], words[1::2], strict=True))
