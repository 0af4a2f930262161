"""A JPEG to its declared end: the tables that are used where they are used, and entropy-coded bits up to the last
block (ISO 10918-1 annexes B, F, G and H). Whatever a decoder of another opinion could show behind it is left out.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence

from scanscrub.formats.jpeg.block_positions import scan_ends
from scanscrub.formats.jpeg.codestream import FRAMES, jpeg_segments, restart_intervals, segment
from scanscrub.formats.jpeg.ends.overrun import joined, without_overruns
from scanscrub.formats.jpeg.ends.progressive import progressive_ends
from scanscrub.formats.jpeg.ends.spelled_codes import without_spelled_codes
from scanscrub.formats.jpeg.lossless.decoder import lossless_ends
from scanscrub.formats.jpeg.scan import read_sequential

_DHT, _DQT, _DNL, _DRI, _SOS = 0xC4, 0xDB, 0xDC, 0xDD, 0xDA
_SEQUENTIAL, _PROGRESSIVE, _LOSSLESS = (0xC0, 0xC1), 0xC2, 0xC3
_NO_PICTURE = frozenset({0xCC, _DNL, 0xDE, 0xDF})
"""DAC, DNL, DHP, EXP: no part of a Huffman-coded picture whose frame header has its height."""
_LENGTHS = {_DRI: 2}

Segment = tuple[int, bytes, bytes]
Ends = Sequence[Sequence[int]]
"""For each scan, the bits that each of its restart intervals holds."""


def trimmed_jpeg(data: bytes) -> bytes | None:
    """The same picture and nothing else; the very bytes where there is nothing else.

    None where the entropy-coded data cannot be followed: damaged, arithmetic coding, a component coded twice.
    Raises `RefusedFile` where the segments cannot be followed.
    """
    try:
        segments = list(_used(list(jpeg_segments(data))))
        scans = progressive_ends(segments) if any(part[0] == _PROGRESSIVE for part in segments) else None
        ends: Ends | None
        segments, ends = without_overruns(segments, scans) if scans else (segments, _ends(data, segments))
    except (IndexError, KeyError, ValueError, struct.error):
        return None
    if ends is None:
        return None
    left = iter(ends)
    return without_spelled_codes(
        _joined((*part[:2], _cut(part[2], next(left)) if part[0] == _SOS else b"") for part in segments)
    )


def with_used_tables(data: bytes) -> bytes:
    """A JPEG that can be followed, less the tables that no scan takes."""
    return _joined(_used(list(jpeg_segments(data))))


def _joined(segments: Iterable[Segment]) -> bytes:
    out = [segment(marker, body) + entropy for marker, body, entropy in segments]
    return b"".join([b"\xff\xd8", *out, b"\xff\xd9"])


def _ends(data: bytes, segments: Sequence[Segment]) -> Ends | None:
    frames = [marker for marker, _, _ in segments if marker in FRAMES]
    if len(frames) != 1:
        return None
    if frames[0] in _SEQUENTIAL:
        jpeg = read_sequential(data)
        if jpeg is None:
            return None
        found = [scan_ends(jpeg, scan) for scan in jpeg.scans]
        return None if None in found else [ends for ends in found if ends is not None]
    if frames[0] == _LOSSLESS:
        ends = lossless_ends(data)
        return None if ends is None else [ends]
    return None


def _cut(entropy: bytes, ends: Sequence[int]) -> bytes:
    """The restart intervals of a scan, each of so many bits. The bits that fill up the last byte are ones (F.1.2.3);
    zeros stay where an encoder wrote nothing else.
    """
    intervals = restart_intervals(entropy)[: len(ends)]
    fill = [(1 << (-end % 8)) - 1 for end in ends]
    cut = [interval[: -(-end // 8)] for interval, end in zip(intervals, ends, strict=True)]
    spare = [part[-1] & mask if part else 0 for part, mask in zip(cut, fill, strict=True)]
    if any(spare):
        cut = [part[:-1] + bytes([part[-1] | mask]) if part else part for part, mask in zip(cut, fill, strict=True)]
    # Some encoders fill up with a byte of ones.
    whole = [interval if interval == part + b"\xff" else part for interval, part in zip(intervals, cut, strict=True)]
    return joined(whole)


def _used(segments: Sequence[Segment]) -> Iterator[Segment]:
    """The segments less every table that no scan takes before it is defined anew. Raises `ValueError`."""
    frames = [(marker, body) for marker, body, _ in segments if marker in FRAMES]
    if len(frames) != 1:
        raise ValueError
    process, frame = frames[0]
    quantizer_of = {frame[at]: frame[at + 2] & 15 for at in range(6, 6 + 3 * frame[5], 3)}
    if len(frame) != 6 + 3 * frame[5]:
        raise ValueError
    needed: list[set[int]] = []
    wanted: set[int] = set()
    first_scans = _first_scans(segments)
    for marker, body, _ in reversed(segments):
        if marker == _SOS:
            wanted |= set(_coders(process, body))
            new = first_scans.pop()
            wanted |= {0x100 | quantizer_of[identifier] for identifier in new} if process != _LOSSLESS else set()
        defined = {key for key, _ in _tables(marker, body)}
        needed.append(defined & wanted)
        wanted -= defined
    for (marker, body, entropy), keys in zip(segments, reversed(needed), strict=True):
        if len(body) != _LENGTHS.get(marker, len(body)):
            raise ValueError
        if marker in (_DQT, _DHT):
            tables = dict(_tables(marker, body))
            kept = b"".join(table for key, table in tables.items() if key in keys)
            if kept:
                yield marker, kept, b""
        elif marker not in _NO_PICTURE:
            yield marker, body, entropy


def _first_scans(segments: Sequence[Segment]) -> list[set[int]]:
    """For each scan the components that no scan before it had: then their quantizers are taken."""
    seen: set[int] = set()
    found = []
    for marker, body, _ in segments:
        if marker == _SOS:
            own = set(body[1 : 1 + 2 * body[0] : 2])
            found.append(own - seen)
            seen |= own
    return found


def _coders(process: int, body: bytes) -> Iterator[int]:
    """The Huffman tables that a scan decodes with, as a DHT names them. Raises `ValueError`."""
    if not body or len(body) != 4 + 2 * body[0]:
        raise ValueError
    start, refines = body[-3], bool(body[-1] >> 4)
    for names in body[2 : 2 + 2 * body[0] : 2]:
        if process in _SEQUENTIAL:
            yield from (names >> 4, 0x10 | names & 15)
        elif process == _PROGRESSIVE and start:
            yield 0x10 | names & 15
        elif process != _PROGRESSIVE or not refines:
            yield names >> 4


def _tables(marker: int, body: bytes) -> Iterator[tuple[int, bytes]]:
    """Each table of a DHT or DQT segment with a key of its own. Raises `ValueError` where one is cut short."""
    at = 0
    while marker in (_DQT, _DHT) and at < len(body):
        if marker == _DHT:
            key, end = body[at], at + 17 + sum(body[at + 1 : at + 17])
        else:
            key, end = 0x100 | body[at] & 15, at + (129 if body[at] >> 4 else 65)
        if end > len(body):
            raise ValueError
        yield key, body[at:end]
        at = end
