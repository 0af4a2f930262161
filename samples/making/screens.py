"""Where devices write what: corner overlays, banners, labels, scales."""

import cv2
import numpy as np

from making.people import Visit
from making.sample import Screen
from making.ultrasound import Plane, velocity_color


def european(date: str) -> str:
    return f"{date[6:]}.{date[4:6]}.{date[:4]}"


def british(date: str) -> str:
    return f"{date[6:]}/{date[4:6]}/{date[:4]}"


def american(date: str) -> str:
    return f"{date[4:6]}/{date[6:]}/{date[:4]}"


def wordy(date: str) -> str:
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return f"{date[6:]} {months[int(date[4:6]) - 1]} {date[:4]}"


def clock(time: str) -> str:
    return f"{time[:2]}:{time[2:4]}:{time[4:6]}"


def ct_corners(screen: Screen, visit: Visit, image: int) -> None:
    screen.name(8, 6, visit.institution)
    screen.name(8, 24, visit.shown)
    screen.name(8, 42, f"{visit.sex} {visit.age[1:3]}  {visit.patient_id}")
    screen.name(8, 60, f"DOB {wordy(visit.birth)}")
    screen.name(-8, 6, wordy(visit.date))
    screen.name(-8, 24, clock(visit.time))
    screen.name(-8, 42, f"Acc {visit.accession}")
    screen.mark(-8, 60, "Rotunda 64")
    screen.mark(8, -62, "kV 120")
    screen.mark(8, -44, "mA 285")
    screen.mark(8, -26, f"Im {image}")
    screen.mark(-8, -44, "5.0 mm")
    screen.mark(-8, -26, "W 90  L 40")
    screen.mark(6, 246, "R", size=18)
    screen.mark(-6, 246, "L", size=18)


def mr_corners(screen: Screen, visit: Visit, contrast: str) -> None:
    screen.name(3, 2, visit.shown)
    screen.name(3, 14, f"*{european(visit.birth)}")
    screen.name(3, 26, visit.patient_id)
    screen.name(-2, 2, visit.institution.split(",")[0])
    screen.name(-2, 14, european(visit.date))
    screen.mark(3, -15, f"TSE {contrast}")
    screen.mark(-2, -15, "SL 5.0")
    screen.mark(2, 120, "R", size=13)


def radiograph_labels(screen: Screen, visit: Visit) -> None:
    screen.mark(64, 70, "R", face="sans", size=54)
    screen.name(14, -98, visit.shown)
    screen.name(14, -74, f"ID {visit.patient_id}  {visit.sex}")
    screen.name(14, -50, f"DOB {american(visit.birth)}")
    screen.mark(14, -26, "PA ERECT 125kV")
    screen.name(-12, -74, visit.institution, size=17)
    screen.name(-12, -50, f"{american(visit.date)} {clock(visit.time)[:5]}", size=17)
    screen.name(-12, -26, visit.accession, size=17)
    screen.name(-14, 330, f"TECH {visit.operator.split('^')[0].upper()}", size=15, turn=1)


def liver_screen(screen: Screen, visit: Visit) -> None:
    pixels = screen.pixels
    pixels[:52] = (28, 38, 58)
    pixels[52:54] = (70, 90, 130)
    screen.name(12, 4, visit.shown, size=20, value=(255, 255, 255))
    screen.name(12, 29, f"{visit.patient_id}   {british(visit.birth)}  {visit.sex}", size=15)
    screen.name(512, 4, visit.institution, size=18, align="center", value=(190, 215, 255))
    screen.mark(512, 29, "C5-1  Abdomen   MI 1.2  TIS 0.6", size=15, align="center", value=(190, 215, 255))
    screen.name(-12, 4, british(visit.date), size=18)
    screen.name(-12, 29, f"{clock(visit.time)}  {visit.operator.split('^')[0]}", size=15)
    for row, text in enumerate(("FR 31Hz", "2D", " 62%", " C 55", " P Low", " HGen")):
        screen.mark(12, 74 + 19 * row, text, size=14, value=(150, 200, 160))
    screen.mark(700, 700, "RT LOBE LIVER / KIDNEY", size=16, value=(255, 220, 90))
    pixels[96:352, 978:996] = np.linspace(255, 0, 256).astype(np.uint8)[:, None, None]
    for tick in range(16):
        y = 96 + 41 * tick
        cv2.line(pixels, (940, y), (952 if tick % 5 == 0 else 946, y), (200, 200, 200))
        if tick % 5 == 0:
            screen.mark(957, y - 9, str(tick), size=13)
    ends = ((548, 470), (738, 512))
    for x, y in ends:
        cv2.drawMarker(pixels, (x, y), (255, 230, 60), cv2.MARKER_CROSS, 14, 1)
    for step in np.linspace(0, 1, 26):
        x, y = (int(a + (b - a) * step) for a, b in zip(*ends, strict=True))
        pixels[y, x] = (255, 230, 60)
    screen.mark(28, 690, "+ Dist  10.4 cm", size=17, value=(255, 230, 60))
    screen.mark(262, 84, "P", size=20, value=(90, 220, 255))


def echo_screen(screen: Screen, visit: Visit, phase: float) -> None:
    pixels = screen.pixels
    pixels[:44] = (0, 0, 46)
    screen.name(6, 2, visit.shown)
    screen.name(6, 15, f"ID: {visit.patient_id}")
    screen.name(6, 28, f"geb. {european(visit.birth)}")
    screen.name(320, 2, visit.institution, align="center")
    screen.name(-6, 2, european(visit.date))
    screen.name(-6, 15, clock(visit.time))
    screen.name(-6, 28, f"Arzt: {visit.physician.split('^')[0]}", face="sans", size=13)
    screen.mark(6, 52, "S4-2/Adult", value=(120, 220, 120))
    screen.mark(6, 65, "24 Hz", value=(120, 220, 120))
    screen.mark(6, 78, "16 cm", value=(120, 220, 120))
    ramp = np.linspace(1, -1, 120, dtype=np.float32)
    pixels[60:180, 606:618] = velocity_color(ramp)[:, None]
    screen.mark(-2, 48, "+61.6")
    screen.mark(-2, 182, "-61.6")
    screen.mark(-2, 195, "cm/s")
    for tick in range(17):
        y = 66 + 24 * tick
        cv2.line(pixels, (590, y), (596 if tick % 5 == 0 else 593, y), (180, 180, 180))
    wave = _electrocardiogram(560)
    points = np.stack([np.arange(560) + 20, 468 - wave], axis=1).astype(np.int32)
    cv2.polylines(pixels, [points], isClosed=False, color=(90, 230, 90), lineType=cv2.LINE_AA)
    cv2.line(pixels, (20 + int(phase * 280), 440), (20 + int(phase * 280), 474), (250, 250, 120))
    screen.mark(-6, 458, "72 bpm", value=(90, 230, 90))


def _electrocardiogram(width: int) -> Plane:
    beat = np.linspace(0, 1, 280)
    waves = ((0.18, 0.022, 3), (0.272, 0.007, -3), (0.29, 0.008, 21), (0.31, 0.008, -6), (0.52, 0.04, 5))
    shape = sum(high * np.exp(-(((beat - at) / wide) ** 2)) for at, wide, high in waves)
    return np.asarray(np.tile(shape, width // 280 + 1)[:width])


def dose_page(screen: Screen, visit: Visit) -> None:
    screen.pixels[:34] = 60
    screen.mark(256, 8, "Patient Protocol", size=18, align="center", value=245.0)
    rows = (
        ("Patient", visit.shown),
        ("Patient ID", visit.patient_id),
        ("Date of birth", wordy(visit.birth)),
        ("Accession", visit.accession),
        ("Exam date", f"{wordy(visit.date)}  {clock(visit.time)}"),
        ("Hospital", visit.institution),
        ("Ref. physician", f"Dr. {visit.physician.split('^')[1]} {visit.physician.split('^')[0]}"),
        ("Phone", visit.phone),
        ("Operator", visit.operator.split("^")[0]),
    )
    for number, (label, text) in enumerate(rows):
        screen.mark(22, 50 + 23 * number, label, value=150.0)
        screen.name(152, 50 + 23 * number, text)
    table = (
        ("Series", "Type", "Scan range", "CTDIvol", "DLP"),
        ("1", "Scout", "-", "-", "-"),
        ("2", "Helical", "I22.5-S301.0", "7.41", "268.10"),
        ("200", "Axial", "S75.2", "3.88", "1.94"),
    )
    for row, cells in enumerate(table):
        y = 290 + 28 * row
        cv2.line(screen.pixels, (22, y - 5), (490, y - 5), 70)
        for x, text in zip((22, 90, 176, 318, 412), cells, strict=True):
            screen.mark(x, y, text, value=150.0 if row == 0 else 215.0)
    screen.mark(262, 418, "Total Exam DLP:  270.04 mGy-cm", value=235.0)
    screen.mark(22, 480, "Phantom 32 cm   1/1", size=13, value=130.0)


def scout_labels(screen: Screen, visit: Visit) -> None:
    for number, y in enumerate(range(120, 500, 24)):
        cv2.line(screen.pixels, (120, y), (520, y), 190)
        if number % 5 == 0:
            screen.mark(524, y - 8, str(number * 5 + 1), size=12)
    screen.name(8, 6, visit.shown, size=16)
    screen.name(8, 25, visit.patient_id)
    screen.name(8, 43, wordy(visit.birth))
    screen.name(-8, 6, visit.institution)
    screen.name(-8, 24, f"{wordy(visit.date)} {clock(visit.time)}")
    screen.name(8, -24, f"Acc# {visit.accession}")
    screen.mark(-8, -24, "120 kV 35 mA")
    screen.mark(10, 300, "R", size=20)
    screen.mark(-10, 300, "L", size=20)
