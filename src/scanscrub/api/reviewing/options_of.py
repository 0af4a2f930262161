"""The options that a folder was cleaned with, as far as its audit tells them."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from scanscrub.api.options import CleanOptions
from scanscrub.api.profiles import profile_of
from scanscrub.domain.audit import AuditRecord
from scanscrub.domain.errors import UsageError
from scanscrub.domain.text_mode import TextMode
from scanscrub.formats.dicom.document import DicomDocument
from scanscrub.formats.dicom.file_format import FORMAT as DICOM
from scanscrub.pipeline.worker_context import Settings, WorkerContext


def options_of(folder: Path, first: AuditRecord) -> CleanOptions:
    """Those of the run that made this copy, of which its record tells something; others as they are by default."""
    name = str(first.output_name)
    is_dicom = name.endswith(DicomDocument.extension)
    was_dicom = first.media_type == DICOM.name
    return CleanOptions(
        profile=profile_of(folder),
        text=TextMode(first.text or TextMode.ALL),
        form=None if was_dicom == is_dicom else "dicom" if is_dicom else "png",
        sort="flat" if "/" not in name and "ST-" in name else "patient",
    )


def require_same(records: Iterable[AuditRecord], settings: Settings, *, has_key: bool) -> None:
    """Raise `UsageError` where copies were made by another policy, or under another key than one that is given."""
    policy = WorkerContext(replace(settings, review=None)).policy.identity
    content, _, key = policy.rpartition(" ")
    made = {without_review(record.profile) for record in records}
    if any(other.rpartition(" ")[0] != content for other in made):
        raise UsageError(
            "The folder was cleaned with other options.",
            "Give those of that run: --profile, --retain, --clean, --text, --device-rules, --pseudonyms.",
        )
    if has_key and any(other.rpartition(" ")[2] != key for other in made):
        raise UsageError("The key is not the one that the folder was cleaned with.", "Give that run's, or none.")


def without_review(policy: str) -> str:
    """What a policy is known by, without what tells the reviews apart that it replays."""
    content, _, key = policy.rpartition(" ")
    return f"{content.partition('+')[0]} {key}"
