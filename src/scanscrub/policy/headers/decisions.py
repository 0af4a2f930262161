"""What a rule says about one attribute: an action and why. The frequent decisions are made once."""

from functools import cache
from typing import Final, NamedTuple

from scanscrub.domain.plan import Action, Clean, Empty, Keep, RemapUid, Remove, Replace
from scanscrub.domain.rules import Rule, Severity
from scanscrub.policy.pseudonyms.dates import DUMMY_DATE, DUMMY_TIME


class Decision(NamedTuple):
    """An action with its authority. `rule` is None where nothing was found that should not leave."""

    action: Action
    authority: str
    rule: Rule | None = None
    severity: Severity = Severity.HYGIENE

    @property
    def keeps(self) -> bool:
        return isinstance(self.action, Keep)


REMOVE: Final = Remove()
EMPTY: Final = Empty()

DUMMY_TEXT: Final = "ANONYMIZED"
DUMMY_NAME: Final = "ANONYMOUS"

_DUMMIES: Final = {
    "AE": DUMMY_TEXT,
    "AS": "000Y",
    "CS": "OTHER",
    "DA": DUMMY_DATE,
    "DS": "0",
    "DT": DUMMY_DATE,
    "IS": "0",
    "LO": DUMMY_TEXT,
    "LT": DUMMY_TEXT,
    "PN": DUMMY_NAME,
    "SH": DUMMY_TEXT,
    "ST": DUMMY_TEXT,
    "TM": DUMMY_TIME,
    "UC": DUMMY_TEXT,
    "UR": "urn:anonymized",
    "UT": DUMMY_TEXT,
}


def dummy_value(vr: str) -> str | None:
    """A value that is consistent with the VR and says nothing (action D); None for a VR that has none."""
    return _DUMMIES.get(vr)


@cache
def _removal(authority: str, rule: Rule | None, severity: Severity) -> Decision:
    return Decision(REMOVE, authority, rule, severity)


def removed(authority: str, rule: Rule, severity: Severity, length: int) -> Decision:
    """Remove; a finding only where there was a value."""
    return _removal(authority, rule if length else None, severity)


def emptied(authority: str, rule: Rule, severity: Severity, length: int) -> Decision:
    """Empty; an element without a value is kept as it is."""
    if not length:
        return Decision(Keep("no value"), authority)
    return Decision(EMPTY, authority, rule, severity)


def replaced(value: str, old: str | None, authority: str, rule: Rule, severity: Severity) -> Decision:
    """Replace; a value that is the new one already is kept."""
    if old is not None and old.strip(" \0") == value:
        return Decision(Keep("says nothing already"), authority)
    return Decision(Replace(value), authority, rule if old is None or old.strip(" \0") else None, severity)


def remapped(new: str, authority: str) -> Decision:
    return Decision(RemapUid(new), authority, Rule.UID, Severity.QUASI)


def cleaned(text: str, words: int, authority: str, severity: Severity) -> Decision:
    return Decision(Clean(text, words), authority, Rule.FREE_TEXT, severity)
