"""Which test modules are fast: those of parts. One that imports a whole run, a model or what starts programs is not,
nor is one that counts steps (`sys`) or walks through all files of the source.

So `pytest -m fast` needs no list, and stays as fast as its parts are.
"""

import ast
from functools import cache
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent
_SLOW: Final = (
    "sys", "subprocess", "multiprocessing", "hypothesis", "highdicom", "cv2", "onnxruntime", "openvino", "dask",
    "distributed", "scanscrub.api", "scanscrub.cli", "scanscrub.detect", "scanscrub.execute", "scanscrub.pipeline",
)  # fmt: skip
"""To be imported by a fast test, or by what it imports of the tests: none of these."""


@cache
def is_fast(module: Path) -> bool:
    """Whether this test module, and all that it imports of this folder, is of parts."""
    walks = module.name.startswith("test_") and "rglob" in module.read_text(encoding="utf-8")
    return not walks and not any(map(_is_slow, _imported(module)))


def _is_slow(name: str) -> bool:
    if any(name == slow or name.startswith(f"{slow}.") for slow in _SLOW):
        return True
    beside = _HERE / f"{name}.py"
    return beside.is_file() and not is_fast(beside)


def _imported(module: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names
