"""Which rule decides about an attribute: the user's lists, then Table E.1-1, then the rules by VR."""

from functools import cache, lru_cache
from typing import Final, TypeAlias

from scanscrub.domain import tags
from scanscrub.domain.finding import LOOKUP_TABLES, Attribute
from scanscrub.domain.implementation import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION
from scanscrub.domain.plan import Keep
from scanscrub.domain.rules import Rule, Severity
from scanscrub.policy.file_context import FileContext
from scanscrub.policy.headers import ages
from scanscrub.policy.headers.code_sequences import coded_rules
from scanscrub.policy.headers.date_rules import DATE_VRS, date_kept, date_moved, date_removed
from scanscrub.policy.headers.decisions import REMOVE, Decision, removed, replaced
from scanscrub.policy.headers.private_attributes import safe_creators
from scanscrub.policy.headers.structured_reports import VALUES, content_rule
from scanscrub.policy.headers.table_rules import table_rule
from scanscrub.policy.headers.text_rules import TEXT_VRS, AttributeRule, fallback, text_of, text_rule
from scanscrub.policy.headers.unlisted_text import unlisted_text_rule
from scanscrub.policy.headers.vr_rules import (
    BY_VR,
    KEPT_BY_VR,
    NUMBER_VRS,
    always_removed,
    character_set,
    color_profile,
    lookup_table,
    uid_kept,
)
from scanscrub.policy.options import Option
from scanscrub.policy.profile import Profile
from scanscrub.policy.pseudonyms.uids import is_well_formed
from scanscrub.policy.tables.data_files import lines_of, rows_of
from scanscrub.policy.tables.ps3_15 import row_of

Entry: TypeAlias = Decision | AttributeRule

META_INFORMATION: Final = frozenset(
    {
        tags.FileMetaInformationGroupLength,
        tags.FileMetaInformationVersion,
        tags.MediaStorageSOPClassUID,
        tags.TransferSyntaxUID,
        tags.ImplementationClassUID,
        tags.ImplementationVersionName,
    }
)
"""What every file has of group 0002 beside its instance's UID; a copy has the writer's own (PS3.10 7.1)."""

_WRITERS: Final = {
    tags.ImplementationClassUID: IMPLEMENTATION_CLASS_UID,
    tags.ImplementationVersionName: IMPLEMENTATION_VERSION,
}
"""Which program wrote the file: names a product and its release, and nobody."""
_META_KEPT: Final = Decision(Keep("written anew"), "PS3.10 7.1")
_GROUP_LENGTH: Final = Decision(REMOVE, "PS3.5 7.2")
_LONGEST_GROUP: Final = 1 << 28
"""Bytes; letters read as a number are above it."""
_USER_KEPT: Final = Decision(Keep("kept by the profile"), "profile keep")
_CREATOR_REFERENCES: Final = frozenset(
    {
        tags.PrivateCreatorReference,
        tags.DimensionIndexPrivateCreator,
        tags.FunctionalGroupPrivateCreator,
        tags.SelectorSequencePointerPrivateCreator,
        tags.SelectorAttributePrivateCreator,
        tags.AttributeOccurrencePrivateCreator,
    }
)
"""Attributes that name a private creator (PS3.5 7.8)."""

_GONE_GROUPS: Final = frozenset({0x0000, 0x0002, 0x0004})
_STANDARD_GROUPS: Final = frozenset(int(group, 16) for line in lines_of("groups.txt") for group in line.split())
"""The even groups of PS3.6 2026d that can hold something to keep."""


class Rulebook:
    """The rules of a profile. Looks a rule up once for each tag and VR, then remembers it."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._coded = coded_rules(profile)
        self._entries: dict[tuple[int, str], Entry] = {}

    def entry(self, tag: int, vr: str) -> Entry:
        """The decision on a standard (not private) attribute where it is always the same one, else its rule."""
        known = self._entries.get((tag, vr))
        if known is None:
            known = self._entries[tag, vr] = self._found(tag, vr)
        return known

    def _found(self, tag: int, vr: str) -> Entry:
        entry = self._of_user(tag) or self._of_group(tag) or self._of_table(tag) or self._unlisted(tag, vr)
        if tag in ages.VALUES:
            return ages.with_top_age(_as_rule(entry))
        if tag in VALUES:
            return _in_content(_as_rule(entry), content_rule(tag, self._profile))
        return entry

    def _of_user(self, tag: int) -> Entry | None:
        if tag in self._profile.remove:
            return _gone("profile remove")
        return _USER_KEPT if tag in self._profile.keep else None

    def _of_group(self, tag: int) -> Entry | None:
        """Groups and group lengths that no copy holds; the elements of the meta information are the writer's."""
        group = tag >> 16
        if tag in META_INFORMATION:
            return _writer(_WRITERS[tag]) if tag in _WRITERS else _written_anew
        if group == 0x0002 and row_of(tag) is not None:
            return None
        if not tag & 0xFFFF:
            return _group_length
        return _gone(f"group {group:04X}") if group in _GONE_GROUPS or group >> 8 == 0x60 else None

    def _of_table(self, tag: int) -> Entry | None:
        row = row_of(tag)
        if row is not None:
            return table_rule(row, tag, self._profile)
        if tag == tags.PrivateDataElementCharacteristicsSequence and Option.SAFE_PRIVATE not in self._profile.options:
            return _gone("PS3.15 E.3.10")
        return None

    def _unlisted(self, tag: int, vr: str) -> Entry:
        if tag >> 16 not in _STANDARD_GROUPS or (vr in NUMBER_VRS and tag in _never_numbers()):
            return always_removed
        if vr == "UI" and Option.UIDS in self._profile.options:
            return uid_kept("VR rule UI")
        special = self._coded.get(tag) or _SPECIAL.get(tag) or KEPT_BY_VR.get(vr) or BY_VR.get(vr)
        if special is not None:
            return special
        if vr in DATE_VRS:
            return self._date(vr)
        return unlisted_text_rule(tag, self._profile.descriptors) if vr in TEXT_VRS else always_removed

    def _date(self, vr: str) -> AttributeRule:
        if Option.FULL_DATES in self._profile.options:
            return date_kept(f"VR rule {vr}")
        return date_moved(f"VR rule {vr}") if Option.MODIFIED_DATES in self._profile.options else date_removed


@lru_cache(maxsize=64)
def rulebook(profile: Profile) -> Rulebook:
    """The rulebook of a profile; made once in a process."""
    return Rulebook(profile)


@cache
def _never_numbers() -> frozenset[int]:
    """Attributes whose VR the standard gives as one of text or bytes: as numbers they are a hiding place."""
    return frozenset(int(tag, 16) for row in rows_of("unlisted_vrs.csv") for tag in row["tags"].split())


def _written_anew(seen: Attribute, context: FileContext) -> Decision:
    """The file meta group says what the data set is and how it is written; other text in it is told of."""
    del context
    text = text_of(seen) or ""
    bare = text.strip(" \0")
    if seen.vr != "UI" or is_well_formed(bare):
        return _META_KEPT
    return replaced(bare.partition("\0")[0], text, "PS3.10 7.1", Rule.IDENTITY, Severity.QUASI)


def _group_length(seen: Attribute, context: FileContext) -> Decision:
    """(gggg,0000) goes in silence, unless it holds what is no length."""
    del context
    text = text_of(seen)
    is_length = text is not None and text.isdecimal() and int(text) < _LONGEST_GROUP
    return _GROUP_LENGTH if is_length else removed("PS3.5 7.2", Rule.IDENTITY, Severity.QUASI, seen.length)


def _as_rule(entry: Entry) -> AttributeRule:
    return (lambda _seen, _context: entry) if isinstance(entry, Decision) else entry


def _gone(authority: str) -> AttributeRule:
    return lambda seen, _context: removed(authority, Rule.IDENTITY, Severity.HYGIENE, seen.length)


def _writer(ours: str) -> AttributeRule:
    return lambda seen, _context: replaced(ours, text_of(seen), "PS3.10 7.1", Rule.IDENTITY, Severity.HYGIENE)


def _in_content(elsewhere: AttributeRule, inside: AttributeRule) -> AttributeRule:
    """`inside` where the attribute is a value of a content item, which has a Value Type."""

    def rule(seen: Attribute, context: FileContext) -> Decision:
        is_content = seen.where.path[:-1] in context.header.value_types
        return inside(seen, context) if is_content else elsewhere(seen, context)

    return rule


def _creator_reference(seen: Attribute, context: FileContext) -> Decision:
    text = text_of(seen)
    if text is not None and text.strip(" \0") in safe_creators():
        return Decision(Keep("a known private creator", public=True), "PS3.15 E.3.10")
    if text is None:
        return fallback("X", seen, "VR rule text", Rule.PRIVATE, Severity.QUASI)
    return text_rule("allow-list", "X", Severity.QUASI, "VR rule text")(seen, context)


_SPECIAL: Final[dict[int, AttributeRule]] = {
    tags.SpecificCharacterSet: character_set,
    tags.ICCProfile: color_profile,
    **dict.fromkeys(LOOKUP_TABLES, lookup_table),
    **dict.fromkeys(_CREATOR_REFERENCES, _creator_reference),
}
