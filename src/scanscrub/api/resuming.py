"""What ``--resume`` finds in the output of the earlier run: which inputs have their copies, and whether they fit."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scanscrub.api.options import CleanOptions
from scanscrub.domain.audit import AuditRecord
from scanscrub.domain.errors import UsageError
from scanscrub.formats.dicom.document import DicomDocument
from scanscrub.formats.dicom.file_format import FORMAT as DICOM
from scanscrub.output import journal
from scanscrub.output.writer_lock import NAME as LOCK

FOR_CHATBOT: Final = "for-chatbot"
"""The folder of pictures for a chatbot, below the output folder."""
_MADE_OF_COPIES: Final = frozenset({FOR_CHATBOT, f".{FOR_CHATBOT}"})
"""That folder, and what it is called while it is made."""
_OWN_FILES: Final = frozenset({journal.NAME, "report.html", "DICOMDIR", LOCK})
"""What an output folder holds beside the copies."""


@dataclass(frozen=True, slots=True)
class EarlierCopies:
    """What earlier runs left in the output: see `CleanJob`."""

    done: frozenset[tuple[int, str]] = frozenset()
    orphans: frozenset[str] = frozenset()
    recorded: frozenset[journal.RecordedOutcome] = frozenset()


def earlier_copies(output: Path, policy: str, options: CleanOptions) -> EarlierCopies:
    """The inputs whose copies are there, the names of copies that no record lists, and what is said of inputs without
    a copy; of those that could not be read, nobody can tell whether they are the same.

    Raises `UsageError` where the copies were made by another policy, under another key, or in another form.
    """
    path = output / journal.NAME
    journal.drop_torn_line(path)
    names = copies_in(output)
    known = list(journal.records(path)) if path.exists() else []
    listed = {record.output_name: record for record in known if record.output_name in names}.values()
    _require_same_run(listed, policy, options)
    absent = [record for record in journal.latest(known) if record.output_name is None and record.input_ref.digest]
    return EarlierCopies(
        frozenset((record.input_ref.number, record.input_ref.digest) for record in listed),
        names - {record.output_name for record in listed if record.output_name},
        frozenset(map(journal.outcome_of, absent)),
    )


def _require_same_run(copies: Collection[AuditRecord], policy: str, options: CleanOptions) -> None:
    """Raise `UsageError` where copies were made by another policy, under another key, or in another form."""
    without_key = policy.rpartition(" ")[0]
    others = {record.profile for record in copies} - {policy, without_key}  # an older record tells of no key
    if any(other.rpartition(" ")[0] == without_key for other in others):
        raise UsageError(
            "The earlier run had another key: one patient would get two pseudonyms.",
            "Give the key of that run with --key, or a new folder after -o.",
        )
    if others or not all(_has_form(record, options) for record in copies):
        raise UsageError(
            "The earlier run had another profile, --retain, --clean, --text, --device-rules, --as, --sort, or another"
            " --review or --pseudonyms.",
            "Give the options of that run, or a new folder after -o.",
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


def copies_in(folder: Path) -> frozenset[str]:
    """The names of all files of an output folder that are not its own pages or pictures made of its copies."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return frozenset(name for name in found if name.split("/")[0] not in _MADE_OF_COPIES) - _OWN_FILES
