"""What points at a person by its form alone: dates, years, numbers that are ids, ages over 89, addresses."""

import re
from collections.abc import Iterator
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]

_ENGLISH = "january february march april may june july august september october november december"
_GERMAN = "januar jänner februar märz maerz april mai juni juli august september oktober november dezember"
_FRENCH = "janvier février fevrier mars avril mai juin juillet août aout septembre octobre novembre décembre decembre"
_SPANISH = "enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre"
_ITALIAN = "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"
_PORTUGUESE = "janeiro fevereiro março maio junho julho setembro outubro novembro dezembro"
_DUTCH = "januari februari maart mei augustus"
_SHORT = (
    "jan feb mar apr jun jul aug sep sept oct nov dec mär mrz okt dez janv févr fév avr juil déc ene abr ago dic"
    " gen mag giu lug set ott mei fev out"
)
_MONTH_NAMES = f"{_ENGLISH} {_GERMAN} {_FRENCH} {_SPANISH} {_ITALIAN} {_PORTUGUESE} {_DUTCH} {_SHORT}".split()
_MONTH = f"(?:{'|'.join(sorted(set(_MONTH_NAMES), key=lambda name: (-len(name), name)))})"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:19|20)\d\d"
_GAP = r"[\s.,_/\-]{0,3}"
_OF = r"(?:del?\s+)?"
_NO_LETTERS_AFTER = r"(?![^\W\d_])"
_NO_LETTERS_BEFORE = r"(?<![^\W\d_])"
_WORD_START, _WORD_END = r"(?<![^\W_])", r"(?![^\W_])"

_DATES = (
    # 2014-03-21, 1999.01.31 (ACR-NEMA), 2014/3/21, 2014_03_21, 2014-03-21T12:34:56
    (
        rf"(?<![\d.]){_YEAR}([\-./_ ])(?:0?[1-9]|1[0-2])\1{_DAY}(?!\d)"
        r"(?:t\d\d:?\d\d(?::?\d\d)?[\d.,]*(?:z|[+\-]\d\d:?\d\d)?)?"
    ),
    # 21.03.2014, 3/21/14, 21-3-2014
    rf"(?<![\d.]){_DAY}\s?([\-./_])\s?{_DAY}\s?\1\s?(?:{_YEAR}|\d\d)(?![\d.]*\d)",
    rf"(?<![\d.]){_DAY}\s{_DAY}\s{_YEAR}(?!\d)",
    # 03/2014, 2014-03
    rf"(?<![\d.])(?:0?[1-9]|1[0-2])[\-./]{_YEAR}(?![\d.]*\d)",
    rf"(?<![\d.]){_YEAR}[\-./](?:0[1-9]|1[0-2])(?!\d)",
    # 21 Mar 2014, 21-MAR-14, March 21st 2014, Sep1999, 2001 Jul 05
    rf"(?<!\d){_DAY}(?:st|nd|rd|th|er)?{_GAP}{_OF}{_MONTH}{_NO_LETTERS_AFTER}(?:{_GAP}{_OF}(?:{_YEAR}|'?\d\d))?(?!\d|\.\d)",
    rf"{_NO_LETTERS_BEFORE}{_MONTH}{_GAP}{_DAY}(?:st|nd|rd|th)?\s*,?[\s\-/]+(?:{_YEAR}|'?\d\d)(?!\d|\.\d)",
    rf"{_NO_LETTERS_BEFORE}{_MONTH}{_GAP}{_OF}{_YEAR}(?!\d)",
    rf"(?<!\d){_YEAR}{_GAP}{_MONTH}{_NO_LETTERS_AFTER}(?:{_GAP}{_DAY}(?!\d))?",
    (
        rf"{_NO_LETTERS_BEFORE}(?:january|february|march|april|june|july|august|september|october|november|december)"
        rf"\s+{_DAY}(?:st|nd|rd|th)?(?!\d|\.\d)"
    ),
    # 2014 alone; but not b2000, TE 2010 ms, 2048x2048
    (
        rf"{_WORD_START}(?<![\d.,x^])(?!(?:1900|2000|2048)\b)(?:19[2-9]\d|20[0-3]\d)(?![.,]\d|\s?(?:ms|mm|hu|us|x))"
        rf"{_WORD_END}"
    ),
)
_NUMBERS = (
    r"(?<![\d.])\d+(?:\.\d+){4,}(?![\d.])",  # a UID
    r"(?<!\d)\d{3}[\- ]\d{2}[\- ]\d{4}(?!\d)",  # a social security number
    r"(?:\+\d{1,3}|\(\d{2,5}\)|\b(?:tel|phone|telefon|fon|fax|ph)\b[.:]*)[\s\-./()]*\d(?:[\s\-./()]{0,3}\d){4,}",
    r"(?<![\d.])\d{3}[\-. ]\d{3}[\-. ]\d{4}(?!\d)",
    r"(?<![\d.])\d{3}-\d{4}(?![\d\-])",
    r"(?<![\w.])(?:0\d{2,4}|\(0\d*\)\s?\d{0,4})\s?[/\-]\s?\d{3,}(?:[\s\-]?\d+)*",
    # a run of five digits and more, with the letters around it; not the decimals of a number
    rf"{_WORD_START}(?<!\d\.)[^\W_]*\d{{5,}}[^\W_]*",
    # letters and many digits mixed; not table positions, not a matrix
    rf"{_WORD_START}(?<!\d\.)(?=(?:[^\W\d_]*\d){{6}})(?!(?:[psialrfht]\d{{1,4}}){{2,}}{_WORD_END}|\d+(?:x\d+)+{_WORD_END})[^\W_]{{8,}}",
    (
        rf"{_WORD_START}(?:mrn|pid|ssn|nhs|nip|hn|fall(?:nummer|nr)|(?:pat(?:ient)?|acc(?:ession)?|case|study|exam)[\s\-_]?(?:id|no|nr))"
        rf"{_WORD_END}\s?[.:#=\-]*\s*[^\W_]*\d[\w\-/.]*"
    ),
    r"#\s?\d[\w\-]{2,}",
    r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])",  # an IP address
)
_AGES = (
    (
        r"(?<![\d.])0?(?:9\d|1[0-3]\d)\s?-?\s?(?:y(?:ea)?rs?|y/?o|y|years?|jahre?|j|ans|años|anni|anos)(?:[\s\-]?olds?|\s?alt)?"
        rf"{_WORD_END}"
    ),
    rf"{_WORD_START}(?:aged?|alter|edad|[âa]ge)\s?:?\s?(?:9\d|1[0-3]\d)(?!\d)",
)
_ADDRESSES = (
    r"(?<![\w.+\-])[\w.+\-]{1,64}\s?(?:@|[(\[]at[)\]])\s?[\w\-]+(?:\.[\w\-]+)+",
    r"(?:(?:https?|ftp|file)://|www\.)\S+",
    r"/(?:home|users|mnt|data)/\S+",
    (
        r"(?<!\w)\d{1,5}[a-z]?\s+(?:[nsew]\.?\s+)?(?:[^\W\d_][\w'.\-]*\s+){1,3}"
        r"(?:street|st|avenue|ave|road|rd|lane|ln|drive|boulevard|blvd|court|way|place|square|highway|hwy)\b\.?"
    ),
    r"(?<!\w)[^\W\d_]{3,}(?:strasse|straße|str\.|weg|platz|gasse|allee|damm|ufer)\s*\d{1,4}\s?[a-z]?(?![^\W_])",
    r"(?<!\w)(?:rue|avenue|boulevard|via|viale|calle|plaza|rua|piazza|chemin)\s+(?:[^\W\d_]+['\s]+){1,4}?\d{1,4}(?![^\W_])",
    (
        r"(?<!\w)\d{1,4}\s?[a-z]?,?\s+(?:rue|avenue|boulevard|chemin|allée)\s+(?:(?:de|du|des|d['\u2019])\s*)?(?:la\s|l['\u2019])?"
        r"[^\W\d_]+"
    ),
    r"\b(?:p\.?\s?o\.?\s?box|postfach)\s*\d+",
)
_COMPILED = tuple(re.compile(form, re.IGNORECASE) for form in (*_DATES, *_NUMBERS, *_AGES, *_ADDRESSES))
_ANY_CANDIDATE = re.compile(r"\d|@|[(\[]at[)\]]|www\.|/", re.IGNORECASE)


def spans(text: str) -> Iterator[Span]:
    """The places, half open, of whatever identifies by its form; they may overlap."""
    if _ANY_CANDIDATE.search(text) is None:
        return
    for form in _COMPILED:
        for found in form.finditer(text):
            yield found.span()
