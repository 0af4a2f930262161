"""A page that a program of its own serves, as the commands do, and whoever asks it something without a browser."""

import http.client
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

HERE = Path(__file__).parent


class Served:
    """The address, good once, and the process behind it."""

    def __init__(self, address: str, process: "subprocess.Popen[str]", applied: Path) -> None:
        self.address = address
        self.process = process
        self.applied = applied
        self.port = urlsplit(address).port or 0
        self.origin = f"http://127.0.0.1:{self.port}"

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers in lower case, and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            sent: dict[str, Any] = {"Host": f"127.0.0.1:{self.port}", **(headers or {})}
            if body is not None:
                sent.setdefault("Content-Length", str(len(body)))
            for name, value in sent.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def cookie(self) -> str:
        """What the token is exchanged for."""
        _, headers, _ = self.ask("GET", urlsplit(self.address).path)
        return headers["set-cookie"].partition(";")[0]


@contextmanager
def served(folder: Path, count: int = 5, *options: str) -> Iterator[Served]:
    """A review of invented pictures, guarded against the network; ended at the end, if nobody did."""
    applied = folder / "applied.json"
    command = [sys.executable, str(HERE / "a_review_page.py"), str(count), str(applied), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Served(process.stdout.readline().strip(), process, applied)
        finally:
            process.terminate()
            process.communicate()
