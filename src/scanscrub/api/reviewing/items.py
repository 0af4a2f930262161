"""What a review shows of a cleaned folder: its copies, and the masks in them."""

from dataclasses import dataclass

from scanscrub.api.reviewing.kinds import MaskKind, Removal
from scanscrub.domain.audit import Status
from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.review.decided import Place


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A copy and its original. `sha256` is that of the original's bytes: how a `Review` calls it.

    Copies of one `series` (counted from 1) belong together, and `position` is the place of the first frame in it.
    """

    number: int
    """Of the input, as in the audit."""
    sha256: str
    output_name: str
    status: Status
    reason: str
    """Why a person is to look; empty where nothing is known."""
    frames: int
    rows: int
    columns: int
    series: int
    position: int
    is_looked_at: bool = False
    refused: tuple[Place, ...] = ()
    """Masks that were to go when this copy was made, and had to stay."""


@dataclass(frozen=True, slots=True)
class MaskPlace:
    """What was blackened of a frame for one reason, what lies there, and whether a person may take it away.

    To take it away, a review names its `place` among the removed ones, `is_confirmed` where the removal asks; what a
    person drew goes from the added ones instead.
    """

    region: PixelRegion
    """All that is black."""
    place: Place
    kind: MaskKind
    removal: Removal
