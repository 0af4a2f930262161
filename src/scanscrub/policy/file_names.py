"""Names of output files and the rows of the crosswalk, made of pseudonyms alone."""

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from scanscrub.domain import tags
from scanscrub.domain.finding import Attribute, Observation
from scanscrub.policy.file_context import FileContext

Rows: TypeAlias = tuple[tuple[str, str], ...]


def _short(uid: str, length: int) -> str:
    return base64.b32encode(hashlib.sha256(uid.encode()).digest()).decode("ascii")[:length]


def dicom_name(context: FileContext, content_digest: str, extension: str, prefix: str = "") -> str:
    """``PATIENT/ST-STUDY/SE-SERIES/IM-INSTANCE-CONTENT.dcm`` from the copy's own UIDs and the content's digest, with
    `prefix` in front of the instance.

    Two different files that claim one SOP Instance UID get two names.
    """
    study, series, instance = (
        context.uid(context.header.top.get(tag, ""))
        for tag in (tags.StudyInstanceUID, tags.SeriesInstanceUID, tags.SOPInstanceUID)
    )
    return (
        f"{context.patient}/ST-{_short(study, 10)}/SE-{_short(series, 10)}"
        f"/IM-{prefix}{_short(instance, 16)}-{content_digest[:8]}{extension}"
    )


def picture_name(content_digest: str, extension: str) -> str:
    """``picture-<16 hexadecimal digits>.png``."""
    return f"picture-{content_digest[:16]}{extension}"


def crosswalk_rows(seen: Sequence[Observation], context: FileContext) -> Mapping[str, Rows]:
    """Old and new of every UID that changes (``uids``) and of the patient (``patients``)."""
    uids = {old: context.uid(old) for old in _uids(seen)}
    old_patient = context.header.top.get(tags.PatientID, "")
    patients: Rows = ((old_patient, context.patient),) if old_patient not in {"", context.patient} else ()
    return {
        "uids": tuple((old, new) for old, new in uids.items() if new != old),
        "patients": patients,
    }


def _uids(seen: Sequence[Observation]) -> Iterator[str]:
    for one in seen:
        if isinstance(one, Attribute) and one.vr == "UI" and one.value is not None:
            yield from (part.strip(" \0") for part in one.value.reveal().split("\\"))
