"""Images that do not begin as images do: their signature is at the end, far inside, or behind something else."""

import io
from typing import BinaryIO, Final

from scanscrub.domain.errors import NotLookedInto, RefusedFile
from scanscrub.formats.dicom.encoding.container import looks_like_dicom

_SEARCHED: Final = 32 << 20
"""Bytes from the start in which DICOM is looked for."""
_DICOM: Final = b"DICM\x02\x00"
"""The prefix and the group of the file meta information (PS3.10 7.1)."""
_TGA_END: Final = b"TRUEVISION-XFILE.\0"
_HDF5: Final = b"\x89HDF\r\n\x1a\n"
_DISC: Final = b"CD001"
_FIRST_SECTOR, _SECTOR = 16, 2048
_BLOCK: Final = 1 << 20


def refusal(stream: BinaryIO) -> RefusedFile | None:
    """Why a file, of which the first bytes tell nothing, is not judged; None where it is no image as far as known.

    TGA without the footer of its version 2 has no signature and is not recognized.
    """
    size = stream.seek(0, io.SEEK_END)
    if _ends_with(stream, size, _TGA_END):
        return RefusedFile("TGA files cannot be cleaned.", "Export the picture as PNG and try that file.")
    is_disc = _is_disc(stream)
    if _holds_dicom(stream):
        if is_disc:
            return RefusedFile("It is the image of a disc, with DICOM on it.", "Copy the files from the disc.")
        return RefusedFile("It holds DICOM that does not begin where it should.", "Export it again from its source.")
    if is_disc:
        return NotLookedInto("The image of a disc is not looked into.", "Copy the files from the disc.")
    if _is_hdf5(stream, size):
        return NotLookedInto("MINC, HDF5 and NetCDF files cannot be cleaned.", "Convert it to DICOM or PNG.")
    return None


def _ends_with(stream: BinaryIO, size: int, end: bytes) -> bool:
    stream.seek(max(0, size - len(end)))
    return stream.read() == end


def _is_disc(stream: BinaryIO) -> bool:
    """ISO 9660: the first volume descriptor, behind 16 empty sectors."""
    stream.seek(_FIRST_SECTOR * _SECTOR + 1)
    return stream.read(len(_DISC)) == _DISC


def _is_hdf5(stream: BinaryIO, size: int) -> bool:
    """The signature behind a block of the user's: at 512 bytes, or twice that, and so on."""
    at = 512
    while at < size:
        stream.seek(at)
        if stream.read(len(_HDF5)) == _HDF5:
            return True
        at *= 2
    return False


def _holds_dicom(stream: BinaryIO) -> bool:
    """Whether DICOM begins somewhere, or a bare data set behind nothing but zeros."""
    stream.seek(0)
    tail, only_zeros = b"", True
    while stream.tell() < _SEARCHED and (block := stream.read(_BLOCK)):
        if _DICOM in tail + block:
            return True
        if only_zeros and block.strip(b"\0"):
            only_zeros = False
            start = len(block) - len(block.lstrip(b"\0"))
            here = stream.tell()
            if _is_data_set(stream, here - len(block) + start):
                return True
            stream.seek(here)
        tail = block[-len(_DICOM) :]
    return False


def _is_data_set(stream: BinaryIO, at: int) -> bool:
    """A big-endian tag begins with a zero of its own."""
    for start in (at, at - 1):
        if start > 0:
            stream.seek(start)
            if looks_like_dicom(stream.read(256)):
                return True
    return False
