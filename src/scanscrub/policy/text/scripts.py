"""Words that are not written in Latin letters: which of them are radiology's."""

import re
import unicodedata
from functools import cache

from scanscrub.domain.text import remembered
from scanscrub.policy.tables.vocabulary import Standing, listed_as_written, standing

_LATIN_OR_MARK = re.compile(
    r"[\u0000-\u024f\u200b-\u200f\u2060\ufeff\u0300-\u036f\u1e00-\u1eff\u2c60-\u2c7f\u0370-\u03ff\u2070-\u209f\ufb00-\ufb06\uff10-\uff5a]*"
)
_GREEK = re.compile(r"[\u0370-\u03ff]{2,}")
_ASCII = re.compile(r"[A-Za-z0-9]+")
_LONGEST_TERM = 16
_SPACED = re.compile(r"[\u0400-\u052f\u0370-\u03ff\u1f00-\u1fff\u0590-\u06ff]")
"""Letters of scripts that put spaces between words."""


@remembered
def is_foreign(word: str) -> bool:
    """Whether a word has letters that are not Latin; one Greek letter alone is a sign."""
    return not word.isascii() and (_LATIN_OR_MARK.fullmatch(word) is None or _GREEK.search(word) is not None)


@remembered
def is_medical(word: str) -> bool:
    """Whether a word of another script is made of terms of radiology, Latin ones and short numbers.

    In scripts that put spaces between words it has to be one term.
    """
    written = unicodedata.normalize("NFKC", word).casefold()
    terms, parts = _terms()
    if _SPACED.search(written):
        return written in terms or (word.isupper() and _bare(written) in _bare_terms())
    reached = [False] * (len(written) + 1)
    reached[0] = True
    told = False
    for start in range(len(written)):
        if not reached[start]:
            continue
        latin = _ASCII.match(written, start)
        if latin is not None and _is_plain(latin[0]):
            reached[latin.end()] = True
        for end in range(start + 1, min(len(written), start + _LONGEST_TERM) + 1):
            piece = written[start:end]
            if piece in terms:
                reached[end] = told = True
            elif piece in parts:
                reached[end] = True
    return told and reached[-1]


def _is_plain(latin: str) -> bool:
    return len(latin) <= 8 and standing(latin) is Standing.PLAIN


@cache
def _terms() -> tuple[frozenset[str], frozenset[str]]:
    """Terms that say something alone, and what only stands beside them: sides, "and", "with"."""
    return (
        listed_as_written("vocabulary_scripts.txt", "terms"),
        listed_as_written("vocabulary_scripts.txt", "parts"),
    )


@cache
def _bare_terms() -> frozenset[str]:
    return frozenset(map(_bare, _terms()[0]))


def _bare(written: str) -> str:
    """The word without its marks: Greek capitals are written so."""
    return "".join(mark for mark in unicodedata.normalize("NFD", written) if not unicodedata.combining(mark))
