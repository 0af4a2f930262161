"""Names in what a JPEG's decoder reads and never takes: symbols of Huffman tables, segments that others override."""

import io
import struct

import jpeg_ls
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom import uid

from factory_pixels import compressed, store_of
from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.dicom.pixels.codecs.jpeg2000 import J2kCodec
from scanscrub.formats.jpeg.codestream import strip_j2k, strip_jpeg, strip_jpegls
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


def with_steps(data: bytes, hidden: bytes) -> bytes:
    """The JPEG with a name for the last steps of its first quantizer."""
    end = data.find(b"\xff\xdb") + 5 + 64
    return data[: end - len(hidden)] + hidden + data[end:]


@pytest.mark.parametrize("hidden", [NAME, b"Brandhuber Ludovica"])
@pytest.mark.parametrize("options", [{}, {"progressive": True}])
def test_a_name_in_steps_that_no_coefficient_takes_is_gone(hidden: bytes, options: dict[str, object]) -> None:
    buffer = io.BytesIO()
    Image.fromarray(np.repeat(np.repeat(rings()[::8, ::8], 8, 0), 8, 1)).save(buffer, "JPEG", quality=95, **options)
    data = with_steps(strip_jpeg(buffer.getvalue()), hidden)
    trimmed = trimmed_jpeg(data)
    assert trimmed is not None
    assert hidden not in trimmed
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(trimmed))), np.asarray(Image.open(io.BytesIO(data))))
    assert trimmed_jpeg(trimmed) == trimmed


def test_steps_that_coefficients_take_stay_whatever_they_spell() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (64, 64), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, "JPEG", quality=95)
    data = with_steps(strip_jpeg(buffer.getvalue()), b"dfhgfeighj")
    assert trimmed_jpeg(data) == data


@pytest.mark.parametrize("quality", range(10, 70, 3))
def test_the_usual_steps_stay_though_some_spell_something(quality: int) -> None:
    buffer = io.BytesIO()
    Image.fromarray(rings()).save(buffer, "JPEG", quality=quality)
    data = strip_jpeg(buffer.getvalue())
    assert trimmed_jpeg(data) == data


def j2k(samples: NDArray[np.uint8], **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(samples).save(buffer, "JPEG2000", no_jp2=True, **options)
    return strip_j2k(buffer.getvalue())


def _stuffed(bits: str) -> bytes:
    """The bits of a packet header as bytes: seven behind FF (B.10.1)."""
    packed = bytearray()
    while bits:
        size = 7 if packed and packed[-1] == 0xFF else 8
        packed.append(int(bits[:size].ljust(size, "0"), 2))
        bits = bits[size:]
    return bytes(packed)


def with_longer_block(data: bytes, hidden: bytes) -> bytes:
    """A codestream of one code-block, with bytes behind its last pass that count as its own (B.10.7)."""
    sot, start = data.find(b"\xff\x90"), data.find(b"\xff\x93") + 2
    bits, at = "", start
    for at in range(start, start + 12):
        bits += format(data[at], "08b")[1 if at > start and data[at - 1] == 0xFF else 0 :]
    place = bits.index("1", 2) + 1
    assert bits[place : place + 4] == "1111"
    passes = 6 + int(bits[place + 4 : place + 9], 2)
    place += 9
    ones = bits[place:].index("0")
    size = 3 + ones + passes.bit_length() - 1
    end = place + ones + 1 + size
    length = int(bits[place + ones + 1 : end], 2)
    body = data[len(data) - 2 - length : -2]
    assert _stuffed(bits[:end]) == data[start : len(data) - 2 - length]
    longer = f"{bits[:place]}1{bits[place : place + ones + 1]}{length + len(hidden):0{size + 1}b}"
    packet = _stuffed(longer) + body + hidden
    part = data[sot:start][:6] + struct.pack(">I", start - sot + len(packet)) + data[sot + 10 : start]
    return data[:sot] + part + packet + b"\xff\xd9"


def test_bytes_of_a_code_block_behind_its_last_pass_are_gone() -> None:
    noise = np.random.default_rng(5).integers(0, 256, (32, 32), dtype=np.uint8)
    plain = j2k(noise, num_resolutions=1)
    data = with_longer_block(plain, NAME)
    codec = J2kCodec(store_of(compressed((32, 32), [plain], uid.JPEG2000Lossless)).layout)
    assert NAME in data
    cleaned = codec.clean(data)
    assert not any(NAME[at : at + 4] in cleaned for at in range(len(NAME) - 4))
    assert np.array_equal(codec.decode(cleaned), noise)
    assert codec.clean(cleaned) == cleaned
    assert codec.clean(plain) == plain


def test_a_name_in_the_steps_of_empty_subbands_is_gone() -> None:
    flat = np.full((64, 64), 90, np.uint8)
    plain = j2k(flat, irreversible=True)
    end = plain.find(b"\xff\x5c") + 2 + int.from_bytes(plain[plain.find(b"\xff\x5c") + 2 :][:2], "big")
    data = plain[: end - len(NAME)] + NAME + plain[end:]
    codec = J2kCodec(store_of(compressed((64, 64), [plain], uid.JPEG2000)).layout)
    assert NAME not in codec.clean(data)
    assert np.array_equal(codec.decode(codec.clean(data)), codec.decode(data))
    assert codec.clean(plain) == plain


@pytest.mark.parametrize("marker", [0xFF58, 0xFF61])
def test_a_main_header_keeps_no_segment_of_tiles(marker: int) -> None:
    plain = j2k(rings())
    at = plain.find(b"\xff\x52")
    data = plain[:at] + struct.pack(">HHB", marker, len(NAME) + 3, 0) + NAME + plain[at:]
    codec = J2kCodec(store_of(compressed((64, 64), [plain], uid.JPEG2000Lossless)).layout)
    with pytest.raises(RefusedFile):
        codec.clean(data)


def test_a_frame_that_spells_word_after_word_is_stored_anew() -> None:
    noise = np.random.default_rng(6).integers(0, 256, (64, 64), dtype=np.uint8)
    plain = j2k(noise)
    at = plain.find(b"\xff\x93") + 600
    data = plain[:at] + NAME.join([b"\x10"] * 20) + plain[at + 19 * len(NAME) + 20 :]
    codec = J2kCodec(store_of(compressed((64, 64), [plain], uid.JPEG2000Lossless)).layout)
    cleaned = codec.clean(data)
    assert NAME in data
    assert NAME not in cleaned
    assert np.array_equal(codec.decode(cleaned), codec.decode(data))
