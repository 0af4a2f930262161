"""Pictures with three places that a test's detector takes for writing, cleaned with what a person decided."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread

from conftest import CANARY
from factory_pixels import image
from scanscrub.detect.base import Reading, TextBox
from scanscrub.domain.audit import AuditRecord
from scanscrub.domain.geometry import Box
from scanscrub.domain.phi import Phi
from scanscrub.domain.picture import Picture
from scanscrub.domain.plan import Check
from scanscrub.domain.review.decided import FileReview, Place, Review
from scanscrub.domain.text_mode import TextMode
from scanscrub.inputs.input import Input
from scanscrub.pipeline.clean import Cleaner
from scanscrub.pipeline.clean_job import CleanJob
from scanscrub.pipeline.verify_copy import Copy, verify_copy
from scanscrub.pipeline.worker_context import Settings, WorkerContext
from scanscrub.policy.profile import load_profile

ROWS, COLUMNS, FRAMES = 64, 128, 2
NAME, REMARK, TOOTH = Box(4, 4, 40, 14), Box(4, 24, 60, 34), Box(80, 20, 120, 50)
ELSEWHERE = Box(10, 44, 50, 60)
READ: Final = {NAME: CANARY, REMARK: "UPRIGHT VIEW", TOOTH: ""}
PIXELS = (np.indices((FRAMES, ROWS, COLUMNS)).sum(axis=0) * 7 % 211 + 20).astype(np.uint8)


def dicom(**more: str) -> bytes:
    return image((ROWS, COLUMNS), PIXELS.tobytes(), frames=FRAMES, more={"PatientName": f"{CANARY}^Jane", **more})


@dataclass
class Sees:
    """A detector of certain boxes, as long as they show what the original does."""

    boxes: Sequence[Box]
    identity: str = "sees"
    score: float = 0.9

    def find(self, picture: Picture) -> Sequence[TextBox]:
        shown = picture.views[0].pixels
        return [
            TextBox(box.corners, self.score)
            for box in self.boxes
            if _is_there(shown[box.top : box.bottom, box.left : box.right], box)
        ]


def _is_there(shown: NDArray[np.uint8], box: Box) -> bool:
    """In any color, as those of frames looked at together are frames."""
    parts = [frame[box.top : box.bottom, box.left : box.right] for frame in PIXELS]
    colors = [shown] if shown.ndim == 2 else [shown[..., color] for color in range(3)]
    pairs = [(color, part) for color in colors for part in parts if np.ptp(color)]
    return any(np.corrcoef(color.ravel(), part.ravel())[0, 1] > 0.9 for color, part in pairs)


@dataclass
class Reads:
    texts: Mapping[Box, str] = field(default_factory=lambda: READ)
    identity: str = "reads"

    def read(self, picture: Picture, boxes: Sequence[TextBox]) -> Sequence[Reading]:  # noqa: ARG002 - by place
        return [Reading(Phi(self.texts.get(each.box, "")), 0.95) for each in boxes]


def context(review: Review | None = None, **changes: object) -> WorkerContext:
    """A worker that sees and reads the three places, or as `detector`, `second_look`, `reader` do."""
    settings = Settings(load_profile("share"), bytes(32), TextMode(str(changes.pop("text", "all"))), review=review)
    made = WorkerContext(settings)
    looks: dict[str, object] = {"detector": Sees(tuple(READ)), "second_look": Sees(tuple(READ)), "reader": Reads()}
    made.__dict__.update({**looks, **changes})
    return made


@dataclass(frozen=True)
class Cleaned:
    record: AuditRecord
    copy: Path

    @property
    def pixels(self) -> NDArray[np.uint8]:
        return np.asarray(dcmread(BytesIO(self.copy.read_bytes())).pixel_array)

    @property
    def masks(self) -> list[tuple[str, str]]:
        return [(step.authority, str(step.where)) for step in self.record.steps if step.action == "Mask"]

    def verified(self, looking: WorkerContext | None = None) -> tuple[Check, ...]:
        """As `scanscrub verify` does."""
        digest = dict(self.record.sha256s)["output"]
        copy = Copy(1, self.copy.parent, self.copy.name, digest, self.record.review)
        return tuple(check for check in verify_copy(copy, looking or context()) if not check.passed)


def decided(
    data: bytes, *, added: Sequence[Place] = (), removed: Sequence[Place] = (), looked_at: bool = False
) -> Review:
    digest = hashlib.sha256(data).hexdigest()
    return Review((FileReview(digest, tuple(added), tuple(removed), looked_at),))


def cleaned(data: bytes, folder: Path, working: WorkerContext) -> Cleaned:
    """The record and the copy of one file; a path that is not there where it has none."""
    output = folder / f"out-{len(list(folder.iterdir()))}"
    output.mkdir()
    source = folder / "in" / "original"
    source.parent.mkdir(exist_ok=True)
    source.write_bytes(data)
    record = Cleaner(working, CleanJob(output))(Input(1, str(source)))
    assert record is not None
    return Cleaned(record, output / (record.output_name or "none"))


def confirmed(box: Box, frame: int | None = None) -> Place:
    return replace(Place(box, frame), is_confirmed=True)
