"""stdout is for results, stderr for progress and warnings; native libraries get neither."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from scanscrub.cli.terminal.lines import TerminalText


@contextmanager
def guarded_streams(*, for_people: bool = True) -> Iterator[tuple[TextIO, TextIO]]:
    """Our own (stdout, stderr) while file descriptors 1 and 2 lead nowhere. What stdout gets is `for_people`, and
    then a terminal's lines end between words.

    Native codecs and models print, and Python libraries warn: neither may mix with results, and both can quote
    a patient value.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    out, err = os.dup(1), os.dup(2)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    os.close(silence)
    try:
        with (
            _stream(out, wrapped=for_people) as stdout,
            _stream(err, wrapped=True) as stderr,
        ):
            yield stdout, stderr
    finally:
        os.dup2(out, 1)
        os.dup2(err, 2)
        os.close(out)
        os.close(err)


def _stream(descriptor: int, *, wrapped: bool) -> TextIO:
    raw = os.fdopen(os.dup(descriptor), "wb")
    return (TerminalText if wrapped else io.TextIOWrapper)(
        raw, encoding="utf-8", errors="backslashreplace", line_buffering=os.isatty(descriptor)
    )
