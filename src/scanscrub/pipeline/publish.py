"""Verified -> Published: the copy gets its name, and before that its record."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from scanscrub.output.staging import names_like
from scanscrub.output.writer_lock import publishing, signals_deferred
from scanscrub.pipeline.verify import Verified
from scanscrub.system.streams import sha256_of

RecordT = TypeVar("RecordT")


@dataclass(frozen=True, slots=True)
class Published:
    name: str
    """Below the output folder, with forward slashes."""
    sha256: str


def publish(
    verified: Verified,
    root: Path,
    name: str,
    record: Callable[[Published], RecordT],
    is_ours: Callable[[str], bool] = lambda _: False,
) -> RecordT:
    """Link the staged bytes to `name` below `root`, or to a free name like it; the record that was made of it.

    It is recorded first: whoever is killed in between leaves a record without a copy, which `--resume` makes, and
    never a copy without a record. A file of the same bytes for which `is_ours` is taken for this copy.
    Raises `OutputUnusableError`.
    """
    staged = verified.candidate.staged
    with staged.reopened() as stream:
        digest = sha256_of(stream)
    with signals_deferred(), publishing(root):
        for each in names_like(name):
            taken = (root / each).is_symlink() or (root / each).exists()
            if taken and not (_sha256(root / each) == digest and is_ours(each)):
                continue
            kept = record(Published(each, digest))
            if taken or staged.publish_as(root, each):
                return kept
    raise AssertionError("there is always a further name")


def _sha256(path: Path) -> str:
    """The digest of a file; none of what is no file."""
    try:
        with path.open("rb") as stream:
            return sha256_of(stream)
    except OSError:
        return ""
