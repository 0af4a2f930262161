"""The Typer application, and the one place where an error becomes a line and an exit code."""

import errno
import os
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module
from typing import Annotated

import typer

import scanscrub
from scanscrub import ExitCode, ScanscrubError, UsageError
from scanscrub.offline import guard

COMMANDS = (
    "ui",
    "clean",
    "check",
    "inspect",
    "verify",
    "review",
    "report",
    "baseline",
    "profile",
    "rule",
    "key",
    "doctor",
    "help",
)
"""Each is a module beside this one: a function of the command's name, or an ``app`` of further commands."""
WITHOUT_COMMAND = "without_command"
"""The module of what is done where the first word is a path."""
ASKS_FOR_ITSELF = frozenset({"clean", "review", "ui", WITHOUT_COMMAND})
"""Whose options can ask for what the guard forbids: each calls `guard.enforce` before it loads anything."""


_STOPPED = {
    "clean": "Stopped. Finished copies stay; nothing half-made is left. --resume goes on.",
    "baseline": "Stopped. The baseline is as it was.",
    "ui": "Stopped. Finished copies stay; nothing half-made is left.",
    "review": "Stopped. What was applied stays; what was only decided on the page is forgotten.",
    WITHOUT_COMMAND: "Stopped. Finished copies stay; nothing half-made is left. The same command goes on, or begins "
    "anew in another folder.",
}
"""What Ctrl-C, SIGTERM and SIGHUP leave behind, by command."""
_ENDS = {"SIGTERM": ExitCode.TERMINATED, "SIGHUP": ExitCode.HUNG_UP}
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def application(commands: Iterable[str] = COMMANDS) -> typer.Typer:
    """The command line with these commands. To build them all takes longer than to check a header."""
    app = typer.Typer(
        name="scanscrub",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(epilog="Example: scanscrub clean my-cd/ -o clean/")(scanscrub_command)
    for name in commands:
        module = import_module(f"scanscrub.cli.{name}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name, epilog=module.EXAMPLE)
        else:
            app.command(name, epilog=module.EXAMPLE)(getattr(module, name))
    return app


def path_application() -> typer.Typer:
    """The command line without a command: paths."""
    app = typer.Typer(name="scanscrub", add_completion=False, pretty_exceptions_enable=False)
    module = import_module(f"scanscrub.cli.{WITHOUT_COMMAND}")
    settings = {"help_option_names": ["-h", "--help"]}
    app.command(epilog=module.EXAMPLE, context_settings=settings)(module.without_command)
    return app


def _asked(arguments: list[str]) -> str:
    """The command, "" for what concerns all, or `WITHOUT_COMMAND`. Raises `UsageError` of what is neither a command
    nor there.
    """
    first = arguments[0] if arguments else ""
    if first in {"", "--help", "-h", "--version"}:
        return ""
    if first in COMMANDS:
        return first
    if first.startswith("-") or os.path.lexists(first):
        return WITHOUT_COMMAND
    alike = get_close_matches(first, COMMANDS, 1)
    raise UsageError(
        "The first word is no command, and no file or folder of that name is here.",
        f"Did you mean scanscrub {alike[0]}?" if alike else "Put quotes around spaces; scanscrub --help tells more.",
    )


def _alone() -> list[str]:
    """What scanscrub alone means: the page, for a person before a desktop; its help, for everybody else."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or "CI" in os.environ:
        return []
    from scanscrub.cli.terminal.desktop import is_here  # noqa: PLC0415 - not for commands

    return ["ui"] if is_here() else []


def _version(wanted: bool) -> None:  # noqa: FBT001 - Typer calls it with the option's value
    if wanted:
        typer.echo(f"scanscrub {scanscrub.__version__}")
        raise typer.Exit


def scanscrub_command(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """De-identify medical images on this machine, and verify every copy.

    scanscrub PATH, without a command, shows what could identify someone,
    asks, and makes clean copies in PATH-clean, beside PATH.

    Nothing is sent anywhere, and the originals are never changed.
    """


def main() -> None:
    """Run the command line and exit with a code of the table in `ExitCode`."""
    _open_closed_streams()
    ended = _end_as_by_ctrl_c()
    asked = ""
    try:
        arguments = sys.argv[1:] or _alone()
        asked = _asked(arguments)
        if asked not in ASKS_FOR_ITSELF:
            guard.enforce()
        app = path_application() if asked == WITHOUT_COMMAND else application([asked] if asked else COMMANDS)
        code = app(arguments, standalone_mode=False)
    except typer.Exit as error:
        code = error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        code = ExitCode.INTERRUPTED
    except SystemExit as error:  # some versions of Typer end the program themselves, on Ctrl-C or a closed pipe
        code = _of_a_closed_pipe(asked) if isinstance(error.__context__, BrokenPipeError) else error.code
    except BrokenPipeError:
        code = _of_a_closed_pipe(asked)
    except ScanscrubError as error:
        _say(f"{error.reason} {error.hint}".strip())
        code = error.exit_code
    except OSError as error:
        code = _of_the_system(error)
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback, no value
        code = _last_word(error)
    if code == ExitCode.INTERRUPTED:
        code = next(iter(ended), code)
        _say(_STOPPED.get(asked, "Stopped."))
    sys.exit(int(code or 0))


def _end_as_by_ctrl_c() -> list[ExitCode]:
    """Let SIGTERM and SIGHUP do what Ctrl-C does; the exit code of the first one that comes will be in the list.

    What is ignored stays so: ``nohup`` asks for that.
    """
    ended: list[ExitCode] = []
    codes = {getattr(signal, name): code for name, code in _ENDS.items() if hasattr(signal, name)}

    def end(number: int, _frame: object) -> None:
        for each in codes:
            signal.signal(each, signal.SIG_IGN)
        ended.append(codes[number])
        raise KeyboardInterrupt

    for number in codes:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, end)
    return ended


def _open_closed_streams() -> None:
    """Python has None for a stream that its caller closed. Results have to go somewhere, and nothing else has to."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123 - for the whole run
    closed = sys.stdout is None
    if closed:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - the same
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - the same
    if closed:
        _say("The output cannot be written: stdout is closed.")
        sys.exit(int(ExitCode.OUTPUT_UNUSABLE))


def _of_the_system(error: OSError) -> ExitCode:
    if error.errno in _FULL:
        _let_go_of_stdout()
        _say("The output cannot be written: there is no space left for it.")
        return ExitCode.OUTPUT_UNUSABLE
    if isinstance(error, FileNotFoundError) and not _is_here():
        _say("The folder that this is run in is not there any more. Change to another one.")
        return ExitCode.USAGE
    return _last_word(error)


def _of_a_closed_pipe(asked: str) -> ExitCode:
    """Whoever read has what they wanted; but a run of `clean` stops with its output, and that is said."""
    _let_go_of_stdout()
    if asked != "clean":
        return ExitCode.OK
    _say("Nobody reads what is written to stdout any more, so the run stopped; finished copies stay.")
    return ExitCode.OUTPUT_UNUSABLE


def _let_go_of_stdout() -> None:
    """What is left in its buffer cannot be written: at the end Python would try once more, and complain."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _is_here() -> bool:
    try:
        os.getcwd()  # noqa: PTH109 - Path.cwd() is the same, and the module is not needed otherwise
    except OSError:
        return False
    return True


def _last_word(error: Exception) -> ExitCode:
    """A mistake in the command line shows itself; which class it has depends on the version of Typer."""
    show = getattr(error, "show", None)
    if callable(show):
        show()
        return ExitCode.USAGE
    _say(f"A fault in scanscrub ({scanscrub.fault_kind(error)}). Please report it; nothing was left half-made.")
    return ExitCode.BUG


def _say(line: str) -> None:
    from scanscrub.cli.terminal.lines import by_words, columns_of  # noqa: PLC0415 - where something is said

    sys.stderr.write(by_words(f"scanscrub: {line}\n", columns_of(sys.stderr)))
