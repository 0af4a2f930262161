"""A process forbids itself the network: each layer by itself, and what it must not stop."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scanscrub.offline import seccomp, switches
from scanscrub.offline.allowed import Allowed

HERE = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
needs_filter = pytest.mark.skipif(
    seccomp._machine() not in seccomp.MACHINES, reason="this system has no filter that we know"
)


def told(code: str, env: dict[str, str] | None = None) -> list[object]:
    """What a process of its own says, in JSON: a guard cannot be lifted from this one."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**HERE, **(env or {})},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    answer: list[object] = json.loads(done.stdout)
    return answer


TRY = """
import ctypes, errno, json, os, socket, subprocess, sys
from scanscrub.offline import guard, landlock, python_sockets, seccomp, switches, trial
from scanscrub.offline.allowed import Allowed
C = ctypes.CDLL(None, use_errno=True)

def makes(family, kind):
    made = C.socket(family, kind, 0)
    return "made" if made >= 0 else errno.errorcode[ctypes.get_errno()]

def reaches(function, *arguments):
    try:
        function(*arguments)
    except OSError as error:
        return errno.errorcode.get(error.errno, "unknown")
    return "made"

def say(*answers):
    print(json.dumps(answers))
"""


@needs_filter
@pytest.mark.parametrize("family", [1, 2, 10, 16, 17, 31, 38, 40, 44], ids=lambda family: f"family {family}")
@pytest.mark.parametrize("kind", [1, 2, 3, 5, 1 | 0o2000000], ids=lambda kind: f"kind {kind}")
def test_no_socket_of_any_family_is_made(family: int, kind: int) -> None:
    assert told(f"{TRY}\nseccomp.install(Allowed.NOTHING); say(makes({family}, {kind}))") == ["EPERM"]


@needs_filter
def test_neither_another_thread_nor_a_started_program_makes_a_socket() -> None:
    code = f"""{TRY}
import threading
begun, answers = threading.Event(), []
thread = threading.Thread(target=lambda: (begun.wait(), answers.append(makes(2, 1))))
thread.start()
seccomp.install(Allowed.NOTHING)
begun.set()
thread.join()
child = "import socket, sys\\ntry: socket.socket()\\nexcept OSError as error: sys.exit(error.errno)"
say(answers, subprocess.run([sys.executable, "-c", child]).returncode)
"""
    assert told(code) == [["EPERM"], 1]


@needs_filter
def test_the_ways_around_a_filter_are_closed() -> None:
    code = f"""{TRY}
seccomp.install(Allowed.NOTHING)
def call(number, *arguments):
    return "made" if C.syscall(number, *arguments) >= 0 else errno.errorcode[ctypes.get_errno()]
one = next(iter(socket.socketpair()))
say(
    call(425, 8, ctypes.create_string_buffer(256)),
    call(438, 0, 0, 0),
    reaches(lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)),
    reaches(one.sendto, b"x", socket.MSG_FASTOPEN, "/nowhere"),
    reaches(one.sendmsg, [b"x"], [], socket.MSG_FASTOPEN),
)
"""
    assert told(code) == ["EPERM"] * 5


@needs_filter
def test_a_socket_from_before_connects_nowhere_but_a_page_that_listens_is_answered() -> None:
    code = f"""{TRY}
page, before = socket.create_server(("127.0.0.1", 0)), socket.socket()
visitor = subprocess.Popen([sys.executable, "-c",
    f"import socket; print(socket.create_connection({{page.getsockname()!r}}).recv(9))"], stdout=subprocess.PIPE)
seccomp.install(Allowed.NOTHING)
visited, _ = page.accept()
visited.sendall(b"a page")
visited.close()
say(visitor.communicate()[0].decode().strip(), reaches(before.connect, page.getsockname()))
"""
    assert told(code) == ["b'a page'", "EPERM"]


@needs_filter
@pytest.mark.skipif(os.uname().machine != "x86_64", reason="only x86-64 has these other ABIs")
def test_another_abi_is_no_way_around() -> None:
    x32 = f"{TRY}\nseccomp.install(Allowed.NOTHING); say(C.syscall(0x40000000 + 41, 2, 1, 0), ctypes.get_errno())"
    assert told(x32) == [-1, 1]
    # mov eax, 20 (getpid of i386); int 0x80; ret
    code = f"""{TRY}
import mmap
page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page.write(bytes.fromhex("b814000000cd80c3"))
run = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
child = os.fork()
if not child:
    seccomp.install(Allowed.NOTHING)
    run()
    os._exit(0)
say(os.WTERMSIG(os.waitpid(child, 0)[1]))
"""
    assert told(code) == [31]


@needs_filter
def test_a_pair_of_sockets_and_a_pipe_still_work() -> None:
    code = f"""{TRY}
import multiprocessing
guard.enforce()
one, other = socket.socketpair()
one.sendall(b"x")
a, b = multiprocessing.Pipe()
a.send(1)
say(other.recv(1).decode(), b.recv(), subprocess.run(["true"]).returncode)
"""
    assert told(code) == ["x", 1, 0]


@needs_filter
def test_a_cluster_of_our_own_gets_tcp_and_nothing_else() -> None:
    code = f"""{TRY}
seccomp.install(Allowed.OWN_CLUSTER)
say(makes(2, 1), makes(2, 2), makes(10, 1), makes(1, 1), makes(16, 3), makes(2, 3))
"""
    assert told(code) == ["made", *["EPERM"] * 5]


def test_a_cluster_of_our_own_reaches_no_well_known_port_where_the_kernel_has_landlock() -> None:
    code = f"""{TRY}
held = landlock.only_given_ports()
page = socket.create_server(("127.0.0.1", 0))
say(held, reaches(socket.create_connection, page.getsockname()),
    reaches(socket.create_connection, ("127.0.0.1", 443)), reaches(socket.create_connection, ("127.0.0.1", 53)))
"""
    held, *reached = told(code)
    if not held:
        pytest.skip("this kernel has no Landlock with ports")
    assert reached == ["made", "EACCES", "EACCES"]


ASKED = """
import urllib.request
say(*(reaches(*each) for each in (
    (socket.create_connection, ("192.0.2.1", 443), 1),
    (socket.getaddrinfo, "name.invalid", 443),
    (socket.gethostbyname, "name.invalid"),
    (socket.gethostbyaddr, "192.0.2.1"),
    (urllib.request.urlopen, "http://192.0.2.1/", None, 1),
)), reaches(socket.socket), reaches(socket.socketpair))
"""


def test_python_refuses_on_every_system_what_its_code_asks_of_the_network() -> None:
    answers = told(f"{TRY}\npython_sockets.refuse(Allowed.NOTHING)\n{ASKED}")
    assert answers[:-1] == [*["EPERM"] * 4, "unknown", "EPERM"]  # urllib puts it into an error of its own
    assert answers[-1] == "made"


def test_python_reaches_only_this_machine_with_a_cluster_of_our_own() -> None:
    code = f"""{TRY}
python_sockets.refuse(Allowed.OWN_CLUSTER)
page = socket.create_server(("127.0.0.1", 0))
other = socket.socket(type=socket.SOCK_DGRAM)
say(reaches(socket.create_connection, page.getsockname()), reaches(socket.create_connection, ("192.0.2.1", 40000), 1),
    reaches(other.sendto, b"x", ("192.0.2.1", 53)), reaches(socket.getaddrinfo, "name.invalid", 1))
"""
    assert told(code) == ["made", "EPERM", "EPERM", "EPERM"]


def test_what_holds_is_found_by_trying() -> None:
    tried = "say(*dataclasses.astuple(trial.try_layers()))"
    before = f"{TRY}\nimport dataclasses"
    off = {"ORT_DISABLE_TELEMETRY": "0"}
    assert told(f"{before}\n{tried}", off) == [False, False, False]
    python = "python_sockets.refuse(Allowed.NOTHING); switches.turn_off()"
    assert told(f"{before}\n{python}\n{tried}", off) == [False, True, True]


def test_doctor_says_what_holds_and_what_does_not() -> None:
    run = "import sys; sys.argv = ['scanscrub', 'doctor']\nfrom scanscrub.cli.app import main\n"
    off = "from scanscrub.offline import guard; guard._by_the_system = lambda _: False\n"
    said = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=HERE).stdout
        for code in (run + "main()", off + run + "main()")
    ]
    assert "ok  the system refuses every socket" in said[0] or seccomp._machine() not in seccomp.MACHINES
    assert "no  this system refuses no socket to native libraries" in said[1]
    assert all("ok  Python's connections and look-ups of names are refused" in each for each in said)


def test_the_library_takes_nothing_from_the_program_that_uses_it_but_its_workers_have_no_network(
    tmp_path: Path,
) -> None:
    tasks = tmp_path / "tasks.py"  # a module: workers do not run the program that starts them
    tasks.write_text(
        """
from scanscrub.offline import trial

def held(_):
    found = trial.try_layers()
    return [found.by_the_system, found.by_python, found.by_switches]

def nothing():
    pass
""",
        encoding="utf-8",
    )
    script = tmp_path / "theirs.py"
    script.write_text(
        f"""{TRY}
from scanscrub.execute.processes import ProcessExecutor
from tasks import held, nothing

(done,) = ProcessExecutor(1).run(held, [1], nothing)
say(held(0), done.result)
""",
        encoding="utf-8",
    )
    untouched = {name: value for name, value in HERE.items() if name not in switches.SWITCHES}
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True, env=untouched)
    here, worker = json.loads(done.stdout)
    assert here == [False, False, False]
    assert worker == [seccomp._machine() in seccomp.MACHINES, True, True]


@pytest.mark.parametrize("machine", seccomp.MACHINES)
@pytest.mark.parametrize("allowed", Allowed)
def test_every_jump_of_a_filter_ends_within_it(machine: str, allowed: Allowed) -> None:
    steps = seccomp.instructions(seccomp.MACHINES[machine], allowed)
    for place, (code, if_so, if_not, _) in enumerate(steps):
        if code in {0x15, 0x35, 0x45}:
            assert place + 1 + max(if_so, if_not) < len(steps)
    assert steps[-1][0] == 0x06
