"""Every test: sockets raise, and no canary token appears on any stream, in any log or any written file.

In a test marked `loopback` sockets raise only where they would leave this machine.

A test keeps its inputs in ``tmp_path / "in"``: everything else below ``tmp_path`` is searched.
"""

import socket  # noqa: TID251 - only to make it raise
import ssl  # noqa: F401 - it subclasses the real socket when it is imported
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fast_tests import is_fast
from scanscrub.offline import guard

CANARY = "Zqcanary"
"""Stands in every invented patient value of a test, in some letter case."""


class Loopback(socket.socket):
    """A socket that does not leave this machine."""

    def bind(self, address: Any) -> None:  # noqa: ANN401 - as the standard library types it
        self._stay(address)
        super().bind(address)

    def connect(self, address: Any) -> None:  # noqa: ANN401 - the same
        self._stay(address)
        super().connect(address)

    def _stay(self, address: tuple[Any, ...]) -> None:
        assert self.family == socket.AF_UNIX or address[0] == "127.0.0.1", "a test left the machine"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests of parts as `fast`, where somebody asks for them or for the others."""
    if "fast" in str(config.option.markexpr):
        for item in items:
            if is_fast(item.path):
                item.add_marker(pytest.mark.fast)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("loopback"):
        monkeypatch.setattr(socket, "socket", Loopback)
        return

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("a test opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)


@pytest.fixture(autouse=True)
def _state_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A run without a key keeps one in the user's state folder while it lasts: not in that of whoever tests."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.getbasetemp() / "state"))


@pytest.fixture(autouse=True)
def _no_guard_that_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that runs the command line in this process must not take the network from all that come after it."""
    monkeypatch.setattr(guard, "enforce", lambda *_: None)


@pytest.fixture(autouse=True)
def _canary_guard(
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    recwarn: pytest.WarningsRecorder,
    request: pytest.FixtureRequest,
) -> Iterator[None]:
    # To make a folder, pytest looks through those of all tests before: only for tests that want one.
    folder: Path | None = request.getfixturevalue("tmp_path") if "tmp_path" in request.fixturenames else None
    yield
    streams = capfd.readouterr()
    texts = [streams.out, streams.err, caplog.text, *(str(warning.message) for warning in recwarn)]
    assert not any(CANARY.lower() in text.lower() for text in texts), "a patient value reached a stream"
    if folder is not None:
        _search(folder)


def _search(folder: Path) -> None:
    token = CANARY.lower().encode()
    for path in folder.rglob("*"):
        where = path.relative_to(folder)
        if where.parts[0] == "in" or not path.is_file() or path.is_symlink():
            continue
        assert token not in str(where).lower().encode(), "a patient value reached a file name"
        assert token not in path.read_bytes().lower(), "a patient value reached a written file"
