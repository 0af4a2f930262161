"""Put the PP-OCRv6 models into the package when it is built, out of the rapidocr that the build requires.

So that whoever installs scanscrub gets two files, and not a library with eleven more, one of which is made to
download. A wheel gets them beside `scanscrub/detect/models`; an editable installation finds them in the source, where
git ignores them.
"""

import hashlib
import shutil
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WHERE = "scanscrub/detect/models"
MODELS = {
    "PP-OCRv6_det_small.onnx": "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    "PP-OCRv6_rec_small.onnx": "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
}
"""Each with its SHA-256; a test holds them to those that the program asks for."""
LICENSES = ("LICENSE", "MODEL_LICENSES.md")


class TakeModels(BuildHookInterface):  # type: ignore[type-arg]
    """See the module."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Raises `FileNotFoundError` and `ValueError`: without the right models nothing is built."""
        source = Path(self.root) / "src" / WHERE
        found = {name: self._checked(name, source, digest) for name, digest in MODELS.items()}
        found |= dict(_license(name, source) for name in LICENSES)
        if version == "editable":
            for name, path in found.items():
                if path != source / name:
                    shutil.copyfile(path, source / name)
            return
        for name, path in found.items():
            build_data["force_include"][str(path)] = f"{WHERE}/{name}"

    @staticmethod
    def _checked(name: str, source: Path, digest: str) -> Path:
        path = _of_rapidocr(f"rapidocr/models/{name}") or source / name
        if not path.is_file():
            reason = f"{name} is not there: build with rapidocr==3.10.0 installed, as pyproject.toml requires."
            raise FileNotFoundError(reason)
        if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            reason = f"{name} is not the model that scanscrub knows."
            raise ValueError(reason)
        return path


def _of_rapidocr(file: str) -> Path | None:
    try:
        path = Path(str(distribution("rapidocr").locate_file(file)))
    except PackageNotFoundError:
        return None
    return path if path.is_file() else None


def _license(name: str, source: Path) -> tuple[str, Path]:
    """The models are MIT's and Apache's: whoever hands them on hands on their licenses."""
    called = f"PP-OCRv6_{name}"
    path = _of_rapidocr(f"rapidocr-3.10.0.dist-info/licenses/{name}") or source / called
    if not path.is_file():
        reason = f"The license {called} is not there: build with rapidocr==3.10.0 installed."
        raise FileNotFoundError(reason)
    return called, path
