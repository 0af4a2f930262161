import os
from pathlib import Path

import pytest

from factory_check import commit, git, repository
from scanscrub.domain.errors import RefusedFile, UsageError
from scanscrub.inputs import git_blobs
from scanscrub.inputs.folder import files_below
from scanscrub.inputs.git import history, staged, unignored, work_tree
from scanscrub.inputs.git_blobs import BlobStore


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return repository(tmp_path / "in" / "repo")


def contents(repo: Path, *oids: str) -> list[bytes]:
    with BlobStore(repo) as store:
        return [stream.read() for oid in oids if (stream := store.open(oid, lambda _: True)) is not None]


def test_staged_blobs_are_read_from_the_index_and_not_from_the_disk(repo: Path) -> None:
    (repo / "a").write_bytes(b"staged")
    git(repo, "add", "a")
    (repo / "a").write_bytes(b"changed since")
    (repo / "b").write_bytes(b"not staged")
    (one,) = staged(repo)
    assert (one.path, contents(repo, one.oid)) == ("a", [b"staged"])


def test_what_was_committed_before_is_not_staged(repo: Path) -> None:
    (repo / "a").write_bytes(b"1")
    commit(repo)
    (repo / "b").write_bytes(b"2")
    git(repo, "add", "b")
    git(repo, "rm", "-q", "a")
    assert [blob.path for blob in staged(repo)] == ["b"]


def test_staged_blobs_can_be_narrowed_to_paths(repo: Path) -> None:
    for name in ("a", "b"):
        (repo / name).write_bytes(name.encode())
    git(repo, "add", "-A")
    assert [blob.path for blob in staged(repo, [repo / "b"])] == ["b"]


def test_history_has_every_version_once_with_the_commit_that_brought_it(repo: Path) -> None:
    (repo / "scan").write_bytes(b"first")
    first = commit(repo)
    (repo / "scan").write_bytes(b"second")
    (repo / "copy").write_bytes(b"first")
    second = commit(repo)
    (repo / "scan").unlink()
    commit(repo)
    found = {(blob.path, blob.commit): contents(repo, blob.oid) for blob in history(repo)}
    assert found == {("scan", first): [b"first"], ("scan", second): [b"second"]}


def test_history_has_what_only_a_merge_another_branch_or_a_tag_holds(repo: Path) -> None:
    (repo / "a").write_bytes(b"a")
    commit(repo)
    git(repo, "checkout", "-q", "-b", "side")
    (repo / "side").write_bytes(b"side")
    commit(repo)
    git(repo, "checkout", "-q", "main")
    git(repo, "merge", "-q", "--no-ff", "--no-commit", "side")
    (repo / "merge").write_bytes(b"merge")
    commit(repo)
    (repo / "loose").write_bytes(b"tagged")
    git(repo, "tag", "only", git(repo, "hash-object", "-w", "loose"))
    git(repo, "checkout", "-q", "-b", "third")
    (repo / "third").write_bytes(b"third")
    commit(repo)
    git(repo, "checkout", "-q", "main")
    found = [blob.oid for blob in history(repo)]
    assert len(found) == len(set(found))
    assert set(contents(repo, *found)) >= {b"a", b"side", b"merge", b"tagged", b"third"}


@pytest.mark.parametrize("usual", ["cc", "off"])
def test_what_a_merge_brought_in_has_its_commit_however_git_is_set_up_to_show_merges(repo: Path, usual: str) -> None:
    (repo / "a").write_bytes(b"a")
    commit(repo)
    git(repo, "checkout", "-q", "-b", "side")
    (repo / "side").write_bytes(b"side")
    commit(repo)
    git(repo, "checkout", "-q", "-b", "again", "main")
    git(repo, "merge", "-q", "--no-ff", "--no-commit", "side")
    (repo / "merge").write_bytes(b"merge")
    merge = commit(repo)
    git(repo, "config", "log.diffMerges", usual)
    assert merge in {blob.commit for blob in history(repo) if blob.path == "merge"}


def test_names_with_newlines_quotes_and_odd_bytes_survive(repo: Path) -> None:
    name = os.fsdecode(b'odd \n\t"\xff name')
    (repo / name).write_bytes(b"x")
    commit(repo)
    assert [blob.path for blob in history(repo)] == [name]
    assert unignored(repo) == (name,)


def test_a_staged_link_is_no_file(repo: Path) -> None:
    (repo / "link").symlink_to("nowhere")
    (repo / "file").write_bytes(b"1")
    git(repo, "add", "-A")
    assert [blob.path for blob in staged(repo)] == ["file"]


def test_a_blob_is_read_to_its_end_only_where_its_beginning_is_wanted(repo: Path) -> None:
    (repo / "big").write_bytes(b"no" + bytes(3 << 20))
    (repo / "small").write_bytes(b"yes")
    commit(repo)
    oids = {blob.path: blob.oid for blob in history(repo)}
    with BlobStore(repo) as store:
        assert store.open(oids["big"], lambda head: head.startswith(b"yes")) is None
        small = store.open(oids["small"], lambda head: head.startswith(b"yes"))
        assert small is not None
        assert small.read() == b"yes"


def test_a_blob_too_large_for_memory_is_refused_and_the_next_one_read(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_blobs, "LARGEST_BLOB", 1 << 20)
    (repo / "big").write_bytes(bytes(3 << 20))
    (repo / "small").write_bytes(b"yes")
    commit(repo)
    oids = {blob.path: blob.oid for blob in history(repo)}
    with BlobStore(repo) as store:
        with pytest.raises(RefusedFile):
            store.open(oids["big"], lambda _: True)
        assert store.open(oids["small"], lambda _: True) is not None


def test_a_missing_blob_is_refused(repo: Path) -> None:
    with BlobStore(repo) as store, pytest.raises(RefusedFile):
        store.open("0123456789" * 4, lambda _: True)


def test_outside_a_work_tree_there_is_nothing_to_ask_git(tmp_path: Path) -> None:
    assert work_tree(tmp_path) is None
    assert unignored(tmp_path) is None
    with pytest.raises(UsageError):
        staged(tmp_path)


def test_ignored_files_are_left_out_unless_asked_for_or_tracked(repo: Path) -> None:
    (repo / "sub").mkdir()
    for name in ("kept", "skipped.tmp", "tracked.tmp", "sub/skipped.tmp", "sub/kept"):
        (repo / name).write_bytes(b"x")
    (repo / ".gitignore").write_text("*.tmp\n", encoding="utf-8")
    git(repo, "add", "-f", "tracked.tmp")
    respected = [path.relative_to(repo).as_posix() for path in files_below(repo, respect_ignore=True)]
    assert respected == [".gitignore", "kept", "sub/kept", "tracked.tmp"]
    everything = {path.relative_to(repo).as_posix() for path in files_below(repo, respect_ignore=False)}
    assert everything == {".gitignore", "kept", "sub/kept", "tracked.tmp", "skipped.tmp", "sub/skipped.tmp"}


def test_in_a_hook_of_a_linked_work_tree_tracked_files_are_not_taken_for_ignored_ones(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repo / "a").write_bytes(b"a")
    commit(repo)
    linked = tmp_path / "linked"
    git(repo, "worktree", "add", "-q", str(linked), "-b", "side")
    (linked / "sub").mkdir()
    (linked / "sub" / "tracked.tmp").write_bytes(b"x")
    (linked / "sub" / ".gitignore").write_text("*.tmp\n", encoding="utf-8")
    git(linked, "add", "-f", "sub/tracked.tmp")
    monkeypatch.chdir(linked)
    monkeypatch.setenv("GIT_DIR", git(linked, "rev-parse", "--absolute-git-dir"))
    found = [path.name for path in files_below(linked / "sub", respect_ignore=True)]
    assert found == [".gitignore", "tracked.tmp"]


def test_a_repository_inside_is_walked_by_its_own_rules(repo: Path) -> None:
    inner = repository(repo / "inner")
    (inner / "file").write_bytes(b"x")
    (inner / "not.tmp").write_bytes(b"x")
    (inner / ".gitignore").write_text("*.tmp\n", encoding="utf-8")
    assert inner / "file" in set(files_below(repo, respect_ignore=True))
    assert inner / "not.tmp" not in set(files_below(repo, respect_ignore=True))


def test_an_ignored_file_that_is_named_is_looked_at(repo: Path) -> None:
    (repo / ".gitignore").write_text("*.tmp\n", encoding="utf-8")
    (repo / "a.tmp").write_bytes(b"x")
    assert list(files_below(repo / "a.tmp", respect_ignore=True)) == [repo / "a.tmp"]


def test_loops_pipes_and_dangling_links_do_not_stop_the_walk(tmp_path: Path) -> None:
    folder = tmp_path / "in" / "poisoned"
    folder.mkdir(parents=True)
    (folder / "loop").symlink_to(folder)
    (folder / "dangling").symlink_to("nowhere")
    os.mkfifo(folder / "pipe")
    (folder / "file").write_bytes(b"x")
    assert list(files_below(folder, respect_ignore=True)) == [folder / "file"]
    assert list(files_below(folder / "pipe", respect_ignore=True)) == []


def test_the_history_of_a_shallow_clone_is_refused(repo: Path, tmp_path: Path) -> None:
    for content in (b"first", b"second"):
        (repo / "scan").write_bytes(content)
        commit(repo)
    shallow = tmp_path / "in" / "shallow"
    git(repo, "clone", "-q", "--depth=1", f"file://{repo}", str(shallow))
    with pytest.raises(UsageError) as refused:
        list(history(shallow))
    assert "--unshallow" in (refused.value.hint or "")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
@pytest.mark.parametrize("mode", [0o000, 0o400, 0o100])
@pytest.mark.parametrize("tracked", [True, False])
def test_what_lies_in_a_closed_folder_does_not_pass_unseen(repo: Path, mode: int, *, tracked: bool) -> None:
    for name in ("closed", "ignored"):
        (repo / name).mkdir()
        (repo / name / "scan").write_bytes(b"x")
    (repo / ".gitignore").write_text("ignored\n", encoding="utf-8")
    if tracked:
        git(repo, "add", "closed")
    for name in ("closed", "ignored"):
        (repo / name).chmod(mode)
    try:
        found = {path.relative_to(repo).as_posix() for path in files_below(repo, respect_ignore=True)}
    finally:
        for name in ("closed", "ignored"):
            (repo / name).chmod(0o700)
    assert found - {".gitignore"}
    assert found <= {".gitignore", "closed", "closed/scan"}
