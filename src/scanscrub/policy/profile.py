"""Profiles: which options of PS3.15 Annex E hold, and how strictly free text is cleaned. Read from TOML."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from scanscrub.domain.errors import UsageError
from scanscrub.policy.options import CLEANING, Option
from scanscrub.policy.tables.ps3_15 import by_tag

DescriptorMode: TypeAlias = Literal["allow-list", "block-list"]

BUILT_IN: Final = ("share", "research")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_TAG: Final = re.compile(r"\(?([0-9A-Fa-f]{4}),?([0-9A-Fa-f]{4})\)?")
_KEYS: Final = frozenset({"extends", "name", "summary", "retain", "clean", "descriptors", "keep", "remove"})


@dataclass(frozen=True, slots=True)
class Profile:
    """The Basic Profile and its options.

    `descriptors` says what happens to an unknown word of a descriptor under Clean Descriptors: an allow-list takes
    it out, a block-list leaves it unless it matches something. `keep` and `remove` are tags that a user decided
    about; they go before the table and the rules by VR.
    """

    name: str
    summary: str
    options: frozenset[Option]
    descriptors: DescriptorMode = "allow-list"
    keep: frozenset[int] = frozenset()
    remove: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if {Option.FULL_DATES, Option.MODIFIED_DATES} <= self.options:
            raise UsageError(
                "The options full-dates and modified-dates exclude each other.", "Choose one of the two."
            )

    def with_options(self, retain: Iterable[str] = (), clean: Iterable[str] = ()) -> "Profile":
        """This profile with more options, by their names. Raises `UsageError` for an unknown one.

        ``full-dates`` and ``modified-dates`` replace each other: the one asked for holds.
        """
        retained, cleaned = _options(retain, "retain"), _options(clean, "clean")
        options = self.options | cleaned
        if retained & {Option.FULL_DATES, Option.MODIFIED_DATES}:
            options -= {Option.FULL_DATES, Option.MODIFIED_DATES}
        return replace(self, options=options | retained)

    def fingerprint(self) -> Iterator[str]:
        """Everything that decides, as text in a fixed order."""
        yield from (self.name, self.descriptors, *sorted(self.options))
        for word, tags in (("keep", self.keep), ("remove", self.remove)):
            yield from (f"{word} {tag:08X}" for tag in sorted(tags))


def load_profile(name_or_path: str | Path) -> Profile:
    """A built-in profile by its name, or a TOML file. Raises `UsageError` if there is none or it is not valid."""
    if str(name_or_path) in BUILT_IN:
        text = files("scanscrub.policy").joinpath("profiles", f"{name_or_path}.toml").read_text(encoding="utf-8")
        return _parsed(text, default_name=str(name_or_path))
    path = Path(name_or_path)
    if path.suffix != ".toml":
        raise UsageError(
            "There is no profile of that name.", "The profiles are share and research; a file's name ends in .toml."
        )
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise UsageError("The profile file cannot be read.", "Look at its path; it has to be UTF-8.") from None
    return _parsed(text, default_name="custom")


def _parsed(text: str, default_name: str) -> Profile:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise UsageError("The profile file is not valid TOML.", "See `scanscrub profile show share`.") from None
    unknown = sorted(set(content) - _KEYS)
    if unknown:
        raise UsageError(
            "The profile file has a key that no profile has.", f"The keys are: {', '.join(sorted(_KEYS))}."
        )
    base = Profile(name=default_name, summary="", options=frozenset())
    if "extends" in content:
        if content["extends"] not in BUILT_IN:
            raise UsageError("A profile can only extend share or research.", "Correct the key extends.")
        base = replace(load_profile(content["extends"]), name=default_name)
    return _with(base, content)


def _with(base: Profile, content: dict[str, Any]) -> Profile:
    name, summary = content.get("name", base.name), content.get("summary", base.summary)
    if not isinstance(name, str) or not _NAME.fullmatch(name) or not isinstance(summary, str):
        raise UsageError("A profile's name is made of small letters, digits and hyphens.", "Correct name or summary.")
    mode = content.get("descriptors", base.descriptors)
    if mode not in {"allow-list", "block-list"}:
        raise UsageError("descriptors is neither allow-list nor block-list.", "Choose one of the two.")
    profile = base.with_options(_names(content, "retain"), _names(content, "clean"))
    keep, remove = _tags(content, "keep"), _tags(content, "remove")
    return replace(
        profile,
        name=name,
        summary=summary,
        descriptors=mode,
        keep=(profile.keep - remove) | keep,
        remove=(profile.remove - keep) | remove,
    )


def _names(content: dict[str, Any], key: str) -> list[str]:
    names = content.get(key, [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise UsageError("A list of a profile is not a list of names.", f'Write it as {key} = ["...", "..."].')
    return names


def _options(names: Iterable[str], verb: Literal["retain", "clean"]) -> frozenset[Option]:
    allowed = {option.value: option for option in Option if (option in CLEANING) == (verb == "clean")}
    wanted = list(names)
    if not set(wanted) <= set(allowed):
        raise UsageError("PS3.15 has no such option.", f"The options to {verb} are: {', '.join(allowed)}.")
    return frozenset(allowed[name] for name in wanted)


def _tags(content: dict[str, Any], key: str) -> frozenset[int]:
    """Tags given as ``(0018,1030)``, ``00181030`` or by a keyword of Table E.1-1."""
    keywords = {row.keyword: tag for tag, row in by_tag().items()}
    tags = set()
    for name in _names(content, key):
        match = _TAG.fullmatch(name)
        if match is not None:
            tags.add(int(match[1] + match[2], 16))
        elif name in keywords:
            tags.add(keywords[name])
        else:
            raise UsageError(
                "A profile names an attribute by neither a tag nor a keyword of Table E.1-1.",
                f"Look at the list {key}; a tag is written as (gggg,eeee).",
            )
    return frozenset(tags)
