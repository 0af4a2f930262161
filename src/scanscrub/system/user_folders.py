"""Where this system's users have what programs keep for them, each kind in a folder of its own."""

import os
import sys
from enum import Enum
from pathlib import Path

_OWN = "scanscrub"


class UserFolder(Enum):
    """A kind of folder: its place on macOS, and elsewhere below the home folder with the variable that moves it."""

    CACHE = ("Library/Caches", ".cache", "XDG_CACHE_HOME")
    """What can be made again."""
    STATE = ("Library/Application Support", ".local/state", "XDG_STATE_HOME")
    """What is remembered for the user and shared with nobody."""

    @property
    def path(self) -> Path | None:
        """The folder, which need not exist; None where nobody knows the user's home."""
        on_macos, elsewhere, variable = self.value
        if sys.platform == "win32":
            elsewhere, variable = "AppData/Local", "LOCALAPPDATA"
        elif sys.platform == "darwin":
            elsewhere, variable = on_macos, ""
        try:
            return Path(os.environ.get(variable) or Path.home() / elsewhere) / _OWN
        except RuntimeError:
            return None
