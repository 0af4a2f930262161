"""Regular expressions in device rules: what they match is what Python says, in bounded time."""

import random
import re

import pytest

from scanscrub.policy.pixels.bounded_regex import MOST_STATES, PatternError, _automaton, parse_pattern
from test_bounded_work import steps

PATTERNS = [
    "",
    "ACME.*",
    ".*ACME.*",
    "(?i).*acme.*",
    "(?i:ac)me|.*480",
    "A{2,4}B?",
    "(ab|a)(bc|c)?",
    "[^A-C]+[0-9]{3}",
    r"\w+\s\d+",
    "^ACME$",
    r"\bAC\b.*",
    "(a+)+",
    "(a|a)*",
    "(a*)*b",
    "(?:a??b){2,}",
    "((a{0,3}){0,3}){0,3}",
    "ÄÖ",
    "(?s).",
    "(?x) A B  # a remark",
    "(?:)*",
    "[[:alpha:]",
    "(?P<name>A)C",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_means_what_python_says(pattern: str) -> None:
    chance = random.Random(1)  # noqa: S311 - the same texts each time
    texts = ["", "ACME", "acme 480", "AAB", "abc", "xyz123", "a" * 9, "a b 12", "ä", "ÄÖ", "\n", "AB", "AC", "AC DC"]
    texts += ["".join(chance.choices("aAbBcC 1é_\n", k=chance.randrange(8))) for _ in range(300)]
    for text in texts:
        assert parse_pattern(pattern).matches(text) == (re.fullmatch(pattern, text, re.DOTALL) is not None), text


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*)*x", "(a*)*b", "a*a*a*a*a*a*b", "((a+)*)+b"])
def test_no_pattern_takes_longer_than_its_text_is_long(pattern: str) -> None:
    parsed = parse_pattern(pattern)
    assert steps(lambda: parsed.matches("a" * 160 + "!")) < 2.5 * steps(lambda: parsed.matches("a" * 80 + "!"))


@pytest.mark.parametrize("pattern", [r"(a)\1", "a(?=b)", "(?<!a)b", "(?>a+)b", "a++b", "(a)?(?(1)b|c)"])
def test_what_cannot_be_bounded_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError, match="looks around, or back at itself"):
        parse_pattern(pattern)


@pytest.mark.parametrize("pattern", ["a{100000}", "(a{50}){50}", "((a{99}){99}){99}"])
def test_a_pattern_that_grows_without_end_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        parse_pattern(pattern)


@pytest.mark.parametrize("pattern", ["(", "[", "*", "(?P<1>a)", "a{2,1}"])
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError, match="cannot be understood"):
        parse_pattern(pattern)


def test_a_pattern_has_no_more_states_than_it_may() -> None:
    assert len(_automaton("(a{2}){100}").single) <= MOST_STATES
