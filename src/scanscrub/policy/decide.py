"""The policy: a pure function of profile, key and what was seen."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scanscrub.domain.finding import Finding, Observation
from scanscrub.domain.plan import Plan, Source
from scanscrub.domain.text_mode import TextMode
from scanscrub.policy.file_decisions import FileDecisions
from scanscrub.policy.pixels.device_rules import DeviceRule
from scanscrub.policy.profile import Profile
from scanscrub.policy.pseudonyms.listed import PseudonymList
from scanscrub.policy.pseudonyms.pseudonyms import keyed_digest


@dataclass(frozen=True, slots=True)
class Policy:
    """A profile under a key. `text_mode` says which writing in the pixels is masked.

    `device_rules` are the user's; whoever looks at the pixels applies them.
    """

    profile: Profile
    key: bytes = field(repr=False)
    text_mode: TextMode
    device_rules: tuple[DeviceRule, ...] = ()
    review: str = ""
    """What tells reviews that are replayed apart; empty where there is none."""
    listed: PseudonymList | None = field(default=None, repr=False)
    """The user's pseudonyms. They are as secret as the key, and like it no part of the identity."""

    @property
    def identity(self) -> str:
        """``"share 0123456789ab 89abcdef0123"``: the profile's name, a digest of all that it decides by but the key,
        and one that tells keys apart, of which nobody comes to know the key. Where a review is replayed the second
        has ``+fedcba987654`` behind it.
        """
        content = "\n".join(
            (*self.profile.fingerprint(), self.text_mode, *map(repr, self.device_rules), *self._patients())
        )
        mark = keyed_digest(self.key, "which key").hex()[:12]
        digest = hashlib.sha256(content.encode()).hexdigest()[:12]
        return f"{self.profile.name} {digest}{self.review and f'+{self.review}'} {mark}"

    def _patients(self) -> tuple[str, ...]:
        return () if self.listed is None else ("listed pseudonyms", str(self.listed.makes))

    def about(self, seen: Sequence[Observation], *, pages: bool = False) -> FileDecisions:
        """All that is to be decided about the file of which so much was seen, `pages` to be read or pictures."""
        return FileDecisions(self, seen, pages=pages)

    def decide(
        self, source: Source, seen: Sequence[Observation], writing: Sequence[Finding], *, attest: bool = False
    ) -> Plan:
        """A step for everything that may stay, changes or is masked; for `attest` see `FileDecisions.plan`."""
        about = self.about(seen)
        return about.plan(source, about.masks(writing), attest=attest)

    def describe(self) -> Iterator[str]:
        """The policy in sentences."""
        from scanscrub.policy.describe import sentences  # noqa: PLC0415 - not for what is done to files

        return sentences(self.profile, self.text_mode)


def build_policy(  # noqa: PLR0913 - one parameter for each thing that decides
    profile: Profile,
    key: bytes,
    *,
    text_mode: TextMode = TextMode.ALL,
    device_rules: tuple[DeviceRule, ...] = (),
    listed: PseudonymList | None = None,
    review: str = "",
) -> Policy:
    """The policy of a profile under a key (secret, 32 bytes from `key new`)."""
    return Policy(profile, key, text_mode, device_rules, review, listed)
