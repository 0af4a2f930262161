"""Which burned-in writing identifies nobody: side and view markers, scales, technique."""

import re
from collections.abc import Sequence

from scanscrub.domain.finding import Known
from scanscrub.domain.text import folded, words
from scanscrub.policy.identity_patterns import spans
from scanscrub.policy.known_text import KnownText

_MARKERS = frozenset(
    """l r lt rt li re left right links rechts gauche droite izq der lat lateral med medial ant anterior post posterior sup superior inf inferior
    a p h f s i ap pa ra la rp lp ah ph fh hf hl hr al ar pl pr si is lr rl axial sagittal coronal ax sag cor tra obl oblique lao rao lpo rpo
    cc mlo ml lm rcc lcc rmlo lmlo rml lml rlm llm xccl rxccl lxccl tan mag spot comp cv nip
    erect upright standing wb weight bearing nwb supine prone sitting semi semierect portable port mobile decub decubitus xtable cross table
    insp inspiration exp expiration inspir expir flex flexion ext extension neutral stress pre post int rot external internal view
    cranial caudal cran caud head feet foot
    kv kvp kev ma mas mas mgy dap uas sec s ms hz khz mhz db cm mm m um cm2 mm2 cm3 ml l min bpm fps hu deg degrees w ww c wc wl win level window
    tr te ti fa etl nex nsa fov dfov st thk thick thickness sp gap loc slice sl se ser series im img ima image frame fr of acq phase ph
    zoom z x mi tis tib tic gain gn dr frq freq prf depth d pwr power ao map persist pers wf sv angle filter lpf sweep speed rate scale inv
    hr vel v pg vmax vmin psv edv ri pi sd area vol dist length lv rv diam circ ef
    2d 3d 4d m mode bmode color colour cf pw cw cpa dgc tgc res gen pen har thi cross xres edge med high low off on
    t1 t2 flair dwi adc stir pd b raw no contrast non with without auto full std bone lung soft
    kg g mmhg""".split()
)
_NUMBER = re.compile(r"\d{1,4}")
_MIXED = re.compile(r"(\d{1,4})([^\W\d_]+)|([^\W\d_]+)(\d{1,4})|(\d{1,4})([^\W\d_]+)(\d{1,4})")
_CLOCK = re.compile(
    r"(?<!\d)\d{1,2}\s?:\s?\d{2}(?:\s?:\s?\d{2})?(?!\d)|\b\d{1,2}\s?(?:am|pm|uhr|h\d\d)\b", re.IGNORECASE
)
_PLAIN = re.compile(r"[\w\s.,:;/+\-*=%°()\[\]<>x×µμ²³'\"#~|^]*")
_LONGEST = 48


def is_harmless(reading_text: str, known: Sequence[Known] | KnownText) -> bool:
    """Whether every word of the reading is a marker, a unit, a technique word or a short number.

    False when in doubt: for an empty reading, a value of the header, a date, a time of day, an age, a number of five digits
    and more, a year, or any other word.
    """
    text = reading_text.strip()
    found = words(text)
    if not found or len(text) > _LONGEST or _PLAIN.fullmatch(text) is None:
        return False
    if _CLOCK.search(text) or any(True for _ in spans(text)):
        return False
    if not all(_is_marker(word.folded) for word in found):
        return False
    finder = known if isinstance(known, KnownText) else KnownText(known)
    return not finder.hits(text)


def _is_marker(word: str) -> bool:
    if word in _MARKERS or _NUMBER.fullmatch(word):
        return True
    mixed = _MIXED.fullmatch(folded(word))
    return mixed is not None and all(
        part is None or _NUMBER.fullmatch(part) is not None or part in _MARKERS for part in mixed.groups()
    )
