"""What `check` found in one input: places and rules, never a value."""

from dataclasses import dataclass
from enum import StrEnum

from scanscrub.domain.finding import FileName, Locator
from scanscrub.domain.rules import Rule, Severity


class Remedy(StrEnum):
    """What `clean` would do about a finding."""

    REMOVE = "remove"
    EMPTY = "empty"
    REPLACE = "replace"
    SHIFT = "shift"
    REMAP = "remap"
    CLEAN = "clean"
    MASK = "mask"
    RENAME = "rename"
    LOOK = "look"
    """Nothing: the file was refused, so a person has to look at it."""


class Obstacle(StrEnum):
    """Why `clean` does not reach what was found."""

    HISTORY = "history"
    """It lies in commits; a clean copy changes none of them."""
    PACKED = "packed"
    """It lies in a compressed file or an archive that only `check` opens."""
    DRAWING = "drawing"
    """It lies in a drawing (SVG)."""
    DOCUMENT = "document"
    """It lies in a document, a message or a text."""


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """A finding as it may leave a worker. It has no field that could hold a value.

    `keyword` is the public DICOM dictionary's name of the element, says of a segment that it tells a place, and is
    empty for anything else. `message` is a fixed
    sentence of this program: why a file was refused, and what its owner can do.
    """

    rule: Rule
    severity: Severity
    where: Locator
    remedy: Remedy
    keyword: str = ""
    message: str = ""

    @property
    def place(self) -> str:
        """The place as text, the same in every run over the same bytes."""
        return "whole file" if self.rule is Rule.REFUSED else str(self.where)

    @property
    def label(self) -> str:
        """The place as a person reads it: with the dictionary's keyword where there is one."""
        return f"{self.keyword} {self.place}" if self.keyword else self.place


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """What was found in one image.

    `path` is the input's path as it may be shown, with slashes, and `member` its place in an archive: parts that
    identify somebody are withheld. `commit` names the commit that brought it in, when a history was searched.
    `digest` is the SHA-256 of the input's bytes, as 64 hexadecimal digits; empty where they could not be read.

    Baselines and patterns name a file from the folder that they lie in, wherever `check` is run. `parts` are those of
    the path from a folder that holds them all, as they may be shown. `ways` say for each folder how many steps lead
    up from it, and how many of the parts are then behind one: -1 where the file lies elsewhere.

    `names` says that its header names somebody, by whom other files may be called. `obstacle` is None where `clean`
    reaches the image.
    """

    path: str
    digest: str
    findings: tuple[CheckFinding, ...] = ()
    member: str = ""
    commit: str = ""
    parts: tuple[str, ...] = ()
    ways: tuple[tuple[int, int], ...] = ()
    names: bool = False
    obstacle: Obstacle | None = None

    @property
    def name(self) -> str:
        """The path, with the archive member behind a ``!``."""
        return self._with_member(self.path)

    def name_from(self, folder: int) -> str:
        """The name as seen from the folder of this number; as it is shown, where the file lies elsewhere."""
        up, behind = self.ways[folder] if folder < len(self.ways) else (0, -1)
        return self.name if behind < 0 else self._with_member("../" * up + "/".join(self.parts[behind:]))

    def _with_member(self, path: str) -> str:
        return f"{path}!{self.member}" if self.member else path


def refused(reason: str, hint: str, severity: Severity = Severity.IDENTITY) -> CheckFinding:
    """The finding for a file that could not be judged. An image ranks with identity: nobody knows whom it shows."""
    message = " ".join(filter(None, (reason, hint)))
    return CheckFinding(Rule.REFUSED, severity, FileName(), Remedy.LOOK, message=message)


class BaselineState(StrEnum):
    """How a finding compares with the baseline, in SARIF's words (3.27.24)."""

    NEW = "new"
    UNCHANGED = "unchanged"
    """The baseline accepts it, and the file is the one that was accepted."""
    UPDATED = "updated"
    """The baseline accepted this place of this path, but in other bytes, or until a day that has passed."""


@dataclass(frozen=True, slots=True)
class JudgedFinding:
    """A finding after the baseline and the allow patterns: `accepted` is the owner's reason, or empty."""

    finding: CheckFinding
    state: BaselineState = BaselineState.NEW
    accepted: str = ""


@dataclass(frozen=True, slots=True)
class JudgedFile:
    """One image that was examined, with all that was found in it at the wanted severity."""

    record: CheckRecord
    findings: tuple[JudgedFinding, ...]

    @property
    def name(self) -> str:
        return self.record.name

    @property
    def open(self) -> tuple[CheckFinding, ...]:
        """What nobody has accepted."""
        return tuple(judged.finding for judged in self.findings if not judged.accepted)


@dataclass(frozen=True, slots=True)
class CheckReport:
    """One run of `check`, ready to be written in any format. `unused` are sentences about entries of the
    baseline and allow patterns that accepted nothing.
    """

    files: tuple[JudgedFile, ...]
    unused: tuple[str, ...] = ()
    profile: str = ""
    text: str = "all"
    """Which writing in the pixels was looked for: ``all``, ``identifying`` or ``none``."""
    notes: tuple[str, ...] = ()
    """Sentences for the one who ran it, beside the report."""

    @property
    def found(self) -> bool:
        return any(file.open for file in self.files)
