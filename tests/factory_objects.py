"""A full object of every storage SOP class, filled by the standard's own module tables, whose patient is a canary."""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from pydicom.datadict import dictionary_VR, tag_for_keyword

from conftest import CANARY
from factory_dicom import Row, Value, data_set, part10
from iod_types_source import Tree, iods, modules, sop_classes, stronger, tree_of

STORAGE: Final = tuple(sorted(sop_classes()))
UID_ROOT: Final = "1.2.826.0.1.3680043.8.999."
"""Begins every UID of these objects that is not DICOM's own."""
DAY: Final = "20140321"

_CT: Final = "1.2.840.10008.5.1.4.1.1.2"
_CODE: Final = frozenset({"CodeValue", "CodingSchemeDesignator", "CodeMeaning"})
_PIXELS: Final = 64
_TEXTS: Final[dict[str, Value]] = {
    "AE": f"{CANARY}",
    "AS": "033Y",
    "CS": "YES",
    "DA": DAY,
    "DS": "1.5",
    "DT": f"{DAY}101500",
    "IS": "1",
    "TM": "101500",
    "US": 1,
    "UR": f"http://{CANARY}.example/1",
}
_NUMBERS: Final = {"AT": "<HH", "FD": "<d", "FL": "<f", "SL": "<l", "SS": "<h", "SV": "<q", "UL": "<L", "UV": "<Q"}
_ARRAYS: Final = frozenset({"OD", "OF", "OL", "OW"})
_SAID: Final[dict[str, Value]] = {
    "SpecificCharacterSet": "ISO_IR 100",
    "ImageType": "ORIGINAL\\PRIMARY\\AXIAL",
    "Modality": "OT",
    "SamplesPerPixel": 1,
    "PhotometricInterpretation": "MONOCHROME2",
    "NumberOfFrames": "1",
    "Rows": 8,
    "Columns": 8,
    "BitsAllocated": 8,
    "BitsStored": 8,
    "HighBit": 7,
    "PixelRepresentation": 0,
    "RescaleIntercept": "0",
    "RescaleSlope": "1",
    "RescaleType": "US",
    "WindowCenter": "64",
    "WindowWidth": "128",
    "LossyImageCompression": "00",
    "BurnedInAnnotation": "NO",
    "VOILUTFunction": "LINEAR",
    "PresentationLUTShape": "IDENTITY",
    "ImageOrientationPatient": "1\\0\\0\\0\\1\\0",
    "ImagePositionPatient": "0\\0\\0",
    "PixelSpacing": "1\\1",
    "CodeValue": "113076",
    "CodingSchemeDesignator": "DCM",
    "CodeMeaning": "Segmentation",
    "ValueType": "TEXT",
    "RelationshipType": "CONTAINS",
    "UniversalEntityIDType": "ISO",
    "PatientSex": "F",
    "MaterialID": "LEAD",
}
_LEFT_OUT: Final = frozenset(
    {
        *("PlanarConfiguration", "PixelDataProviderURL", "PixelPaddingValue", "PixelPaddingRangeLimit", "ICCProfile"),
        "EncapsulatedDocument",
    }
)
"""What would make another image of it, or is tried elsewhere with real values."""
_NO_VALIDATOR: Final = frozenset({"OV", "SV", "UV"})
"""VRs at whose values dciodvfy aborts."""
_LOOK_UP: Final = ("PaletteColorLookupTable", "LUTData", "LUTDescriptor", "ModalityLUT", "VOILUTSequence")
_FRAMES: Final = ((0x7FE00010, "OW", 8), (0x7FE00008, "OF", 32), (0x7FE00009, "OD", 64))
_FULL_DEPTH: Final = 2
_NUMBERED: Final = 900_000


@dataclass(frozen=True, slots=True)
class Filling:
    """How much of the tables an object holds: of a hundred attributes so many of each sort, chosen by a digest."""

    sop_class: str
    conditional: int = 100
    deep: int = 12
    optional: int = 25

    def takes(self, keyword: str, kind: str, depth: int) -> bool:
        if kind in {"1", "2"}:
            return True
        share = self.optional if kind == "3" else self.conditional
        if depth >= _FULL_DEPTH:
            share = min(share, self.deep)
        digest = hashlib.sha256(f"{self.sop_class} {keyword} {depth}".encode()).digest()
        return digest[0] * 100 < share * 256


@cache
def _of_iod(name: str) -> Tree:
    whole: Tree = {}
    for module in iods()[name]:
        if module["key"] in modules():
            _merge(whole, tree_of(module["key"]))
    return whole


def _merge(whole: Tree, other: Tree) -> None:
    for keyword, (kind, inside) in other.items():
        found, held = whole.get(keyword, ("3", {}))
        copy: Tree = {}
        _merge(copy, held)
        _merge(copy, inside)
        whole[keyword] = stronger(found, kind), copy


def full_object(filling: Filling) -> bytes:
    """The file of an object."""
    tree = _of_iod(sop_classes()[filling.sop_class])
    counter = iter(range(1, 1 << 30))
    rows = {row[0]: row for row in _rows(tree, filling, 0, counter)}
    said = {
        "SOPClassUID": filling.sop_class,
        "SOPInstanceUID": UID_ROOT + f"1.{STORAGE.index(filling.sop_class)}",
        "StudyInstanceUID": UID_ROOT + "2",
        "SeriesInstanceUID": UID_ROOT + f"3.{STORAGE.index(filling.sop_class)}",
        "PatientName": f"{CANARY}^Jane",
        "PatientID": f"{CANARY}4711",
        "PatientBirthDate": "19700405",
    }
    for keyword, text in said.items():
        tag = tag_for_keyword(keyword)
        assert tag is not None
        rows[tag] = (tag, dictionary_VR(tag), text)
    held = [frame for frame in _FRAMES if frame[0] in rows]
    for frame in held:
        rows.pop(frame[0])
    for tag, vr, bits in held[:1]:
        rows[tag] = (tag, vr, bytes(_PIXELS * bits // 8))
        if bits > 8:
            rows[0x00280100] = (0x00280100, "US", bits)
    body = data_set(rows[tag] for tag in sorted(rows))
    return part10(body, sop_class=filling.sop_class, sop_instance=said["SOPInstanceUID"])


def _rows(tree: Tree, filling: Filling, depth: int, counter: Iterator[int]) -> Iterator[Row]:
    is_code = tree.keys() >= _CODE
    for keyword, (kind, inside) in tree.items():
        tag = tag_for_keyword(keyword)
        if tag is None or keyword in _LEFT_OUT or any(word in keyword for word in _LOOK_UP):
            continue
        if is_code and keyword not in _CODE:
            continue
        if not filling.takes(keyword, kind, depth) and keyword not in _CODE and tag >> 16 != 0x7FE0:
            continue
        vr = dictionary_VR(tag).split(" or ")[-1]
        if vr in _NO_VALIDATOR:
            continue
        if vr == "SQ":
            yield tag, vr, [sorted({row[0]: row for row in _rows(inside, filling, depth + 1, counter)}.values())]
        else:
            yield tag, vr, _value(keyword, tag, vr, next(counter))


def _value(keyword: str, tag: int, vr: str, number: int) -> Value:
    if keyword in _SAID:
        return _SAID[keyword]
    if vr in _TEXTS:
        return _TEXTS[vr]
    if vr in _NUMBERS:
        return struct.pack(_NUMBERS[vr], *((0x28, 0x10) if vr == "AT" else (1,)))
    if vr == "UI":
        is_class = "SOPClass" in keyword or keyword.endswith("TransferSyntaxUID")
        return _CT if is_class else f"{UID_ROOT}{_NUMBERED + number}"
    return _canary(tag, vr)


def _canary(tag: int, vr: str) -> Value:
    """A value of the patient; an array of numbers says nothing."""
    if vr in _ARRAYS:
        return bytes(64)
    if vr in {"OB", "UN"}:
        return f"{CANARY} bytes of x {tag:08X}".encode().ljust(64)
    if vr == "PN":
        return f"{CANARY}^{tag:08X}"
    return f"{CANARY}{tag & 0xFFFF:04X}" if vr == "SH" else f"{CANARY} {tag:08X} of her"
