"""Showing a page in the user's own browser, where there is a desktop."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self


def is_here() -> bool:
    """Whether the person sits before a desktop of this machine."""
    return "SSH_CONNECTION" not in os.environ and (sys.platform == "win32" or _opener() is not None)


class Desktop:
    """Opens pages and folders, if that is wanted, and nothing without a desktop.

    On Linux whatever this process starts is as cut off as itself, and a browser could not even reach its screen. So a
    shell is started before, which waits for what it is to open, and ends with this process.
    """

    def __init__(self, *, wanted: bool) -> None:
        self._is_wanted = wanted and "SSH_CONNECTION" not in os.environ
        self._opener = _opener() if self._is_wanted else None
        self._waiting: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        if self._opener is not None:
            self._waiting = subprocess.Popen(  # noqa: S603 - a program of the system, and no text of anybody
                ["/bin/sh", "-c", 'while read -r page; do "$0" "$page" & done', self._opener],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                text=True,
                start_new_session=True,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._waiting is not None:
            self._waiting.communicate()

    @property
    def is_there(self) -> bool:
        return self._waiting is not None or (sys.platform == "win32" and self._is_wanted)

    def open(self, path: Path) -> bool:
        """Show a page or a folder of this machine. False where there is no desktop to show it on."""
        return self.show(path.absolute().as_uri())

    def show(self, address: str) -> bool:
        """Show the page of this address. False where there is no desktop to show it on."""
        if self._waiting is not None and self._waiting.stdin is not None:
            try:
                self._waiting.stdin.write(f"{address}\n")
                self._waiting.stdin.flush()
            except OSError:  # somebody ended the shell
                return False
            return True
        if sys.platform == "win32" and self._is_wanted:
            os.startfile(address)  # noqa: S606 - a page of this program
            return True
        return False


def _opener() -> str | None:
    """The program that opens a page on this system's desktop; None where there is none."""
    if sys.platform == "darwin":
        return "/usr/bin/open"
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return shutil.which("xdg-open")
    return None
