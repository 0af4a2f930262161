"""How much may be taken out of one input, at all depths together: bounded by the input's own size."""

from typing import Final

from scanscrub.domain.errors import NotLookedInto

ALWAYS_READ: Final = 256 << 20
GREATEST_RATIO: Final = 100
MOST_READ: Final = 4 << 30
"""Bytes. What inflates to more than the first, and to so many times its size or to the third, is not read on; four
times its size may always be. Images shrink to a third or so; what shrinks to a hundredth was made to burst."""
ALWAYS_OPENED: Final = 10_000
BYTES_OF_A_FILE: Final = 64
"""So many files are looked at in any input; more in one that has so many bytes for each of them."""


class Allowance:
    """What is left of it for one input of `size` bytes."""

    def __init__(self, size: int) -> None:
        self.left = max(ALWAYS_READ, min(GREATEST_RATIO * size, max(MOST_READ, 4 * size)))
        self._files = max(ALWAYS_OPENED, size // BYTES_OF_A_FILE)

    def take(self, size: int) -> bool:
        """Count bytes that were inflated; whether they may be."""
        self.left -= size
        return self.left >= 0

    def spend(self, size: int) -> None:
        """The same, but it raises `NotLookedInto` where they are too many."""
        if not self.take(size):
            raise self._too_much()

    def open(self) -> None:
        """Count a file. Raises `NotLookedInto` where it is one too many, or where nothing is left to read."""
        self._files -= 1
        if self._files < 0 or self.left < 0:
            raise self._too_much()

    def _too_much(self) -> NotLookedInto:
        return NotLookedInto(
            "What is packed in it is more than can be read safely.", "Unpack it and check the files."
        )
