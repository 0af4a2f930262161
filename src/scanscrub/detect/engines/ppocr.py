"""The default engine: two small networks of our own find lines; the PP-OCRv6-small models read and doubt.

RapidOCR itself is never imported: its pipeline drops boxes whose text it cannot read, turns its errors into an
empty result and remembers the arguments of earlier calls. Here nothing is dropped unread and errors propagate.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial

from scanscrub.detect.adapter import DetectSettings, ModelFile
from scanscrub.detect.base import TextDetector, TextReader
from scanscrub.detect.engines.line_detector import LineDetector
from scanscrub.detect.engines.second_look import DETECTION, SecondLook
from scanscrub.detect.models.line_classifier import LINE_CLASSIFIER, LineClassifier
from scanscrub.detect.models.onnx_file import metadata
from scanscrub.detect.models.runtime import Session, SessionOnDemand, open_session
from scanscrub.detect.models.small_text import SMALL_TEXT, SmallTextDetector
from scanscrub.detect.models.weights import Model, missing_parts
from scanscrub.detect.reading.legible import Legible
from scanscrub.detect.reading.reader import RECOGNITION, PpocrReader

MODELS = (DETECTION, RECOGNITION, SMALL_TEXT, LINE_CLASSIFIER)


class PpocrEngine:
    name = "ppocr"
    REQUIRES: tuple[str, ...] = ("onnxruntime", "opencv-python-headless")
    install_command = "In the folder that scanscrub was installed from: python -m pip install --force-reinstall ."

    def missing(self) -> tuple[str, ...]:
        modules = zip(self.REQUIRES, ("onnxruntime", "cv2"), strict=True)
        return missing_parts(modules, MODELS)

    def models(self) -> Sequence[ModelFile]:
        return tuple(model.describe() for model in MODELS)

    def build(self, settings: DetectSettings) -> TextDetector:
        # OpenVINO rounds its steps otherwise: what is proposed must be the same everywhere.
        fine = SmallTextDetector(_session(SMALL_TEXT, replace(settings, runtime="onnxruntime")), settings.memory)
        session = _session(LINE_CLASSIFIER, settings)
        return LineDetector(fine, LineClassifier(session), _reader(settings), session.name)

    def build_second_look(self, settings: DetectSettings) -> TextDetector:
        """A detector other than `build`'s, precise enough to doubt a cleaned copy by."""
        return Legible(SecondLook(_session(DETECTION, settings), settings.memory), _reader(settings))

    def build_reader(self, settings: DetectSettings) -> TextReader:
        return _reader(settings)


@cache
def _session(model: Model, settings: DetectSettings) -> Session:
    """One session of a model for all that need it, opened when one does."""
    return SessionOnDemand(partial(open_session, model.load(PpocrEngine.install_command), settings), settings)


@cache
def _reader(settings: DetectSettings) -> PpocrReader:
    def load() -> tuple[Session, Sequence[str]]:
        alphabet = metadata(RECOGNITION.load(PpocrEngine.install_command))["character"].splitlines()
        return _session(RECOGNITION, settings), alphabet

    return PpocrReader(load, RECOGNITION.digest)


ENGINE = PpocrEngine()
