"""Make ``before-after.png``, the picture of the README: ``python samples/make_before_after.py [PICTURE]``.

Cleans three of the samples with `scanscrub.clean` as ``scanscrub clean`` would, and puts each beside its clean
copy, whose masks are outlined in amber. Everybody named in the left pictures is invented.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from making.lettering import Pixels, burn
from scanscrub import CleanOptions, clean
from scanscrub.api.cleaned_folder import masked_pictures
from scanscrub.domain.audit import AuditRecord, InputRef, Status
from scanscrub.domain.finding import PixelRegion

HERE = Path(__file__).parent
SAMPLES = ("us-liver-jpeg.dcm", "CD/QUILLFEATHER_ZELDA_19580314/IM000003", "cr-chest-monochrome1.dcm")
WIDTH = 470
AMBER = (255, 176, 32)


def picture_of(folder: Path, record: AuditRecord) -> tuple[Pixels, tuple[PixelRegion, ...]]:
    """The first frame of a record's file in `folder`, RGB, and its masks."""
    found = next(masked_pictures(folder, record), None)
    if found is None:
        raise SystemExit("a sample could not be shown")
    image = found.pixels
    return (image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=2)), found.regions


def framed(pixels: Pixels, regions: tuple[PixelRegion, ...], height: int) -> Image.Image:
    """`pixels` on a tile of the page's width, the masks outlined."""
    scale = min(WIDTH / pixels.shape[1], height / pixels.shape[0])
    small = Image.fromarray(pixels).resize((round(pixels.shape[1] * scale), round(pixels.shape[0] * scale)))
    pen = ImageDraw.Draw(small)
    for region in regions:
        corners = [(x * scale, y * scale) for x, y in region.outline]
        pen.line([*corners, corners[0]], fill=AMBER, width=1)
    tile = Image.new("RGB", (WIDTH, height))
    tile.paste(small, ((WIDTH - small.width) // 2, (height - small.height) // 2))
    return tile


def row(name: str, height: int) -> Image.Image:
    """A sample beside its clean copy."""
    before, _ = picture_of(HERE / "files", AuditRecord(InputRef(1, ""), Status.CLEAN, "", output_name=name, frames=1))
    with tempfile.TemporaryDirectory() as folder:
        (record,) = clean([HERE / "files" / name], Path(folder) / "clean", CleanOptions(executor="serial"))
        after, masks = picture_of(Path(folder) / "clean", record)
    pair = Image.new("RGB", (2 * WIDTH + 12, height + 12), (255, 255, 255))
    pair.paste(framed(before, (), height), (0, 0))
    pair.paste(framed(after, masks, height), (WIDTH + 12, 0))
    return pair


def main(target: Path) -> None:
    rows = [row(name, height) for name, height in zip(SAMPLES, (352, 400, 480), strict=True)]
    page = np.full((34 + sum(image.height for image in rows) - 12, rows[0].width, 3), 255, np.uint8)
    burn(page, (2, 4), "before (everybody is invented)", size=18, value=(40, 48, 56))
    burn(page, (WIDTH + 14, 4), "after (masks outlined)", size=18, value=(40, 48, 56))
    sheet = Image.fromarray(page)
    top = 34
    for image in rows:
        sheet.paste(image, (0, top))
        top += image.height
    sheet.quantize(128, dither=Image.Dither.NONE).save(target, "PNG", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "before-after.png")
