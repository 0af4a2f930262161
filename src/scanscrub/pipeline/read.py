"""Path -> Document: recognized by content, opened read-only."""

import hashlib
import hmac
from typing import BinaryIO

from scanscrub.domain.errors import NotAnImage, RefusedFile
from scanscrub.formats.base import ImageFormat
from scanscrub.formats.registry import no_image, recognize
from scanscrub.formats.unsupported.companions import is_companion
from scanscrub.formats.unsupported.refused_formats import NAME as REFUSED
from scanscrub.formats.unsupported.text_pictures import head_of
from scanscrub.system.streams import digest_of


def keyed_digest(stream: BinaryIO, key: bytes) -> str:
    """HMAC-SHA-256 of the whole stream, hexadecimal; the stream is left at its start."""
    return digest_of(stream, hmac.new(key, b"input\0", hashlib.sha256))


def recognized(stream: BinaryIO) -> ImageFormat:
    """The stream's format by its first bytes. Raises `RefusedFile` (`NotAnImage` where that is certain)."""
    head = head_of(stream)
    try:
        found = recognize(head)
    except NotAnImage:
        raise
    except RefusedFile:
        if is_companion(head, stream):
            raise no_image() from None
        raise
    if found.name == REFUSED and is_companion(head, stream):
        raise no_image()
    return found
