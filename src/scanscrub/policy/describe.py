"""A profile in sentences: what `profile show` prints and the README quotes."""

from collections.abc import Iterator
from typing import Final

from scanscrub.domain.text_mode import TextMode
from scanscrub.policy.options import METHOD_CODES, Option
from scanscrub.policy.profile import Profile
from scanscrub.policy.tables.ps3_15 import EDITION

_ALWAYS: Final = (
    "Names, ids, addresses and all else that Table E.1-1 names go, at every depth.",
    "Patient id, accession number and study id become keyed pseudonyms.",
    "What the table does not name goes by its VR: names, dates, addresses and unknown binary data go.",
    "What the kind of object must have (Type 1) becomes a dummy, what must be there (Type 2) is emptied.",
    "Free text is cleaned; numbers and code strings have to be what they claim.",
    "Numbers beyond those that the standard counts go, and bulk data that are not of the object.",
    "Pixel geometry, windows and acquisition parameters stay as they are.",
)

_OF_OPTION: Final[dict[Option, tuple[str, str]]] = {
    Option.UIDS: ("UIDs stay.", "UIDs become keyed ones (2.25.), the same in every file and run."),
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
        "Private attributes that Table E.3.10-1 calls safe stay where VR and value are right; the others go.",
        "Private attributes go.",
    ),
    Option.STRUCTURED_CONTENT: (
        "Values of structured reports are kept, cleaned or replaced by their concept names (Table E.3.4-1).",
        "Texts, names and dates in structured reports become dummies; codes and measurements stay.",
    ),
    Option.GRAPHICS: (
        "Drawings of presentation states stay and their texts are cleaned; overlays and curves go.",
        "Drawings of presentation states, overlays and curves go.",
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
        "where lists of ours have its words, a maker also beside a company's form or trade (GmbH, Imaging)"
        if profile.descriptors == "allow-list"
        else "unless it looks like somebody or holds an id"
    )
    return f"A maker, a model or the name of a structure stays whole or goes whole: it stays {stays}."


def _dates(profile: Profile) -> str:
    if Option.FULL_DATES in profile.options:
        return "Dates and times stay; the birth date goes."
    if Option.MODIFIED_DATES in profile.options:
        return (
            "Dates move by one number of days for each patient (one to ten years into the past, never zero), so that "
            "intervals stay; times of day stay; time zones, the birth date and dates of calibration go."
        )
    return "Dates and times go."


def _descriptors(profile: Profile) -> str:
    if Option.DESCRIPTORS not in profile.options:
        return "Descriptions go."
    if profile.descriptors == "allow-list":
        return (
            "Of descriptions, the words of a radiological vocabulary stay, in Latin letters and in others, and "
            "numbers with a technical reading; all else goes. A remark about somebody's life, and one with a word of "
            "the vocabulary that is the patient's name, goes whole, as does the occupation."
        )
    return (
        "Of descriptions, all goes that matches a known value, is a name in a list of 47,000, or has the form of a "
        "date, id, telephone number, postcode, address or name; words in other scripts stay if they are radiology's. "
        "A remark about where somebody lives, and a text with a word that is the patient's name, go whole."
    )


def _writing(text_mode: TextMode) -> str:
    return {
        TextMode.ALL: "Writing in the pixels is masked.",
        TextMode.IDENTIFYING: "Writing in the pixels is masked, but for side markers, measurements and the like.",
        TextMode.NONE: "Writing in the pixels is not looked for, and the copy does not claim that there is none.",
    }[text_mode]
