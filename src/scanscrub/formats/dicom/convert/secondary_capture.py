"""The header of a picture as a Secondary Capture object (PS3.3 A.8): all that the standard demands, no more."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NamedTuple

from scanscrub.domain import tags
from scanscrub.formats.dicom.encoding.charsets import character_set
from scanscrub.formats.dicom.encoding.elements import Encoding
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
    pixel_data = element_head(tags.PixelData, "OB" if shape.bits == 8 else "OW", length + length % 2, _ENCODING)
    return part_10_head(shape.sop_class.encode(), identity.instance.encode(), EXPLICIT_LITTLE) + body + pixel_data


def _object(shape: Shape, identity: Identity) -> _Elements:
    """Patient, study, series, SC equipment, general image and SOP common (PS3.3 C.7.1 to C.7.3, C.8.6.1, C.12.1)."""
    return {
        tags.ImageType: ("CS", "DERIVED\\SECONDARY"),
        tags.SOPClassUID: ("UI", shape.sop_class),
        tags.SOPInstanceUID: ("UI", identity.instance),
        tags.StudyDate: ("DA", ""),
        tags.StudyTime: ("TM", ""),
        tags.AccessionNumber: ("SH", ""),
        tags.Modality: ("CS", "OT"),
        tags.ConversionType: ("CS", "WSD"),  # Conversion Type: made on a workstation
        tags.ReferringPhysicianName: ("PN", ""),
        tags.PatientName: ("PN", ""),
        tags.PatientID: ("LO", ""),
        tags.PatientBirthDate: ("DA", ""),
        tags.PatientSex: ("CS", ""),
        tags.StudyInstanceUID: ("UI", identity.study),
        tags.SeriesInstanceUID: ("UI", identity.series),
        tags.StudyID: ("SH", ""),
        tags.SeriesNumber: ("IS", "1"),
        tags.InstanceNumber: ("IS", "1"),
        tags.PatientOrientation: ("CS", ""),
        tags.Laterality: ("CS", ""),
    }


def _pixels(shape: Shape) -> _Elements:
    """Image Pixel Module (PS3.3 C.7.6.3)."""
    planar = {tags.PlanarConfiguration: ("US", "0")} if shape.samples == 3 else {}
    return planar | {
        tags.SamplesPerPixel: ("US", str(shape.samples)),
        tags.PhotometricInterpretation: ("CS", "RGB" if shape.samples == 3 else "MONOCHROME2"),
        tags.Rows: ("US", str(shape.rows)),
        tags.Columns: ("US", str(shape.columns)),
        tags.BitsAllocated: ("US", str(shape.bits)),
        tags.BitsStored: ("US", str(shape.bits)),
        tags.HighBit: ("US", str(shape.bits - 1)),
        tags.PixelRepresentation: ("US", "0"),  # Pixel Representation: unsigned
    }


def _frames(shape: Shape) -> _Elements:
    """Multi-frame, SC Multi-frame Image and Vector Modules (PS3.3 C.7.6.6, C.8.6.3, C.8.6.4): frames are pages.

    Burned In Annotation, of Type 1, waits for the policy to say what is true of the copy.
    """
    gray = {
        tags.RescaleIntercept: ("DS", "0"),
        tags.RescaleSlope: ("DS", "1"),
        tags.RescaleType: ("LO", "US"),
        tags.PresentationLUTShape: ("CS", "IDENTITY"),
    }
    return (gray if shape.samples == 1 else {}) | {
        tags.PageNumberVector: ("IS", "\\".join(map(str, range(1, shape.frames + 1)))),
        tags.NumberOfFrames: ("IS", str(shape.frames)),
        tags.FrameIncrementPointer: ("AT", "00182001"),
        tags.BurnedInAnnotation: ("CS", ""),
    }


def _history(loss: Loss) -> _Elements:
    """What the pixels went through before (PS3.3 C.7.6.1.1.5). Of a method without a term its ratio says nothing."""
    known = {
        tags.LossyImageCompressionRatio: ("DS", f"{loss.ratio:.2f}"),
        tags.LossyImageCompressionMethod: ("CS", loss.method),
    }
    return {tags.LossyImageCompression: ("CS", "01")} | (known if loss.method and loss.ratio else {})


def _proportions(aspect: Fraction) -> _Elements:
    """Pixel Aspect Ratio, demanded of pixels that are no squares and whose size is not known (PS3.3 C.7.6.3.1.7)."""
    near = aspect.limit_denominator(_ROUND)
    if abs(aspect - 1) * _ROUND < 1 or not 0 < near < _ROUND:
        return {}
    return {tags.PixelAspectRatio: ("IS", f"{near.numerator}\\{near.denominator}")}
