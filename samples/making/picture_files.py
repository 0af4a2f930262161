"""The samples that are no DICOM: a phone photo of a film, a viewer's export, a scan."""

import io

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin
from PIL.PngImagePlugin import PngInfo

from making import brain, radiograph, screens
from making.encode import windowed
from making.people import BRAIN_MR, CHEST, HEAD_CT
from making.sample import Sample, Screen

_GPS = {0: b"\x02\x03\x00\x00", 1: "N", 2: (44.0, 34.0, 12.61), 3: "W", 4: (123.0, 16.0, 47.3), 5: 0, 6: 71.2,
        7: (21.0, 14.0, 9.0), 29: "2025:09:23"}  # fmt: skip


def _light_box(film: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Hang `film` (gray) on a light box and photograph it by hand: perspective, glow, blur, grain."""
    rows, columns = 1600, 1200
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    panel = ((x > 60) & (x < 1150) & (y > 90) & (y < 1530)).astype(np.float32)
    box = cv2.GaussianBlur(panel, (0, 0), 5)
    tube = 0.90 + 0.10 * np.cos((x - 600) / 600) - 0.10 * ((y - 800) / 800) ** 2
    scene = np.stack([(0.10 + 0.85 * box * tube) * tint for tint in (0.94, 0.985, 1.0)], axis=-1)
    height, width = film.shape
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    target = np.array([[148, 212], [1058, 186], [1082, 1392], [128, 1418]], np.float32)
    move = cv2.getPerspectiveTransform(source, target)
    held = cv2.warpPerspective(film, move, (columns, rows), flags=cv2.INTER_AREA).astype(np.float32) / 255
    edge = cv2.warpPerspective(np.ones_like(film), move, (columns, rows)).astype(np.float32)[..., None]
    shine = 0.030 * np.exp(-(((x - 860 + 0.3 * y) / 160) ** 2))[..., None]
    through = (0.045 + 0.93 * held[..., None] ** 1.15) * np.array([0.86, 0.95, 1.0]) + shine
    scene = scene * (1 - edge) + scene * through * edge
    for left in (300, 900):
        scene[170:222, left : left + 46] = (0.55, 0.56, 0.58)
    scene = cv2.GaussianBlur(scene, (0, 0), 0.8)
    scene = scene * (1 - 0.22 * (((x - 600) / 900) ** 2 + ((y - 800) / 1100) ** 2))[..., None]
    grain = cv2.GaussianBlur(rng.standard_normal((rows, columns, 3)), (0, 0), 0.7)
    return np.asarray((scene * 255 + grain * 3.2).clip(0, 255), np.uint8)


def film_photo() -> Sample:
    """A chest film on a light box as a phone saves it: stored lying, with place, time and owner in EXIF."""
    rng = np.random.default_rng(71)
    dose = radiograph.chest(1240, 1000, rng).astype(np.float32)
    film = windowed(4095 - dose, 1900, 3500)
    screen = Screen(film, face="plotter", size=26, value=238.0)
    film[18:150, 18:420] = 16
    screen.name(30, 24, CHEST.shown)
    screen.name(30, 56, f"{CHEST.patient_id}  {CHEST.sex}")
    screen.name(30, 88, f"DOB {screens.american(CHEST.birth)}")
    screen.name(30, 120, CHEST.institution, size=20)
    screen.name(-24, 30, screens.american(CHEST.date))
    screen.mark(884, 96, "R", face="sans", size=64)
    picture = Image.fromarray(_light_box(film, rng)).transpose(Image.Transpose.ROTATE_90)
    owner = f"{CHEST.given} {CHEST.family}"
    exif = Image.Exif()
    taken = "2025:09:23 14:09:44"
    exif.update({0x010E: f"X-ray of {owner}", 0x010F: "Aperion", 0x0110: "Lumen 12 Pro", 0x0112: 6, 0x0131: "17.0.3"})
    exif.update({0x0132: taken, 0x013B: owner})
    note = b"ASCII\0\0\0" + f"for Dr. {CHEST.physician.split('^')[0]}".encode()
    detail = {0x9003: taken, 0x9011: "-07:00", 0xA430: owner, 0xA431: "LMN9987741X", 0x9286: note}
    exif.get_ifd(0x8769).update(detail)
    exif.get_ifd(0x8825).update(_GPS)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=80, exif=exif, comment=f"{owner} {CHEST.patient_id}")
    header = (owner, CHEST.patient_id, "LMN9987741X", "2025:09:23", CHEST.physician.split("^")[0])
    return Sample("film-on-light-box.jpg", buffer.getvalue(), header, tuple(screen.identities), tuple(screen.markers))


def viewer_export() -> Sample:
    """A CT slice exported from a viewer as PNG, with its overlay and with text chunks of three kinds."""
    values = brain.head_ct(1, np.random.default_rng(72)).astype(np.float32)
    screen = Screen(windowed(values, 40, 90), size=15, value=255.0)
    screens.ct_corners(screen, HEAD_CT, 12)
    notes = PngInfo()
    notes.add_text("Title", f"{HEAD_CT.shown} {HEAD_CT.study}")
    notes.add_text("PatientID", HEAD_CT.patient_id)
    notes.add_text("Comment", f"Reported by {HEAD_CT.physician}, {HEAD_CT.phone}; " * 4, zip=True)
    notes.add_itxt(
        "Description", f"Patient: {HEAD_CT.shown}, geb. {HEAD_CT.birth}, {HEAD_CT.address}", "de", "Beschreibung"
    )
    exif = Image.Exif()
    exif.update({0x010E: HEAD_CT.shown, 0x0131: "Heron Viewer 3.2", 0x013B: HEAD_CT.operator})
    buffer = io.BytesIO()
    Image.fromarray(screen.pixels).save(buffer, "PNG", pnginfo=notes, exif=exif, dpi=(96, 96), optimize=True)
    header = (HEAD_CT.shown, HEAD_CT.patient_id, HEAD_CT.physician, HEAD_CT.phone, HEAD_CT.birth, HEAD_CT.address,
              HEAD_CT.operator)  # fmt: skip
    return Sample("ct-export.png", buffer.getvalue(), header, tuple(screen.identities), tuple(screen.markers))


def film_scan() -> Sample:
    """Four MR slices on one sheet, scanned as TIFF, with the clinic's name in the tags."""
    rng = np.random.default_rng(73)
    shown = [(c, s) for c in ("T1", "T2") for s in (1, 2)]
    tiles = [windowed(brain.mr(contrast, number, rng).astype(np.float32), 480, 1000) for contrast, number in shown]
    sheet = np.pad(np.vstack([np.hstack(tiles[:2]), np.hstack(tiles[2:])]), ((44, 12), (12, 12)), constant_values=8)
    screen = Screen(np.ascontiguousarray(sheet), size=15, value=240.0)
    screen.name(14, 3, BRAIN_MR.shown, size=18)
    screen.name(14, 24, f"{BRAIN_MR.patient_id}   *{screens.european(BRAIN_MR.birth)}")
    screen.name(-14, 3, BRAIN_MR.institution)
    screen.name(-14, 24, screens.european(BRAIN_MR.date))
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[270] = f"MRT {BRAIN_MR.patient_id} {BRAIN_MR.birth}"
    tags[305] = "FilmScan 2.1"
    tags[306] = "2025:10:14 08:00:12"
    tags[315] = BRAIN_MR.operator.encode("ascii", "replace").decode()
    tags[316] = "RADIOLOGIE-NEBELGRUND-07"
    buffer = io.BytesIO()
    Image.fromarray(screen.pixels).save(buffer, "TIFF", compression="tiff_lzw", tiffinfo=tags)
    header = (BRAIN_MR.patient_id, BRAIN_MR.birth, "RADIOLOGIE-NEBELGRUND-07", "2025:10:14")
    return Sample("mr-film-scan.tif", buffer.getvalue(), header, tuple(screen.identities), tuple(screen.markers))


def every_picture_file() -> list[Sample]:
    return [film_photo(), viewer_export(), film_scan()]
