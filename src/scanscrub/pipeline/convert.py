"""Another format than the input's: a PNG of a clean DICOM image (for programs that cannot read DICOM), or DICOM.

A PNG is made from the verified copy. A picture file becomes DICOM before it is examined, so its copy is examined,
masked, verified and named like any DICOM file.
"""

from typing import TYPE_CHECKING, Literal, TypeAlias

from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import SegmentSeen
from scanscrub.domain.plan import Check
from scanscrub.formats.base import Document
from scanscrub.output.staging import StagedFile
from scanscrub.pipeline.apply import Candidate
from scanscrub.pipeline.chatbot.slices import shown_by, sorting_prefix
from scanscrub.pipeline.read import recognized
from scanscrub.pipeline.verify import Rejected, Verified
from scanscrub.policy.pseudonyms.uids import pseudonymous_uid

if TYPE_CHECKING:
    from scanscrub.formats.dicom.convert.secondary_capture import Identity

EXTENSION = ".png"

Form: TypeAlias = Literal["dicom", "png"]
"""What copies are written as, whatever their input was."""


def in_form(document: Document, form: Form | None, key: bytes) -> Document:
    """The document to be cleaned for copies of that form. Raises `RefusedFile` for one that the form cannot hold."""
    if form == "png" and document.frames != 1:
        raise RefusedFile("A PNG holds one picture; this file has none or several.", "Clean it without --as png.")
    if form == "dicom" and document.shows_pages:
        raise RefusedFile("The pages of a PDF stay a PDF.", "Clean it without --as dicom.")
    return _as_dicom(document, key) if form == "dicom" else document


def _as_dicom(document: Document, key: bytes) -> Document:
    from scanscrub.formats.dicom.convert.picture_as_dicom import PictureAsDicom  # noqa: PLC0415 - numpy; not for headers
    from scanscrub.formats.raster.document import PictureDocument  # noqa: PLC0415 - the same

    if not isinstance(document, PictureDocument):
        return document
    return PictureAsDicom(document, _identity(document.source.digest, key))


def _identity(digest: str, key: bytes) -> "Identity":
    """The UIDs of a picture with that keyed digest, each a study of its own: what belongs together is not known."""
    from scanscrub.formats.dicom.convert.secondary_capture import Identity  # noqa: PLC0415 - numpy; not for headers

    return Identity(*(pseudonymous_uid(key, f"picture {level} {digest}") for level in Identity._fields))


def as_png(verified: Verified, staged: StagedFile) -> tuple[Verified | Rejected, str]:
    """Write what the verified copy shows to `staged` as 8-bit gray or RGB, and read it back; and what its name begins
    with, as the PNG has lost the order of the slices.

    It is made from the copy, never from the input, and has no metadata at all.
    """
    import numpy as np  # noqa: PLC0415 - not for headers

    from scanscrub.formats.png.codec import png_of  # noqa: PLC0415 - the same
    from scanscrub.formats.png.document import FORMAT as PNG  # noqa: PLC0415 - the same

    plan = verified.candidate.plan
    with verified.candidate.staged.reopened() as stream, recognized(stream).open(stream, plan.source) as copy:
        _, picture = next(copy.pictures())
        shown = picture.views[0].pixels
        prefix = sorting_prefix(shown_by(copy))
    staged.stream.write(png_of(shown))
    with staged.reopened() as stream, PNG.open(stream, plan.source) as converted:
        _, again = next(converted.pictures())
        same = Check("the PNG shows the clean copy", np.array_equal(again.views[0].pixels, shown))
        bare = Check(
            "the PNG holds nothing else",
            all(isinstance(seen, SegmentSeen) and seen.needed for seen in converted.inspect()),
        )
    checks = (*verified.checks, same, bare)
    is_proved = same.passed and bare.passed
    return Verified(Candidate(plan, staged), checks) if is_proved else Rejected(checks), prefix
