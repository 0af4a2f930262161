"""Lines on a terminal end between words; what programs read stays as it is."""

import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from factory_dicom import ct_file
from scanscrub.cli.terminal.lines import by_words

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")

NARROW = 40


def on_a_terminal(folder: Path, *arguments: str) -> list[str]:
    """The lines that the program writes where a terminal of 40 columns is its stdout and stderr."""
    import fcntl  # noqa: PLC0415 - not on Windows
    import pty  # noqa: PLC0415 - the same
    import termios  # noqa: PLC0415 - the same

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 50, NARROW, 0, 0))
    command = [sys.executable, "-m", "scanscrub", *arguments, "--no-progress"]
    with subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs):
        os.close(theirs)
        said = b""
        try:
            while more := os.read(ours, 65536):
                said += more
        except OSError:  # Linux tells the end so
            pass
    os.close(ours)
    return said.decode().replace("\r\n", "\n").splitlines()


@pytest.mark.parametrize(
    ("line", "wrapped"),
    [
        ("short", "short"),
        ("  - names and numbers of people", "  - names and\n    numbers of\n    people"),
        ("    of a first look here", "    of a first look\n    here"),
        ("a/path/that/is/longer/than/a/line and more", "a/path/that/is/longer/than/a/line\nand more"),
        ("\r5 of 10 files, and so on and on", "\r5 of 10 files, and so on and on"),
        ("one line\n\nand then yet one more", "one line\n\nand then yet one\nmore"),
    ],
)
def test_lines_end_between_words_and_go_on_where_they_began(line: str, wrapped: str) -> None:
    assert by_words(line, 20) == wrapped
    assert by_words(line, 0) == line, "where nobody knows how wide it is"


def test_what_inspect_says_fits_a_narrow_terminal(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "scan.dcm").write_bytes(ct_file())
    lines = on_a_terminal(tmp_path / "in", "inspect", "scan.dcm", "--text", "none")
    assert any(line.startswith("  - ") for line in lines)
    assert any(line.startswith("    ") for line in lines), "long lines go on where they began"
    assert all(len(line) <= NARROW for line in lines)


def test_records_for_programs_are_not_wrapped_on_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "scan.dcm").write_bytes(ct_file())
    lines = on_a_terminal(tmp_path / "in", "clean", "scan.dcm", "-n", "--text", "none", "-y", "-f", "jsonl")
    records = [json.loads(line) for line in lines if line.startswith("{")]
    assert [record["status"] for record in records] == ["PLANNED"]
