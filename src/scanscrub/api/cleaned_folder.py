"""A folder of clean copies: looked at again, drawn, and given a DICOMDIR."""

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from scanscrub.api.callbacks import NO_CALLBACKS, RunCallbacks
from scanscrub.api.keywords import AnyPath, CleanKeywords, chosen_options
from scanscrub.api.options import CleanOptions
from scanscrub.api.resuming import FOR_CHATBOT, copies_in
from scanscrub.api.settings import settings_for
from scanscrub.domain.audit import AuditRecord
from scanscrub.domain.errors import OutputUnusableError, RefusedFile
from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.plan import Check, Source
from scanscrub.formats.dicom.write import dicomdir
from scanscrub.formats.png.codec import png_of
from scanscrub.output import journal
from scanscrub.pipeline.chatbot.pictures import Made, made_for_chatbot
from scanscrub.pipeline.chatbot.proof import prove_made
from scanscrub.pipeline.read import recognized
from scanscrub.pipeline.verify_copy import Copy, verify_copy
from scanscrub.pipeline.worker_context import WorkerContext

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def verify(
    folder: AnyPath,
    options: CleanOptions | None = None,
    *,
    callbacks: RunCallbacks = NO_CALLBACKS,
    **keywords: Unpack[CleanKeywords],
) -> Iterator[tuple[str, tuple[Check, ...]]]:
    """Look at every file of a cleaned folder again, as a stranger would: its name there, and its checks.

    `options` are those that it was cleaned with. Raises `MissingDependencyError`, and `UsageError`, also where the
    folder has no audit.
    """
    return _verified(Path(folder), chosen_options(options or CleanOptions(), keywords), callbacks)


def _verified(
    folder: Path, options: CleanOptions, callbacks: RunCallbacks
) -> Iterator[tuple[str, tuple[Check, ...]]]:
    context = WorkerContext(settings_for(options))
    expected = journal.owners(folder / journal.NAME)
    names = sorted(copies_in(folder) | set(expected))
    if callbacks.counted is not None:
        callbacks.counted(len(names), is_all=True)
    for number, name in enumerate(names, start=1):
        yield name, verify_copy(_copy(number, folder, name, expected.get(name)), context)
    if (folder / FOR_CHATBOT).exists():
        yield from _verified_for_chatbot(folder)


def _copy(number: int, folder: Path, name: str, record: AuditRecord | None) -> Copy:
    if record is None:
        return Copy(number, folder, name, None)
    return Copy(number, folder, name, dict(record.sha256s).get("output"), record.review)


def _verified_for_chatbot(folder: Path) -> Iterator[tuple[str, tuple[Check, ...]]]:
    """The pictures for a chatbot are made again of the copies; whatever else lies there is nobody's."""
    place = folder / FOR_CHATBOT
    left = {path for path in place.rglob("*") if path.is_file() or path.is_symlink()}
    with suppress(RefusedFile, OSError):  # a copy that cannot be opened was told of
        for made in made_for_chatbot(folder, _names_in_order(folder)):
            path = place / made.name
            left.discard(path)
            yield f"{FOR_CHATBOT}/{made.name}", (prove_made(path, made),)
    for path in sorted(left):
        yield path.relative_to(folder).as_posix(), (Check("made of the copies", passed=False),)


def write_for_chatbot(folder: AnyPath) -> Path | None:
    """Make pictures for a chatbot of the copies of an output folder, in place of older ones, and prove them.

    The folder that they are in; None where there is no copy. Raises `UsageError` where the folder has no audit, and
    `OutputUnusableError`.
    """
    folder = Path(folder)
    place, half_made = folder / FOR_CHATBOT, folder / f".{FOR_CHATBOT}"
    names = _names_in_order(folder)
    try:
        for old in (place, half_made):
            if old.exists():
                shutil.rmtree(old)
        if not names:
            return None
        is_proved = all(_write_made(half_made, each) for each in made_for_chatbot(folder, names))
        if is_proved:
            half_made.rename(place)
    except (OSError, RefusedFile):
        is_proved = False
    if not is_proved:
        shutil.rmtree(half_made, ignore_errors=True)
        raise OutputUnusableError(
            "The pictures for a chatbot could not be made of the copies.",
            "Check the free space, and the copies: scanscrub verify FOLDER",
        )
    return place


def _write_made(place: Path, made: Made) -> bool:
    path = place / made.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made.text.encode() if made.pixels is None else png_of(made.pixels))
    return prove_made(path, made).passed


def _names_in_order(folder: Path) -> list[str]:
    """The copies, in the order of their inputs."""
    records = journal.brief_records(folder / journal.NAME)
    numbered = {record.output_name: record.input_ref.number for record in records if record.output_name}
    return sorted((name for name in numbered if (folder / name).is_file()), key=lambda name: (numbered[name], name))


def read_audit(path: AnyPath) -> list[AuditRecord]:
    """The records of an output folder or of its ``audit.jsonl``, one an input: of those tried again, the last.

    Raises `UsageError` where there is none.
    """
    audit = Path(path)
    return journal.latest(journal.records(audit / journal.NAME if audit.is_dir() else audit))


def write_dicomdir(folder: AnyPath) -> None:
    """Write a DICOMDIR over the clean DICOM copies of an output folder. Raises `UsageError` where it has no audit."""
    folder = Path(folder)
    names = {record.output_name for record in journal.brief_records(folder / journal.NAME) if record.output_name}
    dicomdir.write_dicomdir(folder, [folder / name for name in sorted(names) if name.endswith(".dcm")])


@dataclass(frozen=True, slots=True, eq=False)
class MaskedPicture:
    """A picture of a copy, by its frame: uint8 ``(rows, columns[, 3])``, and all that was blackened in it.

    `kept` is the writing that was left on purpose.
    """

    frame: int
    pixels: "NDArray[np.uint8]"
    regions: tuple[PixelRegion, ...]
    kept: tuple[PixelRegion, ...] = ()


def masked_pictures(folder: Path, record: AuditRecord, most: int = 1) -> Iterator[MaskedPicture]:
    """At most so many frames of a record's copy: one of each of as many parts of it, the one with most masks."""
    if record.output_name is None or not record.frames:
        return
    masks = [step.masked or step.where for step in record.steps if step.is_mask]
    regions = [region for region in masks if isinstance(region, PixelRegion)]
    wanted = _most_masked(record.frames, regions, min(most, record.frames))
    try:
        with (
            (folder / record.output_name).open("rb") as stream,
            recognized(stream).open(stream, Source(record.input_ref.number, "")) as document,
        ):
            for frame, picture in document.pictures():
                if frame in wanted:
                    here = tuple(region for region in regions if region.frame == frame)
                    kept = tuple(region for region in record.kept if region.frame == frame)
                    yield MaskedPicture(frame, picture.views[0].pixels, here, kept)
                if frame == wanted[-1]:
                    return
    except (OSError, RefusedFile):
        return


def _most_masked(frames: int, regions: Sequence[PixelRegion], parts: int) -> list[int]:
    """Of each of so many equal parts of a file the frame with most masks, the first one where several have."""
    counts = Counter(region.frame for region in regions)
    bounds = [frames * part // parts for part in range(parts + 1)]
    return [max(range(*ends), key=lambda frame: (counts[frame], -frame)) for ends in pairwise(bounds)]
