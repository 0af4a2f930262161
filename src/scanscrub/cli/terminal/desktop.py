"""Showing a page in the user's own browser, where there is a desktop."""

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self


class Desktop:
    """Opens one page, if that is wanted, and nothing without a desktop.

    On Linux whatever this process starts is as cut off as itself, and a browser could not even reach its screen. So a
    shell is started before, which waits for the one page that it opens, and ends with this process.
    """

    def __init__(self, *, wanted: bool) -> None:
        self._is_wanted = wanted and "SSH_CONNECTION" not in os.environ
        self._opener = _opener() if self._is_wanted else None
        self._waiting: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        if self._opener is not None:
            self._waiting = subprocess.Popen(  # noqa: S603 - a program of the system, and no text of anybody
                ["/bin/sh", "-c", 'read -r page && { "$0" "$page" & }', self._opener],
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

    def open(self, page: Path) -> None:
        """Show the page."""
        if self._waiting is not None and self._waiting.stdin is not None:
            with suppress(OSError):  # somebody ended the shell; where the page is was said
                self._waiting.stdin.write(f"{page.absolute().as_uri()}\n")
                self._waiting.stdin.flush()
        elif sys.platform == "win32" and self._is_wanted:
            os.startfile(page)  # noqa: S606 - a page that this program wrote


def _opener() -> str | None:
    """The program that opens a page on this system's desktop; None where there is none."""
    if sys.platform == "darwin":
        return "/usr/bin/open"
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return shutil.which("xdg-open")
    return None
