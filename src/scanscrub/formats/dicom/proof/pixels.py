"""What a staged copy's pixels must fulfil, compared with the input's."""

from collections.abc import Iterable, Iterator
from hashlib import blake2b

import numpy as np

from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.plan import Check
from scanscrub.formats.dicom.pixels.codecs.jpeg import JpegCodec
from scanscrub.formats.dicom.pixels.color_tables import color_tables
from scanscrub.formats.dicom.pixels.pixel_data import FrameStore, Masks
from scanscrub.formats.dicom.proof.colors import same_colors
from scanscrub.formats.jpeg.dct_proof import compare_jpegs
from scanscrub.formats.raster.masking import Area


def prove(original: FrameStore, masks: Masks, staged: FrameStore) -> Iterator[Check]:
    """Every check of the staged pixels, passed or not. Raises `RefusedFile` where a frame cannot be decoded."""
    masks = {frame: regions for frame, regions in masks.items() if regions}
    same_size = original.layout.shape == staged.layout.shape
    same_count = original.frames == staged.frames and same_size
    yield Check("frames and size kept", same_count)
    if not same_count:
        return
    yield Check("color model kept", original.layout.decoded == staged.layout.decoded)
    yield _hidden(staged)
    compared = [_compared(original, staged, frame, masks[frame]) for frame in sorted(masks)]
    black, unchanged = sum(black for black, _ in compared), sum(same for _, same in compared)
    yield Check("masked areas black", black == len(masks), f"{black} of {len(masks)} frames")
    yield Check("pixels outside the masks unchanged", unchanged == len(masks), f"{unchanged} of {len(masks)} frames")
    untouched = [frame for frame in range(original.frames) if frame not in masks]
    kept = sum(_kept(original, staged, frame) for frame in untouched)
    yield Check("other frames unchanged", kept == len(untouched), detail=f"{kept} of {len(untouched)} frames")
    yield Check("colors that pixels use are kept", _same_palette(original, staged))
    if original.layout.samples > 1 and isinstance(original.codec, JpegCodec) and isinstance(staged.codec, JpegCodec):
        yield _colors(original, masks, staged, [*sorted(masks)[:1], *untouched[:1]])


def _colors(original: FrameStore, masks: Masks, staged: FrameStore, frames: Iterable[int]) -> Check:
    """Asked of one frame of each kind: what decides about colors is alike in all of them, or `_kept` says so."""
    areas = {frame: original.area(frame, masks[frame]) if frame in masks else None for frame in frames}
    alike = all(same_colors(original, staged, frame, area) for frame, area in areas.items())
    return Check("two decoders show the same colors", alike)


def _same_palette(original: FrameStore, staged: FrameStore) -> bool:
    """Whether every pixel of the copy leads to the entries that it led to; unused ones are seen by `_hidden`."""
    before, after = (color_tables(store.header, store.layout) for store in (original, staged))
    if before is None or after is None:
        return before is after
    if (before.first, before.entries, list(before.channels)) != (after.first, after.entries, list(after.channels)):
        return False
    used = after.used((staged.stored(frame) for frame in range(staged.frames)), near=0)
    return all(np.array_equal(table[used], after.channels[tag][used]) for tag, table in before.channels.items())


def _hidden(staged: FrameStore) -> Check:
    clean = next(staged.residues(), None) is None
    return Check("nothing hidden in the pixel data", clean)


def _compared(
    original: FrameStore, staged: FrameStore, frame: int, regions: tuple[tuple[PixelRegion, int], ...]
) -> tuple[bool, bool]:
    """What `_compare` says; remembered, as a second attempt at a cine masks a few more frames and leaves the rest."""
    outlines = [(region.box, region.quad, padding) for region, padding in regions]
    digest = blake2b(repr((staged.layout, outlines)).encode(), digest_size=32)
    digest.update(staged.encoded(frame))
    key = digest.digest()
    if frame not in original.proofs or original.proofs[frame][0] != key:
        original.proofs[frame] = key, _compare(original, staged, frame, original.area(frame, regions))
    return original.proofs[frame][1]


def _compare(original: FrameStore, staged: FrameStore, frame: int, area: Area) -> tuple[bool, bool]:
    """Whether the masked samples have the fill's value, and whether the others are what they were.

    A JPEG edited by blocks is compared by coefficients: decoders smooth chroma over the blocks' edges.
    """
    fill = original.fill(frame)
    if isinstance(staged.codec, JpegCodec):
        data = staged.encoded(frame)
        return compare_jpegs(original.cleaned(frame), data, area, staged.codec.levels(data, fill))
    before, after = original.stored(frame), staged.stored(frame)
    masked = after[area]
    black = bool(np.all(masked == np.asarray(fill if masked.ndim > 1 else fill[0], masked.dtype)))
    return black, np.array_equal(before[~area], after[~area], equal_nan=original.layout.floating)


def _kept(original: FrameStore, staged: FrameStore, frame: int) -> bool:
    """The same encoded bytes less what is no picture; the same stored values wherever the bytes are others."""
    data = staged.encoded(frame)
    if original.layout.syntax == staged.layout.syntax and original.cleaned(frame) != data:
        return False
    if original.encoded(frame) == data:
        return True
    return np.array_equal(original.stored(frame), staged.stored(frame), equal_nan=original.layout.floating)
