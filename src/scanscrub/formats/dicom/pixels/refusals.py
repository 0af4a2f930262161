"""The sentences with which pixels are refused."""

from scanscrub.domain.errors import RefusedFile


def undecodable() -> RefusedFile:
    return RefusedFile(
        "The compressed image data cannot be decoded.",
        "The file may be damaged; export it again from its source.",
    )


def too_many_bits() -> RefusedFile:
    return RefusedFile(
        "The compressed samples need more bits than the header says: each program may show another picture.",
        "Correct Bits Stored, or export the file again from its source.",
    )


def unsupported() -> RefusedFile:
    return RefusedFile(
        "The image data is in a compression that no library installed with this program can read.",
        "Convert it to an uncompressed or JPEG 2000 DICOM file first.",
    )


def film() -> RefusedFile:
    return RefusedFile(
        "The image data is a film (MPEG), which cannot be examined frame by frame.",
        "Convert it to a multi-frame DICOM file in JPEG or JPEG 2000 first.",
    )


def incomplete() -> RefusedFile:
    return RefusedFile(
        "The image data ends before the image is complete.",
        "Export the file again from its source.",
    )


def gaps() -> RefusedFile:
    return RefusedFile(
        "The image's frames of single bits do not follow each other as the standard asks for.",
        "Export the file again from its source, or store it with eight bits for each pixel.",
    )
