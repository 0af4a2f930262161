"""Where the files that describe a project's other files are: a baseline, a configuration."""

import os
from pathlib import Path

from scanscrub.inputs.git import top_of


def found_above(name: str) -> Path:
    """The file of this name in the working folder or the nearest one above it, up to the top of the work tree.

    Where there is none, its place: at the top of the work tree, or, outside one, in the working folder.
    """
    here = Path.cwd()
    top = top_of(here)
    for folder in (here, *here.parents):
        if os.path.lexists(folder / name):
            return folder / name
        if os.path.lexists(folder / ".git"):
            break
    return top / name


def paths_begin(folder: Path) -> Path:
    """The folder that the paths in a file of `folder` are relative to.

    That is `folder` if it is in this project; otherwise the top of this work tree, or the working folder.
    """
    here = Path.cwd()
    top = top_of(here)
    return folder if here.is_relative_to(folder) or folder.is_relative_to(top) else top
