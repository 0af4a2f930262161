"""One input -> what `clean` would have to change in it: the unit of work of ``check``. Reads only."""

import hashlib
import io
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from scanscrub.domain.check import CheckRecord
from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.text_pictures import holds_pixels
from scanscrub.pipeline.check_inputs import Subject, may_be_an_image
from scanscrub.pipeline.check_record import alike, of_archive, record, unreadable
from scanscrub.policy.devices import DeviceRule
from scanscrub.policy.profile import Profile
from scanscrub.repository.archive import HEAD_BYTES, Member, is_archive, members
from scanscrub.repository.archive_remarks import remarks
from scanscrub.repository.blobs import BlobStore
from scanscrub.repository.cache import FindingCache, Remembered
from scanscrub.repository.lfs import POINTER, stored

if TYPE_CHECKING:
    from scanscrub.pipeline.tools import Tools

_CHUNK = 1 << 20
_LARGE = 32 << 20
"""Bytes. Reading more than this to know whether the file was seen before takes longer than finding its format."""
_UNREADABLE = RefusedFile("The file cannot be read.", "Check its permissions, and that it is complete.")
_IN_ARCHIVE = RefusedFile("An archive inside an archive is not opened.", "Unpack the outer one and check the files.")


@dataclass(frozen=True, slots=True)
class CheckJob:
    """How a worker checks. It remembers its findings in `cache` (None: nowhere) for what `examiner` stands for."""

    profile: Profile
    text: Literal["all", "identifying", "none"]
    engines: tuple[str, ...]
    threads: int
    cache: Path | None
    examiner: str
    device_rules: tuple[DeviceRule, ...] = ()


class Checker:
    """Checks one input at a time. What looks into images is loaded when the first one is not remembered."""

    def __init__(self, job: CheckJob) -> None:
        self._job = job
        self._cache = FindingCache(job.cache, job.examiner)
        self._stores: dict[str, BlobStore] = {}

    def __call__(self, subject: Subject) -> tuple[CheckRecord, ...]:
        """A record for each image of the input: none where it is no image, several where it is an archive."""
        try:
            with ExitStack() as opened:
                stream = self._open(subject)
                if stream is None:
                    return ()
                opened.enter_context(stream)
                head = _head(stream)
                if head.startswith(POINTER):
                    folder = Path(subject.tree) if subject.oid else Path(subject.file).parent
                    stream = opened.enter_context(stored(head, folder).open("rb"))
                    head = _head(stream)
                if is_archive(head):
                    return tuple(self._archive(subject, stream))
                return tuple(self._image(subject, stream, head))
        except OSError:
            return (unreadable(subject, _UNREADABLE),)
        except RefusedFile as error:
            return (unreadable(subject, error),)

    def remembered(self, subject: Subject) -> tuple[CheckRecord, ...] | None:
        """The records of a file that was examined before; None for any other input."""
        if subject.oid:
            return None
        try:
            with Path(subject.file).open("rb") as stream:
                head = _head(stream)
                if is_archive(head) or head.startswith(POINTER) or _size(stream) > _LARGE:
                    return None
                digest = _sha256(stream)
        except OSError:
            return None
        known = self._cache.get(digest, "/".join(subject.parts))
        if known is None:
            return None
        return () if known.findings is None else (record(subject, digest, "", known),)

    def close(self) -> None:
        """End what reads blobs."""
        for store in self._stores.values():
            store.close()
        self._stores.clear()

    def _open(self, subject: Subject) -> BinaryIO | None:
        if not subject.oid:
            return Path(subject.file).open("rb")
        if subject.tree not in self._stores:
            self._stores[subject.tree] = BlobStore(Path(subject.tree))
        return self._stores[subject.tree].open(subject.oid, _wanted)

    def _archive(self, subject: Subject, stream: BinaryIO) -> Iterator[CheckRecord]:
        """A record for each image in the archive, and one of its own where it says something beside them."""
        found = [
            (subject, member.name, record)
            for member in members(stream, _wanted)
            for record in self._member(subject, member)
        ]
        said = tuple(remarks(stream)) if found else ()
        if said:
            found.append((subject, "", of_archive(subject, _sha256(stream), said)))
        return alike(found)

    def _member(self, subject: Subject, member: Member) -> Iterator[CheckRecord]:
        content = member.content
        if isinstance(content, RefusedFile):
            yield unreadable(subject, content, member.name)
        elif is_archive(_head(content)):
            yield unreadable(subject, _IN_ARCHIVE, member.name)
        else:
            yield from self._image(subject, content, _head(content), member.name)

    def _image(self, subject: Subject, stream: BinaryIO, head: bytes, member: str = "") -> Iterator[CheckRecord]:
        if not may_be_an_image(head) or not holds_pixels(head, stream):
            return
        if _size(stream) > _LARGE and not _is_image(head):
            return
        digest = _sha256(stream)
        parts = (*subject.parts, *(member.split("/") if member else ()))
        name = "/".join(parts)
        remembered = self._cache.get(digest, name)
        if remembered is None:
            remembered = self._examined(stream, head, parts)
            self._cache.put(digest, name, remembered)
        if remembered.findings is not None:
            yield record(subject, digest, member, remembered)

    def _examined(self, stream: BinaryIO, head: bytes, parts: Sequence[str]) -> Remembered:
        from scanscrub.pipeline.check_examine import examined  # noqa: PLC0415 - loads pydicom, numpy and the policy

        return examined(stream, head, parts, self._tools)

    @cached_property
    def _tools(self) -> "Tools":
        from scanscrub.pipeline.tools import Settings, Tools  # noqa: PLC0415 - the same

        # Nothing is written, so no pseudonym gets out, and any key finds the same places.
        job = self._job
        settings = Settings(
            job.profile, bytes(32), job.text, job.engines, job.threads, job.device_rules, screened=True
        )
        return Tools(settings)


def _is_image(head: bytes) -> bool:
    from scanscrub.pipeline.check_examine import format_of  # noqa: PLC0415 - as above

    return format_of(head) is not None


def _wanted(head: bytes) -> bool:
    """Whether it pays to read into memory what begins so."""
    return is_archive(head) or head.startswith(POINTER) or (may_be_an_image(head) and _is_image(head))


def _size(stream: BinaryIO) -> int:
    return stream.seek(0, io.SEEK_END)


def _head(stream: BinaryIO) -> bytes:
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    return head


def _sha256(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    stream.seek(0)
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    stream.seek(0)
    return digest.hexdigest()


_workers: list[Checker] = []


def prepare_checker(job: CheckJob) -> None:
    """Set this process up to check: the `setup` of an executor."""
    _workers[:] = [Checker(job)]


def check_subject(subject: Subject) -> tuple[CheckRecord, ...]:
    """Check one input with this process's tools: the task of an executor."""
    return _workers[0](subject)


def release_checker() -> None:
    """Let go of what `prepare_checker` and the checks opened in this process."""
    for checker in _workers:
        checker.close()
    _workers.clear()
