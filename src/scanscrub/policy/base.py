"""What a policy is: the pure function from what was seen to what will be done."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from scanscrub.domain.finding import Finding, Known, Observation
from scanscrub.domain.plan import Plan, Refusal, Source


class Policy(Protocol):
    """Decides; reads no file, no clock, no randomness."""

    @property
    def identity(self) -> str:
        """Name and digest of the profile with its options, for the audit."""
        ...

    def known(self, seen: Sequence[Observation]) -> tuple[Known, ...]:
        """The values in the header that identify somebody, to be searched everywhere else."""
        ...

    def decide(self, source: Source, seen: Sequence[Observation], writing: Sequence[Finding]) -> Plan | Refusal:
        """A step for everything that may stay, changes or is masked; or why the file is refused.

        `writing` are the findings P001 to P003 whose `where` is a `PixelRegion`.
        """
        ...

    def describe(self) -> Iterator[str]:
        """The policy in sentences, for ``profile show``."""
        ...
