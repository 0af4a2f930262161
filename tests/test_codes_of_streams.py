"""Names in what a JPEG's decoder reads and never takes: symbols of Huffman tables, segments that others override."""

import io
import struct

import jpeg_ls
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.jpeg.codestream import strip_jpeg, strip_jpegls
from scanscrub.formats.jpeg.ends.trim import trimmed_jpeg

NAME = b"QUIXZORBEL"


def rings() -> NDArray[np.uint8]:
    rows, columns = np.mgrid[:64, :64]
    levels: NDArray[np.float64] = np.hypot(rows - 32, columns - 32) * 5 % 200 + 20
    return levels.astype(np.uint8)


def jpeg(**options: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(rings()).save(buffer, "JPEG", quality=95, **options)
    return strip_jpeg(buffer.getvalue())


def with_symbols(data: bytes, more: bytes) -> bytes:
    """The JPEG with codes of 16 bits for more symbols in its first AC table, which no block takes."""
    at = data.find(b"\xff\xc4")
    while data[at + 4] != 0x10:
        at = data.find(b"\xff\xc4", at + 2)
    end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    counts = bytearray(data[at + 5 : at + 21])
    counts[15] += len(more)
    body = b"\x10" + counts + data[at + 21 : end] + more
    return data[:at] + b"\xff\xc4" + struct.pack(">H", len(body) + 2) + body + data[end:]


@pytest.mark.parametrize("hidden", [NAME, b"Brandhuber Ludovica", b"DOE JOHN 4711"])
def test_a_name_in_symbols_that_no_block_takes_is_gone(hidden: bytes) -> None:
    data = with_symbols(jpeg(optimize=True), hidden)
    trimmed = trimmed_jpeg(data)
    assert trimmed is not None
    assert hidden not in trimmed
    assert not any(hidden[at : at + 4] in trimmed for at in range(len(hidden) - 4))
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(trimmed))), np.asarray(Image.open(io.BytesIO(data))))
    assert trimmed_jpeg(trimmed) == trimmed


@pytest.mark.parametrize("options", [{}, {"optimize": True}, {"progressive": True}])
def test_tables_of_an_encoder_stay_as_they_are(options: dict[str, object]) -> None:
    data = jpeg(**options)
    assert trimmed_jpeg(data) == data


def jpegls(segment: bytes) -> bytes:
    data = bytes(jpeg_ls.encode(rings()))
    return data[:2] + segment + data[2:]


@pytest.mark.parametrize(
    "segment",
    [
        b"\xff\xdd" + struct.pack(">H", 2 + len(NAME)) + NAME,
        b"".join(b"\xff\xdd\0\4" + NAME[at : at + 2] for at in range(0, len(NAME), 2)) + b"\xff\xdd\0\4\0\0",
        b"\xff\xf8\0\x0d\1" + NAME + b"\xff\xf8" + struct.pack(">HB5H", 13, 1, 255, 3, 7, 21, 64),
    ],
    ids=["a restart interval of many bytes", "restart intervals", "parameters"],
)
def test_segments_of_jpeg_ls_that_others_override_hide_nothing(segment: bytes) -> None:
    try:
        copy = strip_jpegls(jpegls(segment))
    except RefusedFile:
        return
    assert not any(NAME[at : at + 2] in copy for at in range(0, len(NAME), 2))
    assert np.array_equal(jpeg_ls.decode(np.frombuffer(copy, np.uint8)), rings())
