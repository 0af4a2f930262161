"""Objects that are refused whatever the policy: what cannot be understood cannot be cleaned (PS3.4 B.5, PS3.3)."""

import re
from typing import Final

from scanscrub.domain.errors import NotAnImage, RefusedFile

MEDIA_STORAGE_DIRECTORY: Final = "1.2.840.10008.1.3.10"
_STANDARD_ROOT: Final = "1.2.840.10008."
_UID: Final = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_ENCAPSULATED: Final = "1.2.840.10008.5.1.4.1.1.104."
_DOCUMENTS: Final = {
    "1": "a PDF document",
    "2": "a CDA document",
    "3": "a 3D model (STL)",
    "4": "a 3D model (OBJ)",
    "5": "a 3D model (MTL)",
}
_LABEL_FLAVORS: Final = frozenset({"LABEL", "OVERVIEW"})


ENCAPSULATED_PDF: Final = f"{_ENCAPSULATED}1"


def check_object(sop_class: str, image_type: str, *, has_document: bool, has_pixels: bool = False) -> None:
    """Raise `RefusedFile` for an object that this program does not clean.

    `sop_class` is SOP Class UID (0008,0016), `image_type` Image Type (0008,0008) with its backslashes,
    `has_document` whether Encapsulated Document (0042,0011) is there, `has_pixels` whether pixels are. A PDF in its
    own kind of object is cleaned (`encapsulated`).
    """
    if sop_class == MEDIA_STORAGE_DIRECTORY:
        raise NotAnImage(
            "It is the index of a disc (DICOMDIR), which repeats the patient's data; it is never copied.",
            "Clean the folder it lies in; add --dicomdir for a new index of the clean copies.",
        )
    if sop_class == ENCAPSULATED_PDF and has_document and not has_pixels:
        return
    if has_document or sop_class.startswith(_ENCAPSULATED):
        kind = _DOCUMENTS.get(sop_class.removeprefix(_ENCAPSULATED), "a document")
        raise RefusedFile(
            f"It holds {kind} of another format, which cannot be cleaned here.",  # noqa: EM102 - `kind` is one of ours
            "Leave it out, or take the document out and clean it by hand.",
        )
    if not sop_class:
        raise RefusedFile(
            "It does not say what kind of object it is (no SOP Class UID).",
            "Export it again as DICOM from its viewer or archive.",
        )
    if _UID.fullmatch(sop_class) is None:
        raise RefusedFile(
            "It names its kind of object in words, where a number belongs (SOP Class UID).",
            "Export it again as DICOM from its viewer or archive; the program that wrote it made a mistake.",
        )
    if not sop_class.startswith(_STANDARD_ROOT):
        raise RefusedFile(
            "It is a manufacturer's private kind of object, which nobody else can understand.",
            "Export the images themselves from the scanner's workstation and clean those.",
        )
    if _LABEL_FLAVORS & {part.strip() for part in image_type.upper().split("\\")}:
        raise RefusedFile(
            "It is a photograph of a slide with its label.",
            "Leave it out; the slide's image itself can be cleaned.",
        )
