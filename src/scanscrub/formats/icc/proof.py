"""Whether two ICC profiles mean the same colors, by the word of LittleCMS, which has no part in writing them."""

from io import BytesIO

import numpy as np
from PIL import Image, ImageCms

_MODES = {b"GRAY": "L", b"RGB ": "RGB", b"CMYK": "CMYK"}
_STEPS = np.linspace(0, 255, 9).round().astype(np.uint8)


def means_the_same(before: bytes, after: bytes) -> bool:
    """Whether a grid of colors becomes the same under both; True where the first is no profile that can be used."""
    mode = _MODES.get(before[16:20])
    if mode is None or after[16:20] != before[16:20]:
        return mode is None
    return all(
        (shown := _shown(before, mode, intent)) is None or shown == _shown(after, mode, intent)
        for intent in (ImageCms.Intent.PERCEPTUAL, ImageCms.Intent.RELATIVE_COLORIMETRIC)
    )


def _shown(profile: bytes, mode: str, intent: ImageCms.Intent) -> bytes | None:
    channels = len(mode) if mode != "L" else 1
    grid = np.stack(np.meshgrid(*[_STEPS] * channels, indexing="ij"), axis=-1).reshape(-1, 1, channels)
    colors = Image.fromarray(np.ascontiguousarray(grid[..., 0] if mode == "L" else grid), mode)
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        transform = ImageCms.buildTransform(source, ImageCms.createProfile("LAB"), mode, "LAB", intent)
        shown = ImageCms.applyTransform(colors, transform)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
    return shown.tobytes() if shown is not None else None
