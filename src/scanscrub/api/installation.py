"""What works on this machine: engines with their models, codecs, and extras that are installed or not."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from typing import Final

from scanscrub.detect.adapter import EngineAdapter
from scanscrub.detect.engines.registry import DEFAULT, ENGINES

_CODECS: Final = (
    ("pylibjpeg-openjpeg", "JPEG 2000, HTJ2K"),
    ("pylibjpeg-rle", "RLE"),
    ("pyjpegls", "JPEG-LS"),
    ("pillow", "JPEG, PNG, TIFF, GIF, BMP, WebP, AVIF"),
    ("pi-heif", "HEIC"),
    ("pypdfium2", "PDF"),
    ("zxing-cpp", "bar codes, QR codes"),
)
_EXTRAS: Final = (("openvino", "faster runtime"), ("distributed", "several machines (--executor dask)"))


@dataclass(frozen=True, slots=True)
class EngineState:
    """A text detector. It works where nothing is `missing`; `models` are those that are installed, by name, and
    whether each has the digest that it must have.
    """

    name: str
    is_default: bool
    models: tuple[tuple[str, bool], ...]
    missing: tuple[str, ...]
    install_command: str


@dataclass(frozen=True, slots=True)
class PackageState:
    """A distribution and what it is for; its `version`, or None where it is not installed."""

    name: str
    purpose: str
    version: str | None


@dataclass(frozen=True, slots=True)
class Installation:
    """What `examine_installation` found; `missing` are the names of what no run can do without."""

    engines: tuple[EngineState, ...]
    codecs: tuple[PackageState, ...]
    extras: tuple[PackageState, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        engines = [engine.name for engine in self.engines if engine.is_default and engine.missing]
        return (*engines, *(codec.name for codec in self.codecs if codec.version is None))


def examine_installation() -> Installation:
    """What is installed and what is not. Reads the models to compare their digests; changes nothing."""
    return Installation(tuple(map(_engine, ENGINES.values())), _packages(_CODECS), _packages(_EXTRAS))


def _engine(engine: EngineAdapter) -> EngineState:
    models = tuple((model.name, model.digest_ok) for model in engine.models() if model.path is not None)
    return EngineState(engine.name, engine.name in DEFAULT, models, engine.missing(), engine.install_command)


def _packages(wanted: Iterable[tuple[str, str]]) -> tuple[PackageState, ...]:
    return tuple(PackageState(name, purpose, _version(name)) for name, purpose in wanted)


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
