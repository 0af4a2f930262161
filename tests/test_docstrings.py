"""The contracts of public functions say what nobody sees in a signature: shapes of arrays, and what is raised.

A command's docstring is what ``--help`` shows, so it says with which code it exits instead. Not yet of `detect`.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import scanscrub

ROOT = Path(scanscrub.__file__).parent
SHAPE = re.compile(r"``\([^`]+\)``")
RAISED = re.compile(r"[Rr]aises?(:| `\w+`| nothing)")
EXITS = re.compile(r"\b[Ee]xit \d")


@cache
def public_functions() -> tuple[tuple[str, ast.FunctionDef], ...]:
    """Functions of modules and classes whose names have no underscore in front, with their places."""
    sources = (path for path in ROOT.rglob("*.py") if "detect" not in set(path.relative_to(ROOT).parts))
    return tuple(
        (f"{path.relative_to(ROOT)}:{function.lineno} {function.name}", function)
        for path in sources
        for function in _functions(ast.parse(path.read_text(encoding="utf-8")))
    )


def _functions(within: ast.Module | ast.ClassDef) -> Iterator[ast.FunctionDef]:
    for node in within.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            if isinstance(node, ast.FunctionDef):
                yield node
            else:
                yield from _functions(node)


@cache
def contracts(name: str) -> str:
    """What functions of that name say: one without a docstring does what the one says that it implements."""
    return " ".join(ast.get_docstring(function) or "" for _, function in public_functions() if function.name == name)


def contract(function: ast.FunctionDef) -> str:
    return " ".join((ast.get_docstring(function) or contracts(function.name)).split())


def takes_or_gives_an_array(function: ast.FunctionDef) -> bool:
    returned = ast.unparse(function.returns) if function.returns else ""
    return "NDArray" in ast.unparse(function.args) + returned


def is_command(place: str) -> bool:
    return place.startswith("cli/") and not place.startswith("cli/terminal/")


def raises(function: ast.FunctionDef) -> bool:
    """Whether its own code does, or hands one on as another."""
    nodes = list(function.body)
    while nodes:
        node: ast.AST = nodes.pop()
        if isinstance(node, ast.Raise) and node.exc is not None:
            return True
        if not isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            nodes += ast.iter_child_nodes(node)  # type: ignore[arg-type] # a list of statements, and of all below them
    return False


def test_a_function_on_arrays_gives_their_shape() -> None:
    """Their type is in the signature, but where it is any."""
    arrays = [(place, function) for place, function in public_functions() if takes_or_gives_an_array(function)]
    assert len(arrays) > 40
    assert [place for place, function in arrays if not SHAPE.search(contract(function))] == []


def test_a_function_that_raises_says_what() -> None:
    raising = [(place, function) for place, function in public_functions() if raises(function)]
    assert len(raising) > 90
    silent = [(place, function) for place, function in raising if not RAISED.search(contract(function))]
    assert [place for place, function in silent if not (is_command(place) and EXITS.search(contract(function)))] == []
