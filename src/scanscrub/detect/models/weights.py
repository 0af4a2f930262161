"""Models that came with installed packages: found without importing the package, checked before they are loaded."""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from scanscrub.detect.adapter import ModelFile
from scanscrub.domain.errors import MissingDependencyError


@dataclass(frozen=True, slots=True)
class Model:
    """A model file we know: the package that ships it, its path in there, and the digest it must have.

    `elsewhere` is another such package and path, asked where the first has none: a source that was never built.
    """

    package: str
    path: str
    algorithm: Literal["sha256", "md5"]
    digest: str
    elsewhere: tuple[str, str] | None = None

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    def locate(self) -> Path | None:
        """The installed file, or None. `find_spec` of a top-level package executes nothing of it."""
        for package, path in filter(None, ((self.package, self.path), self.elsewhere)):
            folder = package_folder(package)
            if folder is not None and (folder / path).is_file():
                return folder / path
        return None

    def describe(self) -> ModelFile:
        path = self.locate()
        known = path is not None and _digest_of_file(path, path.stat(), self.algorithm) == self.digest
        return ModelFile(self.name, path, self.algorithm, self.digest, known)

    def load(self, install_command: str) -> bytes:
        """Read the file once and check what was read, so that the bytes checked are the bytes used.

        Raises `MissingDependencyError` where the file is absent or not the known one.
        """
        path = self.locate()
        if path is None:
            reason = f"The model {self.name} is not installed."
            raise MissingDependencyError(reason, install_command)
        data = path.read_bytes()
        if _digest(data, self.algorithm) != self.digest:
            reason = f"The model {self.name} is not the one this program knows; it was not loaded."
            raise MissingDependencyError(reason, install_command)
        return data


def package_folder(package: str) -> Path | None:
    """The folder of an installed top-level package, without importing it; None where there is none."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def missing_parts(modules: Iterable[tuple[str, str]], models: Iterable[Model]) -> tuple[str, ...]:
    """Of (distribution, module) pairs those not installed; when all are, the models absent or unknown."""
    absent = tuple(distribution for distribution, module in modules if find_spec(module) is None)
    return absent or tuple(model.name for model in models if not model.describe().digest_ok)


def _digest_of_file(path: Path, state: os.stat_result, algorithm: str) -> str:
    """Made once for a file that is not changed: several ask whether an engine can work."""
    return _digest_of_state(path, state.st_size, state.st_mtime_ns, algorithm)


@cache
def _digest_of_state(path: Path, size: int, changed: int, algorithm: str) -> str:
    del size, changed
    return _digest(path.read_bytes(), algorithm)


def _digest(data: bytes, algorithm: str) -> str:
    return hashlib.new(algorithm, data, usedforsecurity=False).hexdigest()
