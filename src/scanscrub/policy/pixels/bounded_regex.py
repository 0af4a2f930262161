"""Regular expressions of a user's, matched in a time that the lengths of pattern and text bound.

Python's own matching tries one way after the other: ``(a+)+$`` takes for ever on thirty letters. Here all ways are
followed at once (Thompson 1968). Python parses the pattern and compares each single character, so that both agree.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from re import _compiler, _constants, _parser  # type: ignore[attr-defined] # the parser has no public name
from typing import Any, Final

MOST_STATES: Final = 2000
LONGEST_TEXT: Final = 10_000
"""Characters; no text of a device is longer. Of a longer one the beginning is compared."""
_SINGLE: Final = frozenset({_constants.LITERAL, _constants.NOT_LITERAL, _constants.ANY, _constants.IN})
_REPEATS: Final = frozenset({_constants.MAX_REPEAT, _constants.MIN_REPEAT})


class PatternError(ValueError):
    """A regular expression that cannot be understood, or that needs more than these do; its sentence is fixed."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression that means the whole text; in it, a dot is any character."""

    text: str

    def matches(self, text: str) -> bool:
        """Whether all of the text is of that form."""
        return _automaton(self.text).matches(text[:LONGEST_TEXT])


def parse_pattern(text: str) -> Pattern:
    """Raises `PatternError`."""
    _automaton(text)
    return Pattern(text)


class _Automaton:
    """States that lead to others by one character (`single`), or by none, if a condition of place holds (`empty`)."""

    def __init__(self, tree: Any) -> None:  # noqa: ANN401 - the parser has no types
        self._pieces = tree.state
        self.single: list[list[tuple[re.Pattern[str], int]]] = []
        self.empty: list[list[tuple[re.Pattern[str] | None, int]]] = []
        self._start = self._state()
        self._end = self._sequence(tree, self._start, tree.state.flags)

    def matches(self, text: str) -> bool:
        here = self._closed({self._start}, text, 0)
        for place in range(len(text)):
            there = {target for state in here for test, target in self.single[state] if test.match(text, place)}
            if not there:
                return False
            here = self._closed(there, text, place + 1)
        return self._end in here

    def _closed(self, states: set[int], text: str, place: int) -> set[int]:
        """The states and all that are reached from them without a character."""
        queue = list(states)
        while queue:
            for condition, target in self.empty[queue.pop()]:
                if target not in states and (condition is None or condition.match(text, place)):
                    states.add(target)
                    queue.append(target)
        return states

    def _state(self) -> int:
        if len(self.single) >= MOST_STATES:
            raise PatternError("a regular expression is too large")
        self.single.append([])
        self.empty.append([])
        return len(self.single) - 1

    def _sequence(self, items: Any, start: int, flags: int) -> int:  # noqa: ANN401 - the parser has no types
        for item in items:
            start = self._item(item, start, flags)
        return start

    def _item(self, item: Any, start: int, flags: int) -> int:  # noqa: ANN401 - the parser has no types
        """Build on from `start`; the state where the item is over."""
        kind, what = item
        if kind in _SINGLE:
            end = self._state()
            self.single[start].append((self._one(item, flags), end))
            return end
        if kind is _constants.AT:
            end = self._state()
            self.empty[start].append((self._one(item, flags), end))
            return end
        if kind is _constants.SUBPATTERN:
            _, added, dropped, inner = what
            return self._sequence(inner, start, (flags | added) & ~dropped)
        if kind is _constants.BRANCH:
            end = self._state()
            for branch in what[1]:
                self.empty[self._sequence(branch, start, flags)].append((None, end))
            return end
        if kind in _REPEATS:
            least, most, inner = what
            return self._repeat(least, most, inner, start, flags)
        raise PatternError("a regular expression looks around, or back at itself")

    def _repeat(self, least: int, most: Any, inner: Any, start: int, flags: int) -> int:  # noqa: ANN401 - as the parser has it
        for _ in range(least):
            start = self._sequence(inner, start, flags)
        if most is _constants.MAXREPEAT:
            begin, end = self._state(), self._state()
            self.empty[start].append((None, begin))
            self.empty[self._sequence(inner, begin, flags)].append((None, begin))
            self.empty[begin].append((None, end))
            return end
        end = self._state()
        for _ in range(most - least):
            self.empty[start].append((None, end))
            start = self._sequence(inner, start, flags)
        self.empty[start].append((None, end))
        return end

    def _one(self, item: Any, flags: int) -> re.Pattern[str]:  # noqa: ANN401 - the parser has no types
        """What compares a single character or a place, by Python's own rules."""
        compiled: re.Pattern[str] = _compiler.compile(_parser.SubPattern(self._pieces, [item]), flags)
        return compiled


@lru_cache(maxsize=256)
def _automaton(text: str) -> _Automaton:
    try:
        return _Automaton(_parser.parse(text, re.DOTALL))
    except (re.error, OverflowError, RecursionError):
        raise PatternError("a regular expression cannot be understood") from None
