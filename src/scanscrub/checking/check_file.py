"""One input -> what `clean` would have to change in it: the unit of work of ``check``. Reads only."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from scanscrub.archives.allowance import Allowance
from scanscrub.checking.cache import FindingCache, Remembered
from scanscrub.checking.contents import DEEPEST, Container, container_of, contents, obstacle_of, said_beside
from scanscrub.checking.git_pointers import is_pointer, not_here, pointed_at
from scanscrub.checking.input_bytes import is_image, may_be_an_image, wanted, worth_reading
from scanscrub.checking.record import of_archive, record, unreadable, with_withheld_folders
from scanscrub.domain.check import CheckRecord, Obstacle
from scanscrub.domain.errors import NotAnImage, NotLookedInto, RefusedFile, no_memory
from scanscrub.domain.finding import Identifier
from scanscrub.domain.text_mode import TextMode
from scanscrub.execute.process_state import drop_from_process, keep_in_process, kept_in_process
from scanscrub.formats.unsupported import late_signatures
from scanscrub.formats.unsupported.text_pictures import head_of, holds_pixels
from scanscrub.inputs.git_blobs import BlobStores
from scanscrub.inputs.input import Input
from scanscrub.policy.pixels.device_rules import DeviceRule
from scanscrub.policy.profile import Profile
from scanscrub.system.file_cache import clear_file_caches
from scanscrub.system.streams import sha256_of, size_of

if TYPE_CHECKING:
    from scanscrub.pipeline.worker_context import WorkerContext

Found: TypeAlias = tuple[Input, str, CheckRecord]

_LARGE = 32 << 20
"""Bytes. Reading more than this to know whether the file was seen before takes longer than finding its format."""


@dataclass(frozen=True, slots=True)
class CheckJob:
    """How a worker checks. It remembers its findings in `cache` (None: nowhere) for what `examiner` stands for."""

    profile: Profile
    text: TextMode
    engines: tuple[str, ...]
    threads: int
    cache: Path | None
    examiner: str
    device_rules: tuple[DeviceRule, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where something lies: the input, its name inside that (empty for the input itself), how deep, and why `clean`
    does not reach it there.
    """

    source: Input
    allowance: Allowance
    member: str = ""
    depth: int = 0
    obstacle: Obstacle | None = None

    def within(self, kind: Container, head: bytes) -> "_Place":
        return replace(self, obstacle=self.obstacle or obstacle_of(kind, head, self.depth))

    def below(self, name: str) -> "_Place":
        return replace(self, member="/".join(filter(None, (self.member, name))), depth=self.depth + 1)

    def with_record(self, record: CheckRecord) -> Found:
        return self.source, self.member, replace(record, obstacle=self.obstacle)

    def refused(self, error: RefusedFile) -> Found:
        return self.with_record(unreadable(self.source, error, self.member))


class Checker:
    """Checks one input at a time. What looks into images is loaded when the first one is not remembered."""

    def __init__(self, job: CheckJob) -> None:
        self._job = job
        self._cache = FindingCache(job.cache, job.examiner)
        self._blobs = BlobStores(worth_reading)
        self.names: dict[str, tuple[Identifier, ...]] = {}
        """By the digest of what was examined here: the names that its header knows. They stay in this process."""
        self._distinct: dict[tuple[Identifier, ...], tuple[Identifier, ...]] = {}

    def __call__(self, source: Input) -> tuple[CheckRecord, ...]:
        """A record for each image of the input: none where it is no image, several where it is an archive."""
        try:
            with ExitStack() as opened:
                stream = opened.enter_context(source.open(self._blobs))
                head = head_of(stream)
                if is_pointer(head):
                    stream = opened.enter_context(pointed_at(head, source.folder).open("rb"))
                return tuple(with_withheld_folders(self._file(_Place(source, Allowance(size_of(stream))), stream)))
        except OSError:
            refusal = RefusedFile("The file cannot be read.", "Check its permissions, and that it is complete.")
            return (unreadable(source, refusal),)
        except MemoryError:
            return (unreadable(source, no_memory()),)
        except NotAnImage:
            return ()
        except RefusedFile as error:
            return (unreadable(source, error),)
        finally:
            clear_file_caches()

    def remembered(self, source: Input) -> tuple[CheckRecord, ...] | None:
        """The records of a file that was examined before; None for any other input."""
        if source.blob:
            return None
        try:
            with source.open() as stream:
                head = head_of(stream)
                if is_pointer(head) or size_of(stream) > _LARGE or container_of(head, stream, is_image):
                    return None
                digest = sha256_of(stream)
        except (OSError, RefusedFile):
            return None
        known = self._cache.get(digest, "/".join(source.address.parts))
        if known is None:
            return None
        return () if known.findings is None else (record(source, digest, "", known),)

    def close(self) -> None:
        """End what reads blobs."""
        self._blobs.close()

    def _file(self, place: _Place, stream: BinaryIO) -> Iterator[Found]:
        """A record for each image in the file, or for the file itself."""
        head = head_of(stream)
        kind = container_of(head, stream, is_image)
        if kind is None:
            yield from (place.with_record(record) for record in self._image(place, stream, head))
        elif place.depth == DEEPEST:
            yield place.refused(_too_deep())
        else:
            yield from self._contents(place.within(kind, head), stream, kind)

    def _contents(self, place: _Place, stream: BinaryIO, kind: Container) -> Iterator[Found]:
        """A record for each image in a container, and one of its own where it says something beside them."""
        found = False
        try:
            for inner in contents(kind, stream, wanted, place.allowance):
                for one in self._content(place.below(inner.name), inner.content):
                    found = True
                    yield one
            said = tuple(said_beside(kind, stream, with_images=found))
        except RefusedFile as error:
            yield place.refused(error)
            return
        if said:
            yield place.with_record(of_archive(place.source, sha256_of(stream), said, place.member))

    def _content(self, place: _Place, content: BinaryIO | RefusedFile) -> Iterator[Found]:
        if isinstance(content, RefusedFile):
            yield place.refused(content)
            return
        head = head_of(content)
        if is_pointer(head):
            yield place.refused(not_here(head))
        else:
            yield from self._file(place, content)

    def _image(self, place: _Place, stream: BinaryIO, head: bytes) -> Iterator[CheckRecord]:
        if not may_be_an_image(head) or not holds_pixels(head, stream):
            return
        source, member = place.source, place.member
        parts = (*source.address.parts, *(member.split("/") if member else ()))
        name = "/".join(parts)
        is_large = size_of(stream) > _LARGE
        digest = "" if is_large else sha256_of(stream)
        remembered = self._cache.get(digest, name) if digest else None
        # Whether it is an image is known only with all that looks into images: what is remembered needs none of that.
        if remembered is None and not is_image(head):
            refusal = late_signatures.refusal(stream)
            if refusal is not None:
                yield unreadable(source, refusal, member, digest or sha256_of(stream))
            if refusal is not None or is_large:
                return
        if is_large:
            digest = sha256_of(stream)
            remembered = self._cache.get(digest, name)
        if remembered is None:
            remembered, names = self._examined(stream, head, parts)
            self._note(digest, names)
            self._cache.put(digest, name, remembered)
        if remembered.findings is not None:
            yield record(source, digest, member, remembered)

    def _note(self, digest: str, names: tuple[Identifier, ...]) -> None:
        # The slices of a series know the same.
        self.names[digest] = self._distinct.setdefault(names, names)

    def _examined(
        self, stream: BinaryIO, head: bytes, parts: Sequence[str]
    ) -> tuple[Remembered, tuple[Identifier, ...]]:
        from scanscrub.checking.examine import examined  # noqa: PLC0415 - loads pydicom, numpy and the policy

        return examined(stream, head, parts, self._context)

    @cached_property
    def _context(self) -> "WorkerContext":
        from scanscrub.pipeline.worker_context import Settings, WorkerContext  # noqa: PLC0415 - the same

        # Nothing is written, so no pseudonym gets out, and any key finds the same places.
        job = self._job
        settings = Settings(job.profile, bytes(32), job.text, job.engines, job.threads, job.device_rules)
        return WorkerContext(settings)


def _too_deep() -> NotLookedInto:
    return NotLookedInto(
        "Archives inside one another are opened four deep, and this one is deeper.", "Unpack it and check the files."
    )


class NameReader(Checker):
    """Reads names only: of each image of an input, and of archives all that they hold."""

    def _image(self, place: _Place, stream: BinaryIO, head: bytes) -> Iterator[CheckRecord]:  # noqa: ARG002 - as above
        from scanscrub.checking.examine import names_in  # noqa: PLC0415 - as above

        self._note(sha256_of(stream), names_in(stream, self._context))
        return iter(())


def prepare_checker(job: CheckJob) -> None:
    """Set this process up to check: the `setup` of an executor."""
    keep_in_process(Checker(job))


def check_input(source: Input) -> tuple[CheckRecord, ...]:
    """Check one input with this process's worker context: the task of an executor."""
    (checker,) = kept_in_process(Checker)
    return checker(source)


def names_here() -> Mapping[str, tuple[Identifier, ...]]:
    """What was learned of names in this process: nothing where workers checked."""
    return {digest: names for checker in kept_in_process(Checker) for digest, names in checker.names.items()}


def release_checker() -> None:
    """Let go of what `prepare_checker` and the checks opened in this process."""
    for checker in kept_in_process(Checker):
        checker.close()
    drop_from_process(Checker)
