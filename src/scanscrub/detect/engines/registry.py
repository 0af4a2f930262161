"""The registry of engines, and what the pipeline builds from it."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from scanscrub.detect.adapter import DetectSettings, EngineAdapter
from scanscrub.detect.base import TextDetector, TextReader
from scanscrub.detect.engines import easyocr, ppocr
from scanscrub.detect.lines.combine import Union
from scanscrub.domain.errors import MissingDependencyError, UsageError

ENGINES: Mapping[str, EngineAdapter] = MappingProxyType(
    {adapter.name: adapter for adapter in (ppocr.ENGINE, easyocr.ENGINE)}
)
DEFAULT = (ppocr.ENGINE.name,)


def build_detector(names: Sequence[str] = DEFAULT, settings: DetectSettings | None = None) -> TextDetector:
    """One detector that finds what any of the named engines finds.

    Raises `UsageError` for an unknown name and `MissingDependencyError` for an engine that cannot work.
    """
    settings = settings or DetectSettings()
    detectors = [usable(name).build(settings) for name in dict.fromkeys(names or DEFAULT)]
    return detectors[0] if len(detectors) == 1 else Union(detectors)


def build_second_look(names: Sequence[str] = DEFAULT, settings: DetectSettings | None = None) -> TextDetector:
    """What looks at a cleaned copy again: another detector than any built from `names`, and precise.

    It finds what a person would call writing at a glance, and leaves clean anatomy alone.
    """
    del names  # it differs from every choice
    usable(ppocr.ENGINE.name)
    return ppocr.ENGINE.build_second_look(settings or DetectSettings())


def build_reader(names: Sequence[str] = DEFAULT, settings: DetectSettings | None = None) -> TextReader:
    """The recognizer of the first named engine."""
    return usable((names or DEFAULT)[0]).build_reader(settings or DetectSettings())


def usable(name: str) -> EngineAdapter:
    adapter = ENGINES.get(name)
    if adapter is None:
        raise UsageError("There is no such engine.", f"Choose from: {', '.join(ENGINES)}.")
    missing = adapter.missing()
    if missing:
        reason = f"The engine {name} cannot work: missing {', '.join(missing)}."
        raise MissingDependencyError(reason, adapter.install_command)
    return adapter
