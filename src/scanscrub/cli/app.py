"""The Typer application, and the one place where an error becomes a line and an exit code."""

import sys
from typing import Annotated

import typer

import scanscrub
from scanscrub.cli import baseline, check, clean, doctor, inspect, key, profile, report, rule, verify
from scanscrub.domain.errors import ExitCode, ScanscrubError

app = typer.Typer(
    name="scanscrub",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:  # noqa: FBT001 - Typer calls it with the option's value
    if wanted:
        typer.echo(f"scanscrub {scanscrub.__version__}")
        raise typer.Exit


@app.callback(epilog="Example: scanscrub clean my-cd/ -o clean/")
def scanscrub_command(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Take identities out of medical images, on this machine, and prove it.

    Nothing is sent anywhere, and the originals are never changed.
    """


app.command("clean", epilog=clean.EXAMPLE)(clean.clean)
app.command("check", epilog=check.EXAMPLE)(check.check)
app.command("inspect", epilog=inspect.EXAMPLE)(inspect.inspect)
app.command("verify", epilog=verify.EXAMPLE)(verify.verify)
app.command("report", epilog=report.EXAMPLE)(report.report)
app.add_typer(baseline.app, name="baseline", epilog='Example: scanscrub baseline update data/ --reason "phantoms"')
app.add_typer(profile.app, name="profile", epilog="Example: scanscrub profile show research")
app.command("rule", epilog=rule.EXAMPLE)(rule.rule)
app.add_typer(key.app, name="key", epilog="Example: scanscrub key new study.key")
app.command("doctor", epilog=doctor.EXAMPLE)(doctor.doctor)


def main() -> None:
    """Run the command line and exit with a code of the table in `ExitCode`."""
    try:
        code = app(standalone_mode=False)
    except typer.Exit as error:
        code = error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        code = ExitCode.INTERRUPTED
    except SystemExit as ended:  # some versions of Typer end the program themselves on Ctrl-C
        code = ended.code
    except BrokenPipeError:
        code = ExitCode.OK
    except ScanscrubError as error:
        _say(f"{error.reason} {error.hint}".strip())
        code = error.exit_code
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback, no value
        code = _last_word(error)
    if code == ExitCode.INTERRUPTED:
        _say("Stopped. Finished copies stay; nothing half-made is left.")
    sys.exit(int(code or 0))


def _last_word(error: Exception) -> ExitCode:
    """A mistake in the command line shows itself; which class it has depends on the version of Typer."""
    show = getattr(error, "show", None)
    if callable(show):
        show()
        return ExitCode.USAGE
    from scanscrub.execute.base import kind_of  # noqa: PLC0415 - not needed unless things went wrong

    _say(f"A fault in scanscrub ({kind_of(error)}). Please report it; nothing was left half-made.")
    return ExitCode.BUG


def _say(line: str) -> None:
    sys.stderr.write(f"scanscrub: {line}\n")
