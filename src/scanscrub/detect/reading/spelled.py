"""Does a reading spell words or a number, or is it shapes that were taken for letters?"""

import re

from scanscrub.domain.rules import Rule

_SURE, _LIKELY = 0.8, 0.5
"""The least score of a reading that spells words, and of one that is a value of the header."""
_WORD = re.compile(r"[^\W\d_]{3,}")
_NUMBER = re.compile(r"\d(?:[\d./:-]{2,})\d")
_SIGNS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{2,}")
"""Kana, Han and Hangul, of which two are a word."""
_STROKES = frozenset("十一二三丨口日目工士土王")
"""Signs that bars and boxes look like."""
_BAR_LIKE = frozenset("ilj1!|oO0IL")
_LEAST_DIFFERENT = 3


def spells_words(text: str, score: float, rule: Rule) -> bool:
    """Whether shapes in a label map or a grid of measured values were surely drawn to be read.

    Bars and rings read as ``1``, ``I`` and ``O``: a word or a number has other letters, and different ones.
    """
    if rule is Rule.WRITING_UNREADABLE:
        return False
    if rule is Rule.WRITING_MATCHES_HEADER:
        return score >= _LIKELY
    if score < _SURE:
        return False
    letters = [run for pattern in (_WORD, _NUMBER) for run in pattern.findall(text)]
    signs = [set(run) - _STROKES for run in _SIGNS.findall(text)]
    return any(len(set(run)) >= _LEAST_DIFFERENT and set(run) - _BAR_LIKE for run in letters) or any(
        len(run) > 1 for run in signs
    )
