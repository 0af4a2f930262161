"""What a staged copy's pixels must fulfil, compared with the input's."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from scanscrub.domain.plan import Check
from scanscrub.formats.dicom.jpeg_codecs import JpegCodec
from scanscrub.formats.jpegproof import is_black_inside, same_outside
from scanscrub.formats.masking import Area

if TYPE_CHECKING:
    from scanscrub.formats.dicom.pixels import FrameStore, Masks


def prove(original: "FrameStore", masks: "Masks", staged: "FrameStore") -> Iterator[Check]:
    """Every check of the staged pixels, passed or not. Raises `RefusedFile` where a frame cannot be decoded."""
    masks = {frame: regions for frame, regions in masks.items() if regions}
    same_size = original.layout.shape == staged.layout.shape
    same_count = original.frames == staged.frames and same_size
    yield Check("frames and size kept", passed=same_count)
    if not same_count:
        return
    yield Check("colour model kept", passed=original.layout.decoded == staged.layout.decoded)
    yield _hidden(staged)
    flat = unchanged = 0
    for frame in sorted(masks):
        area = original.area(frame, masks[frame])
        flat += _is_black(original, staged, frame, area)
        unchanged += _same_outside(original, staged, frame, area)
    yield Check("masked areas black", passed=flat == len(masks), detail=f"{flat} of {len(masks)} frames")
    yield Check("pixels outside the masks unchanged", passed=unchanged == len(masks))
    untouched = [frame for frame in range(original.frames) if frame not in masks]
    kept = sum(_kept(original, staged, frame) for frame in untouched)
    yield Check("other frames unchanged", passed=kept == len(untouched), detail=f"{kept} of {len(untouched)} frames")


def _hidden(staged: "FrameStore") -> Check:
    clean = next(staged.residues(), None) is None
    return Check("nothing hidden in the pixel data", passed=clean)


def _is_black(original: "FrameStore", staged: "FrameStore", frame: int, area: Area) -> bool:
    """The masked samples have the fill's value; of blocks, whose edges decoders smooth, the coefficients have."""
    fill = original.fill(frame)
    if isinstance(staged.codec, JpegCodec):
        data = staged.encoded(frame)
        return is_black_inside(data, area, staged.codec.levels(data, fill))
    samples = staged.stored(frame)[area]
    return bool(np.all(samples == np.asarray(fill if samples.ndim > 1 else fill[0], samples.dtype)))


def _same_outside(original: "FrameStore", staged: "FrameStore", frame: int, area: Area) -> bool:
    if isinstance(staged.codec, JpegCodec):
        return same_outside(original.encoded(frame), staged.encoded(frame), area)
    before, after = original.stored(frame), staged.stored(frame)
    return np.array_equal(before[~area], after[~area], equal_nan=original.layout.floating)


def _kept(original: "FrameStore", staged: "FrameStore", frame: int) -> bool:
    """The same encoded bytes less what is no picture; the same stored values where the whole file was recoded."""
    if original.layout.syntax == staged.layout.syntax:
        return original.cleaned(frame) == staged.encoded(frame)
    return np.array_equal(original.stored(frame), staged.stored(frame))
