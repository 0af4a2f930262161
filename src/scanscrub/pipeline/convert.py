"""Verified -> Verified, in another form: a PNG of a clean DICOM picture, for programs that read no DICOM."""

import numpy as np

from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import SegmentSeen
from scanscrub.domain.plan import Check
from scanscrub.formats.base import Document
from scanscrub.formats.png import FORMAT as PNG
from scanscrub.formats.png_codec import png_of
from scanscrub.formats.staging import StagedFile
from scanscrub.pipeline.apply import Candidate
from scanscrub.pipeline.read import recognised
from scanscrub.pipeline.verify import Rejected, Verified

EXTENSION = ".png"


def require_one_picture(document: Document) -> None:
    """Raises `RefusedFile` for a file that a PNG cannot hold."""
    if document.frames != 1:
        raise RefusedFile("A PNG holds one picture; this file has none or several.", "Clean it without --as png.")


def as_png(verified: Verified, staged: StagedFile) -> Verified | Rejected:
    """Write what the verified copy shows to `staged` as 8-bit grey or RGB, and read it back.

    It is made from the copy, never from the input, and has no metadata at all.
    """
    plan = verified.candidate.plan
    with verified.candidate.staged.reopened() as stream, recognised(stream).open(stream, plan.source) as copy:
        _, picture = next(copy.pictures())
        shown = picture.views[0].pixels
    staged.stream.write(png_of(shown))
    with staged.reopened() as stream, PNG.open(stream, plan.source) as converted:
        _, again = next(converted.pictures())
        same = Check("the PNG shows the clean copy", np.array_equal(again.views[0].pixels, shown))
        bare = Check(
            "the PNG holds nothing else",
            all(isinstance(seen, SegmentSeen) and seen.needed for seen in converted.inspect()),
        )
    checks = (*verified.checks, same, bare)
    return Verified(Candidate(plan, staged), checks) if same.passed and bare.passed else Rejected(checks)
