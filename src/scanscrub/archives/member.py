"""A file inside another one."""

import re
from dataclasses import dataclass
from typing import BinaryIO

from scanscrub.domain.errors import RefusedFile


@dataclass(frozen=True, slots=True)
class ArchiveMember:
    """What an archive, a compressed file or a drawing holds: its name there, which may be empty, and its bytes, where
    they could be read.
    """

    name: str
    content: BinaryIO | RefusedFile


def is_commit(comment: bytes) -> bool:
    """Whether it is what ``git archive`` writes as a comment: the commit that was archived."""
    return re.fullmatch(rb"[0-9a-f]{40}(?:[0-9a-f]{24})?", comment) is not None
