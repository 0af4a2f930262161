"""The DICOM samples: pixels, writing on them, header, encoding."""

import cv2
import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import (
    UID,
    ComputedRadiographyImageStorage,
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    MRImageStorage,
    RLELossless,
    SecondaryCaptureImageStorage,
    UltrasoundImageStorage,
    UltrasoundMultiFrameImageStorage,
)

from making import brain, modalities, radiograph, screens, ultrasound
from making.encode import jpeg_frames, to_bytes, windowed
from making.headers import add_pixels, add_private, start
from making.people import BRAIN_MR, CHEST, DOSE_SC, ECHO_US, HEAD_CT, LIVER_US, Visit
from making.sample import Sample, Screen


def _sample(path: str, dataset: Dataset, visit: Visit, syntax: UID, screen: Screen | None) -> Sample:
    writing = (tuple(screen.identities), tuple(screen.markers)) if screen else ((), ())
    return Sample(path, to_bytes(dataset, syntax), visit.values(), *writing)


def head_ct(path: str, slice_number: int, syntax: UID, seed: int, *, writing: bool) -> Sample:
    """An axial head slice; older consoles burn their overlay into the pixels, at the top of the 12-bit range."""
    rng = np.random.default_rng(seed)
    stored = (brain.head_ct(slice_number, rng) + 1024).clip(0, 4095).astype(np.uint16)
    screen = Screen(stored, value=4095.0, size=15) if writing else None
    if screen:
        screens.ct_corners(screen, HEAD_CT, slice_number + 11)
    dataset = start(HEAD_CT, CTImageStorage, "CT", 2, slice_number + 11)
    modalities.ct(dataset, HEAD_CT, 14.5 * slice_number - 6.0)
    add_pixels(dataset, stored, "MONOCHROME2", 12)
    add_private(dataset, HEAD_CT)
    return _sample(path, dataset, HEAD_CT, syntax, screen)


def head_mr(path: str, contrast: str, slice_number: int, syntax: UID, *, writing: bool) -> Sample:
    """An axial brain slice with the private elements of a well-known vendor."""
    stored = brain.mr(contrast, slice_number, np.random.default_rng(20 + slice_number))
    screen = Screen(stored, value=960.0, size=11, face="plotter") if writing else None
    if screen:
        screens.mr_corners(screen, BRAIN_MR, contrast)
    dataset = start(BRAIN_MR, MRImageStorage, "MR", {"T1": 4, "T2": 5}[contrast], slice_number + 9)
    modalities.mr(dataset, BRAIN_MR, contrast, 14.5 * slice_number - 6.0)
    add_pixels(dataset, stored, "MONOCHROME2", 12)
    add_private(dataset, BRAIN_MR)
    return _sample(path, dataset, BRAIN_MR, syntax, screen)


def chest_cr() -> Sample:
    """A chest radiograph in MONOCHROME1: white is 0, and so is the writing."""
    stored = radiograph.chest(1000, 840, np.random.default_rng(31))
    screen = Screen(stored, value=40.0, size=20, face="plotter")
    screens.radiograph_labels(screen, CHEST)
    dataset = start(CHEST, ComputedRadiographyImageStorage, "CR", 1, 1)
    modalities.radiography(dataset, CHEST)
    add_pixels(dataset, stored, "MONOCHROME1", 12)
    add_private(dataset, CHEST)
    return _sample("cr-chest-monochrome1.dcm", dataset, CHEST, JPEGLSLossless, screen)


def liver_us() -> Sample:
    """An abdominal frame as JPEG: banner, measurement, gray bar, depth scale."""
    sector = ultrasound.Sector(480, -110, 225, 825, 0.60)
    gray = ultrasound.liver(sector, (768, 1024), np.random.default_rng(41))
    screen = Screen(np.repeat(gray[..., None], 3, axis=2), value=(235, 235, 235), size=17)
    screens.liver_screen(screen, LIVER_US)
    dataset = start(LIVER_US, UltrasoundImageStorage, "US", 1, 7)
    modalities.ultrasound(dataset, LIVER_US, [modalities.region(1, 1, (60, 90, 900, 740), 0.0232)], "Abdomen general")
    add_pixels(dataset, screen.pixels, "RGB", 8)
    jpeg_frames(dataset, [screen.pixels])
    return _sample("us-liver-jpeg.dcm", dataset, LIVER_US, JPEGBaseline8Bit, screen)


def _echo_frame(phase: float, seed: int) -> Screen:
    rng = np.random.default_rng(seed)
    sector = ultrasound.Sector(330, 62, 4, 392, 0.70)
    gray = ultrasound.heart(sector, (480, 640), phase, rng)
    screen = Screen(np.repeat(gray[..., None], 3, axis=2), value=(250, 245, 200), size=11, face="terminal")
    corners = ultrasound.doppler(screen.pixels, sector, phase, rng)
    cv2.polylines(screen.pixels, [np.array(corners, np.int32)], isClosed=True, color=(210, 210, 210))
    screens.echo_screen(screen, ECHO_US, phase)
    return screen


def heart_cine() -> Sample:
    """Eight frames of an echocardiogram with color Doppler; the banner is in every frame."""
    frames = [_echo_frame(number / 8, 51) for number in range(8)]
    dataset = start(ECHO_US, UltrasoundMultiFrameImageStorage, "US", 1, 12)
    modalities.ultrasound(
        dataset,
        ECHO_US,
        [modalities.region(1, 1, (60, 60, 600, 455), 0.0405), modalities.region(1, 2, (288, 178, 520, 420), 0.0405)],
        "Echo 4-chamber",
    )
    dataset.FrameTime = "41.6"
    dataset.FrameIncrementPointer = 0x00181063
    dataset.CineRate = dataset.RecommendedDisplayFrameRate = 24
    add_pixels(dataset, np.stack([frame.pixels for frame in frames]), "RGB", 8)
    jpeg_frames(dataset, [frame.pixels for frame in frames], 82)
    return _sample("us-heart-cine-jpeg.dcm", dataset, ECHO_US, JPEGBaseline8Bit, frames[0])


def heart_still() -> Sample:
    """One color Doppler frame in RLE."""
    screen = _echo_frame(0.05, 52)
    dataset = start(ECHO_US, UltrasoundImageStorage, "US", 2, 1)
    modalities.ultrasound(dataset, ECHO_US, [modalities.region(1, 1, (60, 60, 600, 455), 0.0405)], "Echo colour")
    for keyword in ("LossyImageCompressionRatio", "LossyImageCompressionMethod"):
        delattr(dataset, keyword)
    dataset.LossyImageCompression = "00"
    add_pixels(dataset, screen.pixels, "RGB", 8)
    return _sample("us-heart-colour-rle.dcm", dataset, ECHO_US, RLELossless, screen)


def dose_screen() -> Sample:
    """The page of doses that a CT sends after the examination: all of it is writing."""
    screen = Screen(np.full((512, 512), 18, np.uint8), value=215.0, size=15, face="sans")
    screens.dose_page(screen, DOSE_SC)
    dataset = start(DOSE_SC, SecondaryCaptureImageStorage, "CT", 999, 1)
    modalities.capture(dataset)
    add_pixels(dataset, screen.pixels, "MONOCHROME2", 8)
    return _sample("sc-dose-report.dcm", dataset, DOSE_SC, DeflatedExplicitVRLittleEndian, screen)


def scout() -> Sample:
    """A scout view with planned slices and labels, saved from the screen."""
    dose = radiograph.chest(640, 540, np.random.default_rng(61)).astype(np.float32)
    gray = windowed(4095 - dose, 1900, 3300)
    screen = Screen(np.ascontiguousarray(np.pad(gray, ((0, 0), (50, 50)))), value=250.0, size=14, face="sans")
    screens.scout_labels(screen, DOSE_SC)
    dataset = start(DOSE_SC, SecondaryCaptureImageStorage, "CT", 1, 1)
    modalities.capture(dataset)
    dataset.SeriesDescription = "Scout"
    add_pixels(dataset, screen.pixels, "MONOCHROME2", 8)
    return _sample("sc-scout-j2k.dcm", dataset, DOSE_SC, JPEG2000Lossless, screen)


def every_dicom_file() -> list[Sample]:
    return [
        head_ct("ct-head-1.dcm", 0, ExplicitVRLittleEndian, 11, writing=False),
        head_ct("ct-head-2-rle.dcm", 1, RLELossless, 12, writing=True),
        head_ct("CD/QUILLFEATHER_ZELDA_19580314/IM000003", 2, JPEG2000Lossless, 13, writing=True),
        head_mr("mr-brain-t1.dcm", "T1", 1, ImplicitVRLittleEndian, writing=False),
        head_mr("mr-brain-t2.dcm", "T2", 2, ExplicitVRLittleEndian, writing=True),
        chest_cr(),
        liver_us(),
        heart_cine(),
        heart_still(),
        dose_screen(),
        scout(),
    ]
