import os
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conftest import CANARY
from scanscrub import CleanOptions, clean
from scanscrub.archives import allowance
from scanscrub.domain.errors import OutputUnusableError, RefusedFile, UsageError
from scanscrub.inputs.find import Scope, find_inputs
from scanscrub.output import staging
from scanscrub.output.staging import prepare_output, staged_file, staging_folder


@pytest.fixture(params=["anonymous", "folder"])
def root(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An output folder, on a system with and without anonymous files."""
    if request.param == "folder":
        monkeypatch.setattr(staging, "_anonymous", lambda _root: None)
    elif not hasattr(os, "O_TMPFILE"):
        pytest.skip("this system has no anonymous files")
    folder = tmp_path / "out"
    prepare_output(folder, resume=False)
    return folder


def test_a_staged_file_has_no_name_until_it_is_published(root: Path) -> None:
    with staged_file(root) as file:
        file.stream.write(b"copy")
        assert list(root.iterdir()) == []
        with file.reopened() as stream:
            assert stream.read() == b"copy"
        assert file.publish(root, "a/b.dcm") == "a/b.dcm"
    assert (root / "a" / "b.dcm").read_bytes() == b"copy"
    assert not staging_folder(root).exists()


def test_a_file_that_is_not_published_leaves_nothing(root: Path) -> None:
    with staged_file(root) as file:
        file.stream.write(b"copy")
    assert list(root.iterdir()) == []
    assert not staging_folder(root).exists()


def test_workers_take_each_other_no_folder_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "_anonymous", lambda _root: None)

    def stage(number: int) -> None:
        for turn in range(200):
            with staged_file(tmp_path / "out") as file:
                file.publish(tmp_path / "out", f"{number}-{turn}")

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(stage, range(4)))
    assert len(list((tmp_path / "out").iterdir())) == 800
    assert not staging_folder(tmp_path / "out").exists()


def test_a_taken_name_is_never_written_over(root: Path) -> None:
    names = []
    for content in (b"1", b"2", b"3"):
        with staged_file(root) as file:
            file.stream.write(content)
            names.append(file.publish(root, "x.dcm"))
    assert names == ["x.dcm", "x-2.dcm", "x-3.dcm"]
    assert [(root / name).read_bytes() for name in names] == [b"1", b"2", b"3"]


def test_an_output_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputUnusableError):
        prepare_output(tmp_path, resume=False)
    prepare_output(tmp_path, resume=True)


def test_folders_give_their_files_in_name_order_and_links_are_not_followed(tmp_path: Path) -> None:
    inputs = tmp_path / "in"
    (inputs / "b").mkdir(parents=True)
    (inputs / "b" / "2").write_bytes(b"")
    (inputs / "a").write_bytes(b"")
    (inputs / "c").symlink_to(inputs / "a")
    (inputs / "loop").symlink_to(inputs)
    os.mkfifo(inputs / "pipe")
    assert [(item.number, Path(item.path).name) for item in find_inputs([inputs], Scope())] == [(1, "a"), (2, "2")]


def test_the_output_folder_inside_the_input_is_left_out(tmp_path: Path) -> None:
    inputs = tmp_path / "in"
    (inputs / "out").mkdir(parents=True)
    (inputs / "out" / "copy").write_bytes(b"")
    (inputs / "a").write_bytes(b"")
    assert [Path(item.path).name for item in find_inputs([inputs], Scope(outside=inputs / "out"))] == ["a"]


def test_an_archive_is_looked_into(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    archive = tmp_path / "in" / "cd.zip"
    with zipfile.ZipFile(archive, "w") as stream:
        stream.writestr("IMAGES/2", CANARY)
        stream.writestr("IMAGES/1", "one")
        with pytest.warns(UserWarning, match="Duplicate"):
            stream.writestr("IMAGES/1", "another")
    items = list(find_inputs([archive], Scope()))
    assert [item.member for item in items] == ["IMAGES/1", "IMAGES/1", "IMAGES/2"]
    contents = []
    for item in items[:2]:
        with item.open() as stream:
            contents.append(stream.read())
    assert contents == [b"one", b"another"]


def test_an_archive_that_inflates_without_end_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "ALWAYS_READ", 1 << 20)
    (tmp_path / "in").mkdir()
    with zipfile.ZipFile(tmp_path / "in" / "cd.zip", "w", zipfile.ZIP_DEFLATED) as stream:
        for number in range(3):
            stream.writestr(f"{number}.dcm", bytes(1 << 19))
    assert [item.member for item in find_inputs([tmp_path / "in"], Scope())] == [None]
    (record,) = clean([tmp_path / "in" / "cd.zip"], tmp_path / "out", CleanOptions(text="none"))
    assert record.refusal is not None


def test_a_path_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        list(find_inputs([tmp_path / "nowhere"], Scope()))


def test_a_file_that_vanished_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    file = tmp_path / "in" / "a"
    file.write_bytes(b"")
    item = next(find_inputs([file], Scope()))
    file.unlink()
    with pytest.raises(RefusedFile):
        item.open()
