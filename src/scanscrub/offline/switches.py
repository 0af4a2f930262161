"""Each library's own switch against telemetry and downloads. They are read when a library is loaded, not later."""

import os
from collections.abc import Mapping
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
