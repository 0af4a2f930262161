"""Every rule explained: why it is one, an example, how to fix a finding and how to accept it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scanscrub.domain.rules import Rule

_TEXTS: Final = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
ACCEPT: Final[str] = _TEXTS["accept"]
"""How to accept a finding of any rule but that for names."""


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule in words. `title` fits in a table; the others are a paragraph each."""

    title: str
    why: str
    example: str
    fix: str
    accept: str = ACCEPT


def _text(rule: Rule) -> RuleText:
    said = _TEXTS[rule.value]
    return RuleText(**{**said, "fix": said["fix"].format(clean=_TEXTS["clean"])})


RULE_TEXTS: Final[Mapping[Rule, RuleText]] = {rule: _text(rule) for rule in Rule}
