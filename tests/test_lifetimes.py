"""Nothing outlives its file: no error is shared between files, and no patient value stays behind a run."""

import ast
import builtins
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

import scanscrub

SOURCES = sorted(Path(scanscrub.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(SOURCES[0].parent).as_posix())
def test_errors_are_made_where_they_are_raised(path: Path) -> None:
    """One that a module keeps would hold each file's bytes, by the frames of its traceback, as long as we run."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not list(_kept_errors(tree, path)), "an error of the module's"
    assert not [one for one in _raised_names(tree) if one.lstrip("_").isupper()], "a constant is raised"


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
