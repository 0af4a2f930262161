"""How long pixels take and how much a masked cine grows: ``python tests/bench/pixels.py``.

Times are of this machine; the ratios are to the decoder alone on the same frames in the same run.
"""

import warnings
from io import BytesIO
from pathlib import Path
from time import perf_counter

import numpy as np
from PIL import Image
from pydicom import dcmread
from pydicom.data import get_testdata_file

from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.geometry import Box
from scanscrub.formats.dicom.pixels.pixel_data import open_frames
from scanscrub.formats.dicom.pixels.rewrite import plan_rewrite
from scanscrub.formats.jpeg import dct_masking


def main() -> None:
    _cine()
    _frame()


def _cine() -> None:
    """The 120-frame color cine of pydicom's data, two boxes masked in every frame."""
    path = Path(str(get_testdata_file("color3d_jpeg_baseline.dcm")))
    with path.open("rb") as stream:
        store = open_frames(stream, dcmread(stream, defer_size=4096))
        assert store is not None
        boxes = (Box(20, 10, 220, 40), Box(400, 420, 630, 470))
        masks = {frame: tuple((PixelRegion(box, frame), 4) for box in boxes) for frame in range(store.frames)}
        start = perf_counter()
        before = sum(len(store.encoded(frame)) for frame in range(store.frames))
        for frame in range(store.frames):
            store.stored(frame)
        decoded = perf_counter() - start
        start = perf_counter()
        views = sum(len(picture.views) for _, picture in store.pictures())
        shown = perf_counter() - start
        start = perf_counter()
        after = BytesIO()
        plan_rewrite(store, masks).write(after)
        written = perf_counter() - start
    print(f"cine of {store.frames} frames, {before} bytes: decoded in {decoded:.2f} s")
    print(f"  {views} views in {shown:.2f} s, {shown / decoded:.1f} times the decoder")
    print(f"  masked in {written:.2f} s, {written / decoded:.1f} times; {after.tell() / before:.3f} of the size")


def _frame() -> None:
    """One 640 x 480 frame with noise, in JPEG of three samplings."""
    y, x = np.mgrid[0:480, 0:640]
    smooth = np.stack([x / 3, y / 2, (x + y) / 5], axis=-1)
    noisy = np.clip(smooth + np.random.default_rng(1).normal(0, 6, smooth.shape), 0, 255).astype(np.uint8)
    area = np.zeros((480, 640), np.bool_)
    area[10:40, 20:220] = True
    for subsampling in ("4:4:4", "4:2:2", "4:2:0"):
        out = BytesIO()
        Image.fromarray(noisy).save(out, "JPEG", quality=85, subsampling=subsampling)
        times = []
        for _ in range(5):
            start = perf_counter()
            masked = dct_masking.mask(out.getvalue(), area, (0, 128, 128))
            times.append(perf_counter() - start)
        assert masked is not None
        size = len(out.getvalue())
        print(f"frame {subsampling}: masked in {min(times) * 1000:.0f} ms; {len(masked)} of {size} bytes")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
