"""A data set as pydicom's `Dataset`, for code that works on pixels: values stay bytes until they are asked for."""

from typing import BinaryIO

from scanscrub.formats.dicom.encoding.dictionary import UNDEFINED_LENGTH
from scanscrub.formats.dicom.encoding.elements import DataSet, Element
from scanscrub.formats.dicom.encoding.pydicom_quiet import BaseTag, Dataset, FileMetaDataset, RawDataElement

_GROUPS = frozenset({0x0028, 0x2050, 0x5200, 0x7FE0})
"""What says how pixels are stored and shown: image, presentation table, functional groups, pixel data."""


def pixel_header(data_set: DataSet, syntax: str, stream: BinaryIO) -> Dataset:
    """The elements of the top level that say how its pixels are stored and shown.

    Pixel data has no value: its raw element's `value_tell` and `length` say where it lies in `stream`.
    """
    elements: dict[BaseTag, RawDataElement] = {}
    for element in data_set.elements:
        if element.tag >> 16 in _GROUPS:
            tag = BaseTag(element.tag)
            elements[tag] = _raw(tag, element, data_set, stream)
    header = Dataset(elements)
    header.set_original_encoding(data_set.encoding.implicit, data_set.encoding.little, None)
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = syntax
    return header


def _raw(tag: BaseTag, element: Element, data_set: DataSet, stream: BinaryIO) -> RawDataElement:
    implicit, little = data_set.encoding
    value = element.value
    if element.items is not None:
        stream.seek(element.offset)
        value = stream.read(element.length)
        implicit = implicit or element.stored_vr == "UN"
    length = UNDEFINED_LENGTH if element.fragmented else element.length
    return RawDataElement(tag, element.vr, length, value, element.offset, implicit, little, is_raw=True)
