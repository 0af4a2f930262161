"""A clean copy looked at once more, as a stranger would: what `scanscrub verify` does with each file."""

from dataclasses import dataclass
from pathlib import Path

from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.plan import Check, Source
from scanscrub.pipeline.decide import judge
from scanscrub.pipeline.inspect import examine
from scanscrub.pipeline.read import recognized
from scanscrub.pipeline.worker_context import WorkerContext
from scanscrub.system.file_cache import clear_file_caches
from scanscrub.system.streams import sha256_of


@dataclass(frozen=True, slots=True)
class Copy:
    """A file of a cleaned folder: its name there, and its SHA-256 in the audit (None: not listed)."""

    number: int
    folder: Path
    name: str
    sha256: str | None


def verify_copy(copy: Copy, context: WorkerContext) -> tuple[Check, ...]:
    """Prove one copy again: it is the audited one, it can be read, and cleaning it would change nothing."""
    if copy.sha256 is None:
        return (Check("listed in the audit", passed=False),)
    checks = [Check("listed in the audit", passed=True)]
    try:
        with (copy.folder / copy.name).open("rb") as stream:
            digest = sha256_of(stream)
            checks.append(Check("the same bytes as when it was cleaned", digest == copy.sha256))
            source = Source(copy.number, digest)
            with recognized(stream).open(stream, source) as document:
                plan = judge(source, examine(document, context), context)
    except (OSError, RefusedFile, MemoryError):
        return (*checks, Check("can be opened", passed=False))
    finally:
        clear_file_caches()
    places = ", ".join(sorted({str(step.where) for step in plan.changes})[:5])
    return (*checks, Check("nothing to clean", not plan.changes, places))
