"""Sessions of the two runtimes that execute ONNX models: OpenVINO where it is installed, ONNX Runtime otherwise.

Both run in 32-bit floats, so that they decide the same, and give the same result with any number of threads. A model
in 8 bits runs under ONNX Runtime alone (`ppocr.py`).
"""

import sys
from collections.abc import Callable
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from scanscrub.detect.adapter import DetectSettings
from scanscrub.detect.models.onnx_file import without_subnormals
from scanscrub.offline import switches
from scanscrub.system.processors import processors

if TYPE_CHECKING:
    from numpy.typing import NDArray


MOST_PIXELS = 1_600_000
"""OpenVINO keeps memory for every shape it has met. When the shapes together have more pixels than this, the model
is compiled anew, which takes less time than one large run: 485 MB at most where all shapes of detection took 662."""


class Session(Protocol):
    """A loaded model with one input and one output."""

    @property
    def name(self) -> str:
        """The runtime and its version, for the audit."""
        ...

    def run(self, batch: "NDArray[np.float32]") -> "NDArray[np.float32]":
        """``(items, 3, rows, columns)`` in, the model's output out. Errors of the runtime propagate."""
        ...


def open_session(model: bytes, settings: DetectSettings) -> Session:
    """Load a model with the runtime the settings ask for."""
    switches.turn_off()  # in somebody's own program nobody has yet, and a runtime reads them when it is loaded
    threads = settings.threads or processors()
    if _runtime_of(settings) == "openvino":
        return _OpenVinoSession(model, threads)
    return _OnnxRuntimeSession(without_subnormals(model), threads)


class SessionOnDemand:
    """A session that `opened` gives when it is first run: a picture without writing asks few models."""

    def __init__(self, opened: Callable[[], Session], settings: DetectSettings) -> None:
        self.name = _name_of(_runtime_of(settings))
        self._opened = opened

    def run(self, batch: "NDArray[np.float32]") -> "NDArray[np.float32]":
        return self._session.run(batch)

    @cached_property
    def _session(self) -> Session:
        return self._opened()


def _runtime_of(settings: DetectSettings) -> str:
    is_openvino = settings.runtime == "openvino" or (settings.runtime == "auto" and find_spec("openvino") is not None)
    return "openvino" if is_openvino else "onnxruntime"


def _name_of(runtime: str) -> str:
    """The runtime and its version, for the audit."""
    return f"{runtime} {version(runtime)}"


class _OnnxRuntimeSession:
    def __init__(self, model: bytes, threads: int) -> None:
        import onnxruntime  # noqa: PLC0415 - heavy: loaded where an engine is built

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session: Any = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._input: str = self._session.get_inputs()[0].name
        self.name = _name_of("onnxruntime")

    def run(self, batch: "NDArray[np.float32]") -> "NDArray[np.float32]":
        return np.asarray(self._session.run(None, {self._input: batch})[0], dtype=np.float32)


class _OpenVinoSession:
    def __init__(self, model: bytes, threads: int) -> None:
        # OpenVINO takes a stub of its own where its telemetry is not there; nothing of it is to be loaded here.
        sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type] # None is how a module is barred
        import openvino  # noqa: PLC0415 - heavy: loaded where an engine is built

        self._core: Any = openvino.Core()
        self._options = {
            "INFERENCE_NUM_THREADS": threads,
            "INFERENCE_PRECISION_HINT": "f32",
            "PERFORMANCE_HINT": "LATENCY",
            # It would bind this thread, and every worker process' own, to the first processor.
            "ENABLE_CPU_PINNING": False,
        }
        self._model: Any = self._core.read_model(model, b"")
        self._request: Any = self._compiled()
        self._shapes: dict[tuple[int, ...], int] = {}
        self.name = _name_of("openvino")

    def _compiled(self) -> Any:  # noqa: ANN401 - OpenVINO has no types; it is not to be loaded for one
        return self._core.compile_model(self._model, "CPU", self._options).create_infer_request()

    def run(self, batch: "NDArray[np.float32]") -> "NDArray[np.float32]":
        if batch.shape not in self._shapes:
            pixels = batch.shape[2] * batch.shape[3]
            if sum(self._shapes.values()) + pixels > MOST_PIXELS:
                self._request = None  # the old memory goes before the new one comes
                self._request = self._compiled()
                self._shapes.clear()
            self._shapes[batch.shape] = pixels
        self._request.infer([batch])
        return np.array(self._request.get_output_tensor(0).data, dtype=np.float32)
