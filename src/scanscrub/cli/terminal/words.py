"""Every sentence that a patient reads."""

from collections import Counter
from collections.abc import Iterable, Sequence

from scanscrub import AuditRecord, AuditStep, Rule, Status, check_name, pixels_not_searched, review_reason
from scanscrub.report.page.words import DEVICE, NUMBERS
from scanscrub.report.places import device_regions, kept_places, most_in_a_frame, places
from scanscrub.report.plural import plural

STATUS = {
    Status.CLEAN: "clean",
    Status.REVIEW: "clean, please look at it",
    Status.PLANNED: "would be cleaned",
    Status.REFUSED: "not cleaned",
    Status.REJECTED: "not cleaned (the copy failed a check)",
    Status.IGNORED: "not an image, left out",
    Status.FAILED: "not cleaned (a fault)",
}
HEADER_ONLY = "clean except the pictures, which were not searched"

RULES = {
    Rule.IDENTITY: "names and IDs of people in the header",
    Rule.DATE: "dates and times",
    Rule.UID: "identifiers that link to the original (UIDs)",
    Rule.PRIVATE: "the manufacturer's private data",
    Rule.FREE_TEXT: "free text",
    Rule.UNTRUE_STATUS: "claims that the file is already clean",
    Rule.WRITING_MATCHES_HEADER: "text in the picture that repeats the header",
    Rule.WRITING: "other text in the picture",
    Rule.WRITING_UNREADABLE: "marks in the picture that may be text",
    Rule.WRITING_OF_SOMEBODY: "text in the picture that may be about a person",
    Rule.WRITING_OF_NOBODY: "text in an ordinary picture",
    Rule.SEGMENT: "hidden parts of the file (comments, previews, GPS positions)",
    Rule.NAME: "the name of the file or its folder",
    Rule.REFUSED: "the file itself: it could not be read",
}

NAMES = f"{NUMBERS} With --crosswalk DIR, DIR/files.csv lists all files by name."
"""How a person learns which file was not cleaned."""

WRITING = (Rule.WRITING_MATCHES_HEADER, Rule.WRITING, Rule.WRITING_UNREADABLE)


def by_rule(steps: Iterable[AuditStep]) -> list[tuple[str, int]]:
    """How often each rule applied, in words, in the order of the rule codes, then each device rule.

    Writing is counted as `places` are, in the picture that has most.
    """
    steps = tuple(steps)
    counts = Counter(step.rule for step in steps if step.rule is not None)
    for rule in WRITING:
        counts[rule] = max((found[rule] for found in places(steps).values()), default=0)
    devices = [(DEVICE.format(name), count) for name, count in device_regions(steps).items()]
    return [*((RULES[rule], counts[rule]) for rule in Rule if counts[rule]), *devices]


def state(record: AuditRecord) -> str:
    """How it ended for one file."""
    return HEADER_ONLY if record.output_name and pixels_not_searched(record) else STATUS[record.status]


def summary(counts: Counter[str], before: int = 0) -> str:
    """A line about a whole run, of which so many files ended in each `state`, and so many were done before it."""
    parts = [f"{counts[words]:,} {words}" for words in (*STATUS.values(), HEADER_ONLY) if counts[words]]
    line = f"{plural(sum(counts.values()), 'file')}: {', '.join(parts)}." if parts else ""
    if not before:
        return line or "No file was found."
    done = f"{plural(before, 'file')} {'was' if before == 1 else 'were'} done before"
    return f"{line} {done}." if line else f"{done}: nothing is left to do."


def masked(record: AuditRecord) -> str:
    """What of the pictures was blackened; empty where nothing was."""
    frames = places(record.steps)
    most = plural(most_in_a_frame(frames), "place")
    if not frames:
        return ""
    if record.frames == 1:
        return f"{most} blackened"
    up_to = "" if len(frames) == 1 else "up to "
    return f"{up_to}{most} blackened in {len(frames):,} of {plural(record.frames, 'picture')}"


def kept(record: AuditRecord) -> str:
    """How much harmless writing was left on purpose; empty where none was."""
    frames = kept_places(record.kept)
    up_to = "up to " if len(frames) > 1 else ""
    return f"{up_to}{plural(most_in_a_frame(frames), 'mark')} left on purpose" if frames else ""


def outcome(record: AuditRecord) -> str:
    """One line about one file."""
    line = f"[{record.input_ref.number}] {state(record)}"
    if record.output_name:
        line += f": {record.output_name}"
        told = ", ".join(filter(None, (masked(record), kept(record))))
        line += f" ({told})" if told else ""
    if sentence := review_reason(record):
        line += f". {sentence}"
    if record.refusal:
        line += f". {record.refusal.reason} {record.refusal.hint}"
    if record.status is Status.REJECTED:
        failed = [check_name(record, check) for check in record.checks if not check.passed]
        line += f": not passed: {', '.join(failed)}. No copy was written. Do not share the original."
    return line


def after_clean(records: Sequence[Status], *, unsearched: bool, before: int = 0) -> str:
    """What a person should still do; `unsearched`: some copies have pictures in which nobody looked for writing;
    `before`: so many copies are there from an earlier run.
    """
    if unsearched and (before or Status.REVIEW in records):
        return (
            "Pictures were not searched for text and may still show a name. Look at every picture before you share "
            "the folder; report.html shows some of each series. Without --text none they are searched."
        )
    if before or Status.CLEAN in records or Status.REVIEW in records:
        return "Open report.html and look at every picture once before you share the folder."
    if Status.PLANNED in records:
        return "Nothing was written. The same command without -n makes the copies."
    return "There is nothing to share."
