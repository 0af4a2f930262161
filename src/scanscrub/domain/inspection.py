"""What `inspect` tells of one input: what would leak, and what it is called; never a value."""

from dataclasses import dataclass

from scanscrub.domain.audit import AuditRecord


@dataclass(frozen=True, slots=True)
class Inspection:
    """One input, looked at and left as it is.

    `record` lists as its steps what `clean` would change after a first look; its digest is the plain SHA-256 of the
    input's bytes. `name` is the path as it may be shown, parts that identify somebody withheld. `exif` are the tags
    that a camera or a program wrote. `size` are the rows and columns of the first frame with writing.
    """

    record: AuditRecord
    name: str = ""
    exif: frozenset[int] = frozenset()
    size: tuple[int, int] | None = None
    is_name_withheld: bool = False
    """Whether a part of the name identifies somebody."""
