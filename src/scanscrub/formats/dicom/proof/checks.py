"""Proves a copy against its input and the plan: every way in which `apply` could have gone wrong has its check.

The pixels have proofs of their own (`pixelproof`).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scanscrub.domain.plan import Check, Plan
from scanscrub.formats.dicom.encoding.elements import PIXEL_DATA
from scanscrub.formats.dicom.proof.container import prove_container
from scanscrub.formats.dicom.proof.elements import prove_elements
from scanscrub.formats.dicom.proof.required import required

if TYPE_CHECKING:
    from scanscrub.formats.dicom.document import DicomDocument


def prove_copy(original: "DicomDocument", plan: Plan, staged: "DicomDocument") -> Iterator[Check]:
    """Yield every check; the order is from the outside of the file to its pixels."""
    rewrite = original.rewrite(plan)
    forced = rewrite.header if rewrite is not None else {}
    yield from prove_container(staged.container)
    yield from prove_elements(original.container, plan, forced, staged.container)
    yield _required_attributes(original, staged)
    yield Check("the pixels are there as planned", (rewrite is None) == (staged.frame_store is None))
    if rewrite is not None and original.frame_store is not None and staged.frame_store is not None:
        from scanscrub.formats.dicom.proof.pixels import prove  # noqa: PLC0415 - codecs load when there are pixels

        yield from prove(original.frame_store, plan.masks(), staged.frame_store)


def _required_attributes(original: "DicomDocument", staged: "DicomDocument") -> Check:
    has_pixels = any(element.tag in PIXEL_DATA for element in original.container.data_set.elements)
    tags = required(original.sop_class, has_pixels=has_pixels)
    had = {element.tag for element in original.container.data_set.elements if element.tag in tags and element.length}
    has = {element.tag for element in staged.container.data_set.elements if element.length}
    missing = sorted(had - has)
    return Check(
        "required attributes are there",
        not missing,
        ", ".join(f"({tag >> 16:04X},{tag & 0xFFFF:04X})" for tag in missing),
    )
