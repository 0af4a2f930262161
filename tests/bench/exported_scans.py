"""Scans with somebody's identity burned in, as people export them: PNG, JPEG, and DICOM without a header's values."""

import io
from collections.abc import Iterator

import cv2
import numpy as np
from backgrounds import REAL, Pixels, background, real
from lettering import HERSHEY, TRUETYPE, letter, missing_fonts
from PIL import Image
from pydicom import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage, generate_uid

Random = np.random.Generator

_GIVEN = ("Ilsabe", "Thorvald", "Marta", "Yusuf", "Anneliese", "Pedro", "Wei", "Olga", "Fatima", "John", "Siobhan",
          "Kenji", "Lucia", "Radovan", "Ines", "Harald")  # fmt: skip
_FAMILY = ("Quandt", "Okonkwo", "Brandmeier", "Oliveira", "Kowalczyk", "Nguyen", "Petrov", "Schmidt", "O'Hara",
           "Tanaka", "Bianchi", "Vukovic", "Larsen", "Haddad", "Mayer", "Jones")  # fmt: skip
_HOSPITALS = ("ST MARY HOSPITAL", "Klinikum Nord", "Hospital La Paz", "Universitätsklinikum", "CHU Lyon Sud",
              "County General", "Ospedale San Carlo", "Radiologie am Markt", "Mercy Medical Center")  # fmt: skip


def _name(random: Random) -> str:
    given, family = _GIVEN[int(random.integers(len(_GIVEN)))], _FAMILY[int(random.integers(len(_FAMILY)))]
    forms = (f"{family}^{given}", f"{family}, {given}", f"{given} {family}", f"{family.upper()} {given.upper()}",
             f"Name: {family}, {given}", f"{family.upper()}, {given[0]}.")  # fmt: skip
    return str(forms[int(random.integers(len(forms)))])


def _day(random: Random) -> str:
    year, month, day = int(random.integers(1930, 2025)), int(random.integers(1, 13)), int(random.integers(1, 29))
    forms = (f"{day:02}.{month:02}.{year}", f"{year}-{month:02}-{day:02}", f"{month:02}/{day:02}/{year}",
             f"{year}{month:02}{day:02}", f"DOB {day:02}/{month:02}/{year % 100:02}", f"geb. {day}.{month}.{year}",
    )  # fmt: skip
    return str(forms[int(random.integers(len(forms)))])


def _number(random: Random) -> str:
    digits = int(random.integers(10**5, 10**9))
    forms = (f"{digits}", f"ID: {digits}", f"MRN {digits}", f"PID{digits}", f"Acc {digits}", f"#{digits}")
    return str(forms[int(random.integers(len(forms)))])


def _lines(random: Random) -> list[str]:
    lines = [_name(random), _number(random), _day(random)]
    if random.random() < 0.5:
        lines.append(str(_HOSPITALS[int(random.integers(len(_HOSPITALS)))]))
    return lines[: int(random.integers(1, len(lines) + 1))] if random.random() < 0.3 else lines


def _written(pixels: Pixels, random: Random) -> Pixels:
    """The lines of an identity in a corner, in white with a dark edge where it is bright there."""
    fonts = [*HERSHEY, *(name for name in TRUETYPE if name not in missing_fonts() and name != "DroidSansFallback")]
    font, cap = str(fonts[int(random.integers(len(fonts)))]), int(random.integers(9, 20))
    canvas = pixels.astype(np.float32)
    rows, columns = pixels.shape[:2]
    right, low = random.random() < 0.5, random.random() < 0.4
    lines = _lines(random)
    top = max(4, rows - len(lines) * int(cap * 1.9) - 6) if low else 4
    for line in lines:
        ink = letter(line, font, cap).ink[: rows - top - 1, : columns - 8]
        left = columns - ink.shape[1] - 4 if right else 4
        area = np.s_[top : top + ink.shape[0], left : left + ink.shape[1]]
        behind = canvas[area]
        level = 255.0 if float(np.median(behind)) < 150 else 0.0
        share = ink if canvas.ndim == 2 else ink[:, :, np.newaxis]
        canvas[area] = behind * (1 - share) + level * share
        top += int(cap * 1.9)
        if top + cap >= rows:
            break
    return np.asarray(np.clip(canvas, 0, 255), np.uint8)


def _dicom(pixels: Pixels) -> bytes:
    """A secondary capture that says of nobody whose it is."""
    data = Dataset()
    data.SOPClassUID, data.SOPInstanceUID = SecondaryCaptureImageStorage, generate_uid()
    data.Rows, data.Columns = pixels.shape[:2]
    data.SamplesPerPixel = 1 if pixels.ndim == 2 else 3
    data.PhotometricInterpretation = "MONOCHROME2" if pixels.ndim == 2 else "RGB"
    if pixels.ndim == 3:
        data.PlanarConfiguration = 0
    data.BitsAllocated = data.BitsStored = 8
    data.HighBit, data.PixelRepresentation = 7, 0
    raw = pixels.tobytes()
    data.PixelData = raw + b"\0" * (len(raw) % 2)
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
    stream = io.BytesIO()
    data.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def exported(seed: int, count: int) -> Iterator[tuple[str, str, bytes]]:
    """So many scans: the modality, the ending of the name, and the bytes."""
    for number in range(count):
        random = np.random.default_rng(seed * 100_019 + number)
        side = int(random.integers(300, 800))
        is_real = random.random() < 0.8
        shown = real(random, side, REAL[number % len(REAL)]) if is_real else background(random, side)
        pixels = shown.pixels
        if random.random() < 0.3:  # a viewer's black surround
            margin = int(side * 0.15)
            pixels = cv2.copyMakeBorder(pixels, margin // 2, margin // 2, margin, margin, cv2.BORDER_CONSTANT)
            pixels = np.asarray(pixels, np.uint8)
        written = _written(pixels, random)
        kind = ("png", "jpg", "dcm")[number % 3]
        if kind == "dcm":
            yield shown.modality, kind, _dicom(written)
            continue
        image = Image.fromarray(written)
        if written.ndim == 2 and random.random() < 0.5:
            image = image.convert("RGB")
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=int(random.integers(70, 96))) if kind == "jpg" else image.save(
            stream, "PNG"
        )
        yield shown.modality, kind, stream.getvalue()
