"""Objects whose pixels are labels or measured values and no picture (PS3.3 A.51, A.75, A.18.3, A.76, A.78; 2026d).

A picture of a segmentation (a Secondary Capture, say) is a picture.
"""

from typing import Final

_LABELS_OR_VALUES: Final = frozenset(
    {
        "1.2.840.10008.5.1.4.1.1.30",  # Parametric Map
        "1.2.840.10008.5.1.4.1.1.66.4",  # Segmentation: binary, fractional, label map
        "1.2.840.10008.5.1.4.1.1.66.7",  # Label Map Segmentation
        "1.2.840.10008.5.1.4.1.1.77.1.5.8",  # Ophthalmic Optical Coherence Tomography B-scan Volume Analysis
        "1.2.840.10008.5.1.4.1.1.81.1",  # Ophthalmic Thickness Map
        "1.2.840.10008.5.1.4.1.1.82.1",  # Corneal Topography Map
        "1.2.840.10008.5.1.4.1.1.481.2",  # RT Dose
    }
)
_SEGMENTATION_TYPES: Final = frozenset({"BINARY", "FRACTIONAL", "LABELMAP"})


def holds_no_picture(sop_class: str, segmentation_type: str) -> bool:
    """Whether the pixels of an object of that SOP class are labels or measured values.

    A Segmentation Type (0062,0001) tells it of classes that are younger than this list, and of no other kind.
    """
    return sop_class in _LABELS_OR_VALUES or (
        sop_class.startswith("1.2.840.10008.5.1.4.1.1.66.") and segmentation_type in _SEGMENTATION_TYPES
    )
