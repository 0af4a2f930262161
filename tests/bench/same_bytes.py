"""Whether two commits make the same copies: samples and public files, cleaned by each under one key.

    python tests/bench/same_bytes.py OLD NEW [--public 100] [--profile share] [--text none]

Each commit is checked out beside the other and run in this environment. Prints the inputs whose copies differ, by
number, and what became of them; exits with 1 where there are any. `--public` takes so many files of pydicom's data.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commits", nargs=2, metavar="COMMIT")
    parser.add_argument("--public", type=int, default=100)
    parser.add_argument("--profile", default="share")
    parser.add_argument("--text", default="none")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        key = folder / "study.key"
        key.write_text("5c" * 32)
        key.chmod(0o600)
        inputs = [*sorted((ROOT / "samples" / "files").rglob("*")), *public_files(options.public)]
        scans = folder / "scans"
        scans.mkdir()
        for number, path in enumerate(path for path in inputs if path.is_file()):
            (scans / f"{number:04}").symlink_to(path)
        results = [made_by(commit, folder, key, options) for commit in options.commits]
    return compare(*results)


def public_files(count: int) -> list[Path]:
    """So many of pydicom's test files, evenly spread over their names."""
    from pydicom.data import get_testdata_files  # noqa: PLC0415 - pydicom-data is installed for the gate only

    found = sorted({Path(path) for path in get_testdata_files()})
    step = max(1, len(found) // max(count, 1))
    return found[::step][:count]


def made_by(commit: str, folder: Path, key: Path, options: argparse.Namespace) -> dict[int, tuple[str, str]]:
    """By input number: how it ended, and the digest of its copy."""
    tree = folder / commit.replace("/", "-")
    subprocess.run(["git", "-C", ROOT, "worktree", "add", "--detach", "--quiet", tree, commit], check=True)
    output = folder / f"clean-{tree.name}"
    scans = [str(path.resolve()) for path in sorted((folder / "scans").iterdir())]
    command = [sys.executable, "-m", "scanscrub", "clean", *scans, "-o", str(output), "-y", "--no-progress", "-q"]
    command += ["--key", str(key), "--isolated", "-p", options.profile, "--text", options.text, "-j", "1"]
    try:
        subprocess.run(command, env={**os.environ, "PYTHONPATH": str(tree / "src")}, check=False, cwd=folder)
        return dict(records(output))
    finally:
        subprocess.run(["git", "-C", ROOT, "worktree", "remove", "--force", tree], check=True)


def records(output: Path) -> list[tuple[int, tuple[str, str]]]:
    found = []
    for line in (output / "audit.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        copy = record.get("output_name")
        digest = hashlib.sha256((output / copy).read_bytes()).hexdigest() if copy else ""
        found.append((int(record["input_ref"]["number"]), (str(record["status"]), digest)))
    return found


def compare(old: dict[int, tuple[str, str]], new: dict[int, tuple[str, str]]) -> int:
    differ = [number for number in sorted(old.keys() | new.keys()) if old.get(number) != new.get(number)]
    for number in differ:
        print(number, old.get(number), new.get(number))
    print(f"{len(old)} and {len(new)} inputs, {len(differ)} differ")
    return 1 if differ or not old else 0


if __name__ == "__main__":
    sys.exit(main())
