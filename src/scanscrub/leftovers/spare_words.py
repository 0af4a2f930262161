"""Words in encoded data that its decoder reads and never takes: without them it shows the same."""

from collections.abc import Callable, Iterable
from typing import NamedTuple


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


def without_spare_words(
    data: bytes, words: Iterable[Word], shown: Callable[[bytes], bytes | None], most: int
) -> bytes | None:
    """The data without those of the words, or of their letters, without which it is `shown` the same; None for more
    than so many words, which would take too long.
    """
    words = list(words)
    if len(words) > most:
        return None
    before = shown(data) if words else None
    for word in words if before is not None else ():
        for part in (word, *word.letters):
            changed = part.taken_out(data)
            if shown(changed) == before:
                data = changed
                if part is word:
                    break
    return data
