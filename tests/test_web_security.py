"""Who is answered by the page on the loopback: the browser that came with the token, from the page, and no other."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from scanscrub.cli import app
from scanscrub.cli.terminal import desktop
from scanscrub.web.folders import path_of
from scanscrub.web.languages import languages, sentences, system_language
from scanscrub.web.peers import owners_in
from web_pages import Served, served

pytestmark = pytest.mark.loopback


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("page")) as page:
        yield page


@pytest.fixture(scope="module")
def cookie(page: Served) -> str:
    return page.cookie()


def test_the_token_is_good_once_and_leaves_the_address(tmp_path: Path) -> None:
    with served(tmp_path) as page:
        path = urlsplit(page.address).path
        assert page.ask("GET", path[:-1] + ("A" if path[-1] != "A" else "B"))[0] == 403
        status, headers, _ = page.ask("GET", path)
        assert (status, headers["location"]) == (303, "/")
        assert headers["set-cookie"].endswith("; Path=/; HttpOnly; SameSite=Strict")
        again = page.ask("GET", path)
        assert again[0] == 403
        assert "set-cookie" not in again[1]
        mine = {"Cookie": headers["set-cookie"].partition(";")[0]}
        assert page.ask("GET", path, mine)[1]["location"] == "/"
        assert page.ask("GET", "/", mine)[0] == 200


@pytest.mark.skipif(sys.platform != "linux" or os.getuid() != 0, reason="only root can ask as another user")
def test_another_user_who_read_the_token_in_the_list_of_processes_gets_nothing_and_does_not_use_it_up(
    tmp_path: Path,
) -> None:
    asking = "import encodings.idna, os, sys, urllib.request; os.setuid(65534); urllib.request.urlopen(sys.argv[1])"
    with served(tmp_path) as page:
        other = subprocess.run(
            [sys.executable, "-c", asking, page.address], capture_output=True, text=True, check=False
        )
        assert "HTTP Error 403" in other.stderr
        assert page.ask("GET", urlsplit(page.address).path)[0] == 303


def test_the_owner_of_a_connection_is_told_by_the_kernels_table() -> None:
    rest = "01 00000000:00000000 00:00000000 00000000"
    table = (
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
        f"   0: 0100007F:875C 0100007F:0050 {rest}  1000        0 19 1\n"
        f"   1: 0100007F:0050 0100007F:875C {rest}     7        0 19 1\n"
        f"   2: 0100007F:875C 0100007F:0051 {rest}     8        0 19 1\n"
        "   3: cut\n"
    )
    assert owners_in(table, 0x875C, 0x50) == {1000}
    assert owners_in(table, 0x875D, 0x50) == set()
    assert owners_in("", 0x875C, 0x50) == set()


def test_nobody_else_is_told_anything(page: Served, cookie: str) -> None:
    mine = {"Cookie": cookie}
    for path in ("/", "/review.json", "/review.js", "/items/0/frames/0/before.png", "/nothing"):
        for headers in (
            {},
            {"Cookie": cookie[:-1]},
            {"Cookie": "\xff=;;"},
            {**mine, "Host": f"localhost:{page.port}"},
            {**mine, "Host": "evil.example"},
            {**mine, "Host": ""},
            {**mine, "Origin": "http://evil.example"},
            {**mine, "Origin": "null"},
            {**mine, "Origin": f"http://127.0.0.1:{page.port + 1}"},
            {**mine, "Sec-Fetch-Site": "cross-site"},
            {**mine, "Sec-Fetch-Site": "same-site"},
        ):
            status, said, body = page.ask("GET", path, headers)
            assert (status, body) == (403, b"Forbidden"), (path, headers)
            assert said["cache-control"] == "no-store"


def test_what_changes_something_needs_the_page_itself(page: Served, cookie: str) -> None:
    mine = {"Cookie": cookie, "Content-Type": "application/json"}
    ours = {**mine, "Origin": page.origin}
    for path in ("/done", "/apply", "/decisions", "/stop"):
        assert page.ask("POST", path, mine, b"{}")[0] == 403
        assert page.ask("POST", path, {**ours, "Origin": "http://evil.example"}, b"{}")[0] == 403
        assert page.ask("POST", path, {**ours, "Content-Type": "text/plain"}, b"{}")[0] == 415
        assert page.ask("GET", path, ours)[0] == 404
    assert page.ask("PUT", "/decisions", ours, b"{}")[0] == 405
    assert page.ask("OPTIONS", "/decisions", ours)[0] == 405
    assert page.process.poll() is None


def test_what_is_no_sense_is_refused_and_changes_nothing(page: Served, cookie: str) -> None:
    ours = {"Cookie": cookie, "Content-Type": "application/json", "Origin": page.origin}
    before = page.ask("GET", "/review.json", ours)[2]
    version = json.loads(before)["version"]

    def decided(box: object, frame: object = 0, item: str = "0") -> bytes:
        place = {"box": box, "frame": frame}
        return json.dumps(
            {"version": version, "items": {item: {"added": [place], "removed": [], "looked_at": True}}}
        ).encode()

    for body in (
        b"", b"[]", b"{", b"\xff", b"[" * 100_000, json.dumps({"version": version}).encode(),
        decided([0, 0, 0, 0]), decided([0, 0, 161, 10]), decided([-1, 0, 10, 10]), decided([5, 5, 1, 1]),
        decided([0, 0, 1.5, 10]), decided(["0", 0, 1, 1]), decided([0, 0, 10]), decided([0, 0, True, 10]),
        decided([0, 0, 9, 9], 1), decided([0, 0, 9, 9], -1), decided([0, 0, 9, 9], "0"),
        decided([0, 0, 9, 9], item="-1"), decided([0, 0, 9, 9], item="99"), decided([0, 0, 9, 9], item="x"),
    ):  # fmt: skip
        assert page.ask("POST", "/decisions", ours, body)[0] in {400, 409}, body[:80]
    assert page.ask("POST", "/decisions", {**ours, "Content-Length": str(2 << 20)}, b"{")[0] == 413
    assert page.ask("GET", "/review.json", ours)[2] == before


def test_a_path_that_no_user_can_have_is_none() -> None:
    for typed in ("~root\0x", "~\0", "/a\0b", "~nobody-is-called-so/x", "here", ""):
        assert path_of(typed) is None


def test_no_path_leads_out_of_the_page(page: Served, cookie: str) -> None:
    mine = {"Cookie": cookie}
    for path in (
        "/../listening.py", "/%2e%2e/listening.py", "/..%2flistening.py", "//etc/passwd", "/review.html", "/.",
        "/items/0/frames/99/after.png", "/items/99999/frames/0/after.png", "/items/-1/frames/0/after.png",
        "/items/0/frames/0/../../../review.json", "/items/0/frames/0/sideways.png", "/en.toml", "/%00",
    ):  # fmt: skip
        assert page.ask("GET", path, mine)[0] == 404, path


def test_every_answer_forbids_what_a_page_does_not_need(page: Served, cookie: str) -> None:
    for path, status in (("/", 200), ("/review.js", 200), ("/nothing", 404), ("/items/0/frames/0/after.png", 200)):
        answered, headers, body = page.ask("GET", path, {"Cookie": cookie})
        assert answered == status
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self';")
        assert "unsafe" not in policy
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "server" not in headers
        if path == "/":
            assert b"<script>" not in body
            assert b"onclick" not in body


@pytest.mark.parametrize(("end", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_the_page_ends_with_the_terminal(end: str, code: int, tmp_path: Path) -> None:
    number = getattr(signal, end)
    program = (
        "import sys, scanscrub.cli.app as app, scanscrub.cli.review as command\n"
        "from a_review_page import InventedReview\n"
        "from pathlib import Path\n"
        "class Session(InventedReview):\n"
        "    __enter__ = lambda self: self\n"
        "    __exit__ = lambda self, *_: None\n"
        "command.scanscrub.open_review = lambda *_, **__: Session(2, Path('nowhere'))\n"
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "sys.argv = ['scanscrub', 'review', 'clean', '--originals', 'originals', '--no-open']\n"
        "app.main()\n"
    )
    here = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=here, cwd=tmp_path) as process:
        assert process.stderr is not None
        assert "refuses every other socket" in process.stderr.readline()
        assert "http://127.0.0.1:" in process.stderr.readline()
        assert "Ctrl-C" in process.stderr.readline()
        process.send_signal(number)
        assert "Stopped." in process.stderr.read()
        assert process.wait() == code


def test_done_ends_it_with_success(tmp_path: Path) -> None:
    with served(tmp_path) as page:
        cookie = page.cookie()
        ours = {"Cookie": cookie, "Content-Type": "application/json", "Origin": page.origin}
        assert page.ask("POST", "/done", ours, b"{}")[0] == 200
        assert page.process.wait(30) == 0
        assert page.process.stderr is not None
        assert page.process.stderr.read() == ""


def test_every_language_has_the_same_sentences_with_the_same_places() -> None:
    english = sentences("en")
    assert set(languages()) == {"en", "de", "es"}
    for language in languages():
        said = sentences(language)
        assert said.keys() == english.keys()
        for name, sentence in said.items():
            assert _places(sentence) == _places(english[name]), (language, name)
            assert sentence


def _places(sentence: str) -> set[str]:
    return {part.partition("}")[0] for part in sentence.split("{")[1:]}


def test_the_systems_language_is_taken_where_there_is_one() -> None:
    assert system_language({"LANG": "de_AT.UTF-8"}) == "de"
    assert system_language({"LANG": "de_DE.UTF-8", "LC_ALL": "es_ES"}) == "es"
    assert system_language({"LANG": "fr_FR.UTF-8"}) == "en"
    assert system_language({"LANG": "C.UTF-8"}) == "en"


def test_scanscrub_alone_is_the_page_only_for_somebody_before_a_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for name in ("SSH_CONNECTION", "CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(desktop, "_opener", lambda: "/usr/bin/xdg-open")
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert app._alone() == ["ui"]
    for name in ("SSH_CONNECTION", "CI"):
        with monkeypatch.context() as elsewhere:
            elsewhere.setenv(name, "1")
            assert app._alone() == []
    for stream in ("stdin", "stdout"):
        with monkeypatch.context() as elsewhere:
            elsewhere.setattr(sys, stream, io.StringIO())
            assert app._alone() == []
    monkeypatch.setattr(desktop, "_opener", lambda: None)
    assert app._alone() == []


def test_help_loads_no_server() -> None:
    program = (
        "import sys\nfrom scanscrub.cli.app import application\n"
        "for words in (['--help'], ['ui', '--help'], ['review', '--help']):\n"
        "    application()(words, standalone_mode=False)\n"
        "assert not {'waitress', 'jinja2', 'scanscrub.web'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
