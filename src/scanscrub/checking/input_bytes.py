"""What an input may be, from its bytes, before it is examined."""

import io
from pathlib import Path
from typing import BinaryIO

from scanscrub.archives.compressed import is_packed
from scanscrub.archives.zip_layout import ends_as_archive
from scanscrub.archives.zip_members import is_archive
from scanscrub.checking.git_pointers import is_pointer
from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.documents.registry import is_document
from scanscrub.formats.registry import not_an_image
from scanscrub.formats.unsupported import late_signatures
from scanscrub.formats.unsupported.text_pictures import head_of, holds_pixels, is_text_picture
from scanscrub.inputs.input import Input
from scanscrub.system.streams import HEAD_BYTES


def is_image(head: bytes) -> bool:
    from scanscrub.checking.examine import format_of  # noqa: PLC0415 - loads pydicom, numpy and the policy

    return format_of(head) is not None


def may_be_an_image(head: bytes) -> bool:
    """Whether a file that begins so is not certainly something else.

    A pointer of Git LFS or git-annex is text, and stands for anything.
    """
    return is_pointer(head) or (bool(head) and (not not_an_image(head) or is_text_picture(head)))


def may_hold_an_image(file: Path) -> bool:
    """False only if it is certainly not an image; a file that cannot be read may be one."""
    try:
        with Input(0, str(file)).open() as stream:
            head = head_of(stream)
            if may_be_an_image(head) and holds_pixels(head, stream):
                return True
            return ends_as_archive(stream) or is_document(head, stream)
    except (OSError, RefusedFile):
        return True


def wanted(content: BinaryIO) -> bool:
    """Whether a file inside another one may be or contain an image, as for a file on disk; rewinds it."""
    head = head_of(content)
    if is_archive(head) or is_packed(head) or is_pointer(head) or ends_as_archive(content):
        return True
    found = may_be_an_image(head) and (is_image(head) or late_signatures.refusal(content) is not None)
    found = found or is_document(head, content)
    content.seek(0)
    return found


def worth_reading(head: bytes) -> bool:
    """Whether a blob with this beginning may be an image; its end is only known when all of it was read."""
    start = io.BytesIO(head)
    return may_be_an_image(head) or len(head) == HEAD_BYTES or ends_as_archive(start) or is_document(head, start)
