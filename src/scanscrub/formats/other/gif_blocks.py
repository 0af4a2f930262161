"""GIF87a and GIF89a blocks: parsed into frames and everything else, and written from frames alone."""

import struct
from dataclasses import dataclass
from typing import Self

from scanscrub.formats.raster.limits import MAX_FRAMES, damaged, demand_size, unsupported

_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_PLAIN_TEXT, _CONTROL, _COMMENT, _APPLICATION = 0x01, 0xF9, 0xFE, 0xFF
_LOOP = b"NETSCAPE2.0"
_KINDS = {_PLAIN_TEXT: "GIF plain text", _COMMENT: "GIF comment", _APPLICATION: "GIF application extension"}
RESTORE_BACKGROUND, RESTORE_PREVIOUS = 2, 3


@dataclass(frozen=True, slots=True)
class GifFrame:
    """One image block with the control extension before it. `table` is its local color table, RGB bytes;
    `code` its LZW data without the division into sub-blocks.
    """

    left: int
    top: int
    columns: int
    rows: int
    interlaced: bool
    table: bytes | None
    disposal: int
    delay: int
    transparent: int | None
    code_size: int
    code: bytes


@dataclass(frozen=True, slots=True)
class GifFile:
    """A whole file. `others` are the blocks that do not make the picture, as pairs of kind and bytes; `loops` is
    how often an animation runs, None for once.
    """

    columns: int
    rows: int
    background: int
    table: bytes | None
    frames: tuple[GifFrame, ...]
    loops: int | None
    others: tuple[tuple[str, bytes], ...]
    behind: bytes

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Raises `RefusedFile`."""
        try:
            return cls._parse(data)
        except (IndexError, struct.error):
            raise damaged("GIF") from None

    @classmethod
    def _parse(cls, data: bytes) -> Self:
        columns, rows, flags, background, _ = struct.unpack_from("<HHBBB", data, 6)
        demand_size(columns, rows)
        table, place = _table(data, 13, flags)
        frames: list[GifFrame] = []
        others: list[tuple[str, bytes]] = []
        control: tuple[int, int, int | None] = (0, 0, None)
        loops = None
        while place < len(data) and data[place] != _TRAILER:
            if data[place] == _IMAGE:
                frame, place = _frame(data, place + 1, control)
                control = (0, 0, None)
                frames.append(frame)
                if frame.left + frame.columns > columns or frame.top + frame.rows > rows or len(frames) > MAX_FRAMES:
                    raise unsupported("GIF")
                continue
            if data[place] != _EXTENSION:
                raise damaged("GIF")
            label = data[place + 1]
            body, place = _sub_blocks(data, place + 2)
            if label == _CONTROL and len(body) == 4:
                control = _control(body)
            elif label == _APPLICATION and body[:11] == _LOOP and len(body) == 14 and loops is None:
                loops = int.from_bytes(body[12:14], "little")
            else:
                others.append((_KINDS.get(label, "GIF extension"), body))
        if not frames:
            raise damaged("GIF")
        return cls(columns, rows, background, table, tuple(frames), loops, tuple(others), data[place + 1 :])

    def packed(self) -> bytes:
        """The file with its frames alone."""
        size = _table_bits(self.table)
        head = struct.pack("<6sHHBBB", b"GIF89a", self.columns, self.rows, 0x70 | size, self.background, 0)
        out = [head, self.table or b""]
        if self.loops is not None:
            out.append(b"\x21\xff\x0b" + _LOOP + struct.pack("<BBHB", 3, 1, self.loops, 0))
        for frame in self.frames:
            out += _packed_frame(frame)
        return b"".join(out) + bytes((_TRAILER,))


def _packed_frame(frame: GifFrame) -> list[bytes]:
    out = []
    if (frame.disposal, frame.delay, frame.transparent) != (0, 0, None):
        flags = frame.disposal << 2 | (frame.transparent is not None)
        out.append(struct.pack("<4BHBB", _EXTENSION, _CONTROL, 4, flags, frame.delay, frame.transparent or 0, 0))
    flags = _table_bits(frame.table) | (0x40 if frame.interlaced else 0)
    out.append(struct.pack("<BHHHHB", _IMAGE, frame.left, frame.top, frame.columns, frame.rows, flags))
    out += [frame.table or b"", bytes((frame.code_size,))]
    for start in range(0, len(frame.code), 255):
        piece = frame.code[start : start + 255]
        out.append(bytes((len(piece),)) + piece)
    return [*out, b"\0"]


def _table_bits(table: bytes | None) -> int:
    """The flags of a color table: that there is one, and its size."""
    return 0x80 | (len(table) // 3).bit_length() - 2 if table else 0


def _table(data: bytes, place: int, flags: int) -> tuple[bytes | None, int]:
    if not flags & 0x80:
        return None, place
    end = place + (6 << (flags & 7))
    if end > len(data):
        raise damaged("GIF")
    return data[place:end], end


def _control(body: bytes) -> tuple[int, int, int | None]:
    """Disposal method, delay in hundredths of a second, transparent index."""
    disposal = body[0] >> 2 & 7
    delay = int.from_bytes(body[1:3], "little")
    return (disposal if disposal <= RESTORE_PREVIOUS else 0, delay, body[3] if body[0] & 1 else None)


def _frame(data: bytes, place: int, control: tuple[int, int, int | None]) -> tuple[GifFrame, int]:
    left, top, columns, rows, flags = struct.unpack_from("<HHHHB", data, place)
    demand_size(columns, rows)
    table, place = _table(data, place + 9, flags)
    code_size = data[place]
    if not 2 <= code_size <= 8:
        raise damaged("GIF")
    code, place = _sub_blocks(data, place + 1)
    disposal, delay, transparent = control
    interlaced = bool(flags & 0x40)
    return (
        GifFrame(left, top, columns, rows, interlaced, table, disposal, delay, transparent, code_size, code),
        place,
    )


def _sub_blocks(data: bytes, place: int) -> tuple[bytes, int]:
    pieces = []
    while data[place]:
        end = place + 1 + data[place]
        pieces.append(data[place + 1 : end])
        place = end
    return b"".join(pieces), place + 1
