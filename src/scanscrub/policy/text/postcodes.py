"""The forms of postcodes that have letters: capitals, as they are printed."""

from typing import Final

_START, _END = r"(?<![^\W_])", r"(?![^\W_])"
_NO_POSTCODE: Final = "TE|TR|TI|CE|FA|AP|PA|LT|RT|WO|XR|NM|PT|HU|MS|MM|US|AX|SE|EP|PD|FS|CM|CT|MR|KV|MA"
"""Two capitals that radiology writes behind a number."""
_COUNTRIES: Final = (
    "A|B|D|E|F|H|I|L|N|P|S|BG|CH|CY|CZ|DE|DK|EE|ES|FI|FIN|FL|FR|GB|GR|HR|HU|IS|IT|LT|LU|LV|NL|NO|PL|PT|RO|SE|SI|SK|SLO|TR"
    "|UA|US|USA"
)
_EIRCODE: Final = "[AC-FHKNPRTV-Y]"
_HAS_DIGIT: Final = r"(?=[ ]?[A-Z]{0,3}[0-9])"

POSTCODES: Final = (
    # the United Kingdom
    rf"{_START}(?-i:(?!T[12][ ]?[23]D)[A-Z]{{1,2}}[0-9][A-Z0-9]?[ ]?[0-9][ABD-HJLNP-UW-Z]{{2}}){_END}",
    rf"{_START}(?-i:[A-Z]{{2}}[0-9][A-Z][ ]?[0-9][A-Z]{{2}}){_END}",
    # Canada
    rf"{_START}(?-i:[ABCEGHJ-NPRSTVXY][0-9][A-Z][ \-]?[0-9][A-Z][0-9]){_END}",
    # Ireland; not a window (C98W185)
    rf"{_START}(?-i:(?!C[0-9]{{2}}W[0-9]){_EIRCODE}[0-9][0-9W]{_HAS_DIGIT}[ ]?[AC-FHKNPRTV-Y0-9]{{4}}){_END}",
    # the Netherlands
    rf"(?<![^\W_.])(?-i:[1-9][0-9]{{3}}[ ]?(?!{_NO_POSTCODE})[A-Z]{{2}}){_END}",
    # with the country before them; not a b value (B-1400)
    rf"{_START}(?-i:(?!B-[0-9]{{2}}[05]0(?![0-9]))(?:{_COUNTRIES})-[0-9]{{4,5}}){_END}",
    rf"{_START}(?-i:[A-Z]{{2}}-[0-9]{{3}}[ ]?[0-9]{{2}}){_END}",
    rf"{_START}(?-i:AZ|LV|LT|MD|AD)[\- ]?\d{{4}}{_END}",
)
