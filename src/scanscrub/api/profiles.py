"""The profiles, in words."""

import os
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from scanscrub.domain.text_mode import TextMode
from scanscrub.output import journal
from scanscrub.policy.describe import sentences
from scanscrub.policy.profile import BUILT_IN, load_profile


@dataclass(frozen=True, slots=True)
class ProfileDescription:
    """A profile in words: its name in audits, what it is for, and what it keeps, changes and takes out."""

    name: str
    summary: str
    sentences: tuple[str, ...]


def list_profiles() -> tuple[ProfileDescription, ...]:
    """The built-in profiles, the default one first."""
    return tuple(map(describe_profile, BUILT_IN))


def describe_profile(name_or_path: str | PathLike[str]) -> ProfileDescription:
    """A built-in profile, or one of a TOML file, in words. Raises `UsageError` where there is none."""
    profile = load_profile(os.fspath(name_or_path))
    return ProfileDescription(profile.name, profile.summary, tuple(sentences(profile, TextMode.ALL)))


def profile_of(folder: str | PathLike[str]) -> str:
    """The built-in profile that a folder was cleaned with, as its audit says; the default one where it was another.

    Raises `UsageError` where its audit is none.
    """
    path = Path(folder) / journal.NAME
    first = next(journal.brief_records(path), None) if path.exists() else None
    name = first.profile_name if first is not None else ""
    return name if name in BUILT_IN else BUILT_IN[0]
