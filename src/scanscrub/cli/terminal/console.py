"""stdout is for results, stderr for progress and warnings; native libraries get neither."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


@contextmanager
def guarded_streams() -> Iterator[tuple[TextIO, TextIO]]:
    """Our own (stdout, stderr) while file descriptors 1 and 2 lead nowhere.

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
            os.fdopen(os.dup(out), "w", encoding="utf-8", errors="backslashreplace") as stdout,
            os.fdopen(os.dup(err), "w", encoding="utf-8", errors="backslashreplace") as stderr,
        ):
            yield stdout, stderr
    finally:
        os.dup2(out, 1)
        os.dup2(err, 2)
        os.close(out)
        os.close(err)
