"""The second engine, run for real where its extra is installed."""

import os
import ssl  # noqa: F401 - EasyOCR imports it, which a barred socket class forbids later
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest

from scanscrub.detect.adapter import DetectSettings
from scanscrub.detect.engines import easyocr
from scanscrub.detect.engines.registry import build_detector, build_reader
from scanscrub.detect.models import weights as models
from scanscrub.domain.errors import MissingDependencyError
from scanscrub.domain.geometry import Box
from scanscrub.domain.picture import Picture, View

needs_easyocr = pytest.mark.skipif(find_spec("easyocr") is None, reason="the easyocr extra is not installed")

RUN = """
import socket
def refuse(*a, **k): raise SystemExit("a socket was opened")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
import cv2, numpy as np
from scanscrub.detect.adapter import DetectSettings
from scanscrub.detect.engines.registry import build_detector
from scanscrub.domain.picture import Picture, View
pixels = np.full((200, 400), 40, np.uint8)
cv2.putText(pixels, "DOE JANE", (60, 100), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 2)
print(len(build_detector(("easyocr",), DetectSettings(threads=1)).find(Picture((View("window", pixels),)))))
"""


def lettered() -> Picture:
    pixels = np.full((200, 400), 40, np.uint8)
    cv2.putText(pixels, "DOE JANE", (60, 100), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 2)
    return Picture((View("window", pixels),))


@needs_easyocr
@pytest.mark.easyocr
@pytest.mark.filterwarnings("ignore")
def test_a_name_is_found_and_read() -> None:
    settings = DetectSettings(threads=1)
    shown = lettered()
    boxes = build_detector(("easyocr",), settings).find(shown)
    assert any(box.box.grown(4).joined(Box(66, 88, 166, 98)) == box.box.grown(4) for box in boxes)
    readings = build_reader(("easyocr",), settings).read(shown, boxes)
    assert any("JANE" in reading.text.reveal().upper() for reading in readings)


@needs_easyocr
@pytest.mark.easyocr
@pytest.mark.filterwarnings("ignore")
def test_the_union_with_the_default_engine_finds_no_less_than_either() -> None:
    settings = DetectSettings(threads=1)
    union = build_detector(("ppocr", "easyocr"), settings)
    assert "ppocr" in union.identity
    assert "easyocr" in union.identity
    assert union.find(lettered())


@needs_easyocr
@pytest.mark.easyocr
@pytest.mark.filterwarnings("ignore")
def test_a_picture_of_another_type_is_an_error() -> None:
    detector = build_detector(("easyocr",), DetectSettings(threads=1))
    with pytest.raises(TypeError):
        detector.find(Picture((View("window", np.zeros((64, 64), np.uint16)),)))


@needs_easyocr
@pytest.mark.easyocr
def test_it_works_with_a_read_only_home_and_no_network_and_writes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o500)
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run([sys.executable, "-c", RUN], env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert ran.stdout.strip() == "1"
    assert not list(home.iterdir())


@needs_easyocr
@pytest.mark.easyocr
@pytest.mark.filterwarnings("ignore")
def test_weights_that_easyocr_does_not_know_are_never_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    from easyocr import config  # noqa: PLC0415 - an extra, imported where it is there

    monkeypatch.setitem(config.detection_models["craft"], "md5sum", "0" * 32)
    with pytest.raises(MissingDependencyError, match="other weights"):
        easyocr.ENGINE.build(DetectSettings(threads=1))


def test_changed_weights_are_named_as_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    weights = tmp_path / "models" / "craft_mlt_25k.pth"
    weights.parent.mkdir()
    weights.write_bytes(b"other weights")
    monkeypatch.setattr(models, "package_folder", lambda _package: tmp_path)
    with pytest.raises(MissingDependencyError, match="not the one this program knows"):
        easyocr.CRAFT.load("install it")
    assert not easyocr.CRAFT.describe().digest_ok
