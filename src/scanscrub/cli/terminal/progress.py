"""How far a run is: a line that lives below the results of a terminal, or, in a log, a line now and then."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from time import monotonic
from types import TracebackType
from typing import Final, Self, TextIO

from scanscrub.cli.terminal.lines import columns_of

TICK_SECONDS: Final = 1.0
LINE_SECONDS: Final = 30.0
"""So often a log, which is no terminal, gets a line."""
_WIDTH: Final = 80


class Progress:
    """Counts what is done, and shows it on `stderr` unless it is silent.

    `ended` are the ways that a file can end which are told apart, in order. Whoever prints results does so inside
    `aside`: the line is away then, and comes back below them.
    """

    def __init__(
        self,
        verb: str,
        stderr: TextIO,
        *,
        silent: bool = False,
        ended: Sequence[str] = (),
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._verb, self._stderr, self._clock = verb, stderr, clock
        self._silent = silent
        self._is_terminal = stderr.isatty()
        self._ended = dict.fromkeys(ended, 0)
        self._done = self._before = self._found = 0
        self._all_found = False
        self._start = self._told = clock()
        self._drawn = 0
        self._lock = threading.RLock()
        self._over = threading.Event()
        self._ticker = threading.Thread(target=self._tick_on, name="scanscrub-progress", daemon=True)

    def __enter__(self) -> Self:
        self._start = self._told = self._clock()
        if not self._silent:
            self._ticker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._ticker.is_alive():
            self._ticker.join()
        with self._lock:
            self._clear()

    @property
    def is_silent(self) -> bool:
        return self._silent

    def counted(self, found: int, *, is_all: bool) -> None:
        """So many files were found by now."""
        with self._lock:
            self._found, self._all_found = found, is_all

    def done(self, how: str = "", *, before: bool = False) -> None:
        """One more file is finished; `before`: by an earlier run, which says nothing of how long the others take."""
        with self._lock:
            self._done += 1
            self._before += before
            if how in self._ended:
                self._ended[how] += 1

    def aside(self, print_it: Callable[[], object]) -> None:
        """Print something with the line out of the way."""
        with self._lock:
            self._clear()
            print_it()
            self._draw()

    def tick(self) -> None:
        """Show how far it is by now: the line of a terminal anew, or the next line of a log."""
        with self._lock:
            if self._is_terminal:
                self._draw()
            elif self._clock() - self._told >= LINE_SECONDS:
                self._told = self._clock()
                self._write(f"scanscrub: {next(self._sayings())}\n")

    def _tick_on(self) -> None:
        while not self._over.wait(TICK_SECONDS):
            self.tick()
        self.tick()  # a log ends with how it was left, where a line is due

    def _draw(self) -> None:
        if self._silent or not self._is_terminal or self._over.is_set():
            return
        width = self._columns - 1
        said = next((saying for saying in self._sayings() if len(saying) <= width), "")[:width]
        self._write(f"\r{said}{' ' * (self._drawn - len(said))}")
        self._drawn = len(said)

    def _clear(self) -> None:
        if self._drawn:
            self._write(f"\r{' ' * self._drawn}\r")
            self._drawn = 0

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):  # a terminal that is gone ends no run
            self._stderr.write(text)
            self._stderr.flush()

    @property
    def _columns(self) -> int:
        return columns_of(self._stderr) or _WIDTH

    def _sayings(self) -> Iterator[str]:
        """The same in ever fewer letters."""
        of_all = f"{self._done:,} of {max(self._found, self._done):,}{'' if self._all_found else '+'}"
        share, rate, left = self._share, self._rate, self._left
        counts = [f"{count:,} {name}" for name, count in self._ended.items() if count]
        yield _joined(f"{self._verb}: {of_all} files", share, rate, left, *counts)
        yield _joined(of_all, share, rate, left, *counts)
        yield _joined(of_all, share, left, *counts)
        yield _joined(of_all, share, left, *counts[1:])
        yield _joined(of_all, share, left)
        yield _joined(of_all, share)
        yield of_all

    @property
    def _share(self) -> str:
        return f"{self._done / self._found:.0%}" if self._all_found and self._found else ""

    @property
    def _per_second(self) -> float:
        return (self._done - self._before) / max(self._clock() - self._start, 0.001)

    @property
    def _rate(self) -> str:
        each = self._per_second
        if not each:
            return ""
        return f"{each:.0f}/s" if each >= 10 else f"{each:.1f}/s" if each >= 1 else f"{duration(1 / each)} each"

    @property
    def _left(self) -> str:
        each, rest = self._per_second, self._found - self._done
        return f"{duration(rest / each)} left" if each and self._all_found and rest > 0 else ""


def duration(seconds: float) -> str:
    """So long, as somebody who waits would say it."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, chain(parts)))
