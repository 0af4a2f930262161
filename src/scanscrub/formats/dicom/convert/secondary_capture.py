"""The header of a picture as a Secondary Capture object (PS3.3 A.8): all that the standard demands, no more."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NamedTuple

from scanscrub.formats.dicom.encoding.charsets import character_set
from scanscrub.formats.dicom.encoding.elements import SOP_CLASS_UID, SOP_INSTANCE_UID, Encoding
from scanscrub.formats.dicom.encoding.transfer_syntaxes import EXPLICIT_LITTLE
from scanscrub.formats.dicom.encoding.values import element_bytes, element_head, encoded_value
from scanscrub.formats.dicom.write.file_writer import part_10_head
from scanscrub.formats.raster.samples import Loss

_ENCODING: Final = Encoding(implicit=False, little=True)
_ONE_PICTURE: Final = "1.2.840.10008.5.1.4.1.1.7"
_GRAY_BYTE: Final = f"{_ONE_PICTURE}.2"
_GRAY_WORD: Final = f"{_ONE_PICTURE}.3"
_TRUE_COLOR: Final = f"{_ONE_PICTURE}.4"
_ROUND: Final = 100
"""Aspect ratios within a hundredth of a square are roundings of it; no scanner's is as far as this from one."""

_Elements = Mapping[int, tuple[str, str]]
"""VR and text by tag."""


class Identity(NamedTuple):
    """The UIDs of the object."""

    study: str
    series: str
    instance: str


@dataclass(frozen=True, slots=True)
class Shape:
    """Rows, columns, `samples` a pixel (1: gray, 3: RGB) and `bits` a sample (8 or 16) of each of the frames."""

    frames: int
    rows: int
    columns: int
    samples: int
    bits: int

    @property
    def frame_bytes(self) -> int:
        return self.rows * self.columns * self.samples * self.bits // 8

    @property
    def sop_class(self) -> str:
        """Several frames have classes of their own, by what a frame is (PS3.4 B.5)."""
        if self.frames == 1:
            return _ONE_PICTURE
        if self.samples == 3:
            return _TRUE_COLOR
        return _GRAY_BYTE if self.bits == 8 else _GRAY_WORD


def head_of(shape: Shape, identity: Identity, *, loss: Loss | None, aspect: Fraction) -> bytes:
    """A Part 10 file in explicit little endian up to the value of its pixel data.

    What is of Type 2 and nobody knows is empty: the patient, the study's date, the pixels' size.
    """
    elements = {
        **_object(shape, identity),
        **_pixels(shape),
        **(_frames(shape) if shape.frames > 1 else {}),
        **(_history(loss) if loss is not None else {}),
        **_proportions(aspect),
    }
    charset = character_set("")
    body = b"".join(
        element_bytes(tag, vr, encoded_value(vr, text, charset, little=True), _ENCODING)
        for tag, (vr, text) in sorted(elements.items())
    )
    length = shape.frame_bytes * shape.frames
    pixel_data = element_head(0x7FE00010, "OB" if shape.bits == 8 else "OW", length + length % 2, _ENCODING)
    return part_10_head(shape.sop_class.encode(), identity.instance.encode(), EXPLICIT_LITTLE) + body + pixel_data


def _object(shape: Shape, identity: Identity) -> _Elements:
    """Patient, study, series, SC equipment, general image and SOP common (PS3.3 C.7.1 to C.7.3, C.8.6.1, C.12.1)."""
    return {
        0x00080008: ("CS", "DERIVED\\SECONDARY"),  # Image Type
        SOP_CLASS_UID: ("UI", shape.sop_class),
        SOP_INSTANCE_UID: ("UI", identity.instance),
        0x00080020: ("DA", ""),  # Study Date
        0x00080030: ("TM", ""),  # Study Time
        0x00080050: ("SH", ""),  # Accession Number
        0x00080060: ("CS", "OT"),  # Modality
        0x00080064: ("CS", "WSD"),  # Conversion Type: made on a workstation
        0x00080090: ("PN", ""),  # Referring Physician's Name
        0x00100010: ("PN", ""),  # Patient's Name
        0x00100020: ("LO", ""),  # Patient ID
        0x00100030: ("DA", ""),  # Patient's Birth Date
        0x00100040: ("CS", ""),  # Patient's Sex
        0x0020000D: ("UI", identity.study),
        0x0020000E: ("UI", identity.series),
        0x00200010: ("SH", ""),  # Study ID
        0x00200011: ("IS", "1"),  # Series Number
        0x00200013: ("IS", "1"),  # Instance Number
        0x00200020: ("CS", ""),  # Patient Orientation
        0x00200060: ("CS", ""),  # Laterality
    }


def _pixels(shape: Shape) -> _Elements:
    """Image Pixel Module (PS3.3 C.7.6.3)."""
    planar = {0x00280006: ("US", "0")} if shape.samples == 3 else {}
    return planar | {
        0x00280002: ("US", str(shape.samples)),
        0x00280004: ("CS", "RGB" if shape.samples == 3 else "MONOCHROME2"),
        0x00280010: ("US", str(shape.rows)),
        0x00280011: ("US", str(shape.columns)),
        0x00280100: ("US", str(shape.bits)),  # Bits Allocated
        0x00280101: ("US", str(shape.bits)),  # Bits Stored
        0x00280102: ("US", str(shape.bits - 1)),  # High Bit
        0x00280103: ("US", "0"),  # Pixel Representation: unsigned
    }


def _frames(shape: Shape) -> _Elements:
    """Multi-frame, SC Multi-frame Image and Vector Modules (PS3.3 C.7.6.6, C.8.6.3, C.8.6.4): frames are pages.

    Burned In Annotation, of Type 1, waits for the policy to say what is true of the copy.
    """
    gray = {
        0x00281052: ("DS", "0"),  # Rescale Intercept
        0x00281053: ("DS", "1"),  # Rescale Slope
        0x00281054: ("LO", "US"),  # Rescale Type
        0x20500020: ("CS", "IDENTITY"),  # Presentation LUT Shape
    }
    return (gray if shape.samples == 1 else {}) | {
        0x00182001: ("IS", "\\".join(map(str, range(1, shape.frames + 1)))),  # Page Number Vector
        0x00280008: ("IS", str(shape.frames)),
        0x00280009: ("AT", "00182001"),  # Frame Increment Pointer
        0x00280301: ("CS", ""),  # Burned In Annotation
    }


def _history(loss: Loss) -> _Elements:
    """What the pixels went through before (PS3.3 C.7.6.1.1.5). Of a method without a term its ratio says nothing."""
    known = {0x00282112: ("DS", f"{loss.ratio:.2f}"), 0x00282114: ("CS", loss.method)}
    return {0x00282110: ("CS", "01")} | (known if loss.method and loss.ratio else {})


def _proportions(aspect: Fraction) -> _Elements:
    """Pixel Aspect Ratio, demanded of pixels that are no squares and whose size is not known (PS3.3 C.7.6.3.1.7)."""
    near = aspect.limit_denominator(_ROUND)
    if abs(aspect - 1) * _ROUND < 1 or not 0 < near < _ROUND:
        return {}
    return {0x00280034: ("IS", f"{near.numerator}\\{near.denominator}")}
