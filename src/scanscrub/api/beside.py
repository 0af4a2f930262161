"""Where copies go when nobody said where: a folder beside the original, and what lies there already."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import Final

from scanscrub.api.keywords import AnyPath, path_list
from scanscrub.domain.errors import OutputUnusableError, UsageError
from scanscrub.inputs.file_names import points_at_a_person
from scanscrub.inputs.find import require_there
from scanscrub.output.journal import NAME as AUDIT
from scanscrub.output.run_key import RunKey
from scanscrub.output.staging import names_like
from scanscrub.output.writer_lock import NAME as LOCK

NEUTRAL: Final = "clean-copies"
"""Of several originals, of one without a name (a drive), and of one whose name may say who it is."""


class Earlier(Enum):
    """What lies where the copies would go."""

    NOTHING = "nothing"
    UNFINISHED = "unfinished"
    """Copies of a run that did not come to its end, and whose key this machine kept."""
    FINISHED = "finished"
    FOREIGN = "foreign"
    """Something that no run of ours made."""


def folder_beside(paths: AnyPath | Iterable[AnyPath], *, is_telling: bool = False) -> Path:
    """``PATH-clean`` beside the one path, where its own name may be shown; in the home folder, where nothing can be
    written there, as beside a disc. So the same path gives the same folder.

    Otherwise a new one of the name `NEUTRAL`, as nobody could tell of an older one whose copies are in it.
    `is_telling`: the name of the original says who it is. Raises `UsageError` where a path is not there, and
    `OutputUnusableError` where there is no such place.
    """
    paths = path_list(paths)
    if not paths:
        raise UsageError("No file was named.", "Say which: scanscrub clean PATH")
    require_there(paths)
    first = Path(os.path.abspath(paths[0]))  # noqa: PTH100 - resolve() would leave the place that was named
    shown = len(paths) == 1 and first.name and not is_telling and not points_at_a_person(first.name)
    for place in _places(first.parent):
        if shown and ((place / f"{first.name}-clean").exists() or _takes_files(place)):
            return place / f"{first.name}-clean"
        if not shown and _takes_files(place):
            return next(new for name in names_like(NEUTRAL) if earlier_in(new := place / name) is Earlier.NOTHING)
    raise OutputUnusableError(
        "Copies can be written neither beside the original nor to your home folder.",
        "Say where they should go: scanscrub clean PATH -o FOLDER",
    )


def earlier_in(folder: AnyPath) -> Earlier:
    """What lies there. Raises nothing: what cannot be seen is somebody else's."""
    folder = Path(folder)
    try:
        names = {path.name for path in folder.iterdir()} - {LOCK}
    except FileNotFoundError:
        return Earlier.NOTHING
    except OSError:
        return Earlier.FOREIGN
    if not names:
        return Earlier.NOTHING
    if AUDIT not in names:
        return Earlier.FOREIGN
    return Earlier.FINISHED if RunKey(folder.resolve()).read() is None else Earlier.UNFINISHED


def _places(beside: Path) -> Iterator[Path]:
    yield beside
    try:
        yield Path.home()
    except RuntimeError:
        return


def _takes_files(place: Path) -> bool:
    """Whether a file can be made there. Permissions do not say so of a disc, nor on every system."""
    try:
        with tempfile.TemporaryFile(dir=place):
            return True
    except OSError:
        return False
