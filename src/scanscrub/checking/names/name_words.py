"""The words of person names that headers hold, as they are sought in the names of other files."""

from collections.abc import Iterable, Iterator

from scanscrub.domain.finding import Identifier, IdentifierKind
from scanscrub.domain.rules import Severity
from scanscrub.domain.text import collapsed, name_groups, words
from scanscrub.policy.tables.vocabulary import Standing, standing

_SHORTEST = 3


class NameWords:
    """The names that some headers know. Holds values: it is made where it is used, and neither sent nor kept."""

    __slots__ = ("_groups", "_joined")

    def __init__(self, known: Iterable[Identifier]) -> None:
        names = {one.value.reveal() for one in known if one.kind is IdentifierKind.NAME}
        spoken = (tuple(filter(_is_spoken, group)) for name in names for group in name_groups(name))
        self._groups: dict[str, set[tuple[str, ...]]] = {}
        self._joined: set[str] = set()
        for group in spoken:
            for word in group:
                self._groups.setdefault(word, set()).add(group)
            if len(group) > 1 and not all(map(_is_plain, group[:2])):
                self._joined |= {collapsed(group[0] + group[1]), collapsed(group[1] + group[0])}

    def judge(self, part: str) -> Severity | None:
        """How much a file's or folder's name says of these people; None where it says nothing.

        Two words of one name identify. One alone may be a word like any other: then it has to be one that no
        vocabulary knows, and is less sure.
        """
        keys = {word.key for word in words(part)}
        said = {word for key in keys for word in self._within(key)}
        for group in {group for word in said for group in self._groups[word]}:
            common = said & set(group)
            if len(common) > 1 and not all(map(_is_plain, common)):
                return Severity.IDENTITY
        if not self._joined.isdisjoint(keys):
            return Severity.IDENTITY
        return Severity.QUASI if any(map(_tells, said)) else None

    def _within(self, key: str) -> Iterator[str]:
        """The words of names in this one: itself, or, in a script without spaces, parts of it."""
        if key in self._groups:
            yield key
        if not key.isascii():
            yield from (word for word in self._groups if word != key and not word.isascii() and word in key)


def may_tell(part: str) -> bool:
    """Whether a name is worth being judged: whether it has a word that may be somebody's."""
    keys = [word.key for word in words(part) if _is_spoken(word.key) or not word.key.isascii()]
    return any(map(_tells, keys)) or (len(keys) > 1 and not all(map(_is_plain, keys)))


def _is_spoken(key: str) -> bool:
    """A word with digits is a number of a series far more often than a name."""
    return key.isalpha() and (len(key) > 1 or not key.isascii())


def _tells(key: str) -> bool:
    return len(key) >= (_SHORTEST if key.isascii() else 2) and standing(key) is Standing.UNKNOWN


def _is_plain(key: str) -> bool:
    return standing(key) is Standing.PLAIN
