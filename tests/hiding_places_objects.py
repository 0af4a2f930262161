"""Hiding places in objects of their own and in bulk data: L054 to L072."""

from collections.abc import Iterator

from conftest import CANARY
from factory_dicom import Row, Value, ct_rows, data_set, element, head, item, part10, with_rows
from hiding_place import TOKEN, Place, attribute_place

SECRET = CANARY.encode()
SR = "1.2.840.10008.5.1.4.1.1.88.33"
PRESENTATION = "1.2.840.10008.5.1.4.1.1.11.1"
STRUCTURES = "1.2.840.10008.5.1.4.1.1.481.3"
SEGMENTATION = "1.2.840.10008.5.1.4.1.1.66.4"
PDF = "1.2.840.10008.5.1.4.1.1.104.1"
SLIDE = "1.2.840.10008.5.1.4.1.1.77.1.6"
CREATOR: Row = (0x00090010, "LO", "GEIIS")


def object_places() -> Iterator[Place]:
    yield from _pictures_inside()
    yield from _reports()
    yield from _graphics()
    yield from _signals()
    yield from _labels()
    yield from _slides()


def without_pixels(*rows: Row, sop_class: str) -> bytes:
    base = [row for row in ct_rows(sop_class=sop_class) if row[0] >> 16 not in (0x0028, 0x7FE0)]
    return part10(data_set(with_rows(base, *rows)), sop_class=sop_class)


def _pictures_inside() -> Iterator[Place]:
    thumbnail: list[Row] = [
        (0x00280010, "US", 1),
        (0x00280011, "US", len(SECRET)),
        (0x00280100, "US", 8),
        (0x7FE00010, "OB", SECRET),
    ]
    yield attribute_place(
        "L054",
        "photo",
        (0x00101100, "SQ", [[(0x00081199, "SQ", [[(0x00081155, "UI", "1.2.7")]])]]),
        (0x00101101, "SQ", [thumbnail]),
    )
    yield attribute_place("L055", "icon", (0x00880200, "SQ", [[*thumbnail, CREATOR]]))
    yield attribute_place("L056", "private thumbnail", CREATOR, (0x00091010, "SQ", [thumbnail]))
    fragments = (
        item([]) + item([])[:4] + len(SECRET).to_bytes(4, "little") + SECRET + bytes.fromhex("feffdde000000000")
    )
    encapsulated = head(0x7FE00010, "OB", 0xFFFFFFFF) + fragments
    icon = head(0xFFFEE000, "OB", 0)[:4] + len(encapsulated).to_bytes(4, "little") + encapsulated
    yield attribute_place("L055", "compressed icon", (0x00880200, "SQ", icon))
    document: list[Row] = [(0x00420010, "ST", CANARY), (0x00420011, "OB", b"%PDF" + SECRET)]
    yield Place("L057", "document", without_pixels(*document, sop_class=PDF), refused=True)
    yield Place("L057", "document in a CT", part10(data_set(with_rows(ct_rows(), *document))), refused=True)


def _text(value: str, code: str = "121071", scheme: str = "DCM", meaning: str = "Finding") -> list[Row]:
    concept: list[Row] = [(0x00080100, "SH", code), (0x00080102, "SH", scheme), (0x00080104, "LO", meaning)]
    return [
        (0x0040A010, "CS", "CONTAINS"),
        (0x0040A040, "CS", "TEXT"),
        (0x0040A043, "SQ", [concept]),
        (0x0040A160, "UT", value),
    ]


def _content(kind: str, tag: int, vr: str, value: Value, code: str) -> list[Row]:
    concept: list[Row] = [(0x00080100, "SH", code), (0x00080102, "SH", "DCM"), (0x00080104, "LO", "Concept")]
    return sorted(
        [
            (0x0040A010, "CS", "HAS OBS CONTEXT"),
            (0x0040A040, "CS", kind),
            (0x0040A043, "SQ", [concept]),
            (tag, vr, value),
        ]
    )


def _reports() -> Iterator[Place]:
    inside: list[Row] = [(0x0040A040, "CS", "CONTAINER"), (0x0040A730, "SQ", [_text(f"Patient: {CANARY}")])]
    content = [
        _text(f"Seen: {CANARY}"),
        _content("PNAME", 0x0040A123, "PN", CANARY, "121008"),
        _content("DATE", 0x0040A121, "DA", "19870605", "121031"),
        _content("UIDREF", 0x0040A124, "UI", "1.2.777.6", "110180"),
        inside,
    ]
    rows: list[Row] = [
        (0x0040A040, "CS", "CONTAINER"),
        (0x0040A050, "CS", "SEPARATE"),
        (0x0040A491, "CS", "COMPLETE"),
        (0x0040A493, "CS", "UNVERIFIED"),
        (0x0040A730, "SQ", content),
    ]
    yield Place("L058", "report", without_pixels(*rows, sop_class=SR), (TOKEN, b"19870605", b"1.2.777.6"))
    retired = [_text(CANARY, "T-D0050", "SRT", CANARY), _text(CANARY, "209007", "99SDM", CANARY)]
    yield Place("L059", "retired codes", without_pixels((0x0040A730, "SQ", retired), sop_class=SR))
    observer = _content("PNAME", 0x0040A123, "PN", CANARY, "121008")[1:]
    yield attribute_place("L060", "acquisition context", (0x00400555, "SQ", [observer]))
    yield attribute_place("L060", "specimen", (0x00400610, "SQ", [[(0x00400612, "SQ", [_text(CANARY)])]]))


def _graphics() -> Iterator[Place]:
    text: list[Row] = [(0x00700006, "ST", f"{CANARY} lesion")]
    rows: list[Row] = [
        (0x00700001, "SQ", [[(0x00700002, "CS", "LAYER"), (0x00700008, "SQ", [text])]]),
        (0x00700060, "SQ", [[(0x00700002, "CS", "LAYER"), (0x00700068, "LO", CANARY)]]),
        (0x00700080, "CS", "ARROWS"),
        (0x00700081, "LO", CANARY),
        (0x00700084, "PN", CANARY),
    ]
    yield Place("L061", "presentation state", without_pixels(*rows, sop_class=PRESENTATION))
    yield attribute_place("L064", "overlay plane", (0x60000010, "US", 8), (0x60003000, "OW", SECRET))
    words: list[Row] = [
        (0x60000022, "LO", CANARY),
        (0x60000045, "LO", CANARY),
        (0x60001500, "LO", CANARY),
        (0x60004000, "LT", CANARY),
    ]
    yield attribute_place("L065", "overlay words", *words)
    yield attribute_place("L066", "high overlay groups", (0x60200022, "LO", CANARY), (0x60FE3000, "OW", SECRET))
    yield attribute_place("L066", "odd overlay groups", (0x60010010, "LO", CANARY), (0x60013000, "OW", SECRET))
    yield attribute_place("L068", "color profile", (0x00282000, "OB", bytes(40) + b"desc" + SECRET))


def _signals() -> Iterator[Place]:
    channel: list[Row] = [(0x003A0203, "SH", CANARY), (0x003A0020 + 0x200, "SH", CANARY)]
    wave: list[Row] = [(0x003A0200, "SQ", [channel]), (0x54001010, "OW", SECRET)]
    note: list[Row] = [(0x00700006, "ST", f"ECG {CANARY}")]
    yield Place(
        "L062",
        "waveform",
        without_pixels(
            (0x0040B020, "SQ", [note]), (0x54000100, "SQ", [wave[:1]]), sop_class="1.2.840.10008.5.1.4.1.1.9.1.1"
        ),
    )
    sound: list[Row] = [
        (0x50000022, "LO", CANARY),
        (0x50000040, "LO", CANARY),
        (0x50002500, "LO", CANARY),
        (0x5000200C, "OW", SECRET),
        (0x50003000, "OW", SECRET),
        (0x501E3000, "OW", SECRET),
    ]
    yield attribute_place("L063", "curves and sound", *sound)


def _labels() -> Iterator[Place]:
    frame: list[Row] = [
        (0x00209111, "SQ", [[(0x00189151, "DT", "19870605040302"), (0x00209158, "LT", CANARY)]]),
        (0x00209222, "SQ", [[(0x00209158, "LT", CANARY)]]),
    ]
    groups: list[Row] = [(0x52009229, "SQ", [frame]), (0x52009230, "SQ", [frame])]
    yield attribute_place("L069", "functional groups", *groups, markers=(b"19870605",))
    structures: list[Row] = [
        (0x30060002, "SH", CANARY),
        (
            0x30060020,
            "SQ",
            [[(0x30060022, "IS", "1"), (0x30060026, "LO", f"{CANARY}GTV"), (0x30060028, "ST", CANARY)]],
        ),
        (0x30060080, "SQ", [[(0x300600A6, "PN", CANARY)]]),
        (0x300E0008, "PN", CANARY),
    ]
    yield Place("L070", "structures", without_pixels(*structures, sop_class=STRUCTURES))
    machine: list[Row] = [
        (0x300A0002, "SH", CANARY),
        (0x300A00B0, "SQ", [[(0x300A00B2, "SH", CANARY), (0x300A00C2, "LO", CANARY)]]),
    ]
    yield Place("L070", "plan", without_pixels(*machine, sop_class="1.2.840.10008.5.1.4.1.1.481.5"))
    segment: list[Row] = [(0x00620004, "US", 1), (0x00620005, "LO", f"{CANARY} tumor"), (0x00620020, "UT", CANARY)]
    yield Place("L071", "segments", without_pixels((0x00620002, "SQ", [segment]), sop_class=SEGMENTATION))


def _slides() -> Iterator[Place]:
    for flavor in ("LABEL", "OVERVIEW"):
        rows = ct_rows(sop_class=SLIDE, image_type=f"ORIGINAL\\PRIMARY\\{flavor}\\NONE")
        yield Place("L072", flavor.lower(), part10(data_set(rows), sop_class=SLIDE), refused=True)
    yield attribute_place(
        "L072",
        "words of the label",
        (0x00400512, "LO", CANARY),
        (0x22000002, "UT", CANARY),
        (0x22000005, "LT", CANARY),
        (0x00400551, "LO", CANARY),
    )
    yield Place(
        "L072",
        "words behind the pixels",
        part10(data_set(ct_rows()) + element(0xFFFAFFFA, "SQ", [[(0x00100010, "PN", CANARY)]])),
    )
