"""Proofs of what is around a copy's data set, and that its form hides nothing (PS3.10 7, PS3.15 E.1.1)."""

import warnings
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from scanscrub.domain import tags
from scanscrub.domain.implementation import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION
from scanscrub.domain.plan import Check
from scanscrub.formats.dicom.encoding.container import Container
from scanscrub.formats.dicom.encoding.elements import PIXEL_GROUP, DataSet
from scanscrub.formats.dicom.encoding.pydicom_quiet import BaseTag, Dataset, RawDataElement, dcmread

_META_TAGS: Final = (
    tags.FileMetaInformationGroupLength,
    tags.FileMetaInformationVersion,
    tags.MediaStorageSOPClassUID,
    tags.MediaStorageSOPInstanceUID,
    tags.TransferSyntaxUID,
    tags.ImplementationClassUID,
    tags.ImplementationVersionName,
)


def prove_container(copy: Container) -> Iterator[Check]:
    """Check preamble, file meta, end, order, and what another reader makes of the file."""
    meta = _values(copy.meta)
    top = _values(copy.data_set)
    yield Check("the preamble is empty", copy.preamble == bytes(128))
    ours = (
        tuple(element.tag for element in copy.meta.elements) == _META_TAGS
        and meta[tags.ImplementationClassUID] == IMPLEMENTATION_CLASS_UID
        and meta[tags.ImplementationVersionName] == IMPLEMENTATION_VERSION
    )
    yield Check("the file meta group is our own", ours)
    same = meta.get(tags.MediaStorageSOPClassUID) == top.get(tags.SOPClassUID) and meta.get(
        tags.MediaStorageSOPInstanceUID
    ) == top.get(tags.SOPInstanceUID)
    yield Check("file meta and data set name the same object", same)
    yield Check("nothing comes after the end", copy.trailing == 0)
    yield Check("elements are in order and there once", _in_order(copy.data_set))
    yield Check("another reader finds the same elements", _read_alike(copy))


def _values(data_set: DataSet) -> dict[int, str]:
    return {
        element.tag: element.value.decode("latin-1").rstrip(" \0")
        for element in data_set.elements
        if element.value is not None and element.length <= 64
    }


def _in_order(data_set: DataSet) -> bool:
    order = [element.tag for element in data_set.elements]
    if any(later <= earlier for earlier, later in pairwise(order)):
        return False
    return all(_in_order(item) for element in data_set.elements if element.items for item in element.items)


def _read_alike(copy: Container) -> bool:
    """Whether pydicom sees at the top level, up to the pixels, the elements that our own reader sees."""
    copy.file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            other = dcmread(copy.file, stop_before_pixels=True)
            theirs = {int(tag): _length(other, tag) for tag in other.keys()}  # noqa: SIM118 - iterating converts values
    except Exception:  # noqa: BLE001 - whatever it is, the other reader cannot read the copy
        return False
    ours = {element.tag: element.length for element in copy.data_set.elements if element.tag >> 16 < PIXEL_GROUP}
    theirs = {tag: length for tag, length in theirs.items() if tag >> 16 < PIXEL_GROUP}
    return ours.keys() == theirs.keys() and all(theirs[tag] in (None, length) for tag, length in ours.items())


def _length(data_set: Dataset, tag: BaseTag) -> int | None:
    """The length of a value as it is stored; None where the reader has converted it already."""
    element = data_set.get_item(tag, keep_deferred=True)
    return element.length if isinstance(element, RawDataElement) else None
