"""Conditions on a DICOM header, in the language of RSNA CTP's filter and pixel anonymizer scripts.

    Manufacturer.containsIgnoreCase("ACME") * ( [0028,0010].equals("512") + !SeriesDescription.isEmpty() )

``*`` is and, ``+`` is or, ``!`` is not and binds tightest; ``//`` begins a comment. An attribute is named by its
keyword or its tag; ``::`` leads into the first item of a sequence. A plain name is of the top level only, as in CTP.
Several values are one text, joined by backslashes; an absent attribute is an empty text.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from scanscrub.domain.finding import Attribute, Observation
from scanscrub.policy.pixels.bounded_regex import Pattern, PatternError, parse_pattern

Values: TypeAlias = Mapping[tuple[int, ...], str]
"""The texts of a header by path. Patient values: not to be printed."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison of an attribute's text. `pattern` is for ``matches``, which means the whole text."""

    path: tuple[int, ...]
    method: str
    text: str
    pattern: Pattern | None = None

    def holds(self, values: Values) -> bool:
        value = values.get(self.path, "")
        if self.pattern is not None:
            return self.pattern.matches(value)
        if self.method.endswith("IgnoreCase"):
            return _COMPARISONS[self.method.removesuffix("IgnoreCase")](value.lower(), self.text.lower())
        return _COMPARISONS[self.method](value, self.text)


@dataclass(frozen=True, slots=True)
class Always:
    """``true`` and ``false``."""

    value: bool

    def holds(self, values: Values) -> bool:
        del values
        return self.value


@dataclass(frozen=True, slots=True)
class Not:
    one: "Condition"

    def holds(self, values: Values) -> bool:
        return not self.one.holds(values)


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: "tuple[Condition, ...]"

    def holds(self, values: Values) -> bool:
        return all(part.holds(values) for part in self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: "tuple[Condition, ...]"

    def holds(self, values: Values) -> bool:
        return any(part.holds(values) for part in self.parts)


Condition: TypeAlias = Comparison | Always | Not | AllOf | AnyOf


class SignatureError(ValueError):
    """A condition that cannot be read: a fixed sentence, and the line in the text, counted from 0."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def header_values(seen: Iterable[Observation]) -> Values:
    """The texts that conditions look at; of a duplicated element the first counts."""
    values: dict[tuple[int, ...], str] = {}
    for one in seen:
        if isinstance(one, Attribute) and one.value is not None:
            values.setdefault(one.where.path, one.value.reveal().strip(" \0"))
    return values


def parse_condition(text: str) -> Condition:
    """Raises `SignatureError`."""
    return _Parser(text).parsed()


_COMPARISONS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "equals": str.__eq__,
    "contains": str.__contains__,
    "startsWith": str.startswith,
    "endsWith": str.endswith,
    "isEmpty": lambda value, _: not value,
}
_METHODS: Final = frozenset({*_COMPARISONS, "matches"}) | {
    f"{name}IgnoreCase" for name in ("equals", "contains", "startsWith", "endsWith")
}
_SPACE: Final = re.compile(r"(?:\s+|//[^\n]*)*")
_NAME: Final = r"(?:\w+|[\[(]\s*[0-9A-Fa-f]{1,4}\s*,\s*[0-9A-Fa-f]{1,4}\s*[\])]|\[\s*[0-9A-Fa-f]{8}\s*\])"
_TEST: Final = re.compile(rf'({_NAME}(?:\s*::\s*{_NAME})*)\s*\.\s*(\w+)\s*\(\s*(?:"([^"]*)"\s*)?\)')
_CONSTANT: Final = re.compile(r"(true|false)\b")
_DEEPEST: Final = 50
_LONGEST: Final = 3000
"""Characters of a condition: it is worked off by recursion."""


class _Parser:
    """Recursive descent: a sum of products of negated tests."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def parsed(self) -> Condition:
        if len(self._text) > _LONGEST:
            raise self._error("a condition is too long")
        found = self._sum()
        if self._at < len(self._text):
            raise self._error("something is left over after a condition")
        return found

    def _sum(self) -> Condition:
        parts = [self._product()]
        while self._takes("+"):
            parts.append(self._product())
        return AnyOf(tuple(parts)) if len(parts) > 1 else parts[0]

    def _product(self) -> Condition:
        parts = [self._negated()]
        while self._takes("*"):
            parts.append(self._negated())
        return AllOf(tuple(parts)) if len(parts) > 1 else parts[0]

    def _negated(self) -> Condition:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._error("a condition is nested too deeply")
        found = Not(self._negated()) if self._takes("!") else self._one()
        self._depth -= 1
        return found

    def _one(self) -> Condition:
        test = _TEST.match(self._text, self._at)
        if test is not None:
            found = self._test(test)
            self._at = test.end()
            self._skip()
            return found
        constant = _CONSTANT.match(self._text, self._at)
        if constant is not None:
            self._at = constant.end()
            self._skip()
            return Always(constant[1] == "true")
        if not self._takes("("):
            raise self._error('a test is expected, as in Manufacturer.contains("ACME") or Rows.equals("480")')
        inner = self._sum()
        if not self._takes(")"):
            raise self._error("a parenthesis is not closed")
        return inner

    def _test(self, found: re.Match[str]) -> Comparison:
        name, method, text = found[1], found[2], found[3]
        if method not in _METHODS:
            raise self._error("there is no such comparison")
        if (text is None) != (method == "isEmpty"):
            raise self._error("a comparison takes one text in double quotes, and isEmpty none")
        tags = [self._tag(part) for part in re.split(r"\s*::\s*", name)]
        path = [part for tag in tags for part in (tag, 0)][:-1]
        return Comparison(tuple(path), method, text or "", self._pattern(text) if method == "matches" else None)

    def _tag(self, name: str) -> int:
        digits = re.findall(r"[0-9A-Fa-f]+", name) if name[0] in "[(" else []
        if len(digits) == 2:
            return int(digits[0], 16) << 16 | int(digits[1], 16)
        if digits:
            return int(digits[0], 16)
        from pydicom.datadict import tag_for_keyword  # noqa: PLC0415 - loads pydicom; only where there are rules

        tag = tag_for_keyword(name)
        if tag is None:
            raise self._error("an attribute is named by no DICOM keyword and no tag")
        return int(tag)

    def _pattern(self, text: str) -> Pattern:
        try:
            return parse_pattern(text)
        except PatternError as error:
            raise self._error(str(error)) from None

    def _takes(self, sign: str) -> bool:
        self._skip()
        there = self._text.startswith(sign, self._at)
        if there:
            self._at += 1
            self._skip()
        return there

    def _skip(self) -> None:
        spaces = _SPACE.match(self._text, self._at)
        self._at = spaces.end() if spaces is not None else self._at

    def _error(self, reason: str) -> SignatureError:
        return SignatureError(reason, self._text.count("\n", 0, self._at))
