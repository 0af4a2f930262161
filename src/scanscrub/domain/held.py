"""A file inside another one."""

from dataclasses import dataclass
from typing import BinaryIO

from scanscrub.domain.errors import RefusedFile


@dataclass(frozen=True, slots=True)
class Held:
    """What an archive, a compressed file or a drawing holds: its name there, which may be empty, and its bytes, where
    they could be read.
    """

    name: str
    content: BinaryIO | RefusedFile
