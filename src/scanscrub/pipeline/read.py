"""Path -> Document: recognised by content, opened read-only."""

import hashlib
import hmac
from typing import BinaryIO

from scanscrub.formats.base import ImageFormat
from scanscrub.formats.registry import recognise
from scanscrub.formats.text_pictures import head_of

CHUNK = 1 << 20


def keyed_digest(stream: BinaryIO, key: bytes) -> str:
    """HMAC-SHA-256 of the whole stream, hexadecimal; the stream is left at its start."""
    digest = hmac.new(key, b"input\0", hashlib.sha256)
    stream.seek(0)
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
    stream.seek(0)
    return digest.hexdigest()


def recognised(stream: BinaryIO) -> ImageFormat:
    """The stream's format by its first bytes. Raises `RefusedFile`."""
    return recognise(head_of(stream))
