"""Nothing outlives its file: no error is shared between files, and no patient value stays behind a run."""

import ast
import builtins
import gc
import importlib
from collections.abc import Iterator
from functools import _lru_cache_wrapper, lru_cache
from pathlib import Path

import pytest

import scanscrub
from conftest import CANARY
from factory_dicom import ct_file
from factory_pixels import image
from scanscrub import CheckOptions, CleanOptions, check, clean, verify
from scanscrub.domain.audit import Status
from scanscrub.domain.errors import no_memory
from scanscrub.domain.phi import Phi
from scanscrub.formats.dicom.document import DicomDocument
from scanscrub.system.file_cache import forget_patient

SOURCES = sorted(Path(scanscrub.__file__).parent.rglob("*.py"))


def test_errors_are_made_where_they_are_raised() -> None:
    """One that a module keeps would hold each file's bytes, by the frames of its traceback, as long as we run."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}
    assert [(path, error) for path, tree in trees.items() for error in _kept_errors(tree, path)] == []
    raised = [(path, name) for path, tree in trees.items() for name in _raised_names(tree)]
    assert [(path, name) for path, name in raised if name.lstrip("_").isupper()] == [], "a constant is raised"


def _kept_errors(tree: ast.Module, path: Path) -> Iterator[str]:
    """Calls outside functions that make an error: of its classes, by their names in that module."""
    module = importlib.import_module(_module_name(path)) if path.name != "__main__.py" else None
    for statement in tree.body:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                made = getattr(module, node.func.id, getattr(builtins, node.func.id, None))
                if isinstance(made, type) and issubclass(made, BaseException):
                    yield ast.unparse(node)


def _module_name(path: Path) -> str:
    parts = path.relative_to(SOURCES[0].parent.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _raised_names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name):
            yield node.exc.id


def values_alive() -> list[Phi]:
    gc.collect()
    return [each for each in gc.get_objects() if isinstance(each, Phi)]


@pytest.mark.parametrize("text", ["none", "all"])
def test_no_value_outlives_a_run(tmp_path: Path, text: str) -> None:
    inputs = tmp_path / "in"
    inputs.mkdir()
    (inputs / "a.dcm").write_bytes(ct_file())
    (inputs / "cut.dcm").write_bytes(ct_file()[:-40])
    (inputs / "b.dcm").write_bytes(image((30, 30), bytes(900), more={"PatientName": f"{CANARY}^Jane"}))
    forget_patient()  # what the tests before this one asked
    before = {id(each) for each in values_alive()}
    earlier = set(_texts_kept())
    modes = CleanOptions(text=text, jobs=1), CheckOptions(text=text, jobs=1, cache=False, ignore=False)
    list(clean([inputs], None, modes[0]))
    list(clean([inputs], tmp_path / "out", modes[0]))
    list(verify(tmp_path / "out", modes[0]))
    check([inputs], modes[1])
    assert not [each for each in values_alive() if id(each) not in before]
    assert set(_texts_kept()) <= earlier


def _texts_kept() -> Iterator[str]:
    """Texts of the patient's that a cache of a function holds."""
    for cache in gc.get_objects():
        if isinstance(cache, _lru_cache_wrapper):
            yield from (text for text in _texts_in(cache, 6) if CANARY.lower() in text.lower())


def _texts_in(holder: object, depth: int) -> Iterator[str]:
    for held in gc.get_referents(holder):
        if isinstance(held, str):
            yield held
        elif (depth and isinstance(held, (dict, tuple, list, set, frozenset))) or type(held).__name__.startswith(
            "_lru"
        ):
            yield from _texts_in(held, depth - 1)


def test_a_cache_that_holds_a_text_is_noticed() -> None:
    earlier = set(_texts_kept())  # of tests that ran no whole file
    remembering = lru_cache(len)
    assert remembering(f"{CANARY}^Jane of a cache")
    assert set(_texts_kept()) - earlier == {f"{CANARY}^Jane of a cache"}


def test_lack_of_memory_is_a_sentence_for_that_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = tmp_path / "in"
    inputs.mkdir()
    (inputs / "a.dcm").write_bytes(ct_file())
    (inputs / "b.dcm").write_bytes(ct_file(patient_id="other"))
    whole = DicomDocument.inspect
    files: list[object] = []

    def hungry(document: DicomDocument) -> object:
        if not files or files[0] == document.source:
            files.append(document.source)
            raise MemoryError
        return whole(document)

    monkeypatch.setattr(DicomDocument, "inspect", hungry)
    first, second = clean([inputs], tmp_path / "out", CleanOptions(text="none", jobs=1))
    assert (first.status, first.refusal) == (Status.REFUSED, no_memory().refusal)
    assert second.output_name is not None
