"""Marks by which two people under one pseudonym are noticed: two hospitals may give one id."""

from collections.abc import Iterator, Mapping

from scanscrub.domain import tags
from scanscrub.domain.text import name_groups
from scanscrub.policy.pseudonyms.dates import is_dummy
from scanscrub.policy.pseudonyms.placeholders import is_placeholder
from scanscrub.policy.pseudonyms.pseudonyms import keyed_digest

BORN, NAMED = "person born", "person named"
_DAY = 8
_LONGEST_INITIAL = 1
_HEX_DIGITS = 8


def person_marks(key: bytes, patient: str, top: Mapping[int, str]) -> tuple[str, ...]:
    """A digest of the birth date and of each word of the name, under the key and within the pseudonym.

    Two patients of one name have nothing in common here, so that no mark says how frequent a name is.
    """
    marks = {
        kind[len("person ")] + keyed_digest(key, kind, patient, said).hex()[:_HEX_DIGITS] for kind, said in _said(top)
    }
    return tuple(sorted(marks))


def _said(top: Mapping[int, str]) -> Iterator[tuple[str, str]]:
    born, name = top.get(tags.PatientBirthDate, "").replace(".", ""), top.get(tags.PatientName, "")
    if len(born) == _DAY and born.isdecimal() and not is_dummy(born):
        yield BORN, born
    if not is_placeholder(name):
        yield from ((NAMED, word) for group in name_groups(name) for word in group if len(word) > _LONGEST_INITIAL)
