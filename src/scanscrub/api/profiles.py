"""The profiles, in words."""

from collections.abc import Iterator

from scanscrub.domain.text_mode import TextMode
from scanscrub.policy.describe import sentences
from scanscrub.policy.profile import BUILT_IN, load_profile


def summaries() -> Iterator[tuple[str, str]]:
    """Each built-in profile's name, and what it is for."""
    for name in BUILT_IN:
        yield name, load_profile(name).summary


def described(name_or_path: str) -> Iterator[str]:
    """What a profile keeps, changes and takes out, in sentences. Raises `UsageError` where there is none."""
    return iter(sentences(load_profile(name_or_path), TextMode.ALL))


def name_of(name_or_path: str) -> str:
    """A profile's name, as audits have it. Raises `UsageError` where there is none."""
    return load_profile(name_or_path).name
