"""Try the one-file program as its user would: ``trial.py dist/scanscrub``. Any Python; the standard library alone.

Exit 1 and a sentence at the first thing that does not hold. The start-up is printed and not judged.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.request import HTTPCookieProcessor, build_opener

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples" / "files"
HEAVY = ("cv2", "onnxruntime_pybind11", "_multiarray_umath", "_imaging", "libpdfium")
"""Libraries that `--help` must not load, by a part of their files' names."""
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/\S*")


def main() -> None:
    program = str(Path(sys.argv[1]).resolve())
    print(f"size: {Path(program).stat().st_size / 1e6:.0f} MB")
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        start_up(program, place)
        pages(program)
        samples(program, place)
        staged(program, place)
        page_in_a_browser(program)
    print("the program does what it should")


def start_up(program: str, place: Path) -> None:
    before, begun = os.times(), time.monotonic()
    said = ran(program, "--help").stdout
    after = os.times()
    seconds = after.children_user + after.children_system - before.children_user - before.children_system
    print(f"start-up: {seconds:.1f} s of a processor, {time.monotonic() - begun:.1f} s")
    hold("inspect" in said, "--help names the commands")
    if shutil.which("strace"):
        trace = place / "opened"
        ran("strace", "-f", "-qq", "-e", "trace=open,openat", "-o", str(trace), program, "--help")
        loaded = [line for line in trace.read_text(errors="replace").splitlines() if "O_RDONLY|O_CLOEXEC" in line]
        hold(bool(loaded), "strace saw what was opened")
        hold(not any(part in line for line in loaded for part in HEAVY), "--help loads no heavy library")


def pages(program: str) -> None:
    guide = ROOT / "src" / "scanscrub" / "docs" / "guide.md"
    hold(ran(program, "help", "guide").stdout.split() == guide.read_text(encoding="utf-8").split(), "help guide")
    licenses = ran(program, "help", "licenses").stdout
    for each in ("## numpy ", "## pydicom ", "## pi_heif ", "## Python", "GNU LESSER GENERAL PUBLIC LICENSE"):
        hold(each.lower().replace("_", "-") in licenses.lower().replace("_", "-"), f"help licenses has {each}")
    said = ran(program, "doctor").stdout
    hold(said.count("digest ok") == 4, "four models with the digests that they must have")
    if sys.platform.startswith("linux"):
        hold("the system refuses every socket" in said, "the system refuses every socket")


def samples(program: str, place: Path) -> None:
    clean = place / "clean"
    before = os.times()
    ran(program, "clean", str(SAMPLES), "-o", str(clean), "-j", "2", "--no-progress")
    after = os.times()
    seconds = after.children_user + after.children_system - before.children_user - before.children_system
    print(f"cleaning the samples: {seconds:.0f} s of a processor")
    planted = json.loads((ROOT / "samples" / "planted.json").read_text(encoding="utf-8"))
    records = [json.loads(line) for line in (clean / "audit.jsonl").read_text(encoding="utf-8").splitlines()]
    inputs = [path for path in SAMPLES.rglob("*") if path.is_file()]
    hold(bool(planted) and len(records) == len(inputs), "a record for each sample")
    hold(all((clean / record["output_name"]).is_file() for record in records), "a copy of each sample")
    ran(program, "verify", str(clean), "--no-progress")


def staged(program: str, place: Path) -> None:
    """Git is a program of the system: it must not get the libraries of this one."""
    repository = place / "repository"
    repository.mkdir()
    shutil.copy(next(SAMPLES.rglob("*.dcm")), repository / "scan.dcm")
    for command in (("init", "-q"), ("add", "-A")):
        ran("git", "-C", str(repository), *command)
    found = ran(program, "check", "--text", "none", "--staged", cwd=repository, code=1).stdout
    hold("scan.dcm" in found, "check --staged finds what git has")


def page_in_a_browser(program: str) -> None:
    with subprocess.Popen([program, "ui", "--no-open"], stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        found = next((match for line in running.stderr if (match := _ADDRESS.search(line))), None)
        hold(found is not None, "ui says its address")
        assert found is not None
        with build_opener(HTTPCookieProcessor(CookieJar())).open(found[0], timeout=60) as answer:
            hold(answer.status == 200 and b"<main" in answer.read(), "ui answers with its page")
        running.terminate()
        code = running.wait(60)
    hold(sys.platform == "win32" or code == 143, "SIGTERM ends it as it ends scanscrub")


def ran(*command: str, cwd: Path | None = None, code: int = 0) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", check=False)
    hold(done.returncode == code, f"{' '.join(command[1:])} ends with {done.returncode}: {done.stderr[-2000:]}")
    return done


def hold(holds: object, what: str) -> None:
    if not holds:
        sys.exit(f"does not hold: {what}")


if __name__ == "__main__":
    main()
