"""Git LFS: what lies in a repository as a pointer of three lines, and where its bytes are.

The pointer's form: the Git LFS specification, version 1 (docs/spec.md of its repository).
"""

import re
import subprocess
from pathlib import Path

from scanscrub.domain.errors import RefusedFile
from scanscrub.inputs.git import command, environment

_OID = re.compile(rb"^oid sha256:([0-9a-f]{64})$", re.MULTILINE)


def elsewhere() -> RefusedFile:
    """What is said of a pointer whose bytes are not here."""
    return RefusedFile("Its bytes are in Git LFS and not here.", "Run `git lfs pull` and check again.")


def stored(pointer: bytes, folder: Path) -> Path:
    """Where the bytes are that a pointer in the work tree of `folder` stands for.

    Raises `RefusedFile` where they are not on this machine; nothing is fetched.
    """
    found = _OID.search(pointer)
    if found is None:
        raise elsewhere()
    oid = found[1].decode("ascii")
    try:
        answer = subprocess.run(  # noqa: S603 - a fixed command
            command(folder, "rev-parse", "--git-common-dir"), capture_output=True, check=True, env=environment()
        )
    except (OSError, subprocess.CalledProcessError):
        raise elsewhere() from None
    common = folder / answer.stdout.removesuffix(b"\n").decode("utf-8", "surrogateescape")
    path = common / "lfs" / "objects" / oid[:2] / oid[2:4] / oid
    if not path.is_file():
        raise elsewhere()
    return path
