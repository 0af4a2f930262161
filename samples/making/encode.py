"""Datasets to bytes, in the transfer syntaxes that archives hold."""

import io
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom import dcmwrite
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, JPEG2000Lossless, JPEGBaseline8Bit, JPEGLSLossless, RLELossless


def to_bytes(dataset: Dataset, syntax: UID) -> bytes:
    """The file's bytes in `syntax`; for JPEG baseline the frames must have been put by `jpeg_frames`."""
    if syntax in (RLELossless, JPEG2000Lossless, JPEGLSLossless):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset.compress(syntax, generate_instance_uid=False)
    dataset.file_meta.TransferSyntaxUID = syntax
    buffer = io.BytesIO()
    dcmwrite(
        buffer,
        dataset,
        implicit_vr=syntax.is_implicit_VR,
        little_endian=syntax.is_little_endian,
        enforce_file_format=True,
    )
    return buffer.getvalue()


def jpeg_frames(dataset: Dataset, frames: list[NDArray[np.uint8]], quality: int = 88) -> None:
    """Replace the pixels of `dataset` by JPEG baseline frames (YBR_FULL_422), each with a comment segment."""
    streams = []
    for frame in frames:
        buffer = io.BytesIO()
        Image.fromarray(frame).save(buffer, "JPEG", quality=quality, subsampling="4:2:2", dpi=(96, 96))
        streams.append(buffer.getvalue())
    dataset.PixelData = encapsulate(streams)
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    dataset.PhotometricInterpretation = "YBR_FULL_422"
    dataset.file_meta.TransferSyntaxUID = JPEGBaseline8Bit


def windowed(values: NDArray[Any], center: float, width: float) -> NDArray[np.uint8]:
    """8-bit grays of `values` in a window."""
    return np.asarray(np.rint(((values - center) / width + 0.5) * 255).clip(0, 255), np.uint8)
