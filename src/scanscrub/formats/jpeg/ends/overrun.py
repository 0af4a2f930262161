"""Runs of empty blocks in a progressive JPEG that end with the last block: a longer one tells what was behind it."""

from collections.abc import Sequence

import numpy as np

from scanscrub.formats.jpeg.codestream import restart_intervals
from scanscrub.formats.jpeg.ends.progressive import Overrun, ScanEnd
from scanscrub.formats.jpeg.huffman import HuffmanTable, read_tables

_DHT, _SOS = 0xC4, 0xDA
_LONGEST_CODE = 16

Segment = tuple[int, bytes, bytes]


def without_overruns(segments: Sequence[Segment], ends: Sequence[ScanEnd]) -> tuple[list[Segment], list[list[int]]]:
    """The segments with such runs made shorter, and the bits that each restart interval of each scan holds then.

    A table may get one more code, behind all others, which keep theirs.
    """
    out = list(segments)
    defined: dict[int, int] = {}
    scans = iter(ends)
    lengths: list[list[int]] = []
    for place, (marker, body, entropy) in enumerate(segments):
        if marker == _DHT:
            defined |= dict.fromkeys(read_tables(body), place)
        elif marker == _SOS:
            scan = next(scans)
            lengths.append(list(scan.bits))
            intervals = restart_intervals(entropy)
            for number, run in scan.overruns.items():
                size = run.blocks.bit_length() - 1
                where = defined[run.table]
                tables, table = _with_symbol(out[where][1], run.table, size << 4)
                if table is None:
                    continue
                out[where] = _DHT, tables, b""
                intervals[number], lengths[-1][number] = _shorter(
                    intervals[number], lengths[-1][number], run, table, size
                )
            out[place] = marker, body, joined(intervals) if scan.overruns else entropy
    return out, lengths


def joined(intervals: Sequence[bytes]) -> bytes:
    """The entropy-coded bytes of a scan (B.1.1.5)."""
    out = bytearray()
    for number, interval in enumerate(intervals):
        if number:
            out += bytes([0xFF, 0xD0 + (number - 1) % 8])
        out += interval.replace(b"\xff", b"\xff\x00")
    return bytes(out)


def _shorter(data: bytes, end: int, run: Overrun, table: HuffmanTable, size: int) -> tuple[bytes, int]:
    """An interval with another code for a run, and its bits."""
    symbol = size << 4
    code = int(table.codes[symbol]) << size | run.blocks - (1 << size)
    length = int(table.lengths[symbol]) + size
    bits = np.unpackbits(np.frombuffer(data, np.uint8))[:end]
    new = np.array([code >> place & 1 for place in reversed(range(length))], np.uint8)
    bits = np.concatenate([bits[: run.position], new, bits[run.position + run.bits :]])
    fill = np.ones(-len(bits) % 8, np.uint8)
    return np.packbits(np.concatenate([bits, fill])).tobytes(), len(bits)


def _with_symbol(body: bytes, key: int, symbol: int) -> tuple[bytes, HuffmanTable | None]:
    """The tables of a DHT, one of which has a code for a symbol; None where there is no room for it."""
    tables = read_tables(body)
    table = tables[key]
    if not table.lengths[symbol]:
        longest = max(length for length in range(1, _LONGEST_CODE + 1) if table.sizes[length - 1])
        last = max(int(table.codes[other]) for other in table.symbols if table.lengths[other] == longest)
        if longest == _LONGEST_CODE or last + 1 >= 1 << longest:
            return body, None
        sizes = bytes(count + (place == longest) for place, count in enumerate(table.sizes))
        tables[key] = table = HuffmanTable(sizes, table.symbols + bytes([symbol]))
    return b"".join(part.segment(name) for name, part in tables.items()), table
