"""Writes `policy/tables/person_names.txt` from Faker (MIT) and names (MIT): run it by hand.

Of Faker, the family, given and middle names of every locale, also as its romanized ones; of names, those of the US
Census of 1990 that 0.004 % of the people have and more. Names of one letter and of other scripts are left out.
"""

import pkgutil
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.metadata import version
from importlib.resources import files

import faker.providers.person as persons

import scanscrub.policy.tables
from scanscrub.domain.text import digraphs, words

RAREST = 0.004
"""Percent of the people."""
WIDTH = 120
GIVEN = ("first_name",)
OTHERS = ("last_name", "romanized", "middle")


def head() -> str:
    return f"""\
# Words of person names, folded: given names, others, and what is both: those of the locales of Faker
# {version("faker")} (MIT), and of the package names {version("names")} (MIT; US Census 1990: given names, and
# family names of {RAREST} % of the people and more).
# Made by tests/person_names_source.py, November 2026. Not edited by hand.
"""


def folded_words(name: str) -> Iterator[str]:
    """The words of a name in Latin letters: without marks, and with umlauts as digraphs."""
    for word in words(name):
        written = name[word.start : word.end]
        if len(word.folded) > 1 and word.folded.isalpha() and _is_latin(written):
            yield word.folded
            spelled = digraphs(written)
            if spelled.isalpha():
                yield spelled


def of_faker(locale: str, kinds: Sequence[str] = (*GIVEN, *OTHERS)) -> set[str]:
    """The words of the names of one of its locales, as ``de_AT``."""
    provider = import_module(f"{persons.__name__}.{locale}").Provider
    lists = (
        name
        for name in dir(provider)
        if any(kind in name for kind in kinds) and "format" not in name and "prefix" not in name
    )
    return {word for name in lists for value in _texts(getattr(provider, name)) for word in folded_words(value)}


def of_census(files_of_names: Sequence[str]) -> set[str]:
    """The words of the names of the census."""
    found = set()
    for file in files_of_names:
        for line in files("names").joinpath(file).read_text(encoding="utf-8").splitlines():
            name, percent = line.split()[:2]
            if "last" not in file or float(percent) >= RAREST:
                found.add(name.lower())
    return {name for name in found if name.isalpha() and len(name) > 1}


def locales() -> list[str]:
    return [module.name for module in pkgutil.iter_modules(persons.__path__)]


def table() -> str:
    given = of_census(("dist.male.first", "dist.female.first")).union(*(of_faker(one, GIVEN) for one in locales()))
    others = of_census(("dist.all.last",)).union(*(of_faker(one, OTHERS) for one in locales()))
    sections = {"given": given - others, "family": others - given, "given and family": given & others}
    return head() + "".join(
        f"\n[{section}]\n" + "\n".join(textwrap.wrap(" ".join(sorted(found)), WIDTH)) + "\n"
        for section, found in sections.items()
    )


def _texts(value: object) -> Iterator[str]:
    """The texts of a list, of the keys of a mapping, and of pairs in either."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from map(str, value)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from (part,) if isinstance(part, str) else _pair(part)


def _pair(part: object) -> Iterator[str]:
    if isinstance(part, list | tuple):
        yield from (text for text in part if isinstance(text, str))


def _is_latin(written: str) -> bool:
    letters = (mark for mark in written if mark.isalpha() and not unicodedata.combining(mark))
    return all("LATIN" in unicodedata.name(letter, "") for letter in letters)


if __name__ == "__main__":
    files(scanscrub.policy.tables).joinpath("person_names.txt").write_text(table(), encoding="utf-8")  # type: ignore[attr-defined] # a folder of ours is a path
