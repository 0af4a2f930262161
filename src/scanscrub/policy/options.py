"""The options of PS3.15 Annex E by their names, with their codes of PS3.16 CID 7050."""

from enum import StrEnum


class Option(StrEnum):
    """An option of the Basic Application Level Confidentiality Profile, as it is named on the command line."""

    UIDS = "uids"
    DEVICE_IDENTITY = "device-identity"
    INSTITUTION_IDENTITY = "institution-identity"
    PATIENT_CHARACTERISTICS = "patient-characteristics"
    FULL_DATES = "full-dates"
    MODIFIED_DATES = "modified-dates"
    SAFE_PRIVATE = "safe-private"
    DESCRIPTORS = "descriptors"
    STRUCTURED_CONTENT = "structured-content"
    GRAPHICS = "graphics"


CLEANING = frozenset({Option.DESCRIPTORS, Option.STRUCTURED_CONTENT, Option.GRAPHICS})
"""The options that clean; the others retain."""

BASIC_PROFILE = ("113100", "Basic Application Confidentiality Profile")
CLEAN_PIXEL_DATA = ("113101", "Clean Pixel Data Option")

METHOD_CODES: dict[Option, tuple[str, str]] = {
    Option.GRAPHICS: ("113103", "Clean Graphics Option"),
    Option.STRUCTURED_CONTENT: ("113104", "Clean Structured Content Option"),
    Option.DESCRIPTORS: ("113105", "Clean Descriptors Option"),
    Option.FULL_DATES: ("113106", "Retain Longitudinal Temporal Information Full Dates Option"),
    Option.MODIFIED_DATES: ("113107", "Retain Longitudinal Temporal Information Modified Dates Option"),
    Option.PATIENT_CHARACTERISTICS: ("113108", "Retain Patient Characteristics Option"),
    Option.DEVICE_IDENTITY: ("113109", "Retain Device Identity Option"),
    Option.UIDS: ("113110", "Retain UIDs Option"),
    Option.SAFE_PRIVATE: ("113111", "Retain Safe Private Option"),
    Option.INSTITUTION_IDENTITY: ("113112", "Retain Institution Identity Option"),
}
"""CID 7050 code value and code meaning (coding scheme DCM), in the order of the codes."""
