"""Where `check` may write its report: over none of its inputs, and over nothing that decides what is accepted."""

import os
from collections.abc import Iterable
from pathlib import Path

from scanscrub.checking.input_bytes import may_hold_an_image
from scanscrub.domain.errors import OutputUnusableError


def require_unused(output: Path, spared: Iterable[Path], names: Iterable[str]) -> None:
    """Raise `OutputUnusableError` where a report at `output` would take the place of something else.

    That is an image by its content, whatever was to be examined; one of the files `spared`, by any name of theirs;
    a file that goes by one of the `names`, which would be read as what it is not; or a file of git's own.
    """
    real = Path(os.path.realpath(output))
    if (
        real.name in names
        or ".git" in real.parts
        or any(_same(real, Path(os.path.realpath(path))) for path in spared)
    ):
        raise OutputUnusableError(
            "The output file is one that scanscrub or git reads.", "Give --output-file another name."
        )
    if real.is_file() and real.stat().st_size and may_hold_an_image(real):
        raise OutputUnusableError(
            "The output file may be an image.", "Inputs are never changed: choose another name."
        )


def _same(one: Path, other: Path) -> bool:
    try:
        return one == other or one.samefile(other)
    except OSError:
        return False
