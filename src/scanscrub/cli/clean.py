"""``scanscrub clean``: clean copies, checked, with an audit."""

import gc
import sys
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanscrub.cli.console import guarded_streams
from scanscrub.cli.options import (
    Clean,
    Config,
    DeviceRules,
    Engine,
    Isolated,
    NoProgress,
    OutputFormat,
    Paths,
    ProfileName,
    Retain,
    TextOption,
    Thorough,
)
from scanscrub.domain.errors import ExitCode, ScanscrubError, UsageError
from scanscrub.domain.processors import SELDOM
from scanscrub.domain.text_mode import TextMode
from scanscrub.offline import guard
from scanscrub.offline.allowed import Allowed
from scanscrub.report import network_words

if TYPE_CHECKING:
    from scanscrub.api.cleaning import CleanOptions
    from scanscrub.cli.listener import Listener

EXAMPLE = "Example: scanscrub clean my-cd/ -o clean/"


class Form(StrEnum):
    dicom = "dicom"
    png = "png"


class Unlisted(StrEnum):
    refuse = "refuse"
    make = "make"


class Sort(StrEnum):
    patient = "patient"
    flat = "flat"


class ExecutorName(StrEnum):
    serial = "serial"
    processes = "processes"
    dask = "dask"


def clean(  # noqa: PLR0913, PLR0917 - one parameter an option
    paths: Paths,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="DIR", help="Where the clean copies go: a new or empty folder."),
    ] = None,
    profile: ProfileName = "share",
    retain: Retain = None,
    clean_option: Clean = None,
    text: TextOption = TextMode.ALL,
    engine: Engine = None,
    device_rules: DeviceRules = None,
    as_option: Annotated[
        Form | None,
        typer.Option(
            "--as",
            help="Write pictures as DICOM (Secondary Capture), or every image as PNG; by default each copy keeps its "
            "input's format.",
        ),
    ] = None,
    key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Same key, same pseudonyms. Without: new ones each run.")
    ] = None,
    crosswalk: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write old and new ids there, and in files.csv the name of every file, with or without a copy. Keep "
            "that folder secret.",
        ),
    ] = None,
    pseudonyms: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Your own patient ids: a CSV file with the columns id_old and id_new. Keep it secret. Example: "
            "--pseudonyms trial.csv",
        ),
    ] = None,
    unlisted: Annotated[
        Unlisted,
        typer.Option(
            help="With --pseudonyms: a file whose patient id is not listed is refused, or gets a made pseudonym. "
            "Example: --pseudonyms trial.csv --unlisted make"
        ),
    ] = Unlisted.refuse,
    sort: Annotated[
        Sort,
        typer.Option(
            help="Copies in folders of patient, study and series, or all in one folder. Example: --sort flat"
        ),
    ] = Sort.patient,
    jobs: Annotated[
        int, typer.Option("-j", "--jobs", min=0, metavar="N", help="Worker processes; 0: a fitting number.")
    ] = 0,
    timeout_per_file: Annotated[
        float | None,
        typer.Option(
            metavar="S",
            help="Refuse a file that takes longer than so many seconds, end its worker, and go on with the others.",
        ),
    ] = None,
    max_failures: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="Stop when so many files could not be cleaned; finished copies stay there."
        ),
    ] = None,
    log_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Append what happens, as JSON lines without values and names. Example: --log-file run.jsonl",
        ),
    ] = None,
    executor: Annotated[
        ExecutorName | None,
        typer.Option(
            help="How the work is run; by default as it fits. dask is the extra scanscrub\\[dask], and needs TCP on "
            "this machine."
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="With --executor dask: the cluster at tcp://host:port (or tls://) instead of this machine. All its "
            "workers must reach every file by the same path. The key of the pseudonyms, paths and, from shared "
            "folders, the images travel on that network; its TLS is yours to set up.",
        ),
    ] = None,
    format_option: Annotated[
        OutputFormat, typer.Option("-f", "--format", help="What goes to stdout.")
    ] = OutputFormat.text,
    *,
    thorough: Thorough = False,
    dicomdir: Annotated[bool, typer.Option("--dicomdir", help="Write a new DICOMDIR over the clean copies.")] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with an earlier run; needs its options, and --key if it had one.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("-n", "--dry-run", help="Say what would be done; write nothing.")] = False,
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Ask no question.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Only what went wrong.")] = False,
    show_names: Annotated[
        bool,
        typer.Option(
            "--show-names",
            help="Say in the lines on the terminal which file each is about. Its name may be a patient's: not for "
            "what others read. Example: scanscrub clean cd/ -o clean/ --show-names",
        ),
    ] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="What was done to each file.")] = False,
    no_progress: NoProgress = False,
    color: Annotated[
        bool | None, typer.Option("--color/--no-color", help="Colors; by default on a terminal.")
    ] = None,
    isolated: Isolated = False,  # noqa: ARG001 - read by the callback of --config
    config: Config = None,  # noqa: ARG001 - the same
) -> None:
    """Write clean copies of images, checked, with an audit and a report.

    The originals are not changed. A file that could not be cleaned for certain is not in the folder.

    A file is called by its number, as its name may be a patient's.
    All files count, images or not: paths in the order given, a folder's
    own files before those of its subfolders, by name (10 before 2),
    without links; those of an archive by their names in it.
    --crosswalk lists every file by name, --show-names says it here.
    """
    network = _network_for(executor, scheduler)
    guard.enforce(network)
    if network is not Allowed.NOTHING and not quiet:
        sys.stderr.write(f"scanscrub: {network_words.LIFTED[network]}\n")
    if output is None and not dry_run:
        raise UsageError("Where should the clean copies go?", "Add -o FOLDER (a new one), or -n to only look.")
    if text is TextMode.NONE and device_rules is not None:
        raise UsageError("With --text none no picture is masked, so --device-rules would do nothing.", "Drop one.")
    if text is TextMode.NONE and not yes:
        _ask("With --text none, names burned into the pictures stay there. Go on?")
    gc.set_threshold(*SELDOM)
    with guarded_streams() as (stdout, stderr):
        from scanscrub.api.cleaning import CleanOptions  # noqa: PLC0415 - loads numpy and pydicom
        from scanscrub.cli.listener import Listener  # noqa: PLC0415 - not for --help

        options = CleanOptions(
            profile=profile,
            retain=tuple(retain or ()),
            clean=tuple(clean_option or ()),
            text=text,
            engines=tuple(engine or ()),
            thorough=thorough,
            form=as_option.value if as_option else None,
            key=key,
            crosswalk=crosswalk,
            jobs=jobs,
            executor=executor.value if executor else None,
            scheduler=scheduler,
            resume=resume,
            dry_run=dry_run,
            device_rules=device_rules,
            timeout_per_file=timeout_per_file,
            max_failures=max_failures,
            pseudonyms=pseudonyms,
            unlisted=unlisted.value,
            sort=sort.value,
            log_file=log_file,
        )
        listener = Listener(
            stdout,
            stderr,
            format_option,
            quiet=quiet,
            verbose=verbose,
            progress=not no_progress,
            color=color,
            names=show_names,
        )
        code = _run(paths, None if dry_run else output, options, listener, dicomdir=dicomdir)
    raise typer.Exit(code)


def _network_for(executor: ExecutorName | None, scheduler: str | None) -> Allowed:
    if executor is not ExecutorName.dask:
        return Allowed.NOTHING
    return Allowed.OWN_CLUSTER if scheduler is None else Allowed.THEIR_CLUSTER


def _ask(question: str) -> None:
    """Ask on a terminal; elsewhere the command line is the answer."""
    if sys.stdin.isatty():
        typer.confirm(question, abort=True, err=True)


def _run(
    paths: list[Path], output: Path | None, options: "CleanOptions", listener: "Listener", *, dicomdir: bool
) -> ExitCode:
    """Clean, listen, and write the report over whatever was finished."""
    from scanscrub.api import cleaning  # noqa: PLC0415 - loads numpy and pydicom
    from scanscrub.api.listening import Listening  # noqa: PLC0415 - the same

    fault: ScanscrubError | None = None
    counted = None if listener.progress.is_silent else listener.progress.counted
    heard = Listening(listener.done_before, remark=listener.remark, named=listener.named, counted=counted)
    try:
        with listener:
            for record in cleaning.clean(paths, output, options, heard):
                listener.show(record)
    except ScanscrubError as error:
        if not listener.has_shown:
            raise
        fault = error
    except KeyboardInterrupt:
        _report(output, listener, dicomdir=dicomdir)
        with suppress(OSError):  # a terminal that is gone
            if listener.has_shown:
                listener.finish(searched=options.text != "none")
        raise
    except BrokenPipeError:
        _report(output, listener, dicomdir=dicomdir)
        raise
    _report(output, listener, dicomdir=dicomdir)
    listener.finish(searched=options.text != "none")
    if fault is not None:
        listener.complain(fault)
    return worst([listener.exit_code, fault.exit_code if fault else ExitCode.OK])


def _report(output: Path | None, listener: "Listener", *, dicomdir: bool) -> None:
    """Write the report over whatever was finished."""
    from scanscrub.api import cleaning  # noqa: PLC0415 - loads numpy and pydicom
    from scanscrub.report.page.folder import write_report  # noqa: PLC0415 - the same

    if output is not None and listener.has_shown:
        if dicomdir:
            cleaning.write_dicomdir(output)
        write_report(output)


def worst(codes: list[ExitCode]) -> ExitCode:
    """Several at once: the first of 70, 4, 6, 5, 3."""
    order = (
        ExitCode.BUG,
        ExitCode.NOT_VERIFIED,
        ExitCode.OUTPUT_UNUSABLE,
        ExitCode.MISSING_DEPENDENCY,
        ExitCode.NOT_CLEANED,
    )
    return next((code for code in order if code in codes), ExitCode.OK)
