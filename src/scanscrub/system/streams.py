"""What is asked of every stream of bytes: how it begins, its size, its digest."""

import hashlib
import io
from typing import BinaryIO, Final, Protocol

HEAD_BYTES: Final = 4096
"""A file is recognized by this much of its beginning."""
_CHUNK: Final = 1 << 20


class Digest(Protocol):
    """What `hashlib` and `hmac` make."""

    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


def size_of(stream: BinaryIO) -> int:
    """In bytes; the stream is left at its end."""
    return stream.seek(0, io.SEEK_END)


def sha256_of(stream: BinaryIO) -> str:
    """The digest of the whole stream, hexadecimal; the stream is left at its start."""
    return digest_of(stream, hashlib.sha256())


def digest_of(stream: BinaryIO, digest: Digest) -> str:
    """The same with a digest that was begun."""
    stream.seek(0)
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    stream.seek(0)
    return digest.hexdigest()
