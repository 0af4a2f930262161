"""What every format offers to the pipeline."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol

from scanscrub.domain.finding import Observation, PixelRegion
from scanscrub.domain.picture import Picture, View
from scanscrub.domain.plan import Check, Plan, Source


class Document(Protocol):
    """An input opened for reading. Nothing is modified in place."""

    @property
    def source(self) -> Source: ...

    @property
    def extension(self) -> str:
        """Of the copy's name, with its dot: ``".dcm"``, ``".png"``."""
        ...

    @property
    def frames(self) -> int:
        """How many pictures the file holds; 0 for one without pixels."""
        ...

    @property
    def shows_labels(self) -> bool:
        """Whether its pixels are labels or measured values: only what surely spells words is writing in them."""
        ...

    @property
    def shows_pages(self) -> bool:
        """Whether its frames are pages to be read: what identifies nobody stays, and a person looks at the copy."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for the audit about what `apply` did (a codec changed, say); never a value."""
        ...

    def inspect(self) -> Iterator[Observation]:
        """Everything that is not pixels, in file order. Raises `RefusedFile` where it cannot be understood."""
        ...

    def pictures(self) -> Iterator[tuple[int, Picture]]:
        """Each frame as a person would see it, one at a time, from frame 0.

        Raises `RefusedFile` where a frame cannot be decoded: a frame is never left out.
        """
        ...

    def size(self, frame: int) -> tuple[int, int]:
        """Rows and columns of a frame's picture."""
        ...

    def view(self, frame: int) -> View:
        """The first of the views of one frame, without the others. Raises `RefusedFile`."""
        ...

    def apply(self, plan: Plan, target: BinaryIO) -> None:
        """Write the planned copy to `target` (seekable, empty). What the plan does not list is not written."""
        ...

    def covered(self, region: PixelRegion, padding: int) -> PixelRegion:
        """All that `apply` blackens for a mask of this region: its padding, and blocks that can only go whole."""
        ...

    def prove(self, plan: Plan, staged: "Document") -> Iterator[Check]:
        """Compare the reopened copy with this input: only the planned is different.

        Yields every check made, passed or not.
        """
        ...


class ImageFormat(Protocol):
    """One file format: an adapter module offers one instance of it as ``FORMAT``."""

    @property
    def name(self) -> str: ...

    @property
    def media_types(self) -> tuple[str, ...]: ...

    def sniff(self, head: bytes) -> bool:
        """Whether the first bytes (4,096 most often) are this format's. Names are never looked at."""
        ...

    def open(self, stream: BinaryIO, source: Source) -> AbstractContextManager[Document]:
        """Open a seekable stream. Raises `RefusedFile` where it is damaged or not supported."""
        ...
