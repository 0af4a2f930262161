"""The attributes that say what was done: PS3.15 E.1.1 (6), PS3.3 C.12.1 and C.7.1.1."""

from collections.abc import Mapping, Sequence
from typing import Final

from scanscrub.domain import tags
from scanscrub.domain.finding import Attribute, Finding, HeaderElement, Observation
from scanscrub.domain.plan import Action, Add, Keep, Step
from scanscrub.domain.rules import Rule, Severity
from scanscrub.policy.headers.decisions import REMOVE
from scanscrub.policy.options import BASIC_PROFILE, CLEAN_PIXEL_DATA, METHOD_CODES, Option
from scanscrub.policy.profile import Profile
from scanscrub.policy.tables.iod_types import ObjectTypes
from scanscrub.policy.tables.ps3_15 import EDITION

STATUS_TAGS: Final = frozenset(
    {
        tags.PatientIdentityRemoved,
        tags.DeidentificationMethod,
        tags.DeidentificationMethodCodeSequence,
        tags.LongitudinalTemporalInformationModified,
        tags.BurnedInAnnotation,
    }
)
"""What a file says about itself before is never believed: it is replaced by what is true of the copy."""

_WORDS: Final[Mapping[int, frozenset[str]]] = {
    tags.PatientIdentityRemoved: frozenset({"", "YES", "NO"}),
    tags.BurnedInAnnotation: frozenset({"", "YES", "NO"}),
    tags.LongitudinalTemporalInformationModified: frozenset({"", "UNMODIFIED", "MODIFIED", "REMOVED"}),
}
_AUTHORITY: Final = "PS3.15 E.1.1 (6)"


def method_codes(profile: Profile, *, attest: bool) -> tuple[tuple[str, str], ...]:
    """Code value and meaning of CID 7050 for all that was done, by code value."""
    codes = [BASIC_PROFILE, *(pair for option, pair in METHOD_CODES.items() if option in profile.options)]
    return tuple(sorted([*codes, CLEAN_PIXEL_DATA] if attest else codes))


def temporal_information(profile: Profile) -> str:
    """(0028,0303) Longitudinal Temporal Information Modified."""
    if Option.FULL_DATES in profile.options:
        return "UNMODIFIED"
    return "MODIFIED" if Option.MODIFIED_DATES in profile.options else "REMOVED"


def method_text(profile: Profile) -> str:
    """(0012,0063) De-identification Method: each value fits an LO."""
    return f"scanscrub {profile.name}\\PS3.15 {EDITION} Annex E"


def status_steps(
    seen: Sequence[Observation], profile: Profile, types: ObjectTypes, *, attest: bool, removed: bool = True
) -> list[Step]:
    """Steps for `STATUS_TAGS`: Keep where the file says the same already, else Add or Remove.

    `attest`: every frame was examined for writing and the masks were proved; the file has pixels. `removed`: no
    identity stays; else the copy says so, and names no method.
    """
    present: dict[int, list[Attribute]] = {}
    for one in seen:
        if isinstance(one, Attribute) and one.where.path[0] in STATUS_TAGS:
            present.setdefault(one.where.path[0], []).append(one)
    texts = {
        tags.PatientIdentityRemoved: ("CS", "YES" if removed else "NO"),
        tags.LongitudinalTemporalInformationModified: ("CS", temporal_information(profile)),
    }
    if removed:
        texts[tags.DeidentificationMethod] = ("LO", method_text(profile))
    steps = [_text_step(tag, vr, value, present) for tag, (vr, value) in sorted(texts.items())]
    methods = (
        _code_steps(present.get(tags.DeidentificationMethodCodeSequence, []), profile, attest=attest)
        if removed
        else _no_methods(present)
    )
    return [*steps, *methods, *_burned_in(present, types, attest=attest)]


def _no_methods(present: Mapping[int, list[Attribute]]) -> list[Step]:
    """A copy that keeps an identity names no method of de-identification, whatever it said before."""
    places = {
        tag: HeaderElement((tag,))
        for tag in (tags.DeidentificationMethod, tags.DeidentificationMethodCodeSequence)
        if present.get(tag)
    }
    return [Step(where, REMOVE, _untrue(where, present[tag]), _AUTHORITY) for tag, where in places.items()]


def _text_step(tag: int, vr: str, value: str, present: Mapping[int, list[Attribute]]) -> Step:
    where = HeaderElement((tag,))
    elements = present.get(tag, [])
    if len(elements) == 1 and _value(elements[0]) == value:
        return Step(where, Keep("says it already"), None, _AUTHORITY)
    return Step(where, Add(vr, value), _untrue(where, elements), _AUTHORITY)


def _code_steps(elements: Sequence[Attribute], profile: Profile, *, attest: bool) -> list[Step]:
    codes = method_codes(profile, attest=attest)
    items = tuple(
        ((tags.CodeValue, "SH", value), (tags.CodingSchemeDesignator, "SH", "DCM"), (tags.CodeMeaning, "LO", meaning))
        for value, meaning in codes
    )
    wanted = {
        (tags.DeidentificationMethodCodeSequence, n, tag): text
        for n, item in enumerate(items)
        for tag, _vr, text in item
    }
    where = HeaderElement((tags.DeidentificationMethodCodeSequence,))
    inside = {one.where.path: _value(one) for one in elements if len(one.where.path) > 1}
    if inside == wanted:
        return [Step(one.where, Keep("says it already"), None, _AUTHORITY) for one in elements]
    return [Step(where, Add("SQ", "", items), _untrue(where, elements), _AUTHORITY)]


def _burned_in(present: Mapping[int, list[Attribute]], types: ObjectTypes, *, attest: bool) -> list[Step]:
    """NO only when it was proved. An unproved NO goes, or says YES where the object has to say something (Type 1).

    Where it is of Type 1C, NO is all that an object may say.
    """
    if attest:
        return [_text_step(tags.BurnedInAnnotation, "CS", "NO", present)]
    elements = present.get(tags.BurnedInAnnotation, [])
    if not elements:
        return []
    where = elements[0].where
    action: Action = REMOVE
    if len(elements) == 1 and _value(elements[0]) == "YES":
        return [Step(where, Keep("not attested"), None, _AUTHORITY)]
    if types.type_of((tags.BurnedInAnnotation,)) == "1":
        action = Add("CS", "YES")
    return [Step(where, action, _untrue(where, elements), _AUTHORITY)]


def _value(seen: Attribute) -> str:
    return "" if seen.value is None else seen.value.reveal().strip(" \0")


def _untrue(where: HeaderElement, elements: Sequence[Attribute]) -> Finding | None:
    """A finding where the file said something else before, a grave one where it is no word for it; None where it
    said nothing.
    """
    if not any(one.length for one in elements):
        return None
    is_word = where.tag not in _WORDS or all(_value(one) in _WORDS[where.tag] for one in elements)
    severity = Severity.HYGIENE if is_word else Severity.QUASI
    return Finding(Rule.UNTRUE_STATUS, where, severity, evidence=elements[0].value)
