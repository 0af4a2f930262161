"""Rules for DA, DT and TM under the options about longitudinal temporal information (PS3.15 E.3.6)."""

import re
from functools import cache
from typing import Final

from scanscrub.domain.finding import Attribute
from scanscrub.domain.phi import Phi
from scanscrub.domain.plan import Keep, ShiftDate
from scanscrub.domain.rules import Rule, Severity
from scanscrub.policy.file_context import FileContext
from scanscrub.policy.headers.decisions import Decision, emptied, removed, replaced
from scanscrub.policy.headers.text_rules import AttributeRule, text_of
from scanscrub.policy.pseudonyms.dates import is_date, is_dummy, shifted

DATE_VRS: Final = frozenset({"DA", "DT", "TM"})

_ZONE: Final = re.compile(r"[+\-][0-9]{4}(?=[ \0]*(?:\\|$))")

_KEEP_DATE: Final = Decision(Keep("moved already, or says nothing", public=True), "VR rule DA DT TM")
"""Not sought in the copy: a newborn's study has the birth date, and many an id is a day or a time."""


def date_removed(seen: Attribute, context: FileContext) -> Decision:
    """DA, DT, TM without an option that keeps them."""
    del context
    return removed(f"VR rule {seen.vr}", Rule.DATE, Severity.QUASI, seen.length)


@cache
def date_kept(authority: str) -> AttributeRule:
    """Retain Longitudinal Temporal Information Full Dates: what is a date or a time stays."""

    def rule(seen: Attribute, context: FileContext) -> Decision:
        del context
        text = text_of(seen)
        if text is not None and is_date(seen.vr, text):
            return _KEEP_DATE
        return emptied(authority, Rule.DATE, Severity.IDENTITY, seen.length)

    return rule


@cache
def date_moved(authority: str) -> AttributeRule:
    """Retain Longitudinal Temporal Information Modified Dates: moved by the patient's offset; times stay.

    The offset of a time zone goes, as (0008,0201) Timezone Offset From UTC does: it tells the region.
    """

    def rule(seen: Attribute, context: FileContext) -> Decision:
        text = text_of(seen)
        new = None if text is None else shifted(seen.vr, text, context.days or 0)
        if new is None or text is None:
            return emptied(authority, Rule.DATE, Severity.IDENTITY, seen.length)
        if context.days is None or is_dummy(text):
            new = text.strip(" \0")
        local = _ZONE.sub("", new) if seen.vr == "DT" else new
        if local == text.strip(" \0"):
            return _KEEP_DATE
        if new == text.strip(" \0"):
            return replaced(local, text, authority, Rule.DATE, Severity.QUASI)
        return Decision(ShiftDate(context.days or 0, Phi(local)), authority, Rule.DATE, Severity.QUASI)

    return rule
