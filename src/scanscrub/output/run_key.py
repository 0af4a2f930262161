"""The key of a run that was given none: kept in the user's state folder until the run is complete, for `--resume`."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from scanscrub.system.user_folders import UserFolder

_LENGTH: Final = 32
NOT_KEPT: Final = (
    "The key of this run could not be kept on this machine: should the run be ended, --resume cannot go on with it. "
    "With --key FILE it could."
)


class RunKey:
    """Where the key of the run that writes to `output` is kept.

    It is named by a digest of that folder's name, which may identify someone.
    """

    def __init__(self, output: Path) -> None:
        self._folder = UserFolder.STATE.path or Path(os.devnull)  # in which no file can be made
        self._path = self._folder / f"{hashlib.sha256(os.fsencode(output)).hexdigest()[:32]}.key"

    def read(self) -> bytes | None:
        """The key of an unfinished run; None if there is none."""
        try:
            key = bytes.fromhex(self._path.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None
        return key if len(key) == _LENGTH else None

    def write(self, key: bytes) -> bool:
        """Keep the key, for this user's eyes only; False where that cannot be."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path.unlink(missing_ok=True)
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as stream:
                stream.write(key.hex())
                stream.flush()
                os.fsync(stream.fileno())
        except OSError:
            return False
        return True

    def destroy(self) -> None:
        """Forget the key: the run is complete. The folder goes with the last one."""
        with suppress(OSError):
            self._path.write_bytes(b"0" * 2 * _LENGTH)
            self._path.unlink()
        with suppress(OSError):
            self._folder.rmdir()
