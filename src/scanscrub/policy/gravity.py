"""How much a finding in a header matters, by what the value is and not only by where it stands."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from scanscrub.domain.finding import Attribute, Finding, HeaderElement, Observation
from scanscrub.domain.rules import Rule, Severity
from scanscrub.policy.dates import is_dummy
from scanscrub.policy.dummies import is_placeholder

_is_placeholder = lru_cache(maxsize=4096)(is_placeholder)
"""The slices of a series repeat their header."""
_PATIENT_NAME: Final = (0x00100010,)
_PATIENT_ID: Final = (0x00100020,)
_HASH: Final = re.compile(r"(?=.*[a-f])(?=.*\d)[0-9a-f]{12,}")
_NEW_YEARS_DAY: Final = re.compile(r"\d{4}\.?01\.?01")


class Gravity:
    """Judges the findings of one file, of which `seen` is all that its header shows.

    A placeholder names nobody. A code that stands where a name was (a research subject's number, which such
    files give as the name and as the id, or a hash) points at a person only for those who hold its list, and so does
    a birth date of which only the year was left.
    """

    def __init__(self, seen: Sequence[Observation]) -> None:
        top = {
            one.where.path: one.value.reveal().strip(" \0")
            for one in seen
            if isinstance(one, Attribute) and one.value is not None and one.where.path in (_PATIENT_NAME, _PATIENT_ID)
        }
        name, number = top.get(_PATIENT_NAME, ""), top.get(_PATIENT_ID, "")
        self._subject = name if name == number and "^" not in name and any(map(str.isdecimal, name)) else ""

    def of(self, finding: Finding) -> Severity:
        """The severity, never a higher one than the finding has."""
        if not isinstance(finding.where, HeaderElement) or finding.evidence is None:
            return finding.severity
        value = finding.evidence.reveal().strip(" \0")
        if finding.rule is not Rule.UID and (
            is_placeholder(value) or (finding.rule is Rule.DATE and is_dummy(value))
        ):
            return Severity.HYGIENE
        if finding.severity is Severity.IDENTITY and self._is_code(finding.rule, value):
            return Severity.QUASI
        return finding.severity

    def _is_code(self, rule: Rule, value: str) -> bool:
        if rule is Rule.DATE:
            return _NEW_YEARS_DAY.fullmatch(value) is not None
        return _HASH.fullmatch(value) is not None or (self._subject != "" and value == self._subject)
