"""What a profile keeps although it identifies: then no copy calls itself de-identified, and a person looks."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from scanscrub.domain.audit import Concern
from scanscrub.domain.finding import LOOKUP_TABLES, Attribute, IdentifierKind, Observation
from scanscrub.domain.rules import Severity
from scanscrub.policy.headers.vr_rules import spells_words
from scanscrub.policy.identifiers.identifiers import kind_of_known
from scanscrub.policy.options import Option
from scanscrub.policy.profile import Profile
from scanscrub.policy.pseudonyms.placeholders import is_placeholder
from scanscrub.policy.pseudonyms.uids import is_pseudonymous, is_registered
from scanscrub.policy.tables.ps3_15 import row_of

_DAY_IN_UID: Final = re.compile(
    r"(?:^|\.)[0-9]*?(?:19[4-9][0-9]|20[0-4][0-9])(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]*(?:\.|$)"
)


def identity_kept(seen: Iterable[Observation], profile: Profile) -> bool:
    """Whether the profile's own list keeps a value of this file that says who somebody is."""
    return any(
        isinstance(one, Attribute) and one.tag in profile.keep and _identifies(one)
        for one in (seen if profile.keep else ())
    )


def _identifies(one: Attribute) -> bool:
    if one.value is not None and is_placeholder(one.value.reveal()):
        return False
    row = row_of(one.tag)
    severe = row is not None and row.severity is Severity.IDENTITY
    return bool(one.length) and (
        one.vr == "PN" or severe or kind_of_known(one) in {IdentifierKind.NAME, IdentifierKind.ID}
    )


def remarks(seen: Sequence[Observation], profile: Profile) -> tuple[str, ...]:
    """Sentences for the audit: what a person has to know of this copy."""
    options = profile.options
    gives_away = {Option.UIDS, Option.MODIFIED_DATES} <= options and any(map(_holds_day, seen))
    reasons = {
        Concern.IDENTITY_KEPT: identity_kept(seen, profile),
        Concern.TABLE_SPELLS_WORDS: any(map(_is_table_with_words, seen)),
        Concern.SHIFT_IN_UIDS: gives_away,
    }
    return tuple(sentence for sentence, holds in reasons.items() if holds)


def _is_table_with_words(one: Observation) -> bool:
    return isinstance(one, Attribute) and one.tag in LOOKUP_TABLES and spells_words(one)


def _holds_day(one: Observation) -> bool:
    if not isinstance(one, Attribute) or one.vr != "UI" or one.value is None:
        return False
    uids = (uid.strip(" \0") for uid in one.value.reveal().split("\\"))
    return any(
        _DAY_IN_UID.search(uid) is not None and not is_registered(uid) and not is_pseudonymous(uid) for uid in uids
    )
