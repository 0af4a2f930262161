"""The default engine: the PP-OCRv6-small models from the rapidocr wheel, with our own processing.

RapidOCR itself is never imported: its pipeline drops boxes whose text it cannot read, turns its errors into an
empty result and remembers the arguments of earlier calls. Here nothing is dropped unread and errors propagate.
"""

from collections.abc import Sequence
from functools import cache

from scanscrub.detect.adapter import DetectSettings, ModelFile
from scanscrub.detect.base import TextDetector, TextReader
from scanscrub.detect.engines.ppocr_detector import DETECTION, LineModels, PpocrDetector
from scanscrub.detect.engines.screen import Screened
from scanscrub.detect.frames.passes import PASSES, SECOND_LOOK
from scanscrub.detect.models.line_classifier import LINE_CLASSIFIER, LineClassifier
from scanscrub.detect.models.onnx_metadata import metadata
from scanscrub.detect.models.runtime import Session, open_session
from scanscrub.detect.models.small_text import SMALL_TEXT, SmallTextDetector
from scanscrub.detect.models.weights import Model, missing_parts
from scanscrub.detect.reading.reader import RECOGNITION, PpocrReader
from scanscrub.detect.scoring.legible import Legible

MODELS = (DETECTION, RECOGNITION, SMALL_TEXT, LINE_CLASSIFIER)


class PpocrEngine:
    name = "ppocr"
    REQUIRES: tuple[str, ...] = ("onnxruntime", "opencv-python-headless")
    install_command = "python -m pip install --force-reinstall scanscrub"

    def is_available(self) -> bool:
        return not self.missing()

    def missing(self) -> tuple[str, ...]:
        modules = zip(self.REQUIRES, ("onnxruntime", "cv2"), strict=True)
        return missing_parts(modules, MODELS)

    def models(self) -> Sequence[ModelFile]:
        return tuple(model.describe() for model in MODELS)

    def build(self, settings: DetectSettings) -> TextDetector:
        return PpocrDetector(_session(DETECTION, settings), PASSES, settings.memory, _witnesses(settings))

    def screened(self, detector: TextDetector, settings: DetectSettings) -> TextDetector:
        """The detector, asked only where the small text model sees anything; one of another engine as it is."""
        return Screened(detector, _fine_print(settings)) if isinstance(detector, PpocrDetector) else detector

    def build_second_look(self, settings: DetectSettings) -> TextDetector:
        """A detector with another setting than `build`'s, precise enough to doubt a cleaned copy by."""
        session, line_models = _session(DETECTION, settings), _witnesses(settings)
        detector = PpocrDetector(session, SECOND_LOOK, settings.memory, line_models, is_sure=True)
        return Legible(detector, _reader(settings))

    def build_reader(self, settings: DetectSettings) -> TextReader:
        return _reader(settings)


@cache
def _session(model: Model, settings: DetectSettings) -> Session:
    """One session of a model for all that need it: the detector, the second look, the reader."""
    # A reader chooses among thousands of letters: in half the digits it takes some for others.
    return open_session(model.load(PpocrEngine.install_command), settings, exact=model is RECOGNITION)


@cache
def _fine_print(settings: DetectSettings) -> SmallTextDetector:
    """One for the detector and the screen, with one memory."""
    return SmallTextDetector(_session(SMALL_TEXT, settings), settings.memory)


def _witnesses(settings: DetectSettings) -> LineModels:
    return LineModels(_fine_print(settings), LineClassifier(_session(LINE_CLASSIFIER, settings)), _reader(settings))


@cache
def _reader(settings: DetectSettings) -> PpocrReader:
    alphabet = metadata(RECOGNITION.load(PpocrEngine.install_command))["character"].splitlines()
    return PpocrReader(_session(RECOGNITION, settings), alphabet, RECOGNITION.digest)


ENGINE = PpocrEngine()
