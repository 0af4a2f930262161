"""Attributes that an object must have with a value, as far as cleaning could take them away.

Type 1 attributes (and 1C ones, which an object that has them needs) of the modules that most objects share, and of
those by which a viewer knows what it shows: PS3.3 2026d C.7.1 to C.7.6, C.8, C.10, C.11, C.12, C.17, C.18. Only what
the input had is asked of its copy, so that an object that was incomplete before is not held against it.
"""

from typing import Final

from scanscrub.domain import tags

ANYWHERE: Final = frozenset(
    {
        tags.SOPClassUID,
        tags.SOPInstanceUID,
        tags.Modality,
        tags.StudyInstanceUID,
        tags.SeriesInstanceUID,
        tags.FrameOfReferenceUID,
    }
)
"""Of the top level of every composite object."""

IMAGE: Final = frozenset(
    {
        tags.ImageType,
        tags.SpacingBetweenSlices,
        tags.ImagePositionPatient,
        tags.ImageOrientationPatient,
        tags.SamplesPerPixel,
        tags.PhotometricInterpretation,
        tags.PlanarConfiguration,
        tags.NumberOfFrames,
        tags.Rows,
        tags.Columns,
        tags.PixelSpacing,
        tags.BitsAllocated,
        tags.BitsStored,
        tags.HighBit,
        tags.PixelRepresentation,
        tags.RescaleIntercept,
        tags.RescaleSlope,
        tags.RedPaletteColorLookupTableDescriptor,
        tags.GreenPaletteColorLookupTableDescriptor,
        tags.BluePaletteColorLookupTableDescriptor,
        tags.RedPaletteColorLookupTableData,
        tags.GreenPaletteColorLookupTableData,
        tags.BluePaletteColorLookupTableData,
    }
)
"""Of the top level of objects with pixel data."""

_FUNCTIONAL_GROUPS: Final = frozenset(
    {
        tags.ContentDate,
        tags.ContentTime,
        tags.InstanceNumber,
        tags.SharedFunctionalGroupsSequence,
        tags.PerFrameFunctionalGroupsSequence,
    }
)
_STRUCTURED_REPORT: Final = frozenset(
    {
        tags.ContentDate,
        tags.ContentTime,
        tags.InstanceNumber,
        tags.ValueType,
        tags.ContinuityOfContent,
        tags.CompletionFlag,
        tags.VerificationFlag,
    }
)
_PRESENTATION_STATE: Final = frozenset(
    {
        tags.InstanceNumber,
        tags.ContentLabel,
        tags.PresentationCreationDate,
        tags.PresentationCreationTime,
    }
)
_SECONDARY_CAPTURE: Final = frozenset({tags.ConversionType})
_PAGES: Final = _SECONDARY_CAPTURE | {
    tags.PageNumberVector,
    tags.FrameIncrementPointer,
    tags.BurnedInAnnotation,
    tags.RescaleType,
    tags.PresentationLUTShape,
}
_BY_SOP_CLASS: Final = {
    "1.2.840.10008.5.1.4.1.1.7": _SECONDARY_CAPTURE,
    "1.2.840.10008.5.1.4.1.1.7.1": _PAGES,  # Multi-frame Single Bit Secondary Capture
    "1.2.840.10008.5.1.4.1.1.7.2": _PAGES,  # Grayscale Byte
    "1.2.840.10008.5.1.4.1.1.7.3": _PAGES,  # Grayscale Word
    "1.2.840.10008.5.1.4.1.1.7.4": _PAGES,  # True Color
    "1.2.840.10008.5.1.4.1.1.2.1": _FUNCTIONAL_GROUPS,  # Enhanced CT
    "1.2.840.10008.5.1.4.1.1.4.1": _FUNCTIONAL_GROUPS,  # Enhanced MR
    "1.2.840.10008.5.1.4.1.1.4.3": _FUNCTIONAL_GROUPS,  # Enhanced MR Color
    "1.2.840.10008.5.1.4.1.1.130": _FUNCTIONAL_GROUPS,  # Enhanced PET
    "1.2.840.10008.5.1.4.1.1.66.4": _FUNCTIONAL_GROUPS | {tags.SegmentSequence, tags.ContentLabel},  # Segmentation
    "1.2.840.10008.5.1.4.1.1.11.1": _PRESENTATION_STATE,  # Grayscale Softcopy Presentation State
    "1.2.840.10008.5.1.4.1.1.11.2": _PRESENTATION_STATE,  # Color
    "1.2.840.10008.5.1.4.1.1.88.11": _STRUCTURED_REPORT,  # Basic Text SR
    "1.2.840.10008.5.1.4.1.1.88.22": _STRUCTURED_REPORT,  # Enhanced SR
    "1.2.840.10008.5.1.4.1.1.88.33": _STRUCTURED_REPORT,  # Comprehensive SR
    "1.2.840.10008.5.1.4.1.1.88.34": _STRUCTURED_REPORT,  # Comprehensive 3D SR
    "1.2.840.10008.5.1.4.1.1.481.3": frozenset({tags.StructureSetLabel}),  # RT Structure Set: Structure Set Label
    "1.2.840.10008.5.1.4.1.1.481.5": frozenset({tags.RTPlanLabel, tags.RTPlanGeometry}),  # RT Plan: Label, Geometry
    "1.2.840.10008.5.1.4.1.1.481.2": frozenset(
        {tags.DoseUnits, tags.DoseType, tags.DoseSummationType}
    ),  # RT Dose: Units, Type, Summation
}


def required(sop_class: str, *, has_pixels: bool) -> frozenset[int]:
    """The top-level tags that a copy of such an object must hold with a value if its input did."""
    image = IMAGE if has_pixels else frozenset[int]()
    return ANYWHERE | image | _BY_SOP_CLASS.get(sop_class, frozenset())
