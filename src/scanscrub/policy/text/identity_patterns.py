"""What points at a person by its form alone: dates, years, numbers that are ids, ages over 89, addresses."""

import re
from collections.abc import Iterator
from functools import cache
from typing import TypeAlias

from scanscrub.policy.tables.vocabulary import listed_as_written
from scanscrub.policy.text.postcodes import POSTCODES

Span: TypeAlias = tuple[int, int]

_ENGLISH = "january february march april may june july august september october november december"
_GERMAN = "januar jänner februar märz maerz april mai juni juli august september oktober november dezember"
_FRENCH = "janvier février fevrier mars avril mai juin juillet août aout septembre octobre novembre décembre decembre"
_SPANISH = "enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre"
_ITALIAN = "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"
_PORTUGUESE = "janeiro fevereiro março maio junho julho setembro outubro novembro dezembro"
_DUTCH = "januari februari maart mei augustus"
_OTHER_MONTH = f"(?:{'|'.join(sorted(listed_as_written('months.txt'), key=lambda name: (-len(name), name)))})"
_SHORT = (
    "jan feb mar apr jun jul aug sep sept oct nov dec mär mrz okt dez janv févr fév avr juil déc ene abr ago dic"
    " gen mag giu lug set ott mei fev out"
)
_MONTH_NAMES = f"{_ENGLISH} {_GERMAN} {_FRENCH} {_SPANISH} {_ITALIAN} {_PORTUGUESE} {_DUTCH} {_SHORT}".split()
_MONTH = f"(?:{'|'.join(sorted(set(_MONTH_NAMES), key=lambda name: (-len(name), name)))})"
_UNMISTAKABLE = "jan feb mar apr jun jul aug sep sept oct nov dec mrz okt dez"
_LONG_MONTH = f"(?:{'|'.join(sorted({name for name in _MONTH_NAMES if len(name) > 4} | {'june', 'july'}))})"
_SURE_MONTH = (
    r"(?:jan|feb|apr|jun|jul|aug|nov|okt|dez|mrz|juil|f\u00e9v|f\u00e9vr|janv|ao\u00fbt|juin|avr|m\u00e4r|m\u00e4rz)"
)
_SAFE_MONTH = f"(?:{'|'.join(sorted({*_ENGLISH.split(), *_GERMAN.split(), *_UNMISTAKABLE.split()}))})"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:19|20)\d\d"
_GAP = r"[\s.,_/\-]{0,3}"
_OF = r"(?:(?:del?|of)\s+)?"
_BORN = (
    r"(?:dob|d\.o\.b|yob|born|geb(?:oren)?|jg|jahrgang|n[\u00e9e]e?(?:\s(?:en|le))?|nat[oa](?:\s(?:il|nel))?|nasc(?:id[oa])?|f\.?\s?nac(?=[.:\s])|nac(?=[.:])"
    r"|urodz|ur|nar|f\u00f8dt|f\u00f6dd|synt|syn|do\u011f)"
)
_APOSTROPHE, _STAR = r"['\u2019]?", r"\*"
_WEEK = r"(?:w|kw|wk|week|woche|cw|uke|vecka|sem(?:aine|ana)?|setmana|t\u00fdden)"
_CLASSES = ("grade", "stage", "type", "class", "segment", "lobe", "nerve", "n", r"n\.", "vii")
_NO_CLASS = "".join(rf"(?<!{word}\s)" for word in _CLASSES)
_NO_MEASURE = (
    r"(?![^\W_]|[.,]\d|\s?[x*/-]\s?\d|\s?(?:mm|cm|ms|sec|s|deg|hu|kv|hz|mhz|st|nd|rd|th|slices?|views?)(?![^\W_]))"
)
_NO_LETTERS_AFTER = r"(?![^\W\d_])"
_NO_LETTERS_BEFORE = r"(?<![^\W\d_])"
_WORD_START, _WORD_END = r"(?<![^\W_])", r"(?![^\W_])"

_FILE_OF_SOMEBODY = (
    r"historia(?: cl[i\u00ed]nica)?|dossier|chart|codice fiscale|fallnummer|akte|aktennummer|qr|insurance|s/?n|serial"
    r"|journal|karta|kartei|accession|mrn"
)

_DATES = (
    # 2014-03-21, 1999.01.31 (ACR-NEMA), 2014/3/21, 2014_03_21, 2014-03-21T12:34:56
    (
        rf"(?<![\d.]){_YEAR}([\-./_ ])(?:0?[1-9]|1[0-2])\1{_DAY}(?!\d)"
        r"(?:t\d\d:?\d\d(?::?\d\d)?[\d.,]*(?:z|[+\-]\d\d:?\d\d)?)?"
    ),
    # 21.03.2014, 3/21/14, 21-3-2014
    # but not N14/12/15 and A30/20/40, noise indices and their like
    rf"(?<![\d.])(?<!(?<![^\W_])[an]){_DAY}\s?([\-./_])\s?{_DAY}\s?\1\s?(?:{_YEAR}|\d\d)(?![\d.]*\d)",
    rf"(?<![\d.]){_DAY}\s{_DAY}\s{_YEAR}(?!\d)",
    # 03/2014, 2014-03
    rf"(?<![\d.])(?:0?[1-9]|1[0-2])[\-./]{_YEAR}(?![\d.]*\d)",
    rf"(?<![\d.]){_YEAR}[\-./](?:0[1-9]|1[0-2])(?!\d)",
    # 03.11., am 3.5.: a day and a month, without a year
    r"(?<![\w.])(?:0?[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])\.(?!\w)",
    rf"{_WORD_START}(?:am|vom|vor|bis|seit|ab|dne|od|do|den|per|d\.d\.)\s{_DAY}\.\s?(?:0?[1-9]|1[0-2])\.(?!\d)",
    # whatever number follows "born", a year behind b., a star
    rf"{_WORD_START}{_BORN}[.:]*\s*{_APOSTROPHE}\d[\d./\-]*",
    rf"{_WORD_START}(?:b|f|r|s|\*)[.\s]{{0,2}}(?!1950|2000|2050)(?:19|20)\d\d(?![\d^])",
    rf"(?<![\w*]){_STAR}\s?{_APOSTROPHE}\d\d(?:[./\-]\d\d?){{0,2}}(?![\w.,:])",
    r"(?<![\w'\u2019\"])['\u2019]\d\d(?![\w'\u2019\"])",
    # 21 Mar 2014, 21-MAR-14, March 21st 2014, Sep1999, 2001 Jul 05
    rf"(?<![^\W_]){_DAY}(?:st|nd|rd|th|er)?{_GAP}{_OF}{_MONTH}{_NO_LETTERS_AFTER}(?:{_GAP}{_OF}(?:{_YEAR}|'?\d\d))?(?!\d|\.\d)",
    rf"{_NO_LETTERS_BEFORE}{_MONTH}{_GAP}{_DAY}(?:st|nd|rd|th)?\s*,?[\s\-/]+(?:{_YEAR}|'?\d\d)(?!\d|\.\d)",
    rf"{_NO_LETTERS_BEFORE}{_MONTH}{_GAP}{_OF}{_YEAR}(?!\d)",
    rf"(?<!\d){_YEAR}{_GAP}{_MONTH}{_NO_LETTERS_AFTER}(?:{_GAP}{_DAY}(?!\d))?",
    rf"{_NO_LETTERS_BEFORE}{_LONG_MONTH}\s+{_DAY}(?:st|nd|rd|th)?(?!\d|\.\d)",
    rf"(?<![^\W_.]){_DAY}\.?\s{_OTHER_MONTH}(?:ta|ban|i)?\.?\s{_YEAR}(?!\d)",
    rf"(?<![^\W_.]){_DAY}\.?\s{_OTHER_MONTH}(?:\.?\s(?:{_YEAR}|{_APOSTROPHE}\d\d))?{_NO_MEASURE}",
    rf"{_NO_LETTERS_BEFORE}{_OTHER_MONTH}\.?\s(?:{_YEAR}|{_APOSTROPHE}\d\d?){_NO_MEASURE}",
    # Aug 23, Dez. 5: a month and a day or a year; MAR, SEP, OCT, DEC and MAY are something else in capitals
    rf"{_NO_LETTERS_BEFORE}(?:{_SURE_MONTH}|(?-i:Mar|Sep|Oct|Dec|May|Mai|Ago|Dic))\.?\s?{_APOSTROPHE}\d\d?{_NO_MEASURE}",
    # weeks and quarters of a year: 2023-W12, KW 12/23, 12. KW, Q3/23
    rf"(?<![\d.]){_YEAR}[\s\-]?w[0-5]\d(?:-?[1-7])?{_WORD_END}",
    rf"{_WORD_START}{_WEEK}\.?\s?\d\d?\s?[\s/\-.']\s?(?:{_YEAR}|\d\d){_NO_MEASURE}",
    rf"{_WORD_START}(?:\d\d?\.\s?kw|kw\s?\d\d?)(?:[\s/]\s?(?:{_YEAR}|\d\d))?{_WORD_END}",
    rf"{_WORD_START}(?:q[1-4]\s?[/\-\s]\s?(?:{_YEAR}|\d\d)|[1-4]q[\s/\-]?(?:{_YEAR}|\d\d)){_NO_MEASURE}",
    # 24.III.1961, 24-IV-61, 24.III, VIII 23, III.1947
    rf"(?<![^\W_.,]){_DAY}[./\-](?:i{{2,3}}|iv|vi{{1,3}}|ix|xi{{1,2}}){_NO_MEASURE}",
    rf"{_WORD_START}(?:i{{1,3}}|iv|vi{{0,3}}|ix|xi{{0,2}})[.\s/\-]{{1,2}}{_YEAR}(?![.]?\d)",
    rf"{_NO_CLASS}{_WORD_START}(?:viii|ix|xii|(?:iii|vii|xi)(?=[./\-]))[.\s/\-]{{1,2}}{_APOSTROPHE}\d\d{_NO_MEASURE}",
    rf"(?<![^\W_.]){_DAY}[.\s/\-]{{1,2}}(?:i{{1,3}}|iv|vi{{0,3}}|ix|xi{{0,2}})[.\s/\-]{{1,2}}(?:{_YEAR}|'?\d\d)(?![.]?\d)",
    # S36.3.24, R2/5/1, and eras and dates in Chinese, Japanese and Korean
    r"(?<![^\W_.])[mtshr]\.?\s?(?:[1-9]|[1-9]\d|1\d\d)[.\-/](?:0?[1-9]|1[0-2])[.\-/](?:0?[1-9]|[12]\d|3[01])(?![.]?\d)",
    r"(?:\u660e\u6cbb|\u5927\u6b63|\u662d\u548c|\u5e73\u6210|\u4ee4\u548c|\u6c11\u56fd|\u6c11\u570b)\s?(?:\d{1,3}|\u5143)\s?\u5e74?(?:\s?\d{1,2}\s?\u6708)?(?:\s?\d{1,2}\s?\u65e5)?",
    r"\d{2,4}\s?[\u5e74\ub144](?:\s?\d{1,2}\s?[\u6708\uc6d4])?(?:\s?\d{1,2}\s?[\u65e5\uc77c\u53f7\u865f])?",
    r"\d{1,2}\s?[\u6708\uc6d4]\s?\d{1,2}\s?[\u65e5\uc77c\u53f7\u865f]",
    # Mar-19, NOV'61, Mar 61
    rf"{_NO_LETTERS_BEFORE}{_SAFE_MONTH}(?:\s?['\u2019\-/]\s?\d\d|\s(?:3[2-9]|[4-9]\d))(?![^\W_]|[.,]\d)",
    # 2014 alone; but not b2000, TE 2010 ms, 2048x2048
    (
        rf"{_WORD_START}(?<![\d.,x^])(?!(?:1900|2000|2048)\b)(?:19[2-9]\d|20[0-3]\d)(?![.,]\d|\s?(?:ms|mm|hu|us|x))"
        rf"{_WORD_END}"
    ),
)
_CUED = (
    rf"{_WORD_START}(?:tel|t\u00e9l|phone|telefon|telefone|tel[e\u00e9]fono|telef\w+nummer|fon|fax|handy|whatsapp)\b[.:]*\s*[+(]?\d[\d\s\-./()]*",
    # a number behind the word for a file or a case, and in a message of HL7
    (
        rf"{_WORD_START}(?:{_FILE_OF_SOMEBODY}){_WORD_END}[\s.:#=\-]*(?:n(?:r|o|[\u00b0\u00ba])?[\s.:]+)?"
        rf"(?=[^\s\d]*\d[^\s\d]*\d)(?=\S{{5}})[^\W_]+(?:[\-/.][^\W_]{{1,8}}){{0,3}}{_WORD_END}"
    ),
    rf"{_WORD_START}(?-i:PID|PV1|NK1|GT1|IN1|OBR|OBX|MSH)\|\S*\|.*",
    r"#\s?[^\W\d_]{0,3}\d(?:-?\d){2,}",
    rf"(?:#\s?|{_WORD_START}(?:id|key|nr|no)\s?[=:#]\s?)(?=[^\s\d]*\d)(?=\S{{5}})[^\W_]{{1,8}}(?:-[^\W_]{{1,8}}){{1,4}}{_WORD_END}",
)
_NUMBERS = (
    *_CUED,
    r"(?<![\d.])\d+(?:\.\d+){4,}(?![\d.])",  # a UID
    r"(?<!\d)\d{3}[\- ]\d{2}[\- ]\d{4}(?!\d)",  # a social security number
    r"(?:\+\d{1,3}|\(\d{2,5}\)|\b(?:tel|phone|telefon|fon|fax|ph)\b[.:]*)[\s\-./()]*\d(?:[\s\-./()]{0,3}\d){4,}",
    r"(?<![\w.])(?:0\d{2,4}|\(0\d*\)\s?\d{0,4})\s?[/\-]\s?\d{3,}(?:[\s\-]?\d+)*",
    # a run of five digits and more, with the letters around it and what is joined to it; not decimals, not a table
    # position (I00005 beside a caret)
    rf"{_WORD_START}(?<!\d\.)(?!(?<=\^)[psi]\d{{5}}{_WORD_END})[^\W_]*\d{{5,}}[^\W_]*(?:[\-+/.][^\W_]{{0,4}}\d[^\W_]{{0,4}}{_WORD_END}){{0,3}}",
    # letters and many digits mixed; not table positions, not a matrix
    rf"{_WORD_START}(?<!\d\.)(?=(?:[^\W\d_]*\d){{6}})(?!(?:[psialrfht]\d{{1,4}}){{2,}}{_WORD_END}|\d+(?:x\d+)+{_WORD_END})[^\W_]{{8,}}",
    (
        rf"{_WORD_START}(?:mrn|pid|ssn|nhs|nip|hn|fall(?:nummer|nr)|(?:pat(?:ient)?|acc(?:ession)?|case|study|exam)[\s\-_]?(?:id|no|nr))"
        rf"{_WORD_END}\s?[.:#=\-]*\s*[^\W_]*\d[\w\-/.]*"
    ),
    r"(?<=\d{4})\s{0,2}(?:x|ext\.?)\s?\d{2,5}(?![^\W_])",  # its extension
    r"(?<![^\W_])(?-i:[A-Z]{2}[ ]?(?:\d\d[ ]?){3}[A-DT])(?![^\W_])",  # a national insurance number
    # an account (IBAN), a card of Medicare, the address of a network card, a place on earth, a serial number
    r"(?<![^\W_])(?-i:[A-Z]{2}\d{2}(?:\s?[A-Z\d]{4}){3,7}(?:\s?[A-Z\d]{1,3})?)(?![^\W_])",
    r"(?<![^\W_])(?-i:[1-9][A-Z][A-Z\d]\d-?[A-Z][A-Z\d]\d-?[A-Z]{2}\d{2})(?![^\W_])",
    r"(?<![^\W_])(?:[\da-f]{2}[:\-]){5}[\da-f]{2}(?![^\W_])",
    r"(?<![\w.])-?\d{1,3}\.\d{4,}\s?[,;]\s?-?\d{1,3}\.\d{4,}(?![\w.])",
    r"\d{1,3}\s?\u00b0\s?\d{1,2}\s?['\u2032\u2019][\d.\s\"\u2033]*[nsewo](?![^\W_])",
    r"(?<![^\W_])s/n\W{0,3}[^\W_]*\d[^\W_]*",
    *POSTCODES,
    r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])",  # an IP address
)
_AGES = (
    # F95, 93/M: a sex beside an age over 89; "W 90 L 40" is a window
    rf"{_WORD_START}[mfw][\s/\-]?0?(?:9\d|1[01]\d)y?{_WORD_END}(?![.,]\d|\s*[lc]:?\s*-?\d)",
    rf"{_WORD_START}(?<!\d[.,])(?!99m)(?:9\d|1[01]\d)[\s/\-]?[mfw]{_WORD_END}",
    (
        r"(?<![\d.])0?(?:9\d|1[0-3]\d)\s?-?\s?(?:y(?:ea)?rs?|y/?o|y|years?|jahre?|j|ans|años|anni|anos)(?:[\s\-]?olds?|\s?alt)?[mfw]?"
        rf"{_WORD_END}"
    ),
    rf"{_WORD_START}(?:aged?|alter|edad|[âa]ge)\s?:?\s?(?:9\d|1[0-3]\d)(?!\d)",
)
_ADDRESSES = (
    r"(?<![\w.+\-])[\w.+\-]{1,64}\s?(?:@|[(\[]at[)\]])\s?[\w\-]+(?:\.[\w\-]+)+",
    r"(?<!\w)\w{1,64}\s(?:at|\[at\])\s\w{1,64}\s(?:dot|punkt|point)\s\w{1,64}",
    r"(?:(?:https?|ftp|file)://|www\.)\S+",
    r"/(?:home|users|mnt|data)/\S+",
    (
        r"(?<![\w.])\d{1,5}[a-z]?\s+(?:[nsew]\.?\s+)?(?:[^\W\d_](?:[^\W\d_]|['.\-])*\s+){1,3}"
        r"(?:street|st|avenue|ave|road|rd|lane|ln|drive|boulevard|blvd|court|way|place|square|highway|hwy|plaza|crescent|parade|esplanade|terrace|grove|parkway|mews|quay|promenade|arcade)\b\.?"
    ),
    r"(?<!\w)[^\W\d_]{3,}(?:strasse|straße|str\.|weg|platz|gasse|allee|damm|ufer)\s*\d{1,4}(?:/\d{1,3}){0,2}\s?[a-z]?(?![^\W_])",
    r"(?<!\w)(?:rue|avenue|boulevard|via|viale|calle|plaza|rua|piazza|chemin)\s+(?:[^\W\d_]+['\s]+){1,4}?\d{1,4}(?![^\W_])",
    (
        r"(?<!\w)\d{1,5}\s?[a-z]?,?\s+(?:rue|route|rang|quai|impasse|avenue|boulevard|chemin|allée)\s+(?:(?:de|du|des|d['\u2019])\s*)?(?:la\s|l['\u2019])?"
        r"[^\W\d_]+"
    ),
    r"(?<![^\W_])(?:apt|apto|suite|ste|flat|studio|wohnung|piso|apartamento|appartement|lgh|daire|kat|byt)\.?\s?(?:no\.?\s?|nr\.?\s?)?\d{1,4}[a-z]?(?![^\W_])",
    r"(?<!\w)[^\W\d_]{3,}(?:gatan|v\u00e4gen|stigen|gr\u00e4nd|straat|laan|plein|steeg|boulevard|veien|vejen|gade|svej|katu|utca|kuja|singel)\s?\d{1,4}(?:/\d{1,3}){0,2}[a-z]?(?![^\W_])",
    r"(?<!\w)(?:ul|ulica|al|aleja|plac|pl|os|osiedle|ulice|n\u00e1m|str|strada|cd|cad|sok|sk)\.\s?(?:[^\W\d_]+\s){1,3}\d{1,4}(?:/\d{1,3})?(?![^\W_])",
    r"(?<!\w)(?:ulica|aleja|plac|osiedle|ulice|n\u00e1m\u011bst\u00ed|strada|avenida|travessa|rodovia|paseo|camino|alameda|vicolo|corso|largo|pra\u00e7a)\s(?:[^\W\d_]+\s){1,4}\d{1,4}(?:/\d{1,3})?(?![^\W_])",
    r"\b(?:p\.?\s?o\.?\s?box|postfach)\s*\d+",
    # a plate of Latin America with the street before it: Cr. 58 # 1V-17 Sur; a house without a number: , S/N
    (
        rf"{_WORD_START}(?:av|avenida|ac|ak|cl|cll|calle|cr|cra|kr|carrera|dg|diag|diagonal|tv|tr|transv|transversal)\.?\s"
        r"(?:[^\W_]+\.?\s){0,4}#\s?\d{1,3}\s?[a-z]{0,2}\s?-\s?\d{1,3}(?:\s(?:sur|este|norte|oeste))?(?![^\W_])"
    ),
    rf"(?:{_WORD_START}(?:av|alameda|travessa|rua|largo|pra\u00e7a|estrada)\.?\s(?:d[aeo]s?\s)?)?[^\W\d_]+,\s?s/n(?![^\W_])",
)
_ANY_CANDIDATE = re.compile(r"\d|@| dot |[(\[]at[)\]]|www\.|/", re.IGNORECASE)


_LETTERS = re.compile(r"[^\W\d_]+")
_MOST_LETTERS, _FEWEST_DIGITS, _FEWEST_TURNS = 3, 4, 3
_PIN = re.compile(
    r"(?=\D*\d)(?=(?:\d*[A-Z]){3})(?:(?!.*[A-Z]{4})|(?=(?:[A-Z]+\d+){2}|\d+[A-Z]+\d+[A-Z]))[A-Z\d]{7}"
    r"|[AC-FHKNPRTV-Y]\d[\dW][AC-FHKNPRTV-Y\d]{4}"
)
"""Seven capitals and digits, as people are numbered in Azerbaijan: 5HJK2L1. Four letters together are a word, as in
GRAD3DX, unless letters and digits take turns. Or an Irish postcode in one: W26EWXK.
"""
_MATRIX = re.compile(r"\dx\d")


@cache
def _all() -> tuple[re.Pattern[str], ...]:
    """Compiled for the first text with a candidate, as it takes a good part of a program's start."""
    return _compiled((*_DATES, *_NUMBERS, *_AGES, *_ADDRESSES))


@cache
def _cued() -> tuple[re.Pattern[str], ...]:
    return _compiled(_CUED)


def _compiled(forms: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(form, re.IGNORECASE) for form in forms)


def looks_like_an_id(word: str) -> bool:
    """Whether a word that no vocabulary explains is four digits and a few letters, both by turns, or a short code."""
    letters = _LETTERS.findall(word)
    digits = sum(map(str.isdecimal, word))
    if not letters or _MATRIX.search(word):
        return False
    if _PIN.fullmatch(word):
        return True
    by_turns = len(letters) >= _FEWEST_TURNS <= digits and all(len(run) == 1 for run in letters)
    return by_turns or (digits >= _FEWEST_DIGITS and sum(map(len, letters)) <= _MOST_LETTERS)


def spans(text: str) -> Iterator[Span]:
    """The places, half open, of whatever identifies by its form; they may overlap."""
    if _ANY_CANDIDATE.search(text) is None:
        return
    for form in _all():
        for found in form.finditer(text):
            yield found.span()


def has_cued_number(text: str) -> bool:
    """Whether a word or a sign says of a number that it is somebody's."""
    return any(form.search(text) for form in _cued())
