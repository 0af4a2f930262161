"""Where known devices burn writing into their pictures: rules that add masks and never take one away.

The rules that come with the program are data (``devices.toml``). A user's own file is of the same form, or a script
for RSNA CTP's DICOM pixel anonymizer. Unlike there, every rule that matches counts, not the first one.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from scanscrub.domain.errors import UsageError
from scanscrub.domain.finding import Observation
from scanscrub.domain.geometry import Box
from scanscrub.policy.pixels.ctp_conditions import Condition, SignatureError, header_values, parse_condition

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/+-]{0,63}")
_HEAD: Final = re.compile(r"\s*\[\[\s*rule\s*\]\]")
_KEY: Final = re.compile(r"\s*(name|when|regions)\s*=")
_KEYS: Final = frozenset({"name", "when", "regions"})
_LARGEST: Final = 1 << 20
_HINT: Final = "Correct the file of --device-rules."

_SIGNATURE: Final = re.compile(r"\{([^}]*)\}")
_GROUP: Final = re.compile(r"\(([^()]*)\)")
_BETWEEN: Final = re.compile(r"[\s\d,+-]+|[^,]*(?:,[^,]*){3}")
"""What stands in parentheses and was meant as a region: nothing but digits, or four parts."""

_LONGEST_NUMBER = 9
"""Digits; no picture is that large."""


@dataclass(frozen=True, slots=True)
class DeviceRule:
    """`regions` hold writing in each frame of a file whose header meets the condition.

    `whole`: a region counts only in frames that hold all of it; otherwise its part inside the frame counts.
    """

    name: str
    when: Condition
    regions: tuple[Box, ...]
    whole: bool = False

    def inside(self, columns: int, rows: int) -> Iterator[Box]:
        """The regions in a frame of that size."""
        for region in self.regions:
            there = region.clipped(columns, rows)
            if there.area and (there == region or not self.whole):
                yield there


def matching(rules: Sequence[DeviceRule], seen: Sequence[Observation]) -> tuple[DeviceRule, ...]:
    """The rules whose condition the header meets; none for a file that has no DICOM header."""
    values = header_values(seen) if rules else {}
    return tuple(rule for rule in rules if rule.when.holds(values)) if values else ()


@cache
def built_in_rules() -> tuple[DeviceRule, ...]:
    """The rules that come with the program."""
    text = files("scanscrub.policy.tables").joinpath("devices.toml").read_text(encoding="utf-8")
    return tuple(DeviceRule(rule.name, rule.when, rule.regions, whole=True) for rule in _from_toml(text))


def read_device_rules(path: Path) -> tuple[DeviceRule, ...]:
    """A user's rules. Raises `UsageError` with the line where the file makes no sense."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise UsageError("The device rules cannot be read.", "Look at the path; the file has to be UTF-8.") from None
    rules = _from_toml(text) if path.suffix.lower() == ".toml" else _from_script(text)
    if not rules:
        raise UsageError("The file of device rules holds no rule.", _HINT)
    return rules


def _from_toml(text: str) -> tuple[DeviceRule, ...]:
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits, thousands of brackets
        place = re.search(r"line (\d+)", str(error))
        raise _malformed(int(place[1]) if place else text.count("\n") + 1, "it is not valid TOML") from None
    tables = content.get("rule", [])
    if set(content) - {"rule"} or not isinstance(tables, list):
        raise _malformed(1, "a file of device rules is a list of [[rule]] tables")
    places = _places(text.splitlines())
    if len(places) != len(tables):
        places = [{"": 1}] * len(tables)
    return tuple(_rule(table, place) for table, place in zip(tables, places, strict=True))


def _places(lines: Sequence[str]) -> list[Mapping[str, int]]:
    """Of each rule, by key, the line where it is given; the rule's own line by the empty text."""
    places: list[dict[str, int]] = []
    for number, line in enumerate(lines, 1):
        if _HEAD.match(line):
            places.append({"": number})
        elif places and (found := _KEY.match(line)):
            places[-1].setdefault(found[1], number)
    return list(places)


def _rule(table: Any, places: Mapping[str, int]) -> DeviceRule:  # noqa: ANN401 - what TOML can hold
    def line(key: str) -> int:
        return places.get(key, places[""])

    if not isinstance(table, dict) or set(table) != _KEYS:
        raise _malformed(line(""), "a rule has the keys name, when and regions, and no other")
    name, when, regions = table["name"], table["when"], table["regions"]
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise _malformed(line("name"), "a name is made of at most 64 letters, digits, spaces and . _ / + -")
    if not isinstance(when, str) or not isinstance(regions, list) or not regions:
        key = "regions" if isinstance(when, str) else "when"
        raise _malformed(line(key), "when is a text, and regions is a list of [left, top, width, height]")
    condition = _condition(when, line("when"))
    return DeviceRule(name, condition, tuple(_region(region, line("regions")) for region in regions))


def _from_script(text: str) -> tuple[DeviceRule, ...]:
    """A CTP script: signatures in braces, each before its regions. All other text is prose, which may tell of a
    patient: a rule is called by its line.
    """
    signatures = list(_SIGNATURE.finditer(text))
    outside = _SIGNATURE.sub(lambda found: "\n" * found[0].count("\n"), text)
    brace = re.search(r"[{}]", outside)
    if brace is not None:
        raise _malformed(_line(outside, brace.start()), "a brace is not closed, or closes nothing")
    rules = []
    for place, found in enumerate(signatures):
        until = signatures[place + 1].start() if place + 1 < len(signatures) else len(text)
        line = _line(text, found.start())
        regions = tuple(_script_regions(text, found.end(), until))
        if not regions:
            raise _malformed(line, "a signature has no region")
        rules.append(DeviceRule(f"line {line}", _condition(found[1], line), regions))
    return tuple(rules)


def _script_regions(text: str, start: int, end: int) -> Iterator[Box]:
    for group in _GROUP.finditer(text, start, end):
        if _BETWEEN.fullmatch(group[1]):
            line = _line(text, group.start())
            numbers = [part.strip() for part in group[1].split(",")]
            short = [number.isdecimal() and len(number) <= _LONGEST_NUMBER for number in numbers]
            yield _region([int(each) if fits else each for each, fits in zip(numbers, short, strict=True)], line)


def _condition(text: str, line: int) -> Condition:
    try:
        return parse_condition(text)
    except SignatureError as error:
        raise _malformed(line + error.line, error.reason) from None


def _region(numbers: Any, line: int) -> Box:  # noqa: ANN401 - what TOML can hold
    if not isinstance(numbers, list) or len(numbers) != 4 or not all(type(number) is int for number in numbers):
        raise _malformed(line, "a region is four whole numbers: left, top, width, height")
    left, top, width, height = numbers
    if min(left, top) < 0 or min(width, height) < 1 or max(numbers) > _LARGEST:
        raise _malformed(line, "a region lies outside every picture")
    return Box(left, top, left + width, top + height)


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


def _malformed(line: int, reason: str) -> UsageError:
    return UsageError(f"Device rules, line {line}: {reason}.", _HINT)
