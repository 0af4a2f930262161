"""Running `check` and `clean` in this process, in a folder of the test's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

# Loaded before a test forbids sockets: pydicom's downloader imports ssl, which makes a class of one.
import scanscrub.formats.dicom.encoding.pydicom_quiet  # noqa: F401 - see above
from factory_dicom import ct_file
from scanscrub.cli.app import main


@dataclass(frozen=True)
class Ran:
    code: int
    stdout: str
    stderr: str

    @property
    def lines(self) -> list[str]:
        return self.stdout.splitlines()


class Workplace:
    """A folder with inputs, which is the current one; the cache, home and outputs lie beside it."""

    def __init__(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder = tmp_path / "in" / "work"
        self.out = tmp_path
        self._monkeypatch, self._capfd = monkeypatch, capfd
        self.folder.mkdir(parents=True)
        (tmp_path / "home").mkdir()
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
        monkeypatch.chdir(self.folder)

    def write(self, name: str, content: bytes | None = None) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(ct_file() if content is None else content)
        return path

    def run(self, *arguments: object) -> Ran:
        return run_here(self._monkeypatch, self._capfd, arguments)

    def check(self, *arguments: object) -> Ran:
        """`check` of the headers in this process, remembering nothing."""
        return self.run("check", "--text", "none", "--no-cache", "-j", "1", *arguments)

    def clean(self, *arguments: object) -> Path:
        """The folder of clean copies of everything here."""
        output = self.out / "clean"
        ran = self.run("clean", ".", "-o", output, "--text", "none", "--executor", "serial", "-q", *arguments)
        assert ran.code == 0, ran.stdout + ran.stderr
        return output


def run_here(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], arguments: Sequence[object]) -> Ran:
    """Run the command line in this process."""
    monkeypatch.setattr("sys.argv", ["scanscrub", *map(str, arguments)])
    capfd.readouterr()
    with pytest.raises(SystemExit) as left:
        main()
    streams = capfd.readouterr()
    return Ran(int(left.value.code or 0), streams.out, streams.err)
