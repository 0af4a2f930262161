"""What ``--text identifying`` leaves of burned-in writing: harmless marks, and nothing that points at a person.

    python tests/bench/identifying.py [--images 40] [--engine ppocr] [--tuning] [--all] [--wrong]

Marks, names, ids and dates are spelt by rules of this file, drawn into images of the seeded backgrounds, and go the
way that `clean` goes: detector, reader, comparison with the header, policy. A mark is *kept* when no more than a
twentieth of its ink is masked; whatever identifies is *masked* when 95 % of its ink is, and what is not was either
*left* by the policy or *overlooked* by the detector. The header knows the person in every second image. `--tuning`
takes the split on which the policy may be mended; figures are given for the other one.
"""
# ruff: noqa: RUF001 - Cyrillic letters that look like Latin ones are the point

import argparse
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import corpus
import cv2
import numpy as np
from backgrounds import background
from lettering import FONTS, TRUETYPE, letter, missing_fonts
from numpy.typing import NDArray

from scanscrub.detect.adapter import DetectSettings
from scanscrub.detect.base import TextDetector, TextReader
from scanscrub.detect.engines.registry import build_detector, build_reader
from scanscrub.detect.reading.match import classify
from scanscrub.domain.finding import Finding, Identifier, IdentifierKind, Origin, OriginKind, PixelRegion
from scanscrub.domain.phi import Phi
from scanscrub.domain.picture import Picture, View
from scanscrub.domain.plan import Mask
from scanscrub.domain.rules import Severity
from scanscrub.domain.text_mode import TextMode
from scanscrub.formats.raster.masking import rasterize
from scanscrub.policy.pixels.masks import mask_steps
from scanscrub.policy.pixels.retained_text import PADDING

TUNING, HOLD_OUT = 11_000_000, 13_000_000
Random = np.random.Generator

MARKS = {
    "side, view": (
        "R", "L", "RT", "LT", "RIGHT", "Left", "Right", "LEFT", "AP", "PA", "LAT", "Lateral", "LAT R", "R LAT",
        "L-LAT", "AP SUPINE", "PA ERECT", "Erect", "PORTABLE", "AP PORTABLE", "Semi-erect", "UPRIGHT", "R CC",
        "L CC", "RCC",
        "LMLO", "R MLO", "L-MLO", "LXCCL", "SPOT MAG", "X-TABLE LAT", "L DECUB", "INSP", "EXP", "Prone", "SUPINE",
        "Weight bearing", "NWB", "OBLIQUE", "LAO {a}", "RAO {a} CRAN {b}", "RAO {a} CAUD {b}", "ANT", "POST", "SAG",
        "COR", "AX", "Axial", "Coronal", "A", "P", "H", "F", "S", "I", "RA", "LPF", "HFS", "FFS", "FLEX", "EXT ROT",
    ),
    "technique": (
        "{n} kV", "{n}kVp", "kVp {n}", "kV: {n}", "{n} mAs", "mAs {f}", "{n} mA", "{n}mA", "{n} kV {b} mAs", "TR {n}",
        "TE {f}", "TR: {n} TE: {b}", "TR/TE {n}/{b}", "TR {n}.0 ms", "TI {n} ms", "FA {a}", "FA: {a} deg", "ETL {a}",
        "NEX {a}", "T1", "T2 FLAIR", "DWI b{n}", "ADC", "STIR", "PD", "C+", "+C", "NON CONTRAST", "Phase {b}%",
        "Tilt {f}", "EI {n}", "CTDIvol {f} mGy", "DLP {n}", "DAP {f}", "HR {b}", "{b} bpm", "BW {n}", "Pitch {f}",
        "Se: {a}", "SE {a}", "Im: {a}/{n}", "Im {a}", "IMA {a}", "Img {a} of {b}", "Frame {a}/{b}", "Series {a}",
        "Acq {a}", "Ser {a} Img {b}", "Delay {b} s",
    ),
    "window, scale": (
        "W {n} L {b}", "W:{n} L:{b}", "WW {n} WL {b}", "WL: {b} WW: {n}", "C {b} W {n}", "W {n} C -{b}", "{f} mm",
        "{f}mm", "{a} cm", "{f} cm", "FOV {n} mm", "FOV {f} x {f} cm", "DFOV {f}cm", "ST {f}", "Thk {f} mm", "SL {f}",
        "SP H{f}", "Loc: {f}", "Zoom {n}%", "Zoom {f}x", "Mag {f}", "{b}", "-{b}", "0", "{b}%", "+{a}", "5 cm",
        "10 mm", "{n} HU", "HU {b}", "SD {f}", "Mean {f}", "Area {f} cm2", "Dist {f} mm", "Angle {a} deg",
        "{b} deg", "Scale {f}",
    ),
    "ultrasound": (
        "MI {f}", "MI: {f} TIS: {f}", "TIs {f}", "TIB {f}", "MI 0.{a} TI 0.{b}", "{a} dB", "Gain {b}", "GN {b}",
        "DR {b}", "Frq {f} MHz", "{f} MHz", "{b} Hz", "{a} fps", "FR {b}Hz", "PRF {n}", "WF {b} Hz", "{f} cm/s",
        "-{b} cm/s", "{f} m/s", "Vmax {f} m/s", "PSV {f} cm/s", "EDV {f}", "RI 0.{a}", "PI {f}", "D1 {f} cm",
        "Dist {f} cm", "1 L {f} cm", "Vol {f} ml", "Depth {a} cm", "Map {a}", "Persist LOW", "CF {f} MHz", "2D",
        "M-mode", "3D", "THI", "Res", "Gen", "Pen", "SV {f} mm", "EF {b}%", "LV", "RV", "AO", "{a}.0", "PW", "CW",
    ),
}  # fmt: skip
"""What consoles print: a, b and n are small, middle and larger whole numbers, f one with a decimal."""
HELD_MARKS = {
    "side, view": (
        "(R)", "[L]", "R-LAT", "Rechts", "Links", "AP axial", "PA/LAT", "MLO R", "CC-L", "HFP", "FFDR", "Rot {a}",
        "R ERECT", "L SUPINE", "Port. AP", "STANDING", "Sitting", "INT ROT", "Stress L", "Post inj", "OBL L", "AP/PA",
        "Right lateral", "Left oblique",
    ),
    "technique": (
        "{b} kV {f} mAs", "{n}kV/{b}mA", "TE/TR {b}/{n}", "Flip {a}", "NSA {a}", "b={n}", "b {n}", "T2*", "T1w",
        "TSE", "GRE", "SE {a}/IM {b}", "EC 1/1", "NEX 2.00", "SID {n} cm", "S {n}", "{f} pitch", "Recon {a}", "IR",
        "kVp={b}",
        "Exp. {a} ms", "mAs: {f}", "SAR {f}", "Slice {a}/{b}", "Img: {a}", "IM: {a} SE: {b}", "Matrix 512x512",
    ),
    "window, scale": (
        "W{n} L{b}", "WW{n}WL{b}", "C={b} W={n}", "1:1", "{b} %", "x{f}", "-1000", "255", "0.{b}",
        "L: {f} mm",
        "A: {b}°", "Min -{a} Max {b}", "ROI {a}", "{f} mm/div", "{f}cm2", "Zoom: {f}", "{f} x {f} mm",
        "[cm]", "FOV: {n}",
    ),
    "ultrasound": (
        "TIS<0.4", "MI<0.1", "FPS {b}", "G {b}%", "PI {f} RI 0.{b}", "S/D {f}", "HR {b} bpm", "DR {b}dB", "P {b}%",
        "PRF {f}kHz", "WF Low", "Inv", "TGC", "{f} MHz / {a} cm", "Vel {f} cm/s", "Gain: {b} dB", "PG {f} mmHg",
        "IVSd {f} cm", "AoR {f} cm", "E/A {f}", "Baseline 0", "Smooth {a}",
    ),
}  # fmt: skip
"""More of the same that only the split for figures has."""

SURNAMES = """
Anders Bianchi Castellanos Dvorak Eriksen Fontaine Grabowski Hagemann Ibrahimovic Janssen Kowalczyk Lindqvist Moreau
Nakamura Oyelaran Papadakis Quintero Rasmussen Szymanski Tanaka Ueda Vasquez Whitcombe Xiang Yildirim Zielinski
Abernathy Bhattacharya Carvalho Demir Esposito Ferreira Gutierrez Haddad Iwasaki Jorgensen Kaplan Lefebvre Mbeki
Nguyen O'Sullivan Petrov Rossi Schulze Torres Urbina Vogel Weber Young Zhou Price Stone Marsh Hale Ford Banks Cole
Reid Shaw
"""
GIVEN = """
Adele Bruno Chiara Dario Elif Farid Greta Hiroshi Ingrid Jakub Katrin Lionel Marisol Niamh Otto Priya Quentin Rosa
Stefan Tomasz Ursula Viktor Wanda Ximena Yusuf Zoe Ann Lee Ray Sue Max Kim Tom Eva Ian
"""
NAMES = (
    "{S}^{G}", "{S}, {g}", "{g} {s}", "{G} {S}", "{S} {G} M", "{S}, {i}.", "{i}. {s}", "Dr. {s}", "Dr {S}", "Mr {s}",
    "Mrs. {S}", "{S}", "{g}", "{G}", "{s}-{t}", "{S}^{G}^{i}", "Pat: {s} {g}", "Name: {S}", "TECH {i}{j}",
    "Op: {S}", "Ref {s}", "R {S}", "{S} L", "R  {S}^{G}", "L {g} {s}", "{S} AP", "PORTABLE {S}", "{s} {y}",
    "Tech: {g}", "{s} Hospital", "{S} CLINIC", "St. {g} Hospital",
)  # fmt: skip
IDS = (
    "{7}", "{8}", "{6}", "{5}", "MRN {7}", "MRN: {4}-{4}", "ID {8}", "ID: {6}", "A{7}", "H-{3} {3}", "{3}-{2}-{4}",
    "Pat.Nr. {6}", "ACC {8}-{2}", "Acc# {7}", "{2}.{3}.{3}", "{3} {3} {4}", "P{6}R", "CASE {6}", "Exam {5}",
    "R {7}", "ID {4} {4}", "{4}-{3}", "{2}{X}{5}", "{X}{Y} {6}", "00{6}", "SSN {3}-{2}-{4}", "T {3} {7}",
)  # fmt: skip
DATES = (
    "{Y}-{M}-{D}", "{D}.{M}.{Y}", "{M}/{D}/{Y}", "{d}.{m}.{y}", "{m}/{d}/{y}", "{Y}{M}{D}", "{d} {mon} {Y}",
    "{D}-{MON}-{Y}", "{D}{MON}{y}", "{mon} {d}, {Y}", "{MON} {D} {Y}", "DOB {m}/{d}/{y}", "DOB: {D}.{M}.{Y}",
    "Geb. {D}.{M}.{Y}", "*{D}.{M}.{Y}", "{Y}/{M}/{D}", "{D} {M} {Y}", "{M}/{Y}", "{mon} {Y}", "{Y}", "{D}/{M}/{y}",
    "{D}-{M}-{y}", "{Y}.{M}.{D}", "AP {D}.{M}.{Y}", "R {m}/{d}/{y}", "{D}.{M}.{Y} {h}:{z}", "Study {Y}-{M}-{D}",
)  # fmt: skip
OTHERS = {
    "time, age": (
        "{h}:{z}:{w}", "{h}:{z}", "{k}:{z} PM", "{k}:{z}:{w} am", "{h}.{z} Uhr", "{o}Y", "0{o}Y", "F {o}Y", "M/{o}",
        "{o} yrs", "{o} Jahre", "Age {o}", "F, {o}", "{o}y F", "M {o}", "Age: 9{q}",
    ),
    "unknown word": (
        "Ward 7 West", "Room {a}", "Unit Blue", "Northgate", "SEATTLE", "Radiologie Mitte", "Bed {a}",
        "Prof. Station", "ORTHO DEPT",
        "zQvx", "Kestrel", "Sunrise Imaging", "Team {X}", "Okafor-Lab", "hello", "KJH", "mw", "ICU {a}",
    ),
    "non-Latin": (
        "Петрова Анна", "Сидоров И.", "ПАЛАТА 7", "Мария", "г. Киев", "陈美玲", "王芳", "上海市医院", "上官", "فاطمة",
        "مستشفى", "أحمد علي",
    ),
}  # fmt: skip
"""What is masked in doubt."""
MONTHS = (
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "Nov.", "Dez"),
    ("janvier", "mars", "avril", "mai", "juin", "juillet", "septembre", "octobre", "enero", "marzo", "ago", "maggio"),
)  # fmt: skip
STYLES = ("white", "white", "gray", "yellow", "outlined", "inverted")


@dataclass(frozen=True, slots=True)
class Person:
    """Who is in the header, and in the spelling rules of an image."""

    surname: str
    given: str
    number: str
    birth: tuple[int, int, int]

    @property
    def known(self) -> tuple[Identifier, ...]:
        year, month, day = self.birth
        return (
            Identifier(IdentifierKind.NAME, Phi(f"{self.surname}^{self.given}")),
            Identifier(IdentifierKind.ID, Phi(self.number)),
            Identifier(IdentifierKind.DATE, Phi(f"{year:04}{month:02}{day:02}")),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A piece of writing: what kind it is, what it says, and where its ink lies."""

    kind: str
    text: str
    ink: NDArray[np.bool_]

    @property
    def harmless(self) -> bool:
        return self.kind in MARKS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=40)
    parser.add_argument("--engine", action="append", default=[], help="repeat for the union")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--tuning", action="store_true", help="the split on which the policy may be mended")
    parser.add_argument("--all", action="store_true", help="show every string that was drawn")
    parser.add_argument(
        "--wrong", action="store_true", help="show what was masked or left wrongly, and how it was read"
    )
    options = parser.parse_args()
    settings = DetectSettings(options.threads, memory=0)
    detector, reader = build_detector(options.engine, settings), build_reader(options.engine, settings)
    print(detector.identity, "| fonts not installed:", missing_fonts() or "none")
    total, right, overlooked = Counter[str](), Counter[str](), Counter[str]()
    split = TUNING if options.tuning else HOLD_OUT
    marks = MARKS if options.tuning else {kind: MARKS[kind] + HELD_MARKS[kind] for kind in MARKS}
    for number in range(options.images):
        random = np.random.default_rng(split + number)
        person = _person(random)
        pixels, strings = _written(person, marks, random)
        known = person.known if number % 2 == 0 else ()
        masked, seen, read = _masked(pixels, known, detector, reader)
        for string in strings:
            share = float(masked[string.ink].mean())
            good = share <= 0.05 if string.harmless else share >= 0.95
            unseen = not string.harmless and float(seen[string.ink].mean()) < 0.95
            total[string.kind] += 1
            right[string.kind] += good
            overlooked[string.kind] += not good and unseen
            if options.all:
                print(f"{string.kind:14} {string.text!r}")
            if options.wrong and not good:
                said = [text for area, text in read if area[string.ink].any()]
                word = "masked" if string.harmless else "overlooked" if unseen else "LEFT"
                print(
                    f"image {number}{'' if known else ', unknown'}: {word} {string.kind} {string.text!r} read {said}"
                )
    _report(total, right, overlooked)


def _report(total: Counter[str], right: Counter[str], overlooked: Counter[str]) -> None:
    marks = [kind for kind in total if kind in MARKS]
    others = [kind for kind in total if kind not in MARKS]
    for kind in (*sorted(marks), *sorted(others)):
        word = "kept" if kind in MARKS else "masked"
        left = total[kind] - right[kind] - overlooked[kind]
        more = "" if kind in MARKS else f", {left} left by the policy, {overlooked[kind]} overlooked by the detector"
        print(f"{kind:14} {100 * right[kind] / total[kind]:6.1f} % {word} ({right[kind]}/{total[kind]}){more}")
    for word, kinds in (("harmless kept", marks), ("identifying masked", others)):
        count, all_of_them = sum(right[kind] for kind in kinds), sum(total[kind] for kind in kinds)
        print(f"{word}: {100 * count / max(all_of_them, 1):.1f} % ({count}/{all_of_them})")


def _person(random: Random) -> Person:
    number = "".join(str(digit) for digit in random.integers(0, 10, 8))
    birth = (int(random.integers(1925, 2023)), int(random.integers(1, 13)), int(random.integers(1, 29)))
    return Person(str(random.choice(SURNAMES.split())), str(random.choice(GIVEN.split())), number, birth)


def _written(
    person: Person, marks: Mapping[str, Sequence[str]], random: Random
) -> tuple[NDArray[np.uint8], list[Written]]:
    """An image of one modality with eight marks and eight pieces that identify, apart from each other."""
    pixels = background(random, int(random.integers(640, 1000))).pixels
    taken = np.zeros(pixels.shape[:2], bool)
    strings: list[Written] = []
    for kind, text in _texts(person, marks, random):
        script = "latin" if text.isascii() or kind != "non-Latin" else _script(text)
        fonts = [font for font in FONTS[script] if font not in TRUETYPE or font not in missing_fonts()]
        fonts = [font for font in fonts if font in TRUETYPE or text.isascii()]
        cap = int(random.integers(10, 21) if script == "latin" else random.integers(12, 24))
        degrees = 90 if random.random() < 0.08 else 0
        made = letter(text, str(random.choice(fonts)), cap, degrees)
        place = str(random.choice(["corner", "border", "anywhere"]))
        spot = corpus._spot(taken, made.ink, place, random)
        if spot is None:
            continue
        pixels, ink, contrast, noise = corpus._draw(pixels, made.ink, spot, str(random.choice(STYLES)), place, random)
        top, left = spot
        height, width = made.ink.shape
        taken[max(0, top - 40) : top + height + 40, max(0, left - 60) : left + width + 60] = True
        if contrast >= 60 and contrast >= 2 * noise:
            strings.append(Written(kind, made.text, ink))
    return np.asarray(pixels, np.uint8), strings


def _texts(person: Person, marks: Mapping[str, Sequence[str]], random: Random) -> Iterator[tuple[str, str]]:
    for kind, spellings in marks.items():
        for spelling in random.choice(spellings, 2):
            yield kind, _marked(str(spelling), random)
    makers: Sequence[tuple[str, Callable[[Person, Random], str]]] = (("name", _name), ("id", _id), ("date", _date))
    for kind, make in makers:
        yield kind, make(person, random)
        yield kind, make(_person(random), random)
    for kind in random.choice(list(OTHERS), 2):
        yield str(kind), _filled(str(random.choice(OTHERS[kind])), random)


def _marked(spelling: str, random: Random) -> str:
    text = _filled(spelling, random)
    return str(random.choice([text, text, text.upper(), text.replace(": ", ":")]))


def _filled(spelling: str, random: Random) -> str:
    values = {
        "a": str(random.integers(1, 31)),
        "b": str(random.integers(31, 100)),
        "n": str(random.integers(100, 1000)),
        "h": f"{random.integers(0, 24):02}",
        "k": str(random.integers(1, 13)),
        "z": f"{random.integers(0, 60):02}",
        "w": f"{random.integers(0, 60):02}",
        "o": str(random.integers(18, 89)),
        "q": str(random.integers(0, 9)),
        "X": _capital(random),
    }
    while "{f}" in spelling:
        spelling = spelling.replace("{f}", f"{random.uniform(0.2, 40):.1f}", 1)
    return spelling.format(**values)


def _name(person: Person, random: Random) -> str:
    surname, given = person.surname, person.given
    return str(random.choice(NAMES)).format(
        s=surname, S=surname.upper(), g=given, G=given.upper(), i=given[0], j=surname[0],
        t=random.choice(SURNAMES.split()), y=random.integers(1, 90),
    )  # fmt: skip


def _id(person: Person, random: Random) -> str:
    if random.random() < 0.2:
        return str(random.choice([person.number, f"MRN {person.number}", f"{person.number[:4]} {person.number[4:]}"]))
    digits = {str(size): "".join(map(str, random.integers(0, 10, size))) for size in range(2, 9)}
    spelling = str(random.choice(IDS))
    for size, number in digits.items():
        while f"{{{size}}}" in spelling:
            spelling = spelling.replace(f"{{{size}}}", number, 1)
    return spelling.format(X=_capital(random), Y=_capital(random))


def _date(person: Person, random: Random) -> str:
    year, month, day = person.birth
    name = MONTHS[int(random.choice([0, 0, 1, 2]))][month - 1]
    return str(random.choice(DATES)).format(
        Y=year, y=f"{year % 100:02}", M=f"{month:02}", m=month, D=f"{day:02}", d=day, mon=name.capitalize(),
        MON=name.upper(), h=random.integers(8, 19), z=f"{random.integers(0, 60):02}",
    )  # fmt: skip


def _capital(random: Random) -> str:
    return chr(65 + int(random.integers(26)))


def _script(text: str) -> str:
    first = max(text, key=ord)
    return "cyrillic" if first < "\u0530" else "arabic" if first < "\u0900" else "chinese"


Read = list[tuple[NDArray[np.bool_], str]]


def _masked(
    pixels: NDArray[np.uint8], known: Sequence[Identifier], detector: TextDetector, reader: TextReader
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], Read]:
    """The pixels that are masked, those that masks of everything would cover, and what was read where."""
    picture = Picture((View("window", pixels),))
    boxes = detector.find(picture)
    found: list[Finding] = []
    for box, reading in zip(boxes, reader.read(picture, boxes), strict=True):
        rule, confidence = classify(reading, known)
        region = PixelRegion(box.box.clipped(picture.columns, picture.rows), 0, box.quad)
        found.append(
            Finding(rule, region, Severity.QUASI, confidence, Origin(OriginKind.DETECTOR, "bench"), reading.text)
        )
    regions = [(finding.where, PADDING) for finding in found if isinstance(finding.where, PixelRegion)]
    masks = [
        (step.where, step.action.padding)
        for step in mask_steps(found, TextMode.IDENTIFYING, known)
        if isinstance(step.where, PixelRegion) and isinstance(step.action, Mask)
    ]
    rows, columns = picture.rows, picture.columns
    read = [
        (rasterize([region], rows, columns), f"{finding.evidence.reveal()} {finding.rule} {finding.confidence:.2f}")
        for region, finding in zip(regions, found, strict=True)
        if finding.evidence is not None
    ]
    return rasterize(masks, rows, columns), rasterize(regions, rows, columns), read


if __name__ == "__main__":
    cv2.setNumThreads(1)
    main()
