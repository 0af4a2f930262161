"""Real processes under strace: what they asked of the network, and what they wrote.

Each is kept for a while when its work is done, with all libraries loaded: telemetry waits some ten seconds.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SECONDS = 22

KEPT = """
import sys, time
{before}
from scanscrub.cli.app import main
from scanscrub.execute import dask_cluster, processes

kept = []

def later(end):
    def end_later(*started):
        time.sleep({seconds})
        kept.append(started)
        end(*started)
    return end_later

processes.ProcessExecutor._stop = later(processes.ProcessExecutor._stop)
dask_cluster._end = later(dask_cluster._end)
try:
    main()
finally:
    time.sleep(0 if kept else {seconds})
"""
"""The program as its entry point runs it; workers are kept as well."""
SYSTEM_HAS_NO_FILTER = "from scanscrub.offline import guard; guard._by_the_system = lambda _: False"
"""What holds on other systems holds here as well."""
NOT_OPENVINO = "import sys\nsys.modules['openvino'] = None\n"
"""As if it were not installed, in workers as well: the ``sitecustomize`` of a run."""

_NETWORK = "socket,connect,bind,sendto,sendmsg,sendmmsg,io_uring_setup"
_FILES = (
    "open,openat,openat2,creat,mkdir,mkdirat,mknod,mknodat,rename,renameat,renameat2,link,linkat,symlink,symlinkat"
)
_CALL = re.compile(r"^(\w+)\((.*)\)\s+= (-?\d+|\?)(.*)$")
_ADDRESS = re.compile(r"sa_family=(AF_\w+)(?:.*?inet_(?:addr|pton)\((?:AF_INET6, )?\"([^\"]+)\")?")
_WRITES = re.compile(r"O_WRONLY|O_RDWR|O_CREAT")
_NO_FILES = ("/dev/null", "/dev/shm/", "/dev/tty", "/proc/")  # noqa: S108 - semaphores, not files
_PATH = re.compile(r"^(?:(?:AT_FDCWD|\d+)(?:<([^>]*)>)?, )?\"((?:[^\"\\]|\\.)*)\"")


@dataclass(frozen=True)
class Call:
    name: str
    arguments: str
    succeeded: bool


@dataclass
class Traced:
    """A run that ended: its calls, and the folder that it had for itself, with home, tmp, work and out."""

    folder: Path
    code: int
    said: str
    calls: list[Call] = field(default_factory=list)

    def sockets(self) -> list[str]:
        """The sockets that were made."""
        return [call.arguments for call in self.calls if call.name == "socket" and call.succeeded]

    def addressed(self) -> list[str]:
        """Where somebody tried to connect or to send to, whether or not it was refused."""
        tried = [call for call in self.calls if call.name in {"connect", "sendto", "sendmsg", "sendmmsg"}]
        found = (_ADDRESS.search(call.arguments) for call in tried)
        return [f"{match[1]} {match[2] or ''}".strip() for match in found if match]

    def written(self) -> list[str]:
        """Every path that was opened for writing or made, also where it was deleted again."""
        return sorted({path for call in self.calls if call.succeeded for path in _written(call)})

    def foreign(self) -> list[str]:
        """What was written that is neither output, crosswalk, our cache, the key that is kept while a run lasts, a
        temporary folder of our own, nor no file of a disk at all.
        """
        return [path for path in self.written() if not path.startswith(_NO_FILES) and not self._is_ours(Path(path))]

    def _is_ours(self, path: Path) -> bool:
        if not path.is_relative_to(self.folder):
            return False
        place = path.relative_to(self.folder)
        ours = ("out", "crosswalk", "home/.cache/scanscrub", "home/.local/state/scanscrub")
        # Python tries a temporary folder with a file of eight letters, and calls what it makes there tmp and more.
        temporary = len(place.parts) > 1 and place.match("tmp/tmp*" + "/*" * (len(place.parts) - 2))
        temporary = temporary or place.match("tmp/????????")
        above = ("home/.cache", "home/.local", "home/.local/state")
        return temporary or place.as_posix() in above or any(place.is_relative_to(folder) for folder in ours)

    def left(self) -> list[str]:
        """What lies in the home, the temporary and the working folder afterwards, without our cache."""
        folders = (self.folder / name for name in ("home", "tmp", "work"))
        found = (path for folder in folders for path in folder.rglob("*"))
        none_of = (self.folder / "tmp", self.folder / "home" / ".local" / "state" / "scanscrub")
        return sorted(
            str(path) for path in found if any(map(path.is_relative_to, none_of)) or not self._is_ours(path)
        )


def start(
    folder: Path,
    arguments: Sequence[object],
    *,
    before: str = "",
    site: str = "",
) -> "subprocess.Popen[bytes]":
    """Run the program traced, in folders of its own; `before` comes first in its process, `site` in all of them."""
    for name in ("home", "tmp", "work", "site", "trace"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "site" / "sitecustomize.py").write_text(site, encoding="utf-8")
    surroundings = {
        name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "PYTEST_", "COV"))
    }
    surroundings |= {
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, (str(folder / "site"), os.environ.get("PYTHONPATH")))),
    }
    trace = ["strace", "-ff", "-qq", "-y", "-s", "4096", "-e", f"trace={_NETWORK},{_FILES}", "-e", "signal=none"]
    program = [sys.executable, "-c", KEPT.format(before=before, seconds=SECONDS), *map(str, arguments)]
    # What nothing holds back must not send anything from a test either; what it tries is seen all the same.
    apart = ["unshare", "-rn"] if before == SYSTEM_HAS_NO_FILTER and _networks_can_be_taken_away() else []
    with (folder / "said").open("wb") as said:
        return subprocess.Popen(
            [*apart, *trace, "-o", str(folder / "trace" / "of"), *program],
            cwd=folder / "work",
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env=surroundings,
        )


def _networks_can_be_taken_away() -> bool:
    return (
        shutil.which("unshare") is not None
        and subprocess.run(["unshare", "-rn", "true"], check=False).returncode == 0
    )


def ended(folder: Path, process: "subprocess.Popen[bytes]") -> Traced:
    code = process.wait(timeout=900)
    said = (folder / "said").read_text(encoding="utf-8", errors="replace")
    return Traced(folder, code, said, list(_calls(folder / "trace")))


def read(folder: Path, code: int) -> Traced:
    """A run that was traced before."""
    said = (folder / "said").read_text(encoding="utf-8", errors="replace")
    return Traced(folder, code, said, list(_calls(folder / "trace")))


def _calls(folder: Path) -> Iterator[Call]:
    for file in sorted(folder.iterdir()):
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            if match := _CALL.match(line):
                yield Call(match[1], match[2], match[3] not in {"-1", "?"})


def _written(call: Call) -> Iterator[str]:
    if call.name in {"socket", "connect", "bind", "sendto", "sendmsg", "sendmmsg", "io_uring_setup"}:
        return
    if call.name.startswith("open") and not _WRITES.search(call.arguments):
        return
    if match := _PATH.match(call.arguments):
        yield os.path.normpath(os.path.join(match[1] or "", match[2]))  # noqa: PTH118 - an absolute one stands alone
