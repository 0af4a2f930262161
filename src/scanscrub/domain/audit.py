"""The one thing about a file that leaves a worker. It has no field that could hold a patient value."""

from dataclasses import dataclass, field
from enum import StrEnum

from scanscrub.domain.finding import Locator, Origin, PixelRegion
from scanscrub.domain.plan import Check, Mask, Refusal
from scanscrub.domain.review.decided import ReviewOutcome
from scanscrub.domain.rules import Rule, Severity


class Concern(StrEnum):
    """What a person has to know of a copy: a note of its record. All but the last keep it from being `CLEAN`."""

    IDENTITY_KEPT = (
        "The profile keeps an attribute that identifies the patient or another person, so this copy is not "
        "de-identified and does not claim to be. Take the attribute out of the profile's list keep, or give the copy "
        "only to people who may know."
    )
    TABLE_SPELLS_WORDS = (
        "A table of shades or colors seemed to spell words, which were smoothed out. Check whether they were text, "
        "and whether the picture that uses the table still looks right."
    )
    LABELS_SPELL_WORDS = (
        "Its labels or measured values seemed to spell words, which were blackened. Check whether they were text."
    )
    PAGES_TO_READ = (
        "A letter or report. Text that identifies nobody was left readable. Read every page before you share it: "
        "signatures, handwriting and logos can still identify someone."
    )
    MASK_IN_DOUBT = (
        "A blackened box may cover anatomy: no text could be read there for certain. Compare it with your original."
    )
    MASK_STAYS = (
        "A mask that the review removes stays, because what is under it is known to be the patient's, or it belongs "
        "to a device, or it covers text and the review does not confirm it, or it is part of a larger mask."
    )
    WRITING_LEFT = "A person left text in the picture. Anyone who gets this copy can read it."
    SHIFT_IN_UIDS = (
        "Its UIDs were kept and contain dates. With the shifted dates they reveal by how many days those were "
        "shifted. Leave out --retain uids; or, if true dates may be known, add --retain full-dates."
    )


class Status(StrEnum):
    """How it ended for one file."""

    CLEAN = "CLEAN"
    """Published; every check passed, the pixels were examined."""
    REVIEW = "REVIEW"
    """Published; a person should look (pixels not examined, much of the image masked, or labels that spell words)."""
    PLANNED = "PLANNED"
    """A dry run: this is what would be done."""
    REFUSED = "REFUSED"
    """Not understood or not cleanable; not in the output."""
    REJECTED = "REJECTED"
    """The staged copy failed a check; it was not kept."""
    IGNORED = "IGNORED"
    """Certainly no image (a program, a page), found in a folder; not in the output."""
    FAILED = "FAILED"
    """A fault of this program or of a library; not in the output."""


WITHOUT_COPY = frozenset({Status.REFUSED, Status.REJECTED, Status.FAILED})
"""Images, perhaps, that have no copy."""


@dataclass(frozen=True, slots=True)
class InputRef:
    """An input by its running number and a keyed digest of its bytes."""

    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class AuditStep:
    """One change, without the value it changed. `words` counts the words a cleaned text lost.

    `masked` is all that was blackened for a region: its padding, and in a JPEG the blocks that it touches.
    """

    rule: Rule | None
    severity: Severity | None
    where: Locator
    action: str
    authority: str
    origin: Origin | None = None
    """Who saw what made it necessary; None where nothing was seen."""
    words: int = 0
    masked: PixelRegion | None = None

    @property
    def is_mask(self) -> bool:
        """Whether pixels were blackened."""
        return isinstance(self.where, PixelRegion) and self.action == Mask.__name__


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """What was done to one input and what was proved of the copy."""

    input_ref: InputRef
    status: Status
    profile: str
    output_name: str | None = None
    sha256s: tuple[tuple[str, str], ...] = ()
    """Pairs: ``("output", hex)`` is plain; ``("input", hex)`` is keyed, as an input's bare digest would be a link."""
    media_type: str = ""
    frames: int = 0
    masked_share: float = 0.0
    """Share of all pixels of all frames that lies under masks, 0 to 1."""
    steps: tuple[AuditStep, ...] = ()
    checks: tuple[Check, ...] = ()
    refusal: Refusal | None = None
    notes: tuple[str, ...] = ()
    tool: str = ""
    seconds: float = 0.0
    times: tuple[tuple[str, float], ...] = field(default=())
    """Seconds by stage."""
    text: str = ""
    """Which writing was masked: ``"all"``, ``"identifying"`` or ``"none"``; empty where an older record is silent."""
    kept: tuple[PixelRegion, ...] = ()
    """Writing that was left on purpose, as it identifies nobody."""
    person: tuple[str, ...] = ()
    """Keyed digests of the birth date (``b...``) and of each word of the name (``n...``), which mean something only
    within one pseudonym: two people under one are noticed by them.
    """
    device_rules: tuple[str, ...] = ()
    """The names of those rules of the user's that are about its device, whether or not anything is written there."""
    review: ReviewOutcome | None = None
    """What a person changed; None where the review, if there is one, does not name this input."""

    @property
    def profile_name(self) -> str:
        """The first word of `profile`, behind which stand digests of what it decides by."""
        return self.profile.partition(" ")[0]

    @property
    def detectors(self) -> tuple[str, ...]:
        """Engines and models that looked for writing, as `tool` names them behind the program; none: none did."""
        return tuple(self.tool.split("; ")[1:])


@dataclass(frozen=True, slots=True)
class Inspection:
    """One input, looked at and left as it is.

    `record` lists as its steps what `clean` would change after a first look; its digest is the plain SHA-256 of the
    input's bytes. `name` is the path as it may be shown, parts that identify somebody withheld. `exif` are the tags
    that a camera or a program wrote. `size` are the rows and columns of the first frame with writing.
    """

    record: AuditRecord
    name: str = ""
    exif: frozenset[int] = frozenset()
    size: tuple[int, int] | None = None
    is_name_withheld: bool = False
    """Whether a part of the name identifies somebody."""
