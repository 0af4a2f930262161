"""``scanscrub clean``: clean copies, checked, with an audit."""

import os
import sys
from contextlib import suppress
from pathlib import Path

import typer

import scanscrub
from scanscrub import CleanOptions, ExitCode, ScanscrubError, TextMode, UsageError
from scanscrub.cli.clean_options import (
    As,
    Color,
    CrosswalkFolder,
    Dicomdir,
    DryRun,
    ExecutorName,
    ExecutorOption,
    Form,
    Format,
    Jobs,
    Key,
    LogFile,
    MaxFailures,
    Output,
    Pseudonyms,
    PurposeOption,
    Quiet,
    Resume,
    ReviewFile,
    Scheduler,
    ShowNames,
    Sort,
    SortOption,
    TimeoutPerFile,
    Unlisted,
    UnlistedOption,
    Verbose,
    Yes,
)
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
from scanscrub.cli.terminal.console import guarded_streams
from scanscrub.cli.terminal.lines import by_words, columns_of
from scanscrub.cli.terminal.listener import Listener
from scanscrub.offline import guard
from scanscrub.offline.allowed import Allowed
from scanscrub.report import network_words
from scanscrub.report.findings.formats import printable

EXAMPLE = "Example: scanscrub clean my-cd/ -o clean/"
BESIDE = "Give that folder another name before you share it, if its name says who it is."


def clean(  # noqa: PLR0913, PLR0917 - one parameter an option
    paths: Paths,
    output: Output = None,
    profile: ProfileName = "share",
    retain: Retain = None,
    clean_option: Clean = None,
    text: TextOption = TextMode.ALL,
    engine: Engine = None,
    device_rules: DeviceRules = None,
    as_option: As = None,
    purpose: PurposeOption = None,
    key: Key = None,
    crosswalk: CrosswalkFolder = None,
    review: ReviewFile = None,
    pseudonyms: Pseudonyms = None,
    unlisted: UnlistedOption = Unlisted.refuse,
    sort: SortOption = Sort.patient,
    jobs: Jobs = 0,
    timeout_per_file: TimeoutPerFile = None,
    max_failures: MaxFailures = None,
    log_file: LogFile = None,
    executor: ExecutorOption = None,
    scheduler: Scheduler = None,
    format_option: Format = OutputFormat.text,
    *,
    thorough: Thorough = False,
    dicomdir: Dicomdir = False,
    resume: Resume = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    quiet: Quiet = False,
    show_names: ShowNames = False,
    verbose: Verbose = False,
    no_progress: NoProgress = False,
    color: Color = None,
    isolated: Isolated = False,  # noqa: ARG001 - read by the callback of --config
    config: Config = None,  # noqa: ARG001 - the same
) -> None:
    """Write clean, verified copies of images, with an audit and a report.

    The originals are not changed. A file that could not be cleaned with certainty has no copy: exit 3, or exit 4
    if its copy failed a check ('scanscrub help exit-codes').

    Files are shown by number, because a name may identify a patient.
    All files are counted, images or not: paths in the order given,
    files of a folder before its subfolders, sorted by name (10 before
    2), without links; members of an archive by name.
    --crosswalk lists every file by name; --show-names shows names here.
    """
    network = _network_for(executor, scheduler)
    guard.enforce(network)
    if network is not Allowed.NOTHING and not quiet:
        _say(network_words.LIFTED[network])
    if text is TextMode.NONE and device_rules is not None:
        raise UsageError("With --text none no picture is masked, so --device-rules would do nothing.", "Drop one.")
    if purpose is not None and as_option is Form.png:
        raise UsageError(
            "--for chatbot makes PNGs of the copies, in their order, and needs the copies themselves for it.",
            "Drop --as png.",
        )
    if text is TextMode.NONE and not yes:
        _ask("With --text none, names burned into the pictures stay there. Go on?")
    if output is None and not dry_run:
        output = scanscrub.folder_beside(paths)
        if not quiet:
            where = printable(os.fspath(output)) if sys.stderr.isatty() else "PATH-clean beside PATH, or clean-copies"
            _say(f"The copies go to {where}. {BESIDE}")
    with guarded_streams(for_people=format_option is OutputFormat.text) as (stdout, stderr):
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
            review=review,
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
        code = run_clean(paths, None if dry_run else output, options, listener, dicomdir=dicomdir)
        if purpose is not None and output is not None and not dry_run and scanscrub.write_for_chatbot(output):
            listener.remark(
                "For a chatbot: for-chatbot/ has the pictures in their order, and about.txt says what they are."
            )
    raise typer.Exit(code)


def _network_for(executor: ExecutorName | None, scheduler: str | None) -> Allowed:
    if executor is not ExecutorName.dask:
        return Allowed.NOTHING
    return Allowed.OWN_CLUSTER if scheduler is None else Allowed.THEIR_CLUSTER


def _say(sentence: str) -> None:
    sys.stderr.write(by_words(f"scanscrub: {sentence}\n", columns_of(sys.stderr)))


def _ask(question: str) -> None:
    """Ask on a terminal; elsewhere the command line is the answer."""
    if sys.stdin.isatty():
        typer.confirm(question, abort=True, err=True)


def run_clean(
    paths: list[Path], output: Path | None, options: CleanOptions, listener: Listener, *, dicomdir: bool
) -> ExitCode:
    """Clean, listen, and write the report over whatever was finished."""
    fault: ScanscrubError | None = None
    try:
        with listener:
            for record in scanscrub.clean(paths, output, options, callbacks=listener.callbacks):
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


def _report(output: Path | None, listener: Listener, *, dicomdir: bool) -> None:
    """Write the report over whatever was finished."""
    if output is not None and listener.has_shown:
        if dicomdir:
            scanscrub.write_dicomdir(output)
        scanscrub.write_report(output)


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
