"""Rules are functions of an attribute and its file: what most of them share, and the rule that cleans a text."""

from collections.abc import Callable
from functools import cache
from typing import Final, TypeAlias

from scanscrub.domain.finding import Attribute
from scanscrub.domain.plan import Add, Keep
from scanscrub.domain.rules import Rule, Severity
from scanscrub.policy.case import Case
from scanscrub.policy.descriptors import clean_text
from scanscrub.policy.dummies import is_placeholder
from scanscrub.policy.profile import DescriptorMode
from scanscrub.policy.rulings import Ruling, cleaned, dummy_value, emptied, removed, replaced

AttributeRule: TypeAlias = Callable[[Attribute, Case], Ruling]

TEXT_VRS: Final = frozenset({"LO", "SH", "ST", "LT", "UT", "UC"})

KEEP_TEXT: Final = Ruling(Keep("nothing to take out"), "VR rule text")


def text_of(seen: Attribute) -> str | None:
    """The value, or None where it cannot be decoded; an element without value is an empty text."""
    if seen.value is None:
        return "" if seen.length == 0 else None
    return seen.value.reveal()


@cache
def text_rule(mode: DescriptorMode, left: str, severity: Severity, authority: str) -> AttributeRule:
    """Clean a text. `left` (X, Z, D) is the action where nothing is left of it."""

    def rule(seen: Attribute, case: Case) -> Ruling:
        text = text_of(seen)
        if text is not None:
            if is_placeholder(text):
                return KEEP_TEXT
            clean = clean_text(text, case.text, mode)
            if clean.words == 0:
                return KEEP_TEXT
            if clean.text.strip(" \\"):
                return cleaned(clean.text, clean.words, authority, severity)
        return fallback(left, seen, authority, Rule.FREE_TEXT, severity)

    return rule


def fallback(  # noqa: PLR0913, PLR0917 - a ruling has that many parts
    left: str, seen: Attribute, authority: str, rule: Rule, severity: Severity, vr: str = ""
) -> Ruling:
    """Action X, Z or D; D is Z for a VR without a dummy. `vr` is the one to write where the file's is another."""
    vr = vr or seen.vr
    dummy = dummy_value(vr) if left == "D" else None
    if dummy is not None:
        verdict = replaced(dummy, text_of(seen), authority, rule, severity)
        return verdict if vr == seen.vr else verdict._replace(action=Add(vr, dummy))
    if left == "X":
        return removed(authority, rule, severity, seen.length)
    return emptied(authority, rule, severity, seen.length)
