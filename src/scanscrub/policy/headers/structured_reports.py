"""Content items of structured reports (PS3.15 E.3.4): what of their values stays, by their concept names.

An item itself is never taken out, because only its template knows whether it is required: a value that has to go
becomes a dummy of its sort, which Table E.3.4-1's X and D both allow.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from scanscrub.domain import tags
from scanscrub.domain.finding import Attribute
from scanscrub.domain.plan import Keep
from scanscrub.domain.rules import Rule, Severity
from scanscrub.policy.file_context import ContentItem, FileContext, Header, Path
from scanscrub.policy.headers.date_rules import date_kept, date_moved
from scanscrub.policy.headers.decisions import Decision, emptied
from scanscrub.policy.headers.text_rules import AttributeRule, fallback, text_rule
from scanscrub.policy.headers.vr_rules import uid_kept, uid_rule
from scanscrub.policy.options import Option
from scanscrub.policy.profile import Profile
from scanscrub.policy.tables.data_files import rows_of
from scanscrub.policy.tables.ps3_15 import option_codes

Row = tuple[str, tuple[tuple[Option, str], ...]]

_DATES: Final = {tags.DateTime: "DATETIME", tags.Date: "DATE", tags.Time: "TIME"}

VALUES: Final = frozenset(
    {tags.TextValue, tags.ConceptCodeSequence, tags.MeasuredValueSequence, tags.PersonName, tags.UID, *_DATES}
)
"""The attributes that hold a content item's value."""

_RETIRED_SCHEMES: Final = frozenset({"SRT", "SNM3", "99SDM"})
_AUTHORITY: Final = "PS3.15 E.3.4"
_KEEP: Final = Decision(Keep("a value of structured content"), _AUTHORITY)


@cache
def concepts() -> Mapping[tuple[str, str, str], Row]:
    """Table E.3.4-1 by scheme, code and value type; the retired SNOMED codes stand beside the ones they became."""
    rows: dict[tuple[str, str, str], Row] = {}
    for row in rows_of("sr_concepts.csv"):
        entry = (row["basic"], option_codes(row["options"]))
        rows[row["scheme"], row["code"], row["value_type"]] = entry
        if row["retired"]:
            for scheme in _RETIRED_SCHEMES:
                rows[scheme, row["retired"], row["value_type"]] = entry
    return rows


def code_of(item: ContentItem, options: frozenset[Option]) -> str:
    """The table's code for a content item under the options (``"K"``, ``"C"``, ``"X"`` ...); empty if not in it."""
    row = concepts().get((item.scheme, item.code, item.value_type))
    if row is None:
        return ""
    basic, by_option = row
    codes = [code for option, code in by_option if option in options]
    return "K" if "K" in codes else "C" if codes else basic


def hides_code(context: FileContext, item: Path, options: frozenset[Option]) -> bool:
    """Whether the coded value of the content item at `item` has to go (the patient's sex, say)."""
    return code_of(context.header.item(item), options) in {"X", "D", "X/D"}


def keeps_uid(header: Header, seen: Attribute, options: frozenset[Option]) -> bool:
    """Whether the attribute is the UID of a content item that the options let stay (a device's, say)."""
    if seen.tag != tags.UID or Option.STRUCTURED_CONTENT not in options:
        return False
    return code_of(header.item(seen.where.path[:-1]), options) == "K"


def content_rule(tag: int, profile: Profile) -> AttributeRule:
    """The rule for one of `VALUES` in a content item. Without the option every text and date becomes a dummy."""
    options = profile.options
    cleans = Option.STRUCTURED_CONTENT in options
    if tag == tags.UID:
        return lambda seen, context: _uid(seen, context, options)
    if tag == tags.ConceptCodeSequence:
        return lambda _seen, _context: _KEEP
    if tag == tags.MeasuredValueSequence:
        return lambda seen, context: _number(seen, context, options)
    if not cleans or tag == tags.PersonName:
        return _dummy

    def rule(seen: Attribute, context: FileContext) -> Decision:
        code = code_of(context.header.item(seen.where.path[:-1]), options)
        if code in {"X", "D", "X/D"}:
            return _dummy(seen, context)
        if tag in _DATES:
            return _date(seen, context, options)
        if code == "K":
            return text_rule("block-list", "D", Severity.QUASI, _AUTHORITY)(seen, context)
        if Option.DESCRIPTORS not in options:
            return _dummy(seen, context)
        mode = profile.descriptors if code == "C" else "allow-list"
        return text_rule(mode, "D", Severity.IDENTITY, _AUTHORITY)(seen, context)

    return rule


def _dummy(seen: Attribute, _context: FileContext) -> Decision:
    rule = Rule.DATE if seen.tag in _DATES else Rule.FREE_TEXT if seen.tag == tags.TextValue else Rule.IDENTITY
    return fallback("D", seen, _AUTHORITY, rule, Severity.IDENTITY)


def _date(seen: Attribute, context: FileContext, options: frozenset[Option]) -> Decision:
    if Option.FULL_DATES in options:
        return date_kept(_AUTHORITY)(seen, context)
    if Option.MODIFIED_DATES in options:
        return date_moved(_AUTHORITY)(seen, context)
    return _dummy(seen, context)


def _uid(seen: Attribute, context: FileContext, options: frozenset[Option]) -> Decision:
    """A UID becomes pseudonymous even where the table removes it: as such it says nothing."""
    return (uid_kept if keeps_uid(context.header, seen, options) else uid_rule)(_AUTHORITY)(seen, context)


def _number(seen: Attribute, context: FileContext, options: frozenset[Option]) -> Decision:
    """Measured Value Sequence is of Type 2, so a number that has to go leaves it empty."""
    if hides_code(context, seen.where.path[:-1], options):
        return emptied(_AUTHORITY, Rule.IDENTITY, Severity.QUASI, seen.length)
    return _KEEP
