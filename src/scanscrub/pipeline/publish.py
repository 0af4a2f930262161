"""Verified -> Published: the copy gets its name."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from scanscrub.pipeline.verify import Verified


@dataclass(frozen=True, slots=True)
class Published:
    name: str
    """Below the output folder, with forward slashes."""
    sha256: str


def publish(verified: Verified, root: Path, name: str) -> Published:
    """Link the staged bytes to `name` below `root`, or to a free name like it. Raises `OutputUnusableError`."""
    staged = verified.candidate.staged
    with staged.reopened() as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return Published(staged.publish(root, name), digest)
