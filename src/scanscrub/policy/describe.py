"""A profile in sentences: what `profile show` prints."""

from collections.abc import Iterator
from typing import Final

from scanscrub.domain.text_mode import TextMode
from scanscrub.policy.options import METHOD_CODES, Option
from scanscrub.policy.profile import Profile
from scanscrub.policy.tables.ps3_15 import EDITION

_ALWAYS: Final = (
    "Names, IDs, addresses and all other attributes of Table E.1-1 are removed or replaced, at every nesting level.",
    "Patient ID, accession number and study ID become pseudonyms made with the key.",
    "Attributes that the table does not list go by their VR: names, dates, addresses and unknown binary data.",
    "Where the IOD requires an attribute, it gets a dummy value (Type 1) or is emptied (Type 2).",
    "Free text is cleaned. Numbers and code strings stay only if they are valid for their VR.",
    "Values beyond the VM go, and so do bulk data that do not belong to the IOD.",
    "Pixel geometry, windows and acquisition parameters stay.",
)

_OF_OPTION: Final[dict[Option, tuple[str, str]]] = {
    Option.UIDS: ("UIDs stay.", "UIDs become new UIDs made with the key (2.25.), the same in every file and run."),
    Option.DEVICE_IDENTITY: ("Station names and serial numbers stay.", "Station names and serial numbers go."),
    Option.INSTITUTION_IDENTITY: (
        "The institution's name and address stay.",
        "The institution's name and address go.",
    ),
    Option.PATIENT_CHARACTERISTICS: (
        "Sex, age, size and weight stay; an age over 89 years becomes 90 years.",
        "Sex, age, size and weight go.",
    ),
    Option.SAFE_PRIVATE: (
        "Private attributes that Table E.3.10-1 lists as safe stay if VR and value are valid; the others go.",
        "Private attributes go.",
    ),
    Option.STRUCTURED_CONTENT: (
        "Values of structured reports are kept, cleaned or replaced by their concept names (Table E.3.4-1).",
        "Texts, names and dates in structured reports get dummy values; codes and measurements stay.",
    ),
    Option.GRAPHICS: (
        "Graphics in presentation states stay and their texts are cleaned; overlays and curves go.",
        "Graphics in presentation states, overlays and curves go.",
    ),
}


def sentences(profile: Profile, text_mode: TextMode) -> Iterator[str]:
    """The profile in sentences, always in the same order."""
    yield f"{profile.name}: PS3.15 {EDITION} Basic Application Confidentiality Profile. {profile.summary}".rstrip()
    yield from _ALWAYS
    yield _equipment(profile)
    yield _dates(profile)
    yield _descriptors(profile)
    for option, (chosen, otherwise) in _OF_OPTION.items():
        yield chosen if option in profile.options else otherwise
    yield _writing(text_mode)
    for tags, words in ((profile.keep, "Kept as they are"), (profile.remove, "Removed")):
        if tags:
            listed = ", ".join(f"({tag >> 16:04X},{tag & 0xFFFF:04X})" for tag in sorted(tags))
            yield f"{words} by this profile: {listed}."
    codes = [meaning for option, (_, meaning) in METHOD_CODES.items() if option in profile.options]
    if codes:
        yield f"Recorded in the copy: {'; '.join(codes)}."


def _equipment(profile: Profile) -> str:
    """Of makers, models and names of structures."""
    stays = (
        "if its words are in our lists, or, for a manufacturer, beside a legal form or trade (GmbH, Imaging)"
        if profile.descriptors == "allow-list"
        else "unless it looks like a person's name or contains an ID"
    )
    return f"The name of a manufacturer, model or anatomic structure stays whole or goes whole. It stays {stays}."


def _dates(profile: Profile) -> str:
    if Option.FULL_DATES in profile.options:
        return "Dates and times stay; the birth date goes."
    if Option.MODIFIED_DATES in profile.options:
        return (
            "All dates of a patient are shifted by the same number of days (one to ten years into the past, never "
            "zero), so intervals stay. Times of day stay. Time zones, the birth date and calibration dates go."
        )
    return "Dates and times go."


def _descriptors(profile: Profile) -> str:
    if Option.DESCRIPTORS not in profile.options:
        return "Descriptions go."
    if profile.descriptors == "allow-list":
        return (
            "Of descriptions, the words of a radiological vocabulary stay, in Latin and other scripts, and numbers "
            "with a technical meaning; everything else goes. A remark about the patient's life goes whole, as does "
            "one in which a word of the vocabulary is the patient's name. The occupation goes."
        )
    return (
        "Of descriptions, everything goes that matches a known value, is in a list of 47,000 names, or has the form "
        "of a date, ID, telephone number, postal code, address or name. Words in other scripts stay if they are "
        "terms of radiology. A remark about where the patient lives goes whole, and so does a text with a word that "
        "is the patient's name."
    )


def _writing(text_mode: TextMode) -> str:
    return {
        TextMode.ALL: "Text in the pixels is masked.",
        TextMode.IDENTIFYING: "Text in the pixels is masked, except side markers, measurements and the like.",
        TextMode.NONE: "Text in the pixels is not searched for, and the copy does not claim that there is none.",
    }[text_mode]
