"""What an engine module offers: it says whether it can work, what it lacks, and builds its detector."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from scanscrub.detect.base import TextDetector, TextReader


@dataclass(frozen=True, slots=True)
class DetectSettings:
    """How engines are built.

    `threads` is the number of threads of one detector, 0 for the number of processors. `runtime` chooses what
    executes ONNX models; ``"auto"`` takes OpenVINO where it is installed, ONNX Runtime otherwise. `memory` is
    how many tiles a detector remembers, so that equal tiles of successive frames are looked at once; 0 for none.
    No setting but `runtime` changes a result.
    """

    threads: int = 0
    runtime: Literal["auto", "onnxruntime", "openvino"] = "auto"
    memory: int = 512


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model of an installed package: where it lies (None: not installed) and the digest it must have."""

    name: str
    path: Path | None
    algorithm: Literal["sha256", "md5"]
    digest: str
    digest_ok: bool


class EngineAdapter(Protocol):
    """One engine. Nothing heavy is imported before `build`."""

    @property
    def name(self) -> str: ...

    @property
    def REQUIRES(self) -> tuple[str, ...]:  # noqa: N802 - the word pydicom's plugins use for the same
        """The distributions it needs."""
        ...

    @property
    def install_command(self) -> str: ...

    def missing(self) -> tuple[str, ...]:
        """What it lacks: distributions, or models that are absent or not the known ones."""
        ...

    def models(self) -> Sequence[ModelFile]: ...

    def build(self, settings: DetectSettings) -> TextDetector:
        """Load the models. Raises `MissingDependencyError` where something is missing."""
        ...

    def build_reader(self, settings: DetectSettings) -> TextReader:
        """Load the recognizer. Raises `MissingDependencyError` where something is missing."""
        ...
