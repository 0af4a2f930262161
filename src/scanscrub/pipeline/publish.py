"""Verified -> Published: the copy gets its name."""

import hashlib
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

from scanscrub.pipeline.verify import Verified


@dataclass(frozen=True, slots=True)
class Published:
    name: str
    """Below the output folder, with forward slashes."""
    sha256: str


def publish(verified: Verified, root: Path, name: str, orphans: Container[str] = ()) -> Published:
    """Link the staged bytes to `name` below `root`, or to a free name like it. Raises `OutputUnusableError`.

    One of `orphans`, copies without a record, that has the same name and bytes is taken for this copy.
    """
    staged = verified.candidate.staged
    with staged.reopened() as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if name in orphans and _sha256(root / name) == digest:
        return Published(name, digest)
    return Published(staged.publish(root, name), digest)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
