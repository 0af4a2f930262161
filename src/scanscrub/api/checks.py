"""`check` as a function: which inputs, which tools, what was accepted; a report comes back."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from scanscrub.api.callbacks import NO_CALLBACKS, RunCallbacks
from scanscrub.api.check_fingerprint import fingerprint
from scanscrub.api.executors import local_executor, needs_no_workers
from scanscrub.api.keywords import AnyPath, CheckKeywords, chosen_options, path_list
from scanscrub.api.options import CheckOptions
from scanscrub.checking.accepted.acceptance import Acceptance, read_acceptance
from scanscrub.checking.cache import cache_folder
from scanscrub.checking.input_bytes import may_hold_an_image
from scanscrub.domain.check import CheckRecord, CheckReport, Obstacle
from scanscrub.domain.rules import WRITING, Rule
from scanscrub.domain.text_mode import TextMode
from scanscrub.execute.base import Crashed, Executor
from scanscrub.inputs.find import Origin, Scope, find_inputs, ignored_folders
from scanscrub.inputs.git import top_of, work_tree
from scanscrub.inputs.input import Input
from scanscrub.policy.pixels.device_rules import DeviceRule, read_device_rules
from scanscrub.policy.profile import Profile, load_profile

if TYPE_CHECKING:
    from scanscrub.checking.check_file import Checker

FEW = {TextMode.NONE: 400, TextMode.IDENTIFYING: 4, TextMode.ALL: 4}
"""By text mode: up to this many inputs are checked in this process, since starting workers would take longer."""


def check(
    paths: AnyPath | Iterable[AnyPath] = (),
    options: CheckOptions | None = None,
    *,
    baseline: AnyPath | Acceptance | None = None,
    callbacks: RunCallbacks = NO_CALLBACKS,
    **keywords: Unpack[CheckKeywords],
) -> CheckReport:
    """Look for patient data in every image below `paths`: places and rules, never a value.

    Without `paths` in the working folder. What `baseline` holds is accepted: a file, or what `read_acceptance` gave.
    No configuration file is read. Writes nothing but its cache (`cache` False: not even that). Raises `UsageError`
    and `MissingDependencyError`; a bad input is a finding.
    """
    chosen = chosen_options(options or CheckOptions(), keywords)
    accepted = baseline if isinstance(baseline, Acceptance) else read_acceptance(baseline)
    return checked(path_list(paths), chosen, accepted, callbacks)


def checked(
    paths: Sequence[Path], options: CheckOptions, acceptance: Acceptance, callbacks: RunCallbacks
) -> CheckReport:
    """The report of a check with options that were checked. Raises as `check` does."""
    paths = searched(paths, options)
    profile = load_profile(options.profile).with_options(options.retain, options.clean)
    rules = read_device_rules(options.device_rules) if options.device_rules else ()
    inputs = tuple(find_inputs(paths, _scope(options, acceptance.folders)))
    ignored = ignored_folders(paths, inputs) if options.source == "files" and options.ignore else 0
    records = _records(inputs, profile, rules, options, callbacks)
    if options.source == "history":
        records = (replace(record, obstacle=Obstacle.HISTORY) for record in records)
    judged = tuple(acceptance.judge(record, options.minimum) for record in records)
    everything = examines_all(paths, options, acceptance)
    unused = acceptance.unused(looked_for(options.text), everything=everything)
    return CheckReport(judged, unused, profile.name, options.text, _notes(ignored))


def searched(paths: Sequence[Path], options: CheckOptions) -> Sequence[Path]:
    """The paths; without any the working folder, unless git says which files."""
    return paths or ([] if options.source == "staged" else [Path()])


def examines_all(paths: Sequence[Path], options: CheckOptions, acceptance: Acceptance) -> bool:
    """Whether all that the baseline and the patterns speak of is examined: their folders with all below them, or the
    work tree, where some name leads out of its folder.
    """
    match options.source:
        case "files":
            scopes: Sequence[Path] = paths
        case "staged":
            return False
        case "history":
            scopes = [work_tree(Path.cwd()) or Path.cwd()]
    # Unlike `Path.resolve`, this does not mind a link that leads to itself.
    within = [Path(os.path.realpath(scope)) for scope in scopes]
    folders = [Path(os.path.realpath(folder)) for folder in acceptance.folders or (Path.cwd(),)]
    spoken_of = map(top_of, folders) if acceptance.outward else folders
    return all(any(folder.is_relative_to(scope) for scope in within) for folder in spoken_of)


def looked_for(text: TextMode | str) -> frozenset[Rule]:
    """The rules that a check of this text mode judges completely."""
    return frozenset(Rule) if text == TextMode.ALL else frozenset(Rule) - WRITING


def _scope(options: CheckOptions, folders: Sequence[Path]) -> Scope:
    return Scope(
        Origin(options.source),
        archives=False,
        respect_ignore=options.ignore,
        named=True,
        once=True,
        folders=tuple(folders),
        wanted=may_hold_an_image,
    )


def _notes(ignored: int) -> tuple[str, ...]:
    if not ignored:
        return ()
    folders = "A folder that was named is" if ignored == 1 else f"{ignored:,} folders named are"
    return (f"{folders} ignored by git (.gitignore): only what it tracks was examined. --no-ignore overrides.",)


def _records(
    inputs: Sequence[Input],
    profile: Profile,
    rules: tuple[DeviceRule, ...],
    options: CheckOptions,
    callbacks: RunCallbacks,
) -> Iterator[CheckRecord]:
    """The records in the order of the inputs, however many workers there are."""
    if not inputs:
        return
    from scanscrub.checking.check_file import (  # noqa: PLC0415 - numpy; not where nothing is checked
        Checker,
        CheckJob,
        check_input,
        names_here,
        prepare_checker,
        release_checker,
    )
    from scanscrub.checking.names.names_of_run import with_names_of_the_run  # noqa: PLC0415 - the same
    from scanscrub.checking.record import crashed, with_withheld_folders  # noqa: PLC0415 - the same

    _require_engines(options)
    cache = cache_folder() if options.cache else None
    examiner = fingerprint(profile, rules, options) if cache else ""
    job = CheckJob(profile, TextMode(options.text), options.engines, 0, cache, examiner, rules)
    executor, threads = _executor(options, len(inputs))
    outcomes = _remembered(Checker(job), inputs) if threads and cache else {}
    if outcomes:
        executor, threads = _executor(options, len(inputs) - len(outcomes))
    job = replace(job, threads=threads)
    rest = [each for each in inputs if each not in outcomes]
    if callbacks.counted is not None:
        callbacks.counted(len(rest), is_all=True)
    try:
        for outcome in executor.run(check_input, rest, partial(prepare_checker, job)):
            known = (crashed(outcome.item, outcome.kind),) if isinstance(outcome, Crashed) else outcome.result
            outcomes[outcome.item] = known
            callbacks.examined()
        found = [(each, record) for each in inputs for record in outcomes[each]]
        named = list(with_names_of_the_run(found, job, names_here()))
    finally:
        release_checker()
    yield from with_withheld_folders((each, "", record) for (each, _), record in zip(found, named, strict=True))


def _require_engines(options: CheckOptions) -> None:
    """Raise `UsageError` or `MissingDependencyError` where an engine that is to look cannot."""
    if options.text == TextMode.NONE:
        return
    from scanscrub.detect.engines.registry import usable  # noqa: PLC0415 - loads numpy

    for name in options.engines:
        usable(name)


def _remembered(checker: "Checker", inputs: Sequence[Input]) -> dict[Input, tuple[CheckRecord, ...]]:
    """What is known of inputs by now. Workers start slowly, and for these none is needed."""
    recalled = {each: checker.remembered(each) for each in inputs}
    return {each: records for each, records in recalled.items() if records is not None}


def _executor(options: CheckOptions, count: int) -> tuple[Executor, int]:
    """For so many inputs, as `local_executor`."""
    few = count <= FEW[TextMode(options.text)]
    return local_executor(options.jobs, alone=needs_no_workers(options.jobs, few=few))
