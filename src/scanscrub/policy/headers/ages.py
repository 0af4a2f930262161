"""Ages in structured reports: one over 89 years becomes 90 (HIPAA 164.514(b)(2)(i)(C))."""

import re
from decimal import Decimal, InvalidOperation
from typing import Final

from scanscrub.domain import tags
from scanscrub.domain.finding import Attribute
from scanscrub.domain.rules import Rule, Severity
from scanscrub.policy.file_context import FileContext, Path
from scanscrub.policy.headers.decisions import Decision, replaced
from scanscrub.policy.headers.text_rules import AttributeRule, text_of
from scanscrub.policy.tables.public_codes import meanings_of

VALUES: Final = frozenset({tags.NumericValue, tags.FloatingPointValue, tags.RationalNumeratorValue})
"""Numeric Value, and the same number once more: Floating Point Value and Rational Numerator Value."""
_AGE: Final = re.compile(r"\bage\b", re.IGNORECASE)
_AGES: Final = frozenset(
    {
        *(("LN", code) for code in ("30525-0", "21612-7", "29553-5", "30972-4", "35659-2", "63900-5")),
        *(("SCT", code) for code in ("397669002", "424144002", "105727008", "397659008", "445518008")),
        *((scheme, "G-A40C") for scheme in ("SRT", "SNM3", "99SDM")),
    }
)
"""What other vocabularies call a person's age; of DICOM's own concepts the meaning tells."""
_TOP: Final = 90
_PER_YEAR: Final = {"a": 1, "mo": 12, "wk": 52, "d": 365, "h": 8766}


def with_top_age(rule: AttributeRule) -> AttributeRule:
    """`rule` on a number, but for an age over 89 years in a content item."""

    def capped(seen: Attribute, context: FileContext) -> Decision:
        top = _top_of(seen.where.path, context)
        text = text_of(seen)
        if top is None or not _is_over(text, top):
            return rule(seen, context)
        return replaced(str(top), text, "HIPAA 164.514(b)", Rule.IDENTITY, Severity.QUASI)

    return capped


def _top_of(path: Path, context: FileContext) -> int | None:
    """The highest age that may stay, in the item's own units; None where the number is no age."""
    if len(path) < 4 or path[-3] != tags.MeasuredValueSequence:
        return None
    concept = context.header.item(path[:-3])
    if (concept.scheme, concept.code) not in _AGES and not any(
        map(_AGE.search, meanings_of(concept.scheme, concept.code))
    ):
        return None
    return _TOP * _PER_YEAR.get(context.header.codes.get((*path[:-1], tags.MeasurementUnitsCodeSequence, 0), "a"), 1)


def _is_over(text: str | None, top: int) -> bool:
    """Whether a number is higher, or cannot be read."""
    try:
        return text is None or any(Decimal(part.strip(" \0") or 0) > top for part in text.split("\\"))
    except InvalidOperation:
        return True
