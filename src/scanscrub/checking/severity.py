"""How much a finding in a header matters, by what the value is and not only by where it stands."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from scanscrub.domain import tags
from scanscrub.domain.finding import Attribute, Finding, HeaderElement, IdentifierKind, Observation, SegmentSeen
from scanscrub.domain.rules import Rule, Severity, most_severe
from scanscrub.policy.headers.text_rules import TEXT_VRS
from scanscrub.policy.identifiers.identifiers import known_values
from scanscrub.policy.identifiers.search import IdentifierSearch
from scanscrub.policy.pseudonyms.dates import is_dummy
from scanscrub.policy.pseudonyms.placeholders import is_placeholder
from scanscrub.policy.segments import is_of_a_program, severity_of
from scanscrub.policy.tables.ps3_15 import row_of
from scanscrub.policy.text.descriptors import clean_text

_PATIENT_NAME: Final = (tags.PatientName,)
_PATIENT_ID: Final = (tags.PatientID,)
_SOP_CLASS: Final = (tags.SOPClassUID,)
_COLOR_PALETTE: Final = "1.2.840.10008.5.1.4.39.1"
"""Color Palette Storage (PS3.3 A.58) has no patient; who made a palette is most often a company."""
_CONTENT: Final = frozenset({(tags.ContentLabel,), (tags.ContentDescription,), (tags.ContentCreatorName,)})
"""Content Label, Content Description, Content Creator's Name."""
_BETWEEN_NAMES: Final = re.compile(r"[\s,^=]")
_LOOKED_AT: Final = frozenset({_PATIENT_NAME, _PATIENT_ID, _SOP_CLASS})
_HASH: Final = re.compile(r"(?=.*[a-f])(?=.*\d)[0-9a-f]{12,}")
_NEW_YEARS_DAY: Final = re.compile(r"\d{4}\.?01\.?01")
_WORDED: Final = TEXT_VRS | {"AE", "CS", "DA", "DT", "PN", "UR"}
"""VRs of which a value may hold any words."""
_CODES: Final = frozenset({tags.CodeValue, tags.CodingSchemeDesignator, tags.CodingSchemeVersion, tags.LongCodeValue})
"""Values and schemes of codes, which are no words; what they mean is another attribute."""
_WRITERS: Final = frozenset({(tags.ImplementationClassUID,), (tags.ImplementationVersionName,)})
"""Of the meta information: where a program names itself in words that no vocabulary knows."""
_META_INFORMATION: Final = 0x0002
"""Here application titles are those of programs as well."""
_NAMING: Final = frozenset({IdentifierKind.NAME, IdentifierKind.ID, IdentifierKind.DATE})


class HeaderSeverity:
    """Judges the findings of one file, of which `seen` is all that its header shows.

    A text that holds what the header says of a person names that person, too. Words and numbers that no vocabulary
    knows may be somebody's, so a text with some is more than hygiene; only programs' own names are exempt. A
    placeholder names nobody. A code that stands where a name was (a research subject's number, which such files give
    as the name and as the id, or a hash) points at a person only for those who hold its list, and so does a birth
    date of which only the year was left. What a color palette is called is about no patient. `bytes_of` looks at
    values that are no text.
    """

    def __init__(
        self,
        seen: Sequence[Observation],
        bytes_of: Callable[[HeaderElement], Iterable[SegmentSeen]] = lambda _: (),
    ) -> None:
        top = {
            one.where.path: one.value.reveal().strip(" \0")
            for one in seen
            if isinstance(one, Attribute) and one.value is not None and one.where.path in _LOOKED_AT
        }
        self._seen = seen
        self._bytes_of = bytes_of
        self._worded = {one.where.path for one in seen if isinstance(one, Attribute) and one.vr in _WORDED}
        self._is_palette = top.get(_SOP_CLASS) == _COLOR_PALETTE
        name, number = top.get(_PATIENT_NAME, ""), top.get(_PATIENT_ID, "")
        self._subject = name if name == number and _is_one_code(name) else ""

    def of(self, finding: Finding) -> Severity:
        """The severity of what the value is."""
        if not isinstance(finding.where, HeaderElement):
            return finding.severity
        is_profile = finding.rule is Rule.SEGMENT
        if is_profile and finding.evidence is not None and self._holds_known(finding.evidence.reveal()):
            return Severity.IDENTITY
        if is_profile or finding.evidence is None:
            is_unread = self._may_name(finding.where.path, finding.rule)
            inside = self._inside.get(finding.where.path, Severity.QUASI if is_unread else Severity.HYGIENE)
            return most_severe((inside, finding.severity, *map(severity_of, self._bytes_of(finding.where))))
        value = finding.evidence.reveal().strip(" \0")
        return self._of_value(value, finding.where.path, finding.rule, finding.severity)

    def _of_value(self, value: str, path: tuple[int, ...], rule: Rule, severity: Severity) -> Severity:
        if rule is not Rule.UID and (is_placeholder(value) or (rule is Rule.DATE and is_dummy(value))):
            return Severity.HYGIENE
        if severity is Severity.IDENTITY:
            return Severity.QUASI if self._names_nobody(path, rule, value) else Severity.IDENTITY
        if path in self._worded and self._holds_known(value):
            return Severity.IDENTITY
        if self._may_name(path, rule) and clean_text(value, (), "allow-list").words:
            is_program = path[0] >> 16 == _META_INFORMATION and is_of_a_program(value)
            return severity if is_program else Severity.QUASI
        return severity

    @cached_property
    def _inside(self) -> Mapping[tuple[int, ...], Severity]:
        """By the path of each sequence: how grave the names and texts in it are, which go with it unjudged."""
        inside: dict[tuple[int, ...], Severity] = {}
        for one in self._seen:
            if not isinstance(one, Attribute) or one.value is None or not one.where.depth or one.tag in _CODES:
                continue
            path, value = one.where.path, one.value.reveal().strip(" \0")
            if one.vr == "PN" or path in self._worded:
                rank = Severity.IDENTITY if one.vr == "PN" else Severity.HYGIENE
                severity = self._of_value(value, path, Rule.IDENTITY, rank)
                for end in range(1, len(path), 2):
                    inside[path[:end]] = most_severe((severity, inside.get(path[:end], severity)))
        return inside

    def _may_name(self, path: tuple[int, ...], rule: Rule) -> bool:
        """Whether words of no vocabulary may be somebody's here."""
        return path in self._worded and path not in _WRITERS and rule is not Rule.UNTRUE_STATUS

    @cached_property
    def _holds_known(self) -> IdentifierSearch:
        """Finds the names, numbers and birth dates of persons that the header gives."""
        known = known_values(list(self._persons()), lambda _: False)
        return IdentifierSearch([one for one in known if one.kind in _NAMING])

    def _persons(self) -> Iterator[Attribute]:
        for one in self._seen:
            if not isinstance(one, Attribute) or one.value is None:
                continue
            row = row_of(one.tag)
            names = one.vr == "PN" if row is None else row.severity is Severity.IDENTITY
            rule = Rule.DATE if one.vr == "DA" else Rule.IDENTITY
            if names and not self._names_nobody(one.where.path, rule, one.value.reveal().strip(" \0")):
                yield one

    def _names_nobody(self, path: tuple[int, ...], rule: Rule, value: str) -> bool:
        return (self._is_palette and path in _CONTENT) or self._is_code(rule, value)

    def _is_code(self, rule: Rule, value: str) -> bool:
        if rule is Rule.DATE:
            return _NEW_YEARS_DAY.fullmatch(value) is not None
        return _HASH.fullmatch(value) is not None or (self._subject != "" and value == self._subject)


def _is_one_code(text: str) -> bool:
    """Whether the text has a digit, and nothing that stands between the parts of a person's name."""
    return any(map(str.isdecimal, text)) and _BETWEEN_NAMES.search(text) is None
