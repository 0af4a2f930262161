"""A picture for a chatbot shows what the clean copy shows, and holds nothing else."""

from pathlib import Path

import numpy as np

from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import SegmentSeen
from scanscrub.domain.plan import Check, Source
from scanscrub.formats.png.document import FORMAT as PNG
from scanscrub.pipeline.chatbot.pictures import Made


def prove_made(path: Path, made: Made) -> Check:
    """Compare a file with what it is made of. Raises nothing."""
    name = "made of the copies"
    try:
        if made.pixels is None:
            return Check(name, path.read_bytes() == made.text.encode())
        with path.open("rb") as stream, PNG.open(stream, Source(0, "")) as document:
            _, picture = next(document.pictures())
            is_same = np.array_equal(picture.views[0].pixels, made.pixels)
            is_bare = all(isinstance(seen, SegmentSeen) and seen.needed for seen in document.inspect())
    except (OSError, RefusedFile):
        return Check(name, passed=False)
    return Check(name, is_same and is_bare)
