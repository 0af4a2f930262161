"""Which original each copy of a cleaned folder was made of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from scanscrub.domain.audit import AuditRecord
from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import PixelRegion
from scanscrub.formats.base import Document
from scanscrub.formats.dicom.document import DicomDocument
from scanscrub.formats.raster.document import PictureDocument
from scanscrub.formats.raster.masking import rasterize
from scanscrub.formats.raster.orientation import Samples
from scanscrub.inputs.input import Input
from scanscrub.pipeline.read import keyed_digest
from scanscrub.system.streams import sha256_of

_MARGIN: Final = 16
"""Pixels around a mask in which a lossy decoder mixes colors with those that were blackened."""
_MOST_COMPARED: Final = 8
"""Frames of a file that are compared."""


@dataclass(frozen=True, slots=True)
class Match:
    """A copy and its original, numbered as in the audit; `sha256` is that of the original's bytes."""

    record: AuditRecord
    original: Input
    sha256: str


def matched_by_digest(records: Iterable[AuditRecord], inputs: Iterable[Input], key: bytes) -> Iterator[Match]:
    """Those whose keyed digests agree; of inputs of the same bytes each has its copy."""
    found: dict[str, list[Input]] = {}
    for each in inputs:
        if digest := _digest(each, key):
            found.setdefault(digest, []).append(each)
    for record in records:
        same = found.get(record.input_ref.digest, [])
        if same:
            at = next((at for at, each in enumerate(same) if each.number == record.input_ref.number), 0)
            yield _match(record, same.pop(at))


def matched_by_number(records: Iterable[AuditRecord], inputs: Sequence[Input]) -> Iterator[Match]:
    """Those of the same place in the order of the inputs: whether they show the same is asked later."""
    for record in records:
        if record.input_ref.number <= len(inputs):
            try:
                yield _match(record, inputs[record.input_ref.number - 1])
            except RefusedFile:
                continue


def _match(record: AuditRecord, original: Input) -> Match:
    return Match(record, replace(original, number=record.input_ref.number), digest_now(original))


def digest_now(original: Input) -> str:
    """The SHA-256 of the bytes that lie there. Raises `RefusedFile`."""
    with original.open() as stream:
        return sha256_of(stream)


def _digest(original: Input, key: bytes) -> str:
    try:
        with original.open() as stream:
            return keyed_digest(stream, key)
    except RefusedFile:
        return ""


def shows_the_same(original: Document, copy: Document, record: AuditRecord) -> bool:
    """Whether both show the same outside all that was blackened, in some frames from all over the file.

    Raises `RefusedFile` where a frame cannot be decoded.
    """
    if original.frames != copy.frames or not copy.frames:
        return False
    masks = masks_of(record)
    count = min(copy.frames, _MOST_COMPARED)
    frames = {(2 * part + 1) * copy.frames // (2 * count) for part in range(count)}
    return all(_is_same(masks.get(frame, ()), *_samples(original, copy, frame)) for frame in sorted(frames))


def masks_of(record: AuditRecord) -> Mapping[int, Sequence[PixelRegion]]:
    """By frame, what was blackened."""
    frames: dict[int, list[PixelRegion]] = {}
    for step in record.steps:
        region = step.masked or step.where
        if step.is_mask and isinstance(region, PixelRegion):
            frames.setdefault(region.frame, []).append(region)
    return frames


def _samples(original: Document, copy: Document, frame: int) -> tuple[Samples, Samples, bool]:
    """What both hold, or where they are of two kinds what they show; whether that is the same to the last bit."""
    if isinstance(original, DicomDocument) and isinstance(copy, DicomDocument):
        before, after = original.frame_store, copy.frame_store
        if before is not None and after is not None:
            return before.stored(frame), after.stored(frame), True
    if isinstance(original, PictureDocument) and isinstance(copy, PictureDocument):
        return original.shown(frame), copy.shown(frame), True
    return original.view(frame).pixels, copy.view(frame).pixels, False


def _is_same(masks: Sequence[PixelRegion], before: Samples, after: Samples, is_exact: bool) -> bool:  # noqa: FBT001 - of one tuple
    if before.shape != after.shape:
        return False
    outside = ~rasterize([(region, _MARGIN) for region in masks], *before.shape[:2])
    if not outside.any():
        return False
    one, other = before[outside], after[outside]
    return bool(np.array_equal(one, other)) or (not is_exact and one.ndim == 1 and _rise_together(one, other))


def _rise_together(one: Samples, other: Samples) -> bool:
    """Whether brighter pixels of one are not darker in the other: a black mask changes how shades are stretched."""
    rising = other[np.lexsort((other, one))]
    return bool(np.ptp(one)) and bool(np.ptp(other)) and bool((rising[1:] >= rising[:-1]).all())
