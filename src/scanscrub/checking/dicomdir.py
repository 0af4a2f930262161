"""Whether a DICOMDIR is one that `clean` wrote: an index of clean copies, which repeats only what they say.

An index is never cleaned (`clean --dicomdir` writes a new one), so the policy has no plan for it as a whole; each
of its records is judged like the header it was made of.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import BinaryIO, Final

from scanscrub.checking.names.file_names import judge_name
from scanscrub.domain.finding import Attribute, HeaderElement
from scanscrub.domain.plan import Source
from scanscrub.formats.dicom.encoding.attributes import attributes
from scanscrub.formats.dicom.encoding.container import Container, read_container
from scanscrub.pipeline.worker_context import WorkerContext

_FILE_SET_ID: Final = 0x00041130
_RECORDS: Final = 0x00041220
_FILE_ID: Final = 0x00041500
_OWN_UID: Final = (0x00020003,)
"""The index's own UID: `clean` makes it of the content."""
_STRUCTURE: Final = frozenset({_FILE_SET_ID, 0x00041200, 0x00041202, 0x00041212, _RECORDS})
_RECORD_STRUCTURE: Final = frozenset(
    {0x00041400, 0x00041410, 0x00041420, 0x00041430, _FILE_ID, 0x00041510, 0x00041512}
)
_REFERENCED_UID: Final = 0x00041511
_INSTANCE_UID: Final = 0x00080018


def is_clean_index(stream: BinaryIO, tools: WorkerContext) -> bool:
    """Whether the file is a DICOMDIR in which no record names a patient. Raises `RefusedFile` where it is damaged."""
    container = read_container(stream)
    seen = attributes(container.data_set)
    top = {one.tag: one for one in seen if not one.where.depth}
    if _RECORDS not in top or not set(top) <= _STRUCTURE or _is_named(top) or _has_more(container):
        return False
    if not _says_nothing([one for one in attributes(container.meta) if one.where.path != _OWN_UID], tools):
        return False
    return all(_names_nobody(record) and _says_nothing(record, tools) for record in _records(seen))


def _is_named(top: Mapping[int, Attribute]) -> bool:
    return _FILE_SET_ID in top and top[_FILE_SET_ID].length > 0


def _has_more(container: Container) -> bool:
    return bool(container.preamble.strip(b"\0") or container.trailing)


def _records(seen: Sequence[Attribute]) -> Iterator[list[Attribute]]:
    """What each record holds, as if it were a header of its own."""
    records: dict[int, list[Attribute]] = {}
    for one in seen:
        if one.where.depth:
            path = one.where.path[2:]
            tag = _INSTANCE_UID if path == (_REFERENCED_UID,) else path[0]
            inside = replace(one, where=HeaderElement((tag, *path[1:])))
            records.setdefault(one.where.path[1], []).append(inside)
    yield from records.values()


def _names_nobody(record: Sequence[Attribute]) -> bool:
    """Whether the file IDs of the record are names that point at nobody."""
    file_ids = (one.value.reveal() for one in record if one.tag == _FILE_ID and one.value is not None)
    return all(
        judge_name(part.strip(), lambda _: False) is None for file_id in file_ids for part in file_id.split("\\")
    )


def _says_nothing(header: Sequence[Attribute], tools: WorkerContext) -> bool:
    judged = [one for one in header if one.where.path[0] not in _RECORD_STRUCTURE]
    return not tools.policy.decide(Source(0, ""), judged, (), attest=False).findings
