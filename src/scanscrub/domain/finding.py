"""What a document shows (attributes, segments), what is known of the patient, and what was found."""

import re
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Final, TypeAlias

from scanscrub.domain import tags
from scanscrub.domain.geometry import Box, Quad
from scanscrub.domain.phi import Phi
from scanscrub.domain.rules import Rule, Severity


@dataclass(frozen=True, slots=True)
class HeaderElement:
    """A DICOM data element by its path: a tag, or tag, item number, tag, item number ... tag.

    Holds numbers only: a private creator can be a patient's name, so it is no part of an address.
    """

    path: tuple[int, ...]

    @property
    def tag(self) -> int:
        return self.path[-1]

    @property
    def depth(self) -> int:
        """0 at the top level."""
        return len(self.path) // 2

    def __str__(self) -> str:
        steps = []
        for place, number in enumerate(self.path):
            steps.append(f"[{number}]" if place % 2 else f"({number >> 16:04X},{number & 0xFFFF:04X})")
        return "".join(steps)


LOOKUP_TABLES: Final = frozenset(
    {
        tags.LUTData,
        *range(tags.RedPaletteColorLookupTableData, tags.AlphaPaletteColorLookupTableData + 1),
        *range(tags.SegmentedRedPaletteColorLookupTableData, tags.SegmentedAlphaPaletteColorLookupTableData + 1),
    }
)
"""Elements that give each value a shade or a part of a color."""

_REGION: Final = re.compile(r"frame (\d+) at \((-?\d+),(-?\d+)\)-\((-?\d+),(-?\d+)\)")


@dataclass(frozen=True, slots=True)
class PixelRegion:
    """A region of one frame (counted from 0). `quad` is the exact outline where it is not the upright box."""

    box: Box
    frame: int = 0
    quad: Quad | None = None

    @property
    def outline(self) -> Quad:
        return self.quad if self.quad is not None else self.box.corners

    def __str__(self) -> str:
        box = self.box
        return f"frame {self.frame + 1} at ({box.left},{box.top})-({box.right},{box.bottom})"

    @classmethod
    def parsed(cls, text: str) -> "PixelRegion | None":
        """The upright region that such a text names, as a baseline has it; None where it names another place."""
        numbers = _REGION.fullmatch(text)
        if numbers is None:
            return None
        frame, left, top, right, bottom = map(int, numbers.groups())
        return cls(Box(left, top, right, bottom), frame - 1)


class SegmentRole(Enum):
    """What a segment is for, as far as anything depends on it, in whichever format."""

    OTHER = "other"
    COLOR_PROFILE = "color profile"
    POSITION = "position"
    """Where on earth a picture was taken."""
    AFTER_THE_END = "after the end"
    """Bytes behind the last segment."""


@dataclass(frozen=True, slots=True)
class Segment:
    """The `index`-th segment of a kind: ``"PNG tEXt"``, ``"JPEG APP1"``, ``"bytes after the end"``.

    `kind` is made of letters, digits and spaces that this program wrote, never of bytes of the file.
    `role` is no part of the address: an audit does not hold it.
    """

    kind: str
    index: int = 0
    role: SegmentRole = field(default=SegmentRole.OTHER, compare=False)

    def __str__(self) -> str:
        return f"{self.kind} #{self.index + 1}"


@dataclass(frozen=True, slots=True)
class FileName:
    """The name or the folder of the input."""

    def __str__(self) -> str:
        return "file name"


Locator: TypeAlias = HeaderElement | PixelRegion | Segment | FileName


BETWEEN_GUESSES = "\x1f"


@dataclass(frozen=True, slots=True, eq=False)
class Attribute:
    """One DICOM data element as the file holds it, at any depth, in file order. Files of a series share those that
    say the same, so that what was decided about one is known of it in the next file.

    `vr` is the VR that applies (the dictionary's, where the file says UN or something impossible). `value` is the
    decoded text of a text VR, its values joined by a backslash; for binary numbers their decimal text where they
    are few enough to be looked at, and None where the element is a sequence, bulk data or cannot be decoded
    (`decodable` is then False). `length` is the stored length in bytes, or the number of items of a sequence.
    `creator` is the private creator that reserves the element's block. `guesses` is what a text in more than plain
    ASCII says in other character sets, joined by `BETWEEN_GUESSES`, for
    matching; first, or empty, what it says if its character set was only forgotten. Words that numbers are made of
    have the mark before them, in `value` those of a look-up table.
    """

    where: HeaderElement
    vr: str
    value: Phi | None
    length: int
    creator: Phi | None = None
    decodable: bool = True
    guesses: Phi | None = None

    @property
    def tag(self) -> int:
        return self.where.tag


@dataclass(frozen=True, slots=True)
class SegmentSeen:
    """A segment of a picture file. `needed`: the picture cannot be shown rightly without it.

    `length` is None for pixels that no viewer shows: how much of them says something is not known. `is_file`: it
    holds a picture, an archive or a document that no viewer of this file shows. `stays`: the copy has it all the
    same, described as it is or without its text.
    """

    where: Segment
    needed: bool
    length: int | None
    text: Phi | None = None
    is_file: bool = False
    stays: bool = False


Observation: TypeAlias = Attribute | SegmentSeen


class IdentifierKind(StrEnum):
    """Which sort of identifying value a header held; decides the forms it is searched in."""

    NAME = "name"
    ID = "id"
    DATE = "date"
    PLACE = "place"
    UID = "uid"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Identifier:
    """A value that identifies this file's patient or people around them, to be searched everywhere else."""

    kind: IdentifierKind
    value: Phi


class OriginKind(Enum):
    """Who says that something is there."""

    HEADER = "header"
    DETECTOR = "detector"
    DEVICE_RULE = "device rule"
    """No detector: a rule says that its device writes in that region."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who made a finding, by name: the identity of a detector, or a device rule's name."""

    kind: OriginKind
    name: str = ""

    def __str__(self) -> str:
        """As the audit has it: ``header``, ``device rule NAME`` or the identity of a detector."""
        if self.is_device_rule:
            return f"{self.kind.value} {self.name}"
        return self.name or self.kind.value

    @property
    def is_device_rule(self) -> bool:
        return self.kind is OriginKind.DEVICE_RULE


HEADER: Final = Origin(OriginKind.HEADER)


def origin_of(text: str) -> Origin:
    """The origin that an audit names, of a text that is not empty."""
    device_rule = f"{OriginKind.DEVICE_RULE.value} "
    if text.startswith(device_rule):
        return Origin(OriginKind.DEVICE_RULE, text.removeprefix(device_rule))
    return HEADER if text == str(HEADER) else Origin(OriginKind.DETECTOR, text)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that should not leave: by which rule, where, how sure (0 to 1), seen by whom.

    `always_masked`: whatever it reads as, since a device writes there or a copy still showed it.
    """

    rule: Rule
    where: Locator
    severity: Severity
    confidence: float = 1.0
    origin: Origin = HEADER
    evidence: Phi | None = None
    always_masked: bool = False
    is_code: bool = False
    """A bar code or a QR code, which says what `evidence` has."""
