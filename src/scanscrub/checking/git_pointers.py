"""What stands in a repository for a file that is kept elsewhere: the file itself, or that it was not examined."""

import re
from pathlib import Path
from typing import Final

from scanscrub.domain.errors import RefusedFile
from scanscrub.inputs.git_lfs import elsewhere, stored

_LFS: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:# git-media|# external"
    rb"|version\s+https?://(?:git-lfs\.github\.com|hawser\.github\.com|git-media\.io)/)"
)
"""Also as its forerunners wrote it, which Git LFS still reads; a line may end as on Windows."""
_ANNEX: Final = re.compile(rb"(?:\.\./)*(?:\.git)?/annex/objects/")
_LONGEST: Final = 4096


def is_pointer(head: bytes) -> bool:
    """Whether a file that begins so is a pointer of Git LFS or of git-annex."""
    return len(head) < _LONGEST and (_LFS.match(head) is not None or _ANNEX.match(head) is not None)


def pointed_at(pointer: bytes, folder: Path) -> Path:
    """Where the bytes are for which a pointer in the work tree of `folder` stands.

    Raises `RefusedFile` where they are not on this machine; nothing is fetched.
    """
    if _ANNEX.match(pointer):
        raise not_here(pointer)
    return stored(pointer.replace(b"\r\n", b"\n"), folder)


def not_here(pointer: bytes) -> RefusedFile:
    """Of a pointer in an archive, which nobody can follow."""
    if _ANNEX.match(pointer):
        return RefusedFile("Its bytes are in git-annex and not here.", "Run `git annex get` and check again.")
    return elsewhere()
