"""Rules are functions of an attribute and its file: what most of them share, and the rule that cleans a text."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Final, TypeAlias

from scanscrub.domain.finding import BETWEEN_GUESSES, Attribute
from scanscrub.domain.plan import Add, Keep
from scanscrub.domain.rules import Rule, Severity
from scanscrub.domain.symbols import may_spell
from scanscrub.policy.file_context import FileContext
from scanscrub.policy.headers.decisions import Decision, cleaned, dummy_value, emptied, removed, replaced
from scanscrub.policy.profile import DescriptorMode
from scanscrub.policy.pseudonyms.placeholders import is_placeholder
from scanscrub.policy.tables.vocabulary import Standing, standing
from scanscrub.policy.text.descriptors import CleanedText, clean_text
from scanscrub.policy.text.social_history import is_cut_prose, names_a_whereabouts, tells_of_life

AttributeRule: TypeAlias = Callable[[Attribute, FileContext], Decision]

TEXT_VRS: Final = frozenset({"LO", "SH", "ST", "LT", "UT", "UC"})

_REMARKS: Final = frozenset({"ST", "LT", "UT"})
_WESTERN: Final = re.compile(r"[\x20-\x7e\xc0-\xd6\xd8-\xf6\xf8-\xff]+")
_SHORTEST_WESTERN: Final = 4
_WORD: Final = re.compile(r"\w+")

KEEP_TEXT: Final = Decision(Keep("nothing to take out"), "VR rule text")


def text_of(seen: Attribute) -> str | None:
    """The value, or None where it cannot be decoded; an element without value is an empty text."""
    if seen.value is None:
        return "" if seen.length == 0 else None
    return seen.value.reveal()


@cache
def text_rule(
    mode: DescriptorMode, left: str, severity: Severity, authority: str, *, whole: bool = False
) -> AttributeRule:
    """Clean a text. `left` (X, Z, D) is the action where nothing is left of it.

    A `whole` value names one thing (a structure, a maker, a model): half of it would name another. It stays as it is,
    or `left` holds. So does a remark about somebody's life: what is left of a story tells it.
    """

    def rule(seen: Attribute, context: FileContext) -> Decision:
        text = text_of(seen)
        readings = seen.guesses.reveal().split(BETWEEN_GUESSES) if seen.guesses is not None else []
        is_elsewhere = _holds_known(readings, context) and (text is None or not context.text.hits(text))
        if is_elsewhere or (text is not None and may_spell(text)):
            return fallback(left, seen, authority, Rule.FREE_TEXT, severity)
        if text is None and readings and _is_undeclared_vocabulary(readings[0], context):
            return KEEP_TEXT
        if text is not None:
            if is_placeholder(text):
                return KEEP_TEXT
            clean = clean_text(text, context.text, mode)
            is_story = _tells_a_story(text, clean, mode, is_remark=seen.vr in _REMARKS)
            if clean.words == 0 and not is_story:
                return KEEP_TEXT
            if not (whole or is_story) and clean.text.strip(" \\"):
                return cleaned(clean.text, clean.words, authority, severity)
        return fallback(left, seen, authority, Rule.FREE_TEXT, severity)

    return rule


def _tells_a_story(text: str, clean: CleanedText, mode: DescriptorMode, *, is_remark: bool) -> bool:
    """Whether a text is about how or where somebody lives; where unknown words go, whether it is half a sentence."""
    if names_a_whereabouts(text):
        return True
    return mode == "allow-list" and (
        tells_of_life(text, clean.text) or (is_remark and clean.words > 0 and is_cut_prose(text))
    )


def _holds_known(readings: Sequence[str], context: FileContext) -> bool:
    """Whether a known value is in one of the readings: then nobody knows which of the bytes it is."""
    return bool(context.text) and any(context.text.hits(reading) for reading in readings)


def _is_undeclared_vocabulary(text: str, context: FileContext) -> bool:
    """Whether a text without its character set is one of plain words in its likeliest reading: "CT Schädel"."""
    beyond_ascii = [word for word in _WORD.findall(text) if not word.isascii()]
    return (
        bool(beyond_ascii)
        and all(map(_is_western_word, beyond_ascii))
        and _WESTERN.fullmatch(text) is not None
        and not clean_text(text, context.text, "allow-list").words
    )


def _is_western_word(word: str) -> bool:
    """Whether a word is one of the vocabulary, and is not so short that it is a piece of something else."""
    return (
        standing(word) is Standing.PLAIN
        and len(word) > _SHORTEST_WESTERN
        and sum(map(str.isascii, word)) * 2 > len(word)
    )


def fallback(  # noqa: PLR0913, PLR0917 - a decision has that many parts
    left: str, seen: Attribute, authority: str, rule: Rule, severity: Severity, vr: str = ""
) -> Decision:
    """Action X, Z or D; D is Z for a VR without a dummy. `vr` is the one to write where the file's is another."""
    vr = vr or seen.vr
    dummy = dummy_value(vr) if left == "D" else None
    if dummy is not None:
        verdict = replaced(dummy, text_of(seen), authority, rule, severity)
        return verdict if vr == seen.vr else verdict._replace(action=Add(vr, dummy))
    if left == "X":
        return removed(authority, rule, severity, seen.length)
    return emptied(authority, rule, severity, seen.length)
