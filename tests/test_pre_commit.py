"""The hooks of .pre-commit-hooks.yaml under the real pre-commit, in a real repository."""

import base64
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from factory_check import git, repository
from factory_dicom import ct_file
from factory_pictures import gray, saved

MANIFEST = Path(__file__).parents[1] / ".pre-commit-hooks.yaml"
SAMPLE = Path(__file__).parents[1] / "samples" / "files" / "mr-brain-t2.dcm"


def run(folder: Path, *arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    programs = str(Path(sys.executable).parent)
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home),
            "XDG_CACHE_HOME": str(home / "cache"),
            "PRE_COMMIT_HOME": str(home / "pre-commit"),
        },
    )


def commit_only(repo: Path, folder: Path) -> None:
    """Put `folder` in the place of the scans."""
    shutil.rmtree(repo / "scans")
    shutil.copytree(folder, repo / "scans")
    git(repo, "add", "-A")


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = repository(tmp_path / "in" / "repo")
    (folder / "scans").mkdir()
    (folder / "scans" / "ct.dcm").write_bytes(ct_file())
    (folder / "README.md").write_text("# A repository\n", encoding="utf-8")
    # As published, but run from this environment and not from one that pre-commit would install.
    hooks = MANIFEST.read_text(encoding="utf-8").replace("language: python", "language: system")
    config = "repos:\n- repo: local\n  hooks:\n" + "".join(f"  {line}\n" for line in hooks.splitlines())
    (folder / ".pre-commit-config.yaml").write_text(config, encoding="utf-8")
    git(folder, "add", "-A")
    return folder


def test_the_hook_stops_a_commit_and_lets_the_clean_copy_pass(repo: Path, tmp_path: Path) -> None:
    hook = ("pre_commit", "run", "scanscrub-check-headers", "--all-files")
    stopped = run(repo, *hook, home=tmp_path)
    assert stopped.returncode == 1, stopped.stdout + stopped.stderr
    assert "scans/ct.dcm\n  identity" in stopped.stdout
    assert "clean PATH -o DIR" in stopped.stdout
    cleaned = tmp_path / "clean"
    assert (
        run(repo, "scanscrub", "clean", "scans", "-o", str(cleaned), "--text", "none", home=tmp_path).returncode == 0
    )
    commit_only(repo, cleaned)
    passed = run(repo, *hook, home=tmp_path)
    assert passed.returncode == 0, passed.stdout + passed.stderr


def test_the_hook_that_looks_at_pixels_stops_writing_and_lets_the_clean_copy_pass(repo: Path, tmp_path: Path) -> None:
    """The header of what is committed is clean, so only the writing in the picture can stop it."""
    headers = ("scanscrub", "clean", "scans", "--text", "none", "-q", "-o")
    burned_in, cleaned = tmp_path / "in" / "burned-in", tmp_path / "clean"
    shutil.copy(SAMPLE, repo / "scans" / "ct.dcm")
    assert run(repo, *headers, str(burned_in), home=tmp_path).returncode == 0
    commit_only(repo, burned_in)
    assert run(repo, "pre_commit", "run", "scanscrub-check-headers", "--all-files", home=tmp_path).returncode == 0
    hook = ("pre_commit", "run", "scanscrub-check", "--all-files")
    stopped = run(repo, *hook, home=tmp_path)
    assert stopped.returncode == 1, stopped.stdout + stopped.stderr
    assert "P004" in stopped.stdout
    assert run(repo, "scanscrub", "clean", "scans", "-o", str(cleaned), "-q", home=tmp_path).returncode == 0
    commit_only(repo, cleaned)
    passed = run(repo, *hook, home=tmp_path)
    assert passed.returncode == 0, passed.stdout + passed.stderr


def test_the_hook_lets_a_plot_and_a_manual_pass(repo: Path, tmp_path: Path) -> None:
    shutil.rmtree(repo / "scans")
    info = PngInfo()
    info.add_text("Software", "Matplotlib version3.8.2, https://matplotlib.org/")
    Image.fromarray(gray()).save(repo / "plot.png", pnginfo=info)
    (repo / "manual.pdf").write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj << /Type /Page >> endobj\n")
    git(repo, "add", "-A")
    passed = run(repo, "pre_commit", "run", "scanscrub-check-headers", "--all-files", home=tmp_path)
    assert passed.returncode == 0, passed.stdout + passed.stderr
    config = repo / ".pre-commit-config.yaml"
    strict = config.read_text(encoding="utf-8").replace('args: ["--"]', "args: [--min-severity, hygiene, --]")
    config.write_text(strict, encoding="utf-8")
    git(repo, "add", "-A")
    stopped = run(repo, "pre_commit", "run", "scanscrub-check-headers", "--all-files", home=tmp_path)
    assert stopped.returncode == 1
    assert "plot.png" in stopped.stdout
    assert "manual.pdf" in stopped.stdout


def test_the_hook_sees_texts_as_check_does(repo: Path, tmp_path: Path) -> None:
    """As README and the hook's description say."""
    shutil.rmtree(repo / "scans")
    picture = base64.b64encode(saved(gray(), "JPEG", comment=b"made by hand")).decode()
    drawing = f"<svg xmlns='http://www.w3.org/2000/svg'><image href='data:image/jpeg;base64,{picture}'/></svg>\n"
    (repo / "drawing.svg").write_text(drawing, encoding="utf-8")
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'ab' * 32}\nsize 9\n"
    (repo / "ct.dcm").write_text(pointer, encoding="utf-8")
    git(repo, "add", "-A")
    hook = run(repo, "pre_commit", "run", "scanscrub-check-headers", "--all-files", home=tmp_path)
    assert hook.returncode == 1
    checked = run(repo, "scanscrub", "check", "--text", "none", "-f", "concise", home=tmp_path)
    assert checked.returncode == 1
    assert {line.split(":")[0] for line in checked.stdout.splitlines()} == {"drawing.svg!picture 1", "ct.dcm"}
    assert all(name in hook.stdout for name in ("drawing.svg", "ct.dcm"))


def test_the_manifest_is_valid(tmp_path: Path) -> None:
    checked = run(tmp_path, "pre_commit", "validate-manifest", str(MANIFEST), home=tmp_path)
    assert checked.returncode == 0, checked.stdout


def test_a_file_called_like_an_option_is_none(repo: Path, tmp_path: Path) -> None:
    shutil.move(repo / "scans" / "ct.dcm", repo / "--exit-zero")
    git(repo, "add", "-A")
    stopped = run(repo, "pre_commit", "run", "scanscrub-check-headers", "--all-files", home=tmp_path)
    assert stopped.returncode == 1, stopped.stdout + stopped.stderr
