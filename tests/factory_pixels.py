"""DICOM images made from arrays, and copies of them written around a `Rewrite` as the DICOM writer does."""

import warnings
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, FileMetaDataset, dcmread
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
)

from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.geometry import Box
from scanscrub.formats.dicom.pixels.codecs.registry import DEFLATED_IMAGE_FRAME
from scanscrub.formats.dicom.pixels.pixel_data import FrameStore, Masks, open_frames
from scanscrub.formats.dicom.pixels.rewrite import Rewrite, plan_rewrite

NATIVE = (ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian)
PIXEL_TAGS = (0x7FE00001, 0x7FE00002, 0x7FE00008, 0x7FE00009, 0x7FE00010)


def image(
    size: tuple[int, int],
    value: bytes,
    *,
    syntax: UID = ExplicitVRLittleEndian,
    photometric: str = "MONOCHROME2",
    bits: tuple[int, int, int] = (8, 8, 7),
    signed: bool = False,
    frames: int | None = None,
    planar: int = 0,
    keyword: str = "PixelData",
    vr: str = "",
    more: Mapping[str, Any] | None = None,
) -> bytes:
    """A file of `size` (rows, columns) with that pixel data; `bits` are allocated, stored, high."""
    header = Dataset()
    header.SOPClassUID, header.SOPInstanceUID = CTImageStorage, "1.2.3"
    header.Rows, header.Columns = size
    header.SamplesPerPixel = 3 if photometric.startswith(("RGB", "YBR")) else 1
    header.PhotometricInterpretation = photometric
    header.BitsAllocated, header.BitsStored, header.HighBit = bits
    header.PixelRepresentation = int(signed)
    if header.SamplesPerPixel > 1:
        header.PlanarConfiguration = planar
    if frames is not None:
        header.NumberOfFrames = frames
    for name, content in (more or {}).items():
        setattr(header, name, content)
    setattr(header, keyword, value)
    if keyword == "PixelData":
        header["PixelData"].VR = vr or ("OB" if bits[0] <= 8 or syntax not in NATIVE else "OW")
        header["PixelData"].is_undefined_length = syntax not in NATIVE
    return saved(header, syntax)


def compressed(
    size: tuple[int, int],
    fragments: Sequence[bytes],
    syntax: UID,
    *,
    has_bot: bool = True,
    **options: Any,  # noqa: ANN401 - those of `image`
) -> bytes:
    """A file of encoded frames, one fragment each."""
    value = encapsulate(list(fragments), has_bot=has_bot)
    return image(size, value, syntax=syntax, frames=len(fragments), **options)


def saved(header: Dataset, syntax: UID) -> bytes:
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = _known(syntax)
    header.file_meta.MediaStorageSOPClassUID = CTImageStorage
    header.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    out = BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        header.save_as(out, enforce_file_format=True)
    return _named(out.getvalue(), syntax)


def _known(syntax: UID) -> UID:
    """A syntax of the same form that pydicom writes, and does not deflate."""
    if syntax == DeflatedExplicitVRLittleEndian:
        return ExplicitVRLittleEndian
    return JPEGBaseline8Bit if syntax == DEFLATED_IMAGE_FRAME else syntax


def _named(data: bytes, syntax: UID) -> bytes:
    if syntax != DEFLATED_IMAGE_FRAME:
        return data
    return data.replace(JPEGBaseline8Bit.encode(), b"%s\0" % syntax.encode())


def store_of(data: bytes) -> FrameStore:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stream = BytesIO(data)
        store = open_frames(stream, dcmread(stream, defer_size=64))
    assert store is not None
    return store


def copy_of(data: bytes, rewrite: Rewrite) -> bytes:
    """The file with its pixel data written anew."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        header = dcmread(BytesIO(data))
        for element in [element for element in header if element.tag >= PIXEL_TAGS[0]]:
            del header[element.tag]
        for tag, element in rewrite.header.items():
            if element is None:
                del header[tag]
            else:
                header[tag] = element
        syntax = rewrite.transfer_syntax
        header.file_meta.TransferSyntaxUID = _known(syntax)
        out = BytesIO()
        implicit, little = syntax == ImplicitVRLittleEndian, syntax != ExplicitVRBigEndian
        header.save_as(out, enforce_file_format=False, implicit_vr=implicit, little_endian=little)
    rewrite.write(out)
    return _named(out.getvalue(), syntax)


def masked_copy(data: bytes, masks: Masks) -> FrameStore:
    return store_of(copy_of(data, plan_rewrite(store_of(data), masks)))


def box(left: int, top: int, right: int, bottom: int, *, frame: int = 0, padding: int = 0) -> tuple[PixelRegion, int]:
    return PixelRegion(Box(left, top, right, bottom), frame), padding


def shown(data: bytes) -> NDArray[Any]:
    """What pydicom decodes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(dcmread(BytesIO(data)).pixel_array)
