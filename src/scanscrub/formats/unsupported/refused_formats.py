"""Formats that are recognized and refused: each with the reason and what its owner can do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

from scanscrub.archives.compressed import is_tar
from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.plan import Source
from scanscrub.formats.base import ImageFormat
from scanscrub.formats.unsupported import embedded_pictures, signatures
from scanscrub.formats.unsupported.signatures import Matches, starts
from scanscrub.formats.unsupported.text_pictures import head_of, is_fits, is_netpbm, is_postscript, is_svg

_AS_PNG = "Export the picture as PNG and try that file."
_AS_DICOM = "Convert it to DICOM, or to one PNG a slice, and try those files."
_FRAMES = "Export the frames as pictures."
_PAGES = "Export each page as a picture, PNG best."


@dataclass(frozen=True, slots=True)
class RefusedFormat:
    """A format by its first bytes, and why it is not cleaned. `look` tells whether a picture is in a file of it."""

    name: str
    media_types: tuple[str, ...]
    matches: Matches
    hint: str
    look: Callable[[BinaryIO], embedded_pictures.Found] = embedded_pictures.always
    is_icon: bool = False
    """Whether a file of it belongs to a program, unless a larger picture is in it."""

    def refuse(self, stream: BinaryIO) -> RefusedFile:
        return self.look(stream)(f"{self.name} files cannot be cleaned.", self.hint)


_REFUSED = (
    RefusedFormat(
        "JPEG 2000",
        ("image/jp2",),
        starts(b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51"),
        _AS_PNG,
    ),
    RefusedFormat("JPEG XL", ("image/jxl",), starts(b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n"), _AS_PNG),
    RefusedFormat("JPEG XR", ("image/jxr",), starts(b"II\xbc\1"), _AS_PNG),
    RefusedFormat("NIfTI and Analyze", ("application/x-nifti",), signatures.is_nifti, _AS_DICOM),
    RefusedFormat("NRRD", ("application/x-nrrd",), starts(b"NRRD000"), _AS_DICOM),
    RefusedFormat("MetaImage", ("application/x-metaimage",), starts(b"ObjectType =", b"NDims ="), _AS_DICOM),
    RefusedFormat("FreeSurfer MGH", ("application/x-mgh",), signatures.is_mgh, _AS_DICOM),
    RefusedFormat(
        "MINC, HDF5 and NetCDF", ("application/x-hdf5",), signatures.is_hdf5, _AS_DICOM, embedded_pictures.scientific
    ),
    RefusedFormat(
        "MINC, HDF5 and NetCDF",
        ("application/x-netcdf",),
        starts(b"CDF\1", b"CDF\2", b"CDF\5"),
        _AS_DICOM,
        embedded_pictures.scientific,
    ),
    RefusedFormat("FITS", ("image/fits",), is_fits, _AS_PNG),
    RefusedFormat("SVG", ("image/svg+xml",), is_svg, "Export the drawing as PNG."),
    RefusedFormat("PBM, PGM, PPM and PAM", ("image/x-portable-anymap",), is_netpbm, _AS_PNG),
    RefusedFormat("PostScript", ("application/postscript",), is_postscript, _PAGES),
    RefusedFormat("DjVu", ("image/vnd.djvu",), starts(b"AT&TFORM"), _PAGES),
    RefusedFormat("Photoshop", ("image/vnd.adobe.photoshop",), starts(b"8BPS"), _AS_PNG),
    RefusedFormat("GIMP", ("image/x-xcf",), starts(b"gimp xcf"), _AS_PNG),
    RefusedFormat(
        "Windows icon",
        ("image/x-icon",),
        embedded_pictures.is_windows_icon,
        _AS_PNG,
        embedded_pictures.windows_icon,
        is_icon=True,
    ),
    RefusedFormat(
        "macOS icon", ("image/x-icns",), starts(b"icns"), _AS_PNG, embedded_pictures.apple_icon, is_icon=True
    ),
    RefusedFormat(
        "PCX", ("image/x-pcx",), lambda head: signatures.is_pcx(head) or head[:4] == b"\xb1\x68\xde\x3a", _AS_PNG
    ),
    RefusedFormat("SGI, Sun and OpenEXR", ("image/x-sgi",), signatures.is_sgi, _AS_PNG),
    RefusedFormat("SGI, Sun and OpenEXR", ("image/x-exr",), starts(b"\x59\xa6\x6a\x95", b"\x76\x2f\x31\1"), _AS_PNG),
    RefusedFormat(
        "DDS, QOI, FLIF and HDR",
        ("image/x-dds",),
        starts(b"DDS \x7c", b"qoif", b"FLIF", b"#?RADIANCE", b"#?RGBE"),
        _AS_PNG,
    ),
    RefusedFormat(
        "Windows metafile",
        ("image/emf",),
        lambda head: signatures.is_emf(head) or head[:4] == b"\xd7\xcd\xc6\x9a",
        _AS_PNG,
        embedded_pictures.never,
    ),
    RefusedFormat("Video", ("video/mp4", "video/x-msvideo"), signatures.is_video, _FRAMES),
    RefusedFormat(
        "Compressed",
        ("application/gzip", "application/x-bzip2", "application/x-xz", "application/zstd"),
        starts(b"\x1f\x8b", b"\x1f\x9d", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"\4\x22\x4d\x18", b"LZIP"),
        "Unpack the file first.",
        embedded_pictures.never,
    ),
    RefusedFormat(
        "Archive (tar, 7z, RAR)",
        ("application/x-tar", "application/x-7z-compressed", "application/vnd.rar"),
        lambda head: is_tar(head) or head.startswith((b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"MSCF\0")),
        "Unpack the archive first.",
        embedded_pictures.never,
    ),
)


NAME = "refused"


class _Refused:
    name = NAME
    media_types = tuple(kind for entry in _REFUSED for kind in entry.media_types)

    def sniff(self, head: bytes) -> bool:
        return entry_of(head) is not None

    def open(self, stream: BinaryIO, source: Source) -> NoReturn:
        """Raises `RefusedFile`, always."""
        del source
        entry = entry_of(head_of(stream))
        if entry is None:
            raise RefusedFile("The file is of no known format.", _AS_PNG)
        raise entry.refuse(stream)


def entry_of(head: bytes) -> RefusedFormat | None:
    """The format that is refused and begins so."""
    return next((entry for entry in _REFUSED if entry.matches(head)), None)


FORMAT: ImageFormat = _Refused()
