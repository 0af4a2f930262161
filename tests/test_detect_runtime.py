"""The sessions of the runtimes."""

import os
import sys
import threading
from typing import Literal

import numpy as np
import pytest

from scanscrub.detect.adapter import DetectSettings
from scanscrub.detect.models.runtime import Session, SessionOnDemand, open_session
from scanscrub.detect.models.small_text import SMALL_TEXT


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what processors a thread may use")
@pytest.mark.parametrize("runtime", ["openvino", "onnxruntime"])
def test_a_model_runs_on_any_processor(runtime: Literal["openvino", "onnxruntime"]) -> None:
    """Bound to one, the worker processes of a run would share it, and the others stay idle."""
    pytest.importorskip(runtime)
    session = open_session(SMALL_TEXT.load(""), DetectSettings(1, runtime=runtime))
    batch = np.zeros((1, 4, 256, 256), np.float32)
    allowed = os.sched_getaffinity(0)
    seen: list[set[int]] = []
    started, ended = threading.Event(), threading.Event()

    def look(thread: int) -> None:
        started.set()
        while not ended.wait(0.001):
            seen.append(os.sched_getaffinity(thread))

    looking = threading.Thread(target=look, args=(threading.get_native_id(),))
    looking.start()
    started.wait()
    for _ in range(20):
        session.run(batch)
    ended.set()
    looking.join()
    assert len(seen) > 20
    assert all(each == allowed for each in seen)


def test_a_session_is_opened_when_it_is_first_run() -> None:
    """And has the name of the one that it opens."""
    settings = DetectSettings(1, runtime="onnxruntime")
    opened: list[Session] = []

    def opening() -> Session:
        opened.append(open_session(SMALL_TEXT.load(""), settings))
        return opened[-1]

    session = SessionOnDemand(opening, settings)
    name = session.name
    assert not opened
    batch = np.zeros((1, 4, 256, 256), np.float32)
    assert np.array_equal(session.run(batch), session.run(batch))
    assert [each.name for each in opened] == [name]
