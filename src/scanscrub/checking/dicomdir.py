"""Whether a DICOMDIR is one that `clean` wrote: an index of clean copies, which repeats only what they say.

An index is never cleaned (`clean --dicomdir` writes a new one), so the policy has no plan for it as a whole; each
of its records is judged like the header it was made of.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import BinaryIO, Final

from scanscrub.domain import tags
from scanscrub.domain.finding import Attribute, HeaderElement
from scanscrub.domain.plan import Source
from scanscrub.formats.dicom.encoding.attributes import attributes
from scanscrub.formats.dicom.encoding.container import Container, read_container
from scanscrub.inputs.file_names import judge_name
from scanscrub.pipeline.worker_context import WorkerContext

_OWN_UID: Final = (tags.MediaStorageSOPInstanceUID,)
"""The index's own UID: `clean` makes it of the content."""
_STRUCTURE: Final = frozenset(
    {
        tags.FileSetID,
        tags.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity,
        tags.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity,
        tags.FileSetConsistencyFlag,
        tags.DirectoryRecordSequence,
    }
)
_RECORD_STRUCTURE: Final = frozenset(
    {
        tags.OffsetOfTheNextDirectoryRecord,
        tags.RecordInUseFlag,
        tags.OffsetOfReferencedLowerLevelDirectoryEntity,
        tags.DirectoryRecordType,
        tags.ReferencedFileID,
        tags.ReferencedSOPClassUIDInFile,
        tags.ReferencedTransferSyntaxUIDInFile,
    }
)


def is_clean_index(stream: BinaryIO, context: WorkerContext) -> bool:
    """Whether the file is a DICOMDIR in which no record names a patient. Raises `RefusedFile` where it is damaged."""
    container = read_container(stream)
    seen = attributes(container.data_set)
    top = {one.tag: one for one in seen if not one.where.depth}
    if (
        tags.DirectoryRecordSequence not in top
        or not set(top) <= _STRUCTURE
        or _is_named(top)
        or _has_more(container)
    ):
        return False
    if not _says_nothing([one for one in attributes(container.meta) if one.where.path != _OWN_UID], context):
        return False
    return all(_names_nobody(record) and _says_nothing(record, context) for record in _records(seen))


def _is_named(top: Mapping[int, Attribute]) -> bool:
    return tags.FileSetID in top and top[tags.FileSetID].length > 0


def _has_more(container: Container) -> bool:
    return bool(container.preamble.strip(b"\0") or container.trailing)


def _records(seen: Sequence[Attribute]) -> Iterator[list[Attribute]]:
    """What each record holds, as if it were a header of its own."""
    records: dict[int, list[Attribute]] = {}
    for one in seen:
        if one.where.depth:
            path = one.where.path[2:]
            tag = tags.SOPInstanceUID if path == (tags.ReferencedSOPInstanceUIDInFile,) else path[0]
            inside = replace(one, where=HeaderElement((tag, *path[1:])))
            records.setdefault(one.where.path[1], []).append(inside)
    yield from records.values()


def _names_nobody(record: Sequence[Attribute]) -> bool:
    """Whether the file IDs of the record are names that point at nobody."""
    file_ids = (one.value.reveal() for one in record if one.tag == tags.ReferencedFileID and one.value is not None)
    return all(
        judge_name(part.strip(), lambda _: False) is None for file_id in file_ids for part in file_id.split("\\")
    )


def _says_nothing(header: Sequence[Attribute], context: WorkerContext) -> bool:
    judged = [one for one in header if one.where.path[0] not in _RECORD_STRUCTURE]
    return not context.policy.decide(Source(0, ""), judged, (), attest=False).findings
