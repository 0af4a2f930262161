"""Proves a copy against its input and the plan: every way in which `apply` could have gone wrong has its check.

The pixels have proofs of their own (`proof.pixels`).
"""

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Final

from scanscrub.domain.plan import Check, Plan
from scanscrub.formats.dicom.encoding.container import Container
from scanscrub.formats.dicom.encoding.elements import PIXEL_DATA, Element
from scanscrub.formats.dicom.proof.container import prove_container
from scanscrub.formats.dicom.proof.elements import prove_elements
from scanscrub.formats.dicom.proof.required import required

_NUMBERS: Final = frozenset({"DS", "IS"})
_NUMBER: Final = re.compile(rb"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?")

if TYPE_CHECKING:
    from scanscrub.formats.dicom.encoding.pydicom_quiet import DataElement
    from scanscrub.formats.dicom.pixels.pixel_data import FrameStore


def prove_header(
    original: Container, sop_class: str, plan: Plan, forced: "Mapping[int, DataElement | None]", staged: Container
) -> Iterator[Check]:
    """The checks of all but the pixels. `forced` are the elements that the form of the pixels decides about, by tag;
    None where one is left out.
    """
    yield from prove_container(staged)
    yield from prove_elements(original, plan, forced, staged)
    dropped = {tag for tag, element in forced.items() if element is None}
    yield _required_attributes(original, sop_class, staged, dropped)


def prove_pixels(original: "FrameStore | None", plan: Plan, staged: "FrameStore | None") -> Iterator[Check]:
    """The checks of the pixels; `original` is None where none are planned."""
    yield Check("the pixels are there as planned", (original is None) == (staged is None))
    if original is not None and staged is not None:
        from scanscrub.formats.dicom.proof.pixels import prove  # noqa: PLC0415 - codecs load when there are pixels

        yield from prove(original, plan.masks(), staged)


def _required_attributes(original: Container, sop_class: str, staged: Container, dropped: AbstractSet[int]) -> Check:
    """`dropped` is what the form of the pixels decides that nothing needs. What was no number where one is needed
    had no value: without it the copy is no less valid.
    """
    has_pixels = any(element.tag in PIXEL_DATA for element in original.data_set.elements)
    needed = required(sop_class, has_pixels=has_pixels)
    had = {
        element.tag
        for element in original.data_set.elements
        if element.tag in needed - dropped and _has_value(element)
    }
    has = {element.tag for element in staged.data_set.elements if element.length}
    missing = sorted(had - has)
    return Check(
        "required attributes are there",
        not missing,
        ", ".join(f"({tag >> 16:04X},{tag & 0xFFFF:04X})" for tag in missing),
    )


def _has_value(element: Element) -> bool:
    if element.vr not in _NUMBERS or element.value is None:
        return element.length > 0
    return all(_NUMBER.fullmatch(part.strip(b" \0")) for part in element.value.split(b"\\"))
