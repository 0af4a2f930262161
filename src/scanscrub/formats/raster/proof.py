"""The checks of a staged picture against its original: only the planned is different."""

from collections.abc import Callable, Iterator

from scanscrub.domain.finding import SegmentRole
from scanscrub.domain.plan import Check
from scanscrub.formats.icc.profile import plain_profile
from scanscrub.formats.raster.picture_file import Masks, PictureFile


def prove(original: PictureFile, masks: Masks, staged: PictureFile) -> Iterator[Check]:
    """Every check, passed or not; those of frames are made over all frames."""
    strays = [seen.where for seen in staged.inspect() if not seen.needed]
    behind = [where for where in strays if where.role is SegmentRole.AFTER_THE_END]
    inside = sorted({where.kind for where in strays if where.role is not SegmentRole.AFTER_THE_END})
    yield Check("only allowed segments", not inside, ", ".join(inside))
    yield Check("nothing after the end", not behind)
    alike = _outlines(original) == _outlines(staged)
    yield Check("frames and their sizes are the same", alike)
    yield Check("colors and depth are the same", original.kind == staged.kind, f"{original.kind}; {staged.kind}")
    turned = staged.orientation == (original.orientation if type(staged) is type(original) else 1)
    yield Check("orientation is the same", turned)
    yield Check("the color profile means the same", _same_colors(original.profile, staged.profile))
    if not alike:
        return
    yield _over_frames(
        "pixels outside masks are identical",
        original.frames,
        lambda frame: original.same_outside(frame, masks.get(frame), staged),
    )
    yield _over_frames(
        "masked areas are flat and black",
        original.frames,
        lambda frame: frame not in masks or staged.is_black(frame, masks[frame]),
    )
    yield _over_frames(
        "image data without masks is kept as it was encoded",
        original.frames,
        lambda frame: original.rewrites(frame, masks) or original.encoded(frame) == staged.encoded(frame),
    )


def _same_colors(before: bytes | None, after: bytes | None) -> bool:
    """Whether the copy has no profile or one that is made of colors alone, the same ones."""
    if after is None or after == before:
        return True
    from scanscrub.formats.icc.proof import means_the_same  # noqa: PLC0415 - few pictures have a profile

    return before is not None and plain_profile(after) == after and means_the_same(before, after)


def _outlines(document: PictureFile) -> list[tuple[int, int]]:
    return [document.size(frame) for frame in range(document.frames)]


def _over_frames(name: str, frames: int, holds: Callable[[int], bool]) -> Check:
    failed = [frame + 1 for frame in range(frames) if not holds(frame)]
    return Check(name, not failed, f"not in {len(failed)} of {frames} frames, first {failed[0]}" if failed else "")
