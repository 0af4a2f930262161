"""The library: what the command line does, as functions that yield records.

from scanscrub.api.cleaning import CleanOptions, clean

for record in clean([Path("scans")], Path("clean"), CleanOptions()):
    print(record.status, record.output_name)

Telemetry of the libraries is switched off, and the worker processes have no network. The process itself is yours and
keeps it unless you call `scanscrub.offline.guard.enforce()`, for good, as the command line does at its start.
"""

import os
import secrets
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from scanscrub.api.bounds import check_bounds, naming_idle_rules, took_too_long, until_too_many
from scanscrub.api.executors import local_executor, needs_no_workers, shares
from scanscrub.api.listening import UNHEARD, Listening, counting, heard_by
from scanscrub.detect.engines.registry import usable
from scanscrub.domain.audit import AuditRecord, InputRef, Status
from scanscrub.domain.errors import RefusedFile, TooManyFailuresError, UsageError
from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.plan import Check, Refusal, Source
from scanscrub.domain.text_mode import TextMode
from scanscrub.execute import dask_cluster
from scanscrub.execute.base import Crashed, Done, Executor, TimedOut
from scanscrub.formats.dicom.document import FORMAT as DICOM
from scanscrub.formats.dicom.document import DicomDocument
from scanscrub.inputs.find import Scope, find_inputs, require_there
from scanscrub.inputs.input import Input
from scanscrub.output import journal
from scanscrub.output.crosswalk import Crosswalk
from scanscrub.output.kept_key import NOT_KEPT, KeptKey
from scanscrub.output.run_log import run_log
from scanscrub.output.staging import clear_staging, make_output, prepare_output
from scanscrub.output.writer_lock import NAME as LOCK
from scanscrub.output.writer_lock import PATIENCE_SECONDS, UNGUARDED, Lock, publishing, sole_writer
from scanscrub.pipeline.clean import CleanJob, DoneBefore, clean_item, prepare_worker, release_worker
from scanscrub.pipeline.convert import Form
from scanscrub.pipeline.read import recognized
from scanscrub.pipeline.remote_worker import installed, prepare_remote_worker
from scanscrub.pipeline.verify_copy import Copy, verify_copy
from scanscrub.pipeline.worker_context import Settings, WorkerContext
from scanscrub.policy.pixels.device_rules import read_device_rules
from scanscrub.policy.profile import BUILT_IN, load_profile
from scanscrub.policy.pseudonyms.listed import PseudonymList, read_pseudonyms

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

OWN_FILES = frozenset({journal.NAME, "report.html", "DICOMDIR", LOCK})
"""What an output folder holds beside the copies."""
FEW = 4
"""Up to this many inputs are cleaned in this process: starting workers would take longer."""


@dataclass(frozen=True, slots=True)
class CleanOptions:
    """The options of ``scanscrub clean``, by their names there."""

    profile: str = "share"
    retain: tuple[str, ...] = ()
    clean: tuple[str, ...] = ()
    text: TextMode | str = TextMode.ALL
    engines: tuple[str, ...] = ()
    thorough: bool = False
    form: Form | None = None
    """``--as``, which Python has another use for."""
    key: Path | None = None
    crosswalk: Path | None = None
    jobs: int = 0
    executor: Literal["serial", "processes", "dask"] | None = None
    scheduler: str | None = None
    """The address of a Dask scheduler; None: workers on this machine."""
    resume: bool = False
    dry_run: bool = False
    device_rules: Path | None = None
    timeout_per_file: float | None = None
    """Seconds; a file that takes longer is refused. It needs workers on this machine, so there are some then."""
    max_failures: int | None = None
    """The run ends when so many files could not be cleaned."""
    pseudonyms: Path | None = None
    """A CSV file with the columns id_old and id_new: the user's own pseudonyms of patients."""
    unlisted: Literal["refuse", "make"] = "refuse"
    """What becomes of a file whose patient id is not in that list: it is refused, or a pseudonym is made."""
    sort: Literal["patient", "flat"] = "patient"
    """Copies in folders of patient, study and series, or all in one folder."""
    log_file: Path | None = None
    """Gets a line of JSON for each file, without a value and without its name."""

    @property
    def engine_names(self) -> tuple[str, ...]:
        """The engines whose union looks: the default one, unless some were named; both when thorough."""
        names = self.engines or ("ppocr",)
        return tuple(dict.fromkeys((*names, "ppocr", "easyocr"))) if self.thorough else tuple(dict.fromkeys(names))


def settings_for(options: CleanOptions, kept: bytes | None = None) -> Settings:
    """Check the options and load what they name; without `--key` the run has the `kept` one, or a new one.

    Raises `UsageError` and `MissingDependencyError`.
    """
    if options.resume and options.key is None and kept is None:
        raise UsageError(
            "--resume needs the key of the earlier run, or the copies would not belong together.",
            "Give it with --key FILE. Of a run without that, the key is kept on its machine, for the user who began"
            " it, until the run is complete.",
        )
    if options.unlisted != "refuse" and options.pseudonyms is None:
        raise UsageError("--unlisted is about a list of pseudonyms.", "Add --pseudonyms FILE.csv.")
    if options.scheduler is not None and options.executor != "dask":
        raise UsageError("--scheduler is the address of a Dask cluster.", "Add --executor dask.")
    if options.executor == "dask":
        dask_cluster.require()
    check_bounds(options.timeout_per_file, options.max_failures, is_cluster=options.executor == "dask")
    rules = read_device_rules(options.device_rules) if options.device_rules else ()
    if options.text != TextMode.NONE:
        for name in options.engine_names:
            usable(name)
    return Settings(
        load_profile(options.profile).with_options(options.retain, options.clean),
        read_key(options.key) if options.key else kept or secrets.token_bytes(32),
        TextMode(options.text),
        options.engine_names,
        device_rules=rules,
        pseudonyms=_listed(options),
    )


def _listed(options: CleanOptions) -> PseudonymList | None:
    if options.pseudonyms is None:
        return None
    return read_pseudonyms(options.pseudonyms, makes=options.unlisted == "make")


def read_key(path: Path) -> bytes:
    """The 32 bytes of a key file: 64 hexadecimal digits. Raises `UsageError`."""
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        key = b""
    if len(key) != 32:
        raise UsageError("The key file cannot be read or holds no key.", "Make one: scanscrub key new FILE")
    return key


def clean(
    paths: Sequence[Path],
    output: Path | None,
    options: CleanOptions,
    listening: Listening = UNHEARD,
) -> Iterator[AuditRecord]:
    """Clean every image below `paths` into `output`; a record per input, as they finish.

    `output` None is a dry run. The audit is appended to ``audit.jsonl`` as it grows. An input whose copy an earlier
    run made has no record: see `Listening`. Raises `UsageError`, `MissingDependencyError`, `OutputUnusableError`
    (another run may write there), `ClusterLostError` and `TooManyFailuresError`; a bad input is a record.
    """
    output = output.resolve() if output is not None else None
    kept = KeptKey(output) if output is not None and options.key is None else None
    settings = settings_for(options, kept.read() if kept is not None and options.resume else None)
    with ExitStack() as opened:
        if options.log_file is not None:
            _keep_log_apart(options.log_file, paths, output)
            log = opened.enter_context(run_log(options.log_file, WorkerContext(settings).policy.identity))
            listening = heard_by(log, listening)
        chosen = [path.absolute() for path in paths] if options.scheduler is not None else paths
        opened.enter_context(counting(partial(_inputs, chosen, output), listening.counted))
        if output is None:
            executor, settings, items = executor_for(options, settings, _inputs(chosen, None))
            job = CleanJob(None, form=options.form, is_flat=options.sort == "flat")
            yield from until_too_many(_records(executor, settings, job, items, listening), options.max_failures)
        else:
            yield from _cleaned_into(output, chosen, options, settings, kept, listening)


def _inputs(paths: Sequence[Path], output: Path | None) -> Iterator[Input]:
    return find_inputs(paths, Scope(outside=output))


def _cleaned_into(  # noqa: PLR0913, PLR0917 - a run and all that was made ready for it
    output: Path,
    paths: Sequence[Path],
    options: CleanOptions,
    settings: Settings,
    kept: KeptKey | None,
    listening: Listening,
) -> Iterator[AuditRecord]:
    crosswalk = Crosswalk(options.crosswalk.resolve()) if options.crosswalk else None
    require_there(paths)
    _keep_apart(paths, output, crosswalk)
    if any(path.is_dir() and output.is_relative_to(path.resolve()) for path in paths):
        listening.remark("The output folder lies inside an input folder: what is in it is left out.")
    with _sole_writer(output, crosswalk, listening.remark):
        clear_staging(output)
        prepare_output(output, resume=options.resume, passed_over={LOCK})
        earlier = crosswalk.prepare(resume=options.resume) if crosswalk is not None else 0
        policy = WorkerContext(settings).policy.identity
        before = _already_done(output, policy, options) if options.resume else Before()
        if kept is not None and not kept.write(settings.key):
            listening.remark(NOT_KEPT)
        executor, settings, items = executor_for(options, settings, _inputs(paths, output), output)
        job = CleanJob(
            output,
            crosswalk,
            options.form,
            before.done,
            before.orphans,
            before.said,
            keeps_journal=options.scheduler is None,
            is_flat=options.sort == "flat",
        )
        with _finished(job, earlier):
            yield from until_too_many(_records(executor, settings, job, items, listening), options.max_failures)
        if kept is not None:
            kept.destroy()


@contextmanager
def _finished(job: CleanJob, earlier: int) -> Iterator[None]:
    """Leave output and crosswalk in order. Where a run is ended, workers of other machines may still write."""
    in_order = False
    try:
        try:
            yield
            in_order = True
        except TooManyFailuresError:
            in_order = True
            raise
    finally:
        if job.output is not None:
            clear_staging(job.output)
        if job.crosswalk is not None and (in_order or job.keeps_journal):
            with nullcontext() if in_order else suppress(OSError):
                job.crosswalk.finish(earlier)


@contextmanager
def _sole_writer(output: Path, crosswalk: Crosswalk | None, remark: Callable[[str], None]) -> Iterator[None]:
    make_output(output)
    with ExitStack() as held:
        locks = [held.enter_context(sole_writer(output))]
        if crosswalk is not None:
            crosswalk.make()
            locks.append(held.enter_context(sole_writer(crosswalk.folder)))
        if Lock.NONE in locks:
            remark(UNGUARDED)
        yield


def _records(
    executor: Executor, settings: Settings, job: CleanJob, items: Iterable[Input], listening: Listening
) -> Generator[AuditRecord, None, None]:
    records = _cleaned(executor, settings, job, items, listening)
    return naming_idle_rules(records, (rule.name for rule in settings.device_rules), listening.remark)


def _cleaned(
    executor: Executor,
    settings: Settings,
    job: CleanJob,
    items: Iterable[Input],
    listening: Listening,
) -> Generator[AuditRecord, None, None]:
    """The records of all items but those that were done before: as many of the same bytes as have a copy."""
    left = Counter(digest for _, digest in job.done)
    alike: list[tuple[Input, str]] = []
    told = job.journal_size
    for outcome in _outcomes(executor, settings, job, items):
        listening.named(outcome.item.number, outcome.item.place)
        made = job.made_since(told, outcome.item.number) if isinstance(outcome, TimedOut) else None
        result = made or (not_cleaned(outcome, settings) if isinstance(outcome, Crashed) else outcome.result)
        if isinstance(result, AuditRecord):
            if made is None and (isinstance(outcome, Crashed) or not job.keeps_journal):
                job.keep(result, outcome.item.place)
            listening.told(result)
            yield result
        elif result.same:
            left[result.digest] -= 1
            job.keep_done_before(outcome.item, result.digest)
            listening.done_before(outcome.item.number)
        else:
            alike.append((outcome.item, result.digest))
    again = []
    for item, digest in alike:
        if left[digest] > 0:
            left[digest] -= 1
            job.keep_done_before(item, digest)
            listening.done_before(item.number)
        else:
            again.append(item)
    if again:
        yield from _cleaned(executor, settings, replace(job, done=frozenset()), again, listening)


def _outcomes(
    executor: Executor, settings: Settings, job: CleanJob, items: Iterable[Input]
) -> Iterator[Done[Input, AuditRecord | DoneBefore] | Crashed[Input]]:
    try:
        yield from executor.run(clean_item, items, _setup(settings, job))
    finally:
        release_worker()


def _setup(settings: Settings, job: CleanJob) -> Callable[[], None]:
    if job.keeps_journal:
        return partial(prepare_worker, settings, job)
    return partial(prepare_remote_worker, settings, job, installed())


def _keep_apart(paths: Sequence[Path], output: Path, crosswalk: Crosswalk | None) -> None:
    if any(str(output) == os.path.realpath(path) for path in paths):
        raise UsageError("The output folder is one of the inputs.", "Give another folder after -o.")
    if crosswalk is not None and crosswalk.folder.is_relative_to(output):
        raise UsageError(
            "The crosswalk names the originals, so it cannot lie inside the output folder.",
            "Give --crosswalk a folder of its own, outside what you share.",
        )


def _keep_log_apart(log: Path, paths: Sequence[Path], output: Path | None) -> None:
    real = Path(os.path.realpath(log))
    if output is not None and real.is_relative_to(output):
        raise UsageError("The log file cannot lie inside the output folder.", "Give --log-file another place.")
    if any(os.path.realpath(path) == str(real) for path in paths):
        raise UsageError("The log file is one of the inputs.", "Give --log-file another place.")


@dataclass(frozen=True, slots=True)
class Before:
    """What earlier runs left in the output: see `CleanJob`."""

    done: frozenset[tuple[int, str]] = frozenset()
    orphans: frozenset[str] = frozenset()
    said: frozenset[journal.Gist] = frozenset()


def _already_done(output: Path, policy: str, options: CleanOptions) -> Before:
    """The inputs whose copies are there, the names of copies that no record lists, and what is said of inputs without
    a copy; of those that could not be read, nobody can tell whether they are the same.

    Raises `UsageError` where the copies were made by another policy, under another key, or in another form.
    """
    path = output / journal.NAME
    journal.mend(path)
    names = _copies(output)
    known = list(journal.records(path)) if path.exists() else []
    listed = {record.output_name: record for record in known if record.output_name in names}.values()
    absent = [record for record in journal.standing(known) if record.output_name is None and record.input_ref.digest]
    without_key = policy.rpartition(" ")[0]
    others = {record.profile for record in listed} - {policy, without_key}  # an older record tells of no key
    if any(other.rpartition(" ")[0] == without_key for other in others):
        raise UsageError(
            "The earlier run had another key: one patient would get two pseudonyms.",
            "Give the key of that run with --key, or a new folder after -o.",
        )
    if others or not all(_has_form(record, options) for record in listed):
        raise UsageError(
            "The earlier run had another profile, --retain, --clean, --text, --device-rules, --as, --sort, or other"
            " --pseudonyms.",
            "Give the options of that run, or a new folder after -o.",
        )
    return Before(
        frozenset((record.input_ref.number, record.input_ref.digest) for record in listed),
        names - {record.output_name for record in listed if record.output_name},
        frozenset(map(journal.gist, absent)),
    )


def _has_form(record: AuditRecord, options: CleanOptions) -> bool:
    """Whether a copy is what a run with these options would have made of its input, and called so."""
    name, form = str(record.output_name), options.form
    is_nested = "/" in name
    was_flattened = not is_nested and "ST-" in name  # the names of its folders are in its own
    if (is_nested and options.sort == "flat") or (was_flattened and options.sort != "flat"):
        return False
    is_dicom = name.endswith(DicomDocument.extension)
    return is_dicom == (record.media_type == DICOM.name if form is None else form == "dicom")


def _copies(folder: Path) -> frozenset[str]:
    """The names of all files of an output folder that are not its own pages."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return frozenset(found) - OWN_FILES


def executor_for(
    options: CleanOptions, settings: Settings, items: Iterator[Input], output: Path | None = None
) -> tuple[Executor, Settings, Iterable[Input]]:
    """The executor asked for, or a fitting one; the settings with each worker's share of the processors."""
    first = list(islice(items, FEW + 1))
    items = chain(first, items)
    if options.executor == "dask":
        from scanscrub.execute.dask import DaskExecutor  # noqa: PLC0415 - only when asked for

        jobs, threads = shares(options.jobs)
        dask = DaskExecutor(options.jobs if options.scheduler else jobs, threads, options.scheduler)
        return dask, replace(settings, threads=threads), items
    few = len(first) <= FEW
    alone = options.executor == "serial" or (not options.executor and needs_no_workers(options.jobs, few=few))
    at_rest = partial(publishing, output, patience=PATIENCE_SECONDS) if output else nullcontext
    executor, threads = local_executor(options.jobs, alone=alone, limit=options.timeout_per_file, at_rest=at_rest)
    return executor, replace(settings, threads=threads), items


def not_cleaned(outcome: Crashed[Input], settings: Settings) -> AuditRecord:
    """A fault of ours or of a library took this item, or time did: it is in the report, not in the output."""
    if isinstance(outcome, TimedOut):
        return took_too_long(outcome.item.number, settings.profile.name)
    return AuditRecord(
        InputRef(outcome.item.number, ""),
        Status.FAILED,
        settings.profile.name,
        refusal=Refusal(
            f"A fault in scanscrub or one of its libraries ({outcome.kind}).",
            "Please report it; the file was left out.",
        ),
    )


def verify(
    folder: Path, options: CleanOptions, listening: Listening = UNHEARD
) -> Iterator[tuple[str, tuple[Check, ...]]]:
    """Look at every file of a cleaned folder again: its name below the folder, and the checks.

    Raises `UsageError` where the folder has no audit.
    """
    context = WorkerContext(settings_for(options))
    expected = {
        record.output_name: dict(record.sha256s).get("output")
        for record in journal.brief_records(folder / journal.NAME)
        if record.output_name is not None
    }
    names = sorted(_copies(folder) | set(expected))
    if listening.counted is not None:
        listening.counted(len(names), is_all=True)
    for number, name in enumerate(names, start=1):
        yield name, verify_copy(Copy(number, folder, name, expected.get(name)), context)


def profile_of(folder: Path) -> str:
    """The built-in profile that a folder was cleaned with, as its audit says; the default one where it was another.

    Raises `UsageError` where its audit is none.
    """
    path = folder / journal.NAME
    first = next(journal.brief_records(path), None) if path.exists() else None
    name = first.profile.partition(" ")[0] if first is not None else ""
    return name if name in BUILT_IN else BUILT_IN[0]


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A picture of a copy, by its frame: uint8 ``(rows, columns[, 3])``, and all that was blackened in it.

    `kept` is the writing that was left on purpose.
    """

    frame: int
    pixels: "NDArray[np.uint8]"
    regions: tuple[PixelRegion, ...]
    kept: tuple[PixelRegion, ...] = ()


def shown(folder: Path, record: AuditRecord, most: int = 1) -> Iterator[Shown]:
    """At most so many frames of a record's copy: one of each of as many parts of it, the one with most masks."""
    if record.output_name is None or not record.frames:
        return
    regions = [
        step.masked or step.where
        for step in record.steps
        if isinstance(step.where, PixelRegion) and step.action == "Mask"
    ]
    wanted = _most_masked(record.frames, regions, min(most, record.frames))
    try:
        with (
            (folder / record.output_name).open("rb") as stream,
            recognized(stream).open(stream, Source(record.input_ref.number, "")) as document,
        ):
            for frame, picture in document.pictures():
                if frame in wanted:
                    here = tuple(region for region in regions if region.frame == frame)
                    kept = tuple(region for region in record.kept if region.frame == frame)
                    yield Shown(frame, picture.views[0].pixels, here, kept)
                if frame == wanted[-1]:
                    return
    except (OSError, RefusedFile):
        return


def _most_masked(frames: int, regions: Sequence[PixelRegion], parts: int) -> list[int]:
    """Of each of so many equal parts of a file the frame with most masks, the first one where several have."""
    counts = Counter(region.frame for region in regions)
    bounds = [frames * part // parts for part in range(parts + 1)]
    return [max(range(*ends), key=lambda frame: (counts[frame], -frame)) for ends in pairwise(bounds)]


def write_dicomdir(folder: Path) -> None:
    """Write a DICOMDIR over the clean DICOM copies below `folder`."""
    from scanscrub.formats.dicom.write.dicomdir import write_dicomdir as write  # noqa: PLC0415 - only when asked for

    names = [record.output_name for record in journal.brief_records(folder / journal.NAME) if record.output_name]
    write(folder, [folder / name for name in sorted(set(names)) if name.endswith(".dcm")])
