"""One input -> what `clean` would have to change in it: the unit of work of ``check``. Reads only."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from scanscrub.domain.check import CheckFinding, CheckRecord, refused
from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import Known
from scanscrub.domain.plan import Refusal, Source
from scanscrub.formats.base import ImageFormat
from scanscrub.formats.registry import adapters, not_an_image
from scanscrub.pipeline.check_inputs import Subject
from scanscrub.pipeline.check_record import plan_findings, record, refused_with_name, unreadable, with_name
from scanscrub.pipeline.decide import decide
from scanscrub.pipeline.inspect import examine
from scanscrub.pipeline.tools import Settings, Tools
from scanscrub.repository.archive import HEAD_BYTES, MAGIC, members
from scanscrub.repository.blobs import BlobStore
from scanscrub.repository.cache import FindingCache, Remembered

_CHUNK = 1 << 20
_UNREADABLE = RefusedFile("The file cannot be read.", "Check its permissions, and that it is complete.")
_IN_ARCHIVE = RefusedFile("An archive inside an archive is not opened.", "Unpack the outer one and check the files.")


@dataclass(frozen=True, slots=True)
class CheckJob:
    """What a worker remembers its findings in, and what they depend on; no folder: nothing is remembered."""

    cache: Path | None
    examiner: str


class Checker:
    """Checks one input at a time with one set of tools."""

    def __init__(self, tools: Tools, job: CheckJob) -> None:
        self._tools = tools
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
                if head.startswith(MAGIC):
                    return tuple(self._archive(subject, stream))
                return tuple(self._image(subject, stream, head))
        except OSError:
            return (unreadable(subject, _UNREADABLE),)
        except RefusedFile as error:
            return (unreadable(subject, error),)

    def _open(self, subject: Subject) -> BinaryIO | None:
        if not subject.oid:
            return Path(subject.file).open("rb")
        if subject.tree not in self._stores:
            self._stores[subject.tree] = BlobStore(Path(subject.tree))
        return self._stores[subject.tree].open(subject.oid, _may_be_an_image)

    def _archive(self, subject: Subject, stream: BinaryIO) -> Iterator[CheckRecord]:
        for member in members(stream, _may_be_an_image):
            content = member.content
            if isinstance(content, RefusedFile):
                yield unreadable(subject, content, member.name)
            elif _head(content).startswith(MAGIC):
                yield unreadable(subject, _IN_ARCHIVE, member.name)
            else:
                yield from self._image(subject, content, _head(content), member.name)

    def _image(self, subject: Subject, stream: BinaryIO, head: bytes, member: str = "") -> Iterator[CheckRecord]:
        if not _may_be_an_image(head):
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
        image_format = next((candidate for candidate in adapters() if candidate.sniff(head)), None)
        if image_format is None:
            return Remembered(None)
        try:
            findings, known = self._found(image_format, stream)
        except RefusedFile as error:
            return refused_with_name(error, parts)
        return with_name(findings, parts, known)

    def _found(self, image_format: ImageFormat, stream: BinaryIO) -> tuple[tuple[CheckFinding, ...], Sequence[Known]]:
        source = Source(0, "")
        with image_format.open(stream, source) as document:
            examination = examine(document, self._tools)
            plan = decide(source, examination, self._tools)
            if isinstance(plan, Refusal):
                return (refused(plan.reason, plan.hint),), examination.known
            return tuple(plan_findings(plan, examination.seen)), examination.known


def _may_be_an_image(head: bytes) -> bool:
    return bool(head) and not not_an_image(head)


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


def prepare_checker(settings: Settings, job: CheckJob) -> None:
    """Set this process up to check: the `setup` of an executor."""
    _workers[:] = [Checker(Tools(settings), job)]


def check_subject(subject: Subject) -> tuple[CheckRecord, ...]:
    """Check one input with this process's tools: the task of an executor."""
    return _workers[0](subject)
