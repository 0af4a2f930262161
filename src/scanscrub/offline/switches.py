"""Each library's own switch against telemetry and downloads. They are read when a library is loaded, not later."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

SWITCHES: Final[Mapping[str, str]] = {
    "ORT_DISABLE_TELEMETRY": "1",  # ONNX Runtime 1.32: its maker's telemetry, with files in the user's cache folder
    "DO_NOT_TRACK": "1",  # consoledonottrack.com, which many tools heed
    "HF_HUB_OFFLINE": "1",  # Hugging Face: no download ...
    "HF_HUB_DISABLE_TELEMETRY": "1",  # ... and no count of users
    "DISABLE_TELEMETRY": "1",  # its older name
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "NO_ALBUMENTATIONS_UPDATE": "1",  # asks for its newest version when it is imported
}


def turn_off() -> None:
    """Set all of them for this process and those it starts, whatever they were: the promise is ours."""
    os.environ.update(SWITCHES)


@contextmanager
def torch_makes_no_folder(there: Path) -> Iterator[None]:
    """While torch is loaded, its folder for compiled code is one that is `there`; nothing is compiled.

    Else it makes one beside everybody's temporary files, called by the user's name, for which it asks name services.
    """
    name = "TORCHINDUCTOR_CACHE_DIR"
    before = os.environ.get(name)
    os.environ[name] = os.fspath(there)
    try:
        yield
    finally:
        os.environ.pop(name)
        if before is not None:
            os.environ[name] = before
