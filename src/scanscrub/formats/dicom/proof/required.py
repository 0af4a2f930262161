"""Attributes that an object must have with a value, as far as cleaning could take them away.

Type 1 attributes (and 1C ones, which an object that has them needs) of the modules that most objects share, and of
those by which a viewer knows what it shows: PS3.3 2026d C.7.1 to C.7.6, C.8, C.10, C.11, C.12, C.17, C.18. Only what
the input had is asked of its copy, so that an object that was incomplete before is not held against it.
"""

from typing import Final

ANYWHERE: Final = frozenset(
    {
        0x00080016,  # SOP Class UID
        0x00080018,  # SOP Instance UID
        0x00080060,  # Modality
        0x0020000D,  # Study Instance UID
        0x0020000E,  # Series Instance UID
        0x00200052,  # Frame of Reference UID
    }
)
"""Of the top level of every composite object."""

IMAGE: Final = frozenset(
    {
        0x00080008,  # Image Type
        0x00180088,  # Spacing Between Slices
        0x00200032,  # Image Position (Patient)
        0x00200037,  # Image Orientation (Patient)
        0x00280002,  # Samples per Pixel
        0x00280004,  # Photometric Interpretation
        0x00280006,  # Planar Configuration
        0x00280008,  # Number of Frames
        0x00280010,  # Rows
        0x00280011,  # Columns
        0x00280030,  # Pixel Spacing
        0x00280100,  # Bits Allocated
        0x00280101,  # Bits Stored
        0x00280102,  # High Bit
        0x00280103,  # Pixel Representation
        0x00281052,  # Rescale Intercept
        0x00281053,  # Rescale Slope
        0x00281101,  # Red Palette Color Lookup Table Descriptor
        0x00281102,  # Green Palette Color Lookup Table Descriptor
        0x00281103,  # Blue Palette Color Lookup Table Descriptor
        0x00281201,  # Red Palette Color Lookup Table Data
        0x00281202,  # Green Palette Color Lookup Table Data
        0x00281203,  # Blue Palette Color Lookup Table Data
    }
)
"""Of the top level of objects with pixel data."""

_FUNCTIONAL_GROUPS: Final = frozenset(
    {
        0x00080023,  # Content Date
        0x00080033,  # Content Time
        0x00200013,  # Instance Number
        0x52009229,  # Shared Functional Groups Sequence
        0x52009230,  # Per-Frame Functional Groups Sequence
    }
)
_STRUCTURED_REPORT: Final = frozenset(
    {
        0x00080023,  # Content Date
        0x00080033,  # Content Time
        0x00200013,  # Instance Number
        0x0040A040,  # Value Type
        0x0040A050,  # Continuity of Content
        0x0040A491,  # Completion Flag
        0x0040A493,  # Verification Flag
    }
)
_PRESENTATION_STATE: Final = frozenset(
    {
        0x00200013,  # Instance Number
        0x00700080,  # Content Label
        0x00700082,  # Presentation Creation Date
        0x00700083,  # Presentation Creation Time
    }
)
_SECONDARY_CAPTURE: Final = frozenset({0x00080064})  # Conversion Type
_PAGES: Final = _SECONDARY_CAPTURE | {
    0x00182001,  # Page Number Vector
    0x00280009,  # Frame Increment Pointer
    0x00280301,  # Burned In Annotation
    0x00281054,  # Rescale Type
    0x20500020,  # Presentation LUT Shape
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
    "1.2.840.10008.5.1.4.1.1.66.4": _FUNCTIONAL_GROUPS | {0x00620002, 0x00700080},  # Segmentation
    "1.2.840.10008.5.1.4.1.1.11.1": _PRESENTATION_STATE,  # Grayscale Softcopy Presentation State
    "1.2.840.10008.5.1.4.1.1.11.2": _PRESENTATION_STATE,  # Color
    "1.2.840.10008.5.1.4.1.1.88.11": _STRUCTURED_REPORT,  # Basic Text SR
    "1.2.840.10008.5.1.4.1.1.88.22": _STRUCTURED_REPORT,  # Enhanced SR
    "1.2.840.10008.5.1.4.1.1.88.33": _STRUCTURED_REPORT,  # Comprehensive SR
    "1.2.840.10008.5.1.4.1.1.88.34": _STRUCTURED_REPORT,  # Comprehensive 3D SR
    "1.2.840.10008.5.1.4.1.1.481.3": frozenset({0x30060002}),  # RT Structure Set: Structure Set Label
    "1.2.840.10008.5.1.4.1.1.481.5": frozenset({0x300A0002, 0x300A000C}),  # RT Plan: Label, Geometry
    "1.2.840.10008.5.1.4.1.1.481.2": frozenset(
        {0x30040002, 0x30040004, 0x3004000A}
    ),  # RT Dose: Units, Type, Summation
}


def required(sop_class: str, *, has_pixels: bool) -> frozenset[int]:
    """The top-level tags that a copy of such an object must hold with a value if its input did."""
    image = IMAGE if has_pixels else frozenset[int]()
    return ANYWHERE | image | _BY_SOP_CLASS.get(sop_class, frozenset())
