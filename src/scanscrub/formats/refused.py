"""Formats that are recognised and refused: each with the reason and what its owner can do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.plan import Source
from scanscrub.formats.base import ImageFormat
from scanscrub.formats.text_pictures import is_netpbm, is_svg

_AS_PNG = "Export the picture as PNG and try that file."
_AS_DICOM = "Convert it to DICOM, or to one PNG a slice, and try those files."


@dataclass(frozen=True, slots=True)
class RefusedFormat:
    """A format by its first bytes, and why it is not cleaned."""

    name: str
    media_types: tuple[str, ...]
    matches: Callable[[bytes], bool]
    hint: str

    def refuse(self) -> RefusedFile:
        return RefusedFile(f"{self.name} files cannot be cleaned.", self.hint)


def _starts(*magics: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(magics)


def _is_heif(head: bytes) -> bool:
    """ISO base media file with a still picture brand (ISO 23008-12, 10.2)."""
    brands = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")
    return head[4:8] == b"ftyp" and (head[8:12] in brands or any(brand in head[16:64] for brand in brands))


def _is_nifti(head: bytes) -> bool:
    """NIfTI-1 and -2, and Analyze 7.5, by header length and magic in either byte order."""
    length = {head[:4], head[:4][::-1]}
    is_first = (348).to_bytes(4, "big") in length and len(head) >= 348
    return is_first or ((540).to_bytes(4, "big") in length and head[4:7] in (b"n+2", b"ni2"))


_REFUSED = (
    RefusedFormat(
        "JPEG 2000",
        ("image/jp2",),
        _starts(b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51"),
        _AS_PNG,
    ),
    RefusedFormat("HEIC and AVIF", ("image/heic", "image/avif"), _is_heif, "Save the photo as JPEG or PNG first."),
    RefusedFormat("JPEG XL", ("image/jxl",), _starts(b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n"), _AS_PNG),
    RefusedFormat("NIfTI and Analyze", ("application/x-nifti",), _is_nifti, _AS_DICOM),
    RefusedFormat("NRRD", ("application/x-nrrd",), _starts(b"NRRD000"), _AS_DICOM),
    RefusedFormat("MetaImage", ("application/x-metaimage",), _starts(b"ObjectType =", b"NDims ="), _AS_DICOM),
    RefusedFormat(
        "MINC and HDF5", ("application/x-hdf5",), _starts(b"\x89HDF\r\n\x1a\n", b"CDF\1", b"CDF\2"), _AS_DICOM
    ),
    RefusedFormat("SVG", ("image/svg+xml",), is_svg, "Export the drawing as PNG."),
    RefusedFormat("PBM, PGM, PPM and PAM", ("image/x-portable-anymap",), is_netpbm, _AS_PNG),
    RefusedFormat(
        "PDF", ("application/pdf",), lambda head: b"%PDF-" in head[:1024], "Export each page as a picture, PNG best."
    ),
    RefusedFormat("Photoshop", ("image/vnd.adobe.photoshop",), _starts(b"8BPS"), _AS_PNG),
    RefusedFormat("Video", ("video/mp4",), lambda head: head[4:8] == b"ftyp", "Export the frames as pictures."),
    RefusedFormat(
        "Video", ("video/x-msvideo",), lambda head: head[8:12] == b"AVI ", "Export the frames as pictures."
    ),
    RefusedFormat(
        "Compressed",
        ("application/gzip", "application/x-bzip2", "application/x-xz", "application/zstd"),
        _starts(b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd"),
        "Unpack the file first.",
    ),
    RefusedFormat(
        "Archive (tar, 7z, RAR)",
        ("application/x-tar", "application/x-7z-compressed", "application/vnd.rar"),
        lambda head: head[257:262] == b"ustar" or head.startswith((b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07")),
        "Unpack the archive first.",
    ),
)


class _Refused:
    name = "refused"
    media_types = tuple(kind for entry in _REFUSED for kind in entry.media_types)

    def sniff(self, head: bytes) -> bool:
        return _entry(head) is not None

    def open(self, stream: BinaryIO, source: Source) -> NoReturn:
        """Raises `RefusedFile`, always."""
        del source
        stream.seek(0)
        entry = _entry(stream.read(4096))
        if entry is None:
            raise RefusedFile("The file is of no known format.", _AS_PNG)
        raise entry.refuse()


def _entry(head: bytes) -> RefusedFormat | None:
    return next((entry for entry in _REFUSED if entry.matches(head)), None)


FORMAT: ImageFormat = _Refused()
