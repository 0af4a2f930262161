"""Whatever a decoding library thinks of a file becomes one fixed sentence."""

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from scanscrub.formats.raster.limits import damaged

_FAULTS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    EOFError,
    LookupError,
    OverflowError,
    struct.error,
    Image.DecompressionBombError,
)


@contextmanager
def decoding(kind: str) -> Iterator[None]:
    """Run a decoder: its warnings are dropped, for its errors it raises `RefusedFile`, as both quote the file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except _FAULTS:
        raise damaged(kind) from None
