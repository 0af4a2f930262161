"""The elements that the standard and vendors name, from this package's own files: loading pydicom's dictionaries
means loading pydicom, which takes longer than checking a header.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TypeAlias

Entry: TypeAlias = tuple[str, str]
"""VR and keyword of an element; the VR may be several, as in ``"US or SS"``."""


@cache
def standard_elements() -> Mapping[int, Entry]:
    """PS3.6 by tag, without its repeating groups."""
    return {int(tag, 16): entry for tag, entry in _rows(_standard()[0])}


def repeating_element(tag: int) -> Entry | None:
    """The entry of a tag in a repeating group (50xx, 60xx and some older ones)."""
    return next((entry for mask, digits, entry in _repeating() if tag & mask == digits), None)


def private_elements(creator: str) -> Mapping[str, str]:
    """The VRs of a creator's elements, by tag with an x for any digit; none where the creator is not known."""
    return _parsed(_private().get(creator, ""))


@cache
def _repeating() -> Sequence[tuple[int, int, Entry]]:
    """A mask, the digits that a tag has where the mask is set, and the entry."""
    return tuple(
        (int("".join("0" if digit == "x" else "F" for digit in tag), 16), int(tag.replace("x", "0"), 16), entry)
        for tag, entry in _rows(_standard()[1])
    )


@cache
def _private() -> Mapping[str, str]:
    return dict(line.split("\t") for line in _paragraphs("private_elements.txt")[0].splitlines())


@cache
def _parsed(elements: str) -> Mapping[str, str]:
    return dict(element.split("=") for element in elements.split(",")) if elements else {}


@cache
def _standard() -> Sequence[str]:
    return _paragraphs("standard_elements.txt")


def _rows(lines: str) -> Iterator[tuple[str, Entry]]:
    """Column by column: what every start of the program does has to be quick."""
    cells = lines.replace("\n", "\t").split("\t")
    return zip(cells[::3], zip(cells[1::3], cells[2::3], strict=True), strict=True)


def _paragraphs(name: str) -> Sequence[str]:
    """The parts of a table that are set apart by empty lines, less the first, which says what it is."""
    text = files("scanscrub.formats.dicom.encoding").joinpath(name).read_text(encoding="utf-8")
    return text.rstrip("\n").split("\n\n")[1:]
