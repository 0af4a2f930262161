"""What the tests of texts share: the header of an invented patient, and the two corpora of descriptions."""

from collections.abc import Iterator
from pathlib import Path

from scanscrub.domain.finding import Identifier, IdentifierKind
from scanscrub.domain.phi import Phi

CORPUS = Path(__file__).parent / "text_corpus"


def known(kind: IdentifierKind, value: str) -> Identifier:
    return Identifier(kind, Phi(value))


def name(value: str) -> Identifier:
    return known(IdentifierKind.NAME, value)


HEADER = (
    name("Müller^Jane^Anne"),
    name("O'Brien^Patrick^^Dr"),
    name("Hicks^Laura"),
    name("Long^Bo"),
    known(IdentifierKind.ID, "MR-00123456"),
    known(IdentifierKind.ID, "20010706E403961"),
    known(IdentifierKind.DATE, "19620214"),
    known(IdentifierKind.PLACE, "St. Vincent Hospital"),
)


def corpus_lines(file: str) -> Iterator[str]:
    for line in (CORPUS / file).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line


def kept(file: str) -> list[str]:
    """Descriptions that must come back as they are."""
    return list(corpus_lines(file))


def identities(file: str) -> list[tuple[str, str, str]]:
    """Text, what must be left of it with the allow-list, and with the block-list."""
    rows = (line.split("\t") for line in corpus_lines(file))
    return [(row[0], row[1], row[-1]) for row in rows]
