"""What will be done to a file, and why; or why nothing will."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from scanscrub.domain.finding import Finding, Locator, PixelRegion
from scanscrub.domain.phi import Phi
from scanscrub.domain.review.decided import ReviewOutcome


@dataclass(frozen=True, slots=True)
class Source:
    """An input as the rest of the program may know it: its running number and a keyed digest of its bytes."""

    number: int
    digest: str

    def __str__(self) -> str:
        return f"input {self.number} ({self.digest[:12]})"


@dataclass(frozen=True, slots=True)
class Keep:
    """Leave the value as it is. `reason` never quotes it.

    `public`: it is a word of a published list, the same in every file of the world, so that it tells nothing about
    somebody who is called like it; or a date or a time, which is judged as such.
    """

    reason: str
    public: bool = False


@dataclass(frozen=True, slots=True)
class Remove:
    """Take the element or segment out, with all it holds."""


@dataclass(frozen=True, slots=True)
class Empty:
    """Leave the element, of zero length (PS3.15 action Z)."""


@dataclass(frozen=True, slots=True)
class Replace:
    """Put a value that is consistent with the VR and says nothing (PS3.15 action D). Backslash joins values."""

    value: str


@dataclass(frozen=True, slots=True)
class ShiftDate:
    """Move the date in `value` by whole days, never zero; `value` is the new text, computed by the policy."""

    days: int
    value: Phi


@dataclass(frozen=True, slots=True)
class RemapUid:
    """Put the pseudonymous UID, the same one for the same input UID under the same key (PS3.15 action U)."""

    to: str


@dataclass(frozen=True, slots=True)
class Clean:
    """Keep the part of the text that identifies nobody (PS3.15 action C); `words` is how many words went."""

    text: str
    words: int = 0


@dataclass(frozen=True, slots=True)
class Mask:
    """Blacken the region and `padding` pixels around it."""

    padding: int


@dataclass(frozen=True, slots=True)
class Add:
    """Write an element that the input did not have (status flags, method codes). A sequence's items are
    given as tuples of (tag, vr, value).
    """

    vr: str
    value: str
    items: tuple[tuple[tuple[int, str, str], ...], ...] = ()


Action: TypeAlias = Keep | Remove | Empty | Replace | ShiftDate | RemapUid | Clean | Mask | Add


@dataclass(frozen=True, slots=True)
class Step:
    """One decision. `authority` is where it is written: ``"PS3.15 E.1-1 X"``, ``"VR rule PN"``."""

    where: Locator
    action: Action
    because: Finding | None
    authority: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Every decision about one file. What has no step does not come along: a plan lists what may stay."""

    source: Source
    profile: str
    steps: tuple[Step, ...]
    review: ReviewOutcome | None = None
    """What became of a person's review of this file."""

    @property
    def changes(self) -> tuple[Step, ...]:
        """The steps that change something; none for a file that is clean already."""
        return tuple(step for step in self.steps if not isinstance(step.action, Keep))

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(step.because for step in self.changes if step.because is not None)

    def masks(self) -> Mapping[int, tuple[tuple[PixelRegion, int], ...]]:
        """By frame: the regions to blacken, each with its padding in pixels."""
        frames: defaultdict[int, list[tuple[PixelRegion, int]]] = defaultdict(list)
        for step in self.steps:
            if isinstance(step.where, PixelRegion) and isinstance(step.action, Mask):
                frames[step.where.frame].append((step.where, step.action.padding))
        return {frame: tuple(regions) for frame, regions in frames.items()}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file is not cleaned, and what its owner can do. Fixed sentences: never a value of the file."""

    reason: str
    hint: str


NO_WRITING_LEFT: Final = "no writing left"
"""The name of the check that looks at the copy's pictures; its own words where some writing may stay."""


@dataclass(frozen=True, slots=True)
class Check:
    """One proof about a staged copy. `detail` never quotes a value."""

    name: str
    passed: bool
    detail: str = ""
