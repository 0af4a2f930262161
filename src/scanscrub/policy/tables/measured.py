"""Which short letters and numbers, in one word or joined by hyphens, are a measure, a setting or a kernel.

Others are somebody's number: KX837, AB12CD, Z8-KD-21.
"""

import re
from collections.abc import Iterator
from typing import Final

from scanscrub.domain.text import remembered

_UNIT: Final = (
    "(?:mm|cm|cc|ml|mls|ms|msec|sec|min|mins|kv|kvp|kev|ma|mas|mgy|gy|cgy|hu|hz|khz|mhz|mg|mci|mbq|deg|fov|um|nm|te|tr|ti|ph|sl|hn|t|s"
    "|bit|dir|dirs|yo|yr|yrs|wk|lb|lbs|kg|st|nd|rd|th|fps|ch|ap|ax|fl|dyn|shot)"
)
_NUMBERED: Final = (
    "(?:te|tr|ti|fa|fov|kv|kvp|ma|mas|st|sl|sn|ww|wl|fc|ep|se|im|sp|ld|ar|ax|cd|cb|fl|ls|ss|(?:ct|mr)(?=0))"
)
_ROUND: Final = r"\d{0,2}(?:00|50)"
_FORMS: Final = re.compile(
    rf"\d{{1,4}}(?:x\d{{1,4}}){{1,3}}(?:{_UNIT}|[a-z])?"  # a matrix, voxels: 512x512x60, 3x3mm
    rf"|(?:\d{{1,4}}x)?(?:\d{{1,4}}{_UNIT}){{1,3}}"  # 100ml, 140kV50mA, 2x50ms
    r"|\d{1,2}0[a-z]|511[a-z]"  # 500b, 170f: round, and the energy of PET
    rf"|[s]{{0,2}}b{_ROUND}|[s]{{0,2}}b\d{{1,2}}|[a-z]{{1,2}}{_ROUND}"  # b values, and what is round
    rf"|{_NUMBERED}\d{{1,4}}[a-z]?"
    rf"|{_NUMBERED}\d{{1,4}}{_UNIT}"
    r"|[a-z]{1,2}\d{2}[a-z]?"  # kernels: B30f, Br40d
    r"|t\d{1,2}of\d{1,2}|p\d{1,4}s\d{1,2}|[acp]\d\d0"
    r"|\d{2}[a-z]{1,2}|(?:[a-z]\d){2}|(?:\d[a-z]){2}|\d[a-z]\d"
)
_STANDARD: Final = re.compile(r"[234]d|t[12]")
"""What a word may be joined of beside them."""
_JOINED: Final = re.compile(
    rf"\d{{1,4}}(?:-\d{{1,4}})?-?{_UNIT}"  # 5-10mm
    r"|(?:f|c|n|o|i|y|ga|rb|cu|zr|in|tl|xe|lu|sm|sr|ra|at|ac|pb|bi|ho|er|re|tc|kr|cr|co|cs|ir|ca)-?\d{1,3}m?(?:-\d)?"
    r"|(?:[ctls]|th)-?\d{1,2}(?:-(?:[ctls]|th)?\d{1,2})+|([a-z])\d{1,2}(?:-\1\d{1,2})+"  # vertebrae
    r"|[a-z]-\d{1,2}|(?:\d[a-z]){2}-\d"
    r"|s{0,2}b-?\d{1,4}(?:-\d{1,4})*|\d{1,2}e-\d{1,2}"
    rf"|(?:{_NUMBERED}|pe|ph|gr|hu|th|st)-\d{{1,3}}(?:-\d{{1,3}})*"
)
_STANDARD_PIECE: Final = re.compile(r"(?:^|-)(?:[234]d|t[12][a-z]{0,2}|pdw?)(?:-|$)")
_LETTERS: Final = re.compile(r"[a-z]+")
_AFFIX: Final = (
    rf"(?:{_UNIT}|d|w|wi|c|ce|v|fs|ct|cta|mr|mri|mra|pd|gd|iv|pet|adc|dwi|cor|cr|dx|sag|tra|tse|gre|rt|lt)"
)
"""What stands before or behind a word in one with numbers: 3D, T1w, C+, v2, 5mm, 1.5T, T2fs."""
_IS_AFFIX: Final = re.compile(_AFFIX)
_RUN_OF_LETTERS: Final = re.compile(r"[^\W\d_]+")
_SHORTEST_BARE: Final = 3
_LONGEST_AFFIX: Final = 4
_LONGEST: Final = 2
_FEWEST_DIGITS: Final = 2


def is_measured(word: str) -> bool:
    """Whether a word (in small letters) of numbers and of letters by ones and twos has a technical reading.

    True for what has longer runs of letters, or one digit: the vocabulary tells of those.
    """
    runs = _LETTERS.findall(word)
    if not runs or max(map(len, runs)) > _LONGEST or sum(map(str.isdecimal, word)) < _FEWEST_DIGITS:
        return True
    rest = _STANDARD.sub("", word)
    return (
        not any(map(str.isdecimal, rest)) or _FORMS.fullmatch(word) is not None or _FORMS.fullmatch(rest) is not None
    )


def is_measured_chain(chain: str) -> bool:
    """The same of words (in small letters) that hyphens join: T11-L1, F-18, b50-400-800, 3d-t1."""
    runs = _LETTERS.findall(chain)
    if not runs or max(map(len, runs)) > _LONGEST or sum(map(str.isdecimal, chain)) < _FEWEST_DIGITS:
        return True
    return _JOINED.fullmatch(chain) is not None or _STANDARD_PIECE.search(chain) is not None


@remembered
def bare_words(word: str) -> tuple[frozenset[str], ...]:
    """Of each run of letters of a word (in small letters) with digits: itself, and it less what is technical.

    ``3dberg`` holds dberg or berg, ``t2alainfs`` alainfs or alain; none has fewer than three letters.
    """
    return () if word.isalpha() else tuple(frozenset(_bared(run)) for run in _RUN_OF_LETTERS.findall(word))


def _bared(run: str) -> Iterator[str]:
    for begin in range(_LONGEST_AFFIX + 1):
        if not begin or _IS_AFFIX.fullmatch(run, 0, begin):
            for end in range(max(len(run) - _LONGEST_AFFIX, begin + _SHORTEST_BARE), len(run) + 1):
                if end == len(run) or _IS_AFFIX.fullmatch(run, end):
                    yield run[begin:end]
