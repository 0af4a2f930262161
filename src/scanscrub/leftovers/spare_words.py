"""Words in encoded data that its decoder reads and never takes: without them it shows the same."""

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

_MOST: Final = 64
"""Words that are tried one by one; each takes a decoding."""


class Word(NamedTuple):
    """A run of letters, and the byte that says nothing at its place."""

    start: int
    end: int
    nothing: bytes

    @property
    def letters(self) -> Iterable["Word"]:
        return (Word(at, at + 1, self.nothing) for at in range(self.start, self.end))

    def taken_out(self, data: bytes) -> bytes:
        return data[: self.start] + self.nothing * (self.end - self.start) + data[self.end :]


def without_spare_words(data: bytes, words: Iterable[Word], shown: Callable[[bytes], bytes | None]) -> bytes:
    """The data without those of the words, or of their letters, without which it is `shown` the same."""
    words = list(words)
    before = shown(data) if words else None
    if before is None:
        return data

    for word in words[:_MOST]:
        for part in (word, *word.letters):
            changed = part.taken_out(data)
            if shown(changed) == before:
                data = changed
                if part is word:
                    break
    return data
