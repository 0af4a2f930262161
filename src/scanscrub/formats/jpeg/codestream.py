"""Codestreams without what does not belong to the picture: comments, application data, bytes after the end.

Nothing is decoded or encoded again: the entropy-coded bytes that come out are those that went in. Each function
raises `RefusedFile` where the codestream cannot be followed from its first marker to its last.
"""

import re
import struct
from collections.abc import Iterator

from scanscrub.domain.errors import RefusedFile

_SOI, _EOI, _SOS, _COM = 0xD8, 0xD9, 0xDA, 0xFE
_APP0, _APP8, _APP14, _APP15 = 0xE0, 0xE8, 0xEE, 0xEF
_RESTARTS = range(0xD0, 0xD8)
_RESTART = re.compile(rb"(?<!\xff)\xff+[\xd0-\xd7]")
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""The markers of frame headers, SOF0 to SOF15."""
_JPEG_NEEDED = FRAMES | {0xC4, 0xCC, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF}
"""Frame headers, DHT, DAC, DQT, DNL, DRI, DHP, EXP (ISO 10918-1 Table B.1)."""
_SOF55, _LSE, _DRI = 0xF7, 0xF8, 0xDD
_JFIF = b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
"""Version 1.1, square pixels, no thumbnail."""


def strip_jpeg(data: bytes, *, keep_jfif: bool = False) -> bytes:
    """A JPEG (any process of ISO 10918-1) with only what decoding needs. Raises `RefusedFile`.

    Of the application segments only the color transform of Adobe's APP14 stays, and a JFIF header, made plain,
    where there is color, which it says to be YCbCr whatever the DICOM header says, or `keep_jfif` asks for it.
    """
    segments = list(jpeg_segments(data))
    adobe = [body for marker, body, _ in segments if marker == _APP14 and body[:5] == b"Adobe" and len(body) >= 12]
    frames = [body for marker, body, _ in segments if marker in FRAMES]
    if len(frames) != 1:
        raise _unreadable()
    jfif = any(_is_jfif(marker, body) for marker, body, _ in segments)
    out = [b"\xff\xd8"]
    if jfif and (keep_jfif or len(component_ids(frames[0])) > 1):
        out.append(segment(_APP0, _JFIF))
    if adobe:
        out.append(segment(_APP14, b"Adobe\0\x64\0\0\0\0" + adobe[0][11:12]))
    for marker, body, entropy in segments:
        if marker in _JPEG_NEEDED or marker == _SOS:
            out.append(segment(marker, body))
            out.append(entropy)
    out.append(b"\xff\xd9")
    return b"".join(out)


def strip_jpegls(data: bytes) -> bytes:
    """A JPEG-LS codestream with only what decoding needs: of the application segments HP's color transform, and of
    segments of one kind before a scan the last one, which it takes. Raises `RefusedFile`.
    """
    out = [b"\xff\xd8"]
    pending: dict[int, bytes] = {}
    for marker, body, entropy in jpeg_segments(data, entropy_limit=0x80):
        if marker == _SOS:
            if len(body) != 4 + 2 * body[0]:
                raise _unreadable()
            out += [*(segment(*each) for each in pending.items()), segment(marker, body), entropy]
            pending.clear()
        elif _decides_in_jpegls(marker, body):
            pending[marker] = body
    out.append(b"\xff\xd9")
    return b"".join(out)


def _decides_in_jpegls(marker: int, body: bytes) -> bool:
    """Whether samples depend on a segment: SOF55, DRI (C.2.5), coding parameters in an LSE (C.2.4.1.1; its tables,
    which no decoder here knows, hold any bytes), HP's color transform. Raises `RefusedFile` for a malformed one.
    """
    if (marker == _SOF55 and len(body) != 6 + 3 * body[5]) or (marker == _DRI and not 2 <= len(body) <= 4):
        raise _unreadable()
    if marker == _LSE:
        return body[:1] == b"\x01" and len(body) == 11
    return marker in {_SOF55, _DRI} or (marker == _APP8 and body[:4] == b"mrfx" and len(body) == 5)


def jpegls_is_near_lossless(data: bytes) -> bool:
    """Whether a scan allows its values an error (NEAR, ISO 14495-1 C.2.3)."""
    scans = [body for marker, body, _ in jpeg_segments(data, entropy_limit=0x80) if marker == _SOS]
    return any(body[1 + 2 * body[0]] for body in scans if len(body) > 1 + 2 * body[0])


def component_ids(frame_header: bytes) -> bytes:
    """The component identifiers of a frame header's body."""
    return frame_header[6::3][: frame_header[5]]


def is_ycc(data: bytes, *, unmarked: bool = True) -> bool:
    """Whether decoders take a JPEG's three components for luma and chroma.

    By JFIF, Adobe's APP14 or identifiers that spell RGB, in this order; `unmarked` where it has none of them.
    """
    ids = b""
    adobe: int | None = None
    jfif = False
    for marker, body, _ in jpeg_segments(data):
        if marker in FRAMES:
            ids = component_ids(body)
        elif marker == _APP14 and body[:5] == b"Adobe" and len(body) >= 12:
            adobe = body[11]
        elif _is_jfif(marker, body):
            jfif = True
    if len(ids) != 3:
        return False
    if jfif:
        return True
    if adobe is not None:
        return adobe == 1
    return unmarked and ids != b"RGB"


def _is_jfif(marker: int, body: bytes) -> bool:
    """Whether decoders take it for a JFIF header: they ask for all of its 14 bytes."""
    return marker == _APP0 and body[:5] == b"JFIF\0" and len(body) >= len(_JFIF)


def jpeg_segments(data: bytes, entropy_limit: int = 0x01) -> Iterator[tuple[int, bytes, bytes]]:
    """Each segment between SOI and EOI: marker code, body, and the entropy-coded bytes that follow a scan header.

    In entropy-coded data ``FF`` followed by a byte below `entropy_limit` is data. Raises `RefusedFile`.
    """
    if data[:2] != b"\xff\xd8":
        raise _unreadable()
    position, scans = 2, 0
    while True:
        marker, position = _marker(data, position)
        if marker == _EOI:
            break
        if marker == _SOI or marker in _RESTARTS or position + 2 > len(data):
            raise _unreadable()
        length = int.from_bytes(data[position : position + 2], "big")
        end = position + length
        if length < 2 or end > len(data):
            raise _unreadable()
        body, position = data[position + 2 : end], end
        entropy = b""
        if marker == _SOS:
            scans += 1
            position = _entropy_end(data, end, entropy_limit)
            entropy = data[end:position]
        yield marker, body, entropy
    if not scans:
        raise _unreadable()


def restart_intervals(entropy: bytes) -> list[bytes]:
    """The entropy-coded bytes of a scan between its restart markers, without stuffing."""
    return [part.replace(b"\xff\x00", b"\xff") for part in _RESTART.split(entropy)]


def _marker(data: bytes, position: int) -> tuple[int, int]:
    """The marker at a position, fill bytes passed over, and where its segment begins."""
    if data[position : position + 1] != b"\xff":
        raise _unreadable()
    while data[position : position + 1] == b"\xff":
        position += 1
    if position >= len(data) or data[position] == 0:
        raise _unreadable()
    return data[position], position + 1


def _entropy_end(data: bytes, position: int, limit: int) -> int:
    """Where the entropy-coded bytes end: before the next marker that is no restart."""
    while True:
        position = data.find(b"\xff", position)
        if position < 0 or position + 1 >= len(data):
            raise _unreadable()
        code = data[position + 1]
        if code == 0xFF:
            return position
        if code >= limit and code not in _RESTARTS:
            return position
        position += 2


def segment(marker: int, body: bytes) -> bytes:
    """The bytes of a segment: marker, length and body."""
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


_J2K_COD, _J2K_TLM, _J2K_SOT, _J2K_SOD = 0xFF52, 0xFF55, 0xFF90, 0xFF93
_J2K_NEEDED = frozenset(
    {0xFF50, 0xFF51, _J2K_COD, 0xFF53, _J2K_TLM, 0xFF56, 0xFF57, 0xFF58, 0xFF59, 0xFF5C, 0xFF5D}
    | {0xFF5E, 0xFF5F, 0xFF60, 0xFF61, 0xFF63}
)
"""CAP, SIZ, COD, COC, TLM, PRF, PLM, PLT, CPF, QCD, QCC, RGN, POC, PPM, PPT, CRG (ISO 15444-1 A.2, 15444-15)."""


def strip_j2k(data: bytes) -> bytes:
    """A JPEG 2000 codestream (ISO 15444-1 A, HTJ2K too) without comments and without its file format's boxes.

    The table of tile-part lengths goes where a tile-part header lost a comment. Raises `RefusedFile`.
    """
    stream = _codestream_of(data)
    head, position = _j2k_header(stream, 2)
    parts: list[bytes] = []
    shortened = False
    while stream[position : position + 2] == b"\xff\x90":
        part, position, shorter = _tile_part(stream, position)
        parts.append(part)
        shortened = shortened or shorter
    if not parts:
        raise _unreadable()
    kept = [segment for marker, segment in head if not (shortened and marker == _J2K_TLM)]
    return b"".join([b"\xff\x4f", *kept, *parts, b"\xff\xd9"])


def j2k_uses_color_transform(data: bytes) -> bool:
    """Whether the first three components went through the multiple component transform (COD, A.6.1)."""
    head, _ = _j2k_header(_codestream_of(data), 2)
    return any(marker == _J2K_COD and segment[8] == 1 for marker, segment in head)


def j2k_is_irreversible(data: bytes) -> bool:
    """Whether the wavelet transformation is the one that rounds (COD, A.6.1), and values were lost for certain."""
    head, _ = _j2k_header(_codestream_of(data), 2)
    return any(marker == _J2K_COD and segment[13:14] == b"\0" for marker, segment in head)


def _tile_part(stream: bytes, position: int) -> tuple[bytes, int, bool]:
    """A tile-part without comments, where the next one begins, and whether it became shorter."""
    start = position
    if len(stream) < start + 12:
        raise _unreadable()
    tile, length, part, parts = struct.unpack_from(">HIBB", stream, start + 4)
    end = start + length if length else _last_end(stream)
    if end > len(stream) or (length and length < 14):
        raise _unreadable()
    head, position = _j2k_header(stream, start + 12)
    body = stream[position:end]
    kept = b"".join(segment for _, segment in head)
    new_length = 12 + len(kept) + len(body)
    shorter = new_length != end - start
    sot = struct.pack(">HHHIBB", _J2K_SOT, 10, tile, new_length if length else 0, part, parts)
    return sot + kept + body, end, shorter


def _last_end(stream: bytes) -> int:
    end = stream.rfind(b"\xff\xd9")
    if end < 0:
        raise _unreadable()
    return end


def _j2k_header(stream: bytes, position: int) -> tuple[list[tuple[int, bytes]], int]:
    """The marker segments up to the first SOT (not passed) or SOD (passed), those left out that are not needed."""
    segments: list[tuple[int, bytes]] = []
    while True:
        if position + 4 > len(stream):
            raise _unreadable()
        marker, length = struct.unpack_from(">HH", stream, position)
        if marker == _J2K_SOT:
            return segments, position
        if marker == _J2K_SOD:
            segments.append((marker, stream[position : position + 2]))
            return segments, position + 2
        end = position + 2 + length
        if marker >> 8 != 0xFF or length < 2 or end > len(stream):
            raise _unreadable()
        if marker in _J2K_NEEDED:
            segments.append((marker, stream[position:end]))
        position = end


def _codestream_of(data: bytes) -> bytes:
    """The contiguous codestream, taken out of a JP2 or JPH file's boxes where there are any."""
    if data[:4] == b"\xff\x4f\xff\x51":
        return data
    position = 0
    while position + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        begin = position + 8
        if length == 1 and position + 16 <= len(data):
            length, begin = int.from_bytes(data[begin : begin + 8], "big"), begin + 8
        end = position + length if length else len(data)
        if kind == b"jp2c" and data[begin : begin + 4] == b"\xff\x4f\xff\x51":
            return data[begin:end]
        if end <= position:
            break
        position = end
    raise _unreadable()


def _unreadable() -> RefusedFile:
    return RefusedFile(
        "The compressed image data cannot be followed from its beginning to its end.",
        "The file may be damaged; export it again from its source.",
    )
