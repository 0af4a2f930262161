"""Entries of a palette that no pixel uses say nothing; those that pixels use show what they showed."""

import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import dcmread, uid
from pydicom.data import get_palette_files
from pydicom.encaps import encapsulate
from pydicom.pixels import apply_color_lut

from conftest import CANARY
from factory_dicom import ct_file
from factory_pixels import box, copy_of, image, store_of
from running_check import Workplace
from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.dicom.encoding.pydicom_quiet import Dataset
from scanscrub.formats.dicom.pixels.color_tables import ColorTables, color_tables, palette_of_copy
from scanscrub.formats.dicom.pixels.pixel_data import FrameStore
from scanscrub.formats.dicom.pixels.rewrite import plan_rewrite
from scanscrub.formats.dicom.proof import pixels as proof

ROWS, COLUMNS = 32, 40
NAME = CANARY.encode() + b"\0" * (len(CANARY) % 2)
USED = 64
"""Entries from the first on that pixels use."""
_CHANNELS = ("Red", "Green", "Blue", "Alpha")
INDICES = (np.arange(ROWS * COLUMNS) % USED).reshape(ROWS, COLUMNS).astype(np.uint8)


def table(place: int = 0) -> NDArray[np.uint8]:
    """256 entries; the unused ones of the first channel end with a name."""
    entries = ((np.arange(256) * 7 + 31 * place) % 251).astype(np.uint8)
    entries[-len(NAME) :] = np.frombuffer(NAME, np.uint8)
    return entries


def discrete(entries: bytes, code: str, longest: int) -> bytes:
    size = struct.calcsize(code)
    parts = [entries[at : at + longest * size] for at in range(0, len(entries), longest * size)]
    return b"".join(struct.pack(f"<2{code}", 0, len(part) // size) + part for part in parts)


def palette(kind: str, *, first: int = 0, alpha: bool = False) -> dict[str, Any]:
    bits = 8 if "8" in kind else 16
    more: dict[str, Any] = {}
    for place, color in enumerate(_CHANNELS[: 4 if alpha else 3]):
        entries = table(place)
        value = {
            "8 bits": entries.tobytes(),
            "8 bits in words": entries.astype("<u2").tobytes(),
            "16 bits": (entries.astype("<u2") * 257).tobytes(),
            "16 bits, two letters each": entries.tobytes() * 2,
            "segmented, 8 bits": discrete(entries.tobytes(), "B", 200),
            "segmented, 16 bits": discrete(entries.tobytes() * 2, "H", 100),
        }[kind]
        segmented = "Segmented" if "segmented" in kind else ""
        more[f"{segmented}{color}PaletteColorLookupTableData"] = value
        if color != "Alpha":
            more[f"{color}PaletteColorLookupTableDescriptor"] = [256, first, bits]
    return more


def in_palette(kind: str = "16 bits, two letters each", frames: NDArray[Any] = INDICES, **options: Any) -> bytes:  # noqa: ANN401 - those of `image`
    more = palette(kind, first=options.pop("first", 0), alpha=options.pop("alpha", False))
    count = {"frames": len(frames)} if frames.ndim == 3 else {}
    options = {"photometric": "PALETTE COLOR", "more": more | options.pop("more", {}), **count, **options}
    return image(frames.shape[-2:], frames.tobytes(), **options)


def tables_of(store: FrameStore) -> ColorTables:
    tables = color_tables(store.header, store.layout)
    assert tables is not None
    return tables


def shown(data: bytes) -> list[NDArray[np.uint8]]:
    store = store_of(data)
    return [tables_of(store).colors(store.stored(frame)) for frame in range(store.frames)]


def cleaned(data: bytes) -> bytes:
    """The copy without masks: it proves itself, and cleaned again it is the same."""
    original = store_of(data)
    copy = copy_of(data, plan_rewrite(original, {}))
    assert [check.name for check in proof.prove(original, {}, store_of(copy)) if not check.passed] == []
    assert list(store_of(copy).residues()) == []
    assert copy_of(copy, plan_rewrite(store_of(copy), {})) == copy
    return copy


KINDS = (
    "8 bits",
    "8 bits in words",
    "16 bits",
    "16 bits, two letters each",
    "segmented, 8 bits",
    "segmented, 16 bits",
)


@pytest.mark.parametrize("alpha", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_a_name_in_entries_that_no_pixel_uses_is_gone_and_the_colors_stay(kind: str, *, alpha: bool) -> None:
    data = in_palette(kind, alpha=alpha)
    assert list(store_of(data).residues())
    copy = cleaned(data)
    for letters in (NAME, NAME.decode().encode("utf-16-le"), bytes(letter for letter in NAME for _ in "ab")):
        assert letters.rstrip(b"\0") not in copy
    assert all(map(np.array_equal, shown(data), shown(copy)))
    before, after = tables_of(store_of(data)), tables_of(store_of(copy))
    for tag, entries in before.channels.items():
        assert np.array_equal(entries[:USED], after.channels[tag][:USED])
        assert (after.channels[tag][USED:] == entries[USED - 1]).all()


@pytest.mark.parametrize(
    "options",
    [
        {"syntax": uid.ImplicitVRLittleEndian},
        {"syntax": uid.ExplicitVRBigEndian, "kind": "8 bits"},
        {"syntax": uid.ExplicitVRBigEndian, "kind": "16 bits, two letters each"},
        {"signed": True, "first": -20},
        {"first": 30},
        {"photometric": "MONOCHROME2", "more": {"PixelPresentation": "COLOR"}},
        {"photometric": "MONOCHROME2"},
    ],
    ids=str,
)
def test_so_it_is_in_every_encoding_and_where_the_table_begins_elsewhere(options: dict[str, Any]) -> None:
    data = in_palette(**options)
    copy = cleaned(data)
    swapped = np.frombuffer(NAME, "<u2").byteswap().tobytes()
    assert not any(letters.strip(b"\0") in copy for letters in (NAME, swapped))
    assert np.array_equal(shown(data)[0], shown(copy)[0])


def test_an_entry_that_only_the_last_frame_uses_stays() -> None:
    frames = np.stack([INDICES, INDICES, INDICES])
    frames[2, 0, 0] = 200
    after = tables_of(store_of(cleaned(in_palette(frames=frames))))
    before = tables_of(store_of(in_palette()))
    for tag, entries in after.channels.items():
        assert entries[200] == before.channels[tag][200]
        assert entries[199] == before.channels[tag][USED - 1]


def test_entries_that_only_a_masked_area_used_go_and_that_of_the_mask_stays() -> None:
    values = INDICES.copy()
    values[4:12, 4:12] = np.arange(192, 256).reshape(8, 8)
    masks = {0: (box(4, 4, 12, 12),)}
    data = in_palette(frames=values)
    original = store_of(data)
    copy = copy_of(data, plan_rewrite(original, masks))
    assert NAME.rstrip(b"\0") in copy_of(data, plan_rewrite(original, {}))
    assert NAME.rstrip(b"\0") not in copy
    assert [check.name for check in proof.prove(original, masks, store_of(copy)) if not check.passed] == []
    fill = store_of(copy).stored(0)[5, 5]
    assert (
        tables_of(store_of(copy)).colors(fill[np.newaxis]).sum()
        == tables_of(original).colors(np.arange(256)).sum(axis=1).min()
    )


def test_a_palette_of_compressed_frames_is_cleaned_as_well() -> None:
    packed = b"".join(bytes([COLUMNS - 1]) + row.tobytes() for row in INDICES)
    frame = struct.pack("<16L", 1, 64, *[0] * 14) + packed
    more = palette("16 bits, two letters each")
    data = image(
        (ROWS, COLUMNS),
        encapsulate([frame]),
        syntax=uid.RLELossless,
        frames=1,
        photometric="PALETTE COLOR",
        more=more,
    )
    assert NAME.rstrip(b"\0") not in cleaned(data)


def test_a_palette_that_nothing_needs_goes_with_its_descriptors() -> None:
    colors = image((ROWS, COLUMNS), bytes(3 * ROWS * COLUMNS), photometric="RGB", more=palette("8 bits"))
    unread = in_palette(photometric="MONOCHROME2", more={"BluePaletteColorLookupTableData": NAME})
    earlier = in_palette(more={"LargeRedPaletteColorLookupTableData": NAME * 4})
    for data in (colors, unread, earlier):
        assert NAME.rstrip(b"\0") not in cleaned(data)
    assert "PaletteColor" not in str(store_of(cleaned(colors)).header)


def test_a_palette_that_no_viewer_could_use_costs_no_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    place = Workplace(tmp_path, monkeypatch, capfd)
    place.write("scan", ct_file((0x00281201, "OW", NAME * 4)))
    copies = [path.read_bytes() for path in place.clean().rglob("*.dcm")]
    assert [NAME in copy for copy in copies] == [False]


def test_bits_over_eight_that_nobody_shows_go() -> None:
    wide = np.arange(256).astype("<u2") | np.resize(np.frombuffer(NAME, np.uint8), 256).astype("<u2") << 8
    more = {f"{color}PaletteColorLookupTableData": wide.tobytes() for color in _CHANNELS[:3]}
    after = tables_of(store_of(cleaned(in_palette("8 bits", more=more))))
    assert all(np.array_equal(entries[:USED], np.arange(USED)) for entries in after.channels.values())


SEGMENTS: dict[str, tuple[list[int], list[int]]] = {
    "discrete": ([0, 3, 5, 6, 7], [5, 6, 7]),
    "linear": ([0, 1, 10, 1, 4, 50], [10, 20, 30, 40, 50]),
    "falling": ([0, 1, 10, 1, 4, 0], [10, 8, 5, 2, 0]),
    "level": ([0, 1, 10, 1, 2, 10], [10, 10, 10]),
    "indirect": ([0, 2, 0, 8, 1, 4, 0, 2, 2, 0, 0], [0, 8, 6, 4, 2, 0, 0, 8, 6, 4, 2, 0]),
}


def in_segments(words: list[int], entries: int) -> bytes:
    more: dict[str, Any] = {}
    for color in _CHANNELS[:3]:
        more[f"{color}PaletteColorLookupTableDescriptor"] = [entries, 0, 16]
        more[f"Segmented{color}PaletteColorLookupTableData"] = struct.pack(f"<{len(words)}H", *words)
    return image((ROWS, COLUMNS), INDICES.tobytes(), photometric="PALETTE COLOR", more=more)


@pytest.mark.parametrize("kind", SEGMENTS)
def test_segments_mean_what_the_standard_says(kind: str) -> None:
    words, expected = SEGMENTS[kind]
    data = in_segments(words, len(expected))
    assert all(entries.tolist() == expected for entries in tables_of(store_of(data)).channels.values())
    assert np.array_equal(shown(data)[0], shown(cleaned(data))[0])


@pytest.mark.parametrize(
    "words",
    [
        [1, 4, 50],
        [0, 300, 1],
        [0, 2, 1, 2, 2, 1, 8, 0],
        [0, 1, 1, *[2, 65535, 0, 0] * 40],
        [7, 1, 1],
        [0],
        [0, 1, 1, 0, 0],
    ],
    ids=str,
)
def test_segments_that_lead_nowhere_are_refused_soon(words: list[int]) -> None:
    data = in_segments(words, 60000)
    with pytest.raises(RefusedFile):
        list(store_of(data).residues())


def _keeps_all(_header: Dataset, _tables: object, _layout: object, frames: Iterator[object]) -> dict[int, object]:
    assert list(frames)
    return {}


def _turns_colors(*arguments: Any) -> dict[int, Any]:  # noqa: ANN401 - those of `palette_of_copy`
    changed: dict[int, Any] = dict(palette_of_copy(*arguments))
    for element in changed.values():
        element.value = element.value[2:] + element.value[:2]
    return changed


SABOTAGE: dict[str, tuple[Callable[..., Any], str]] = {
    "unused entries stay": (_keeps_all, "nothing hidden in the pixel data"),
    "used entries move": (_turns_colors, "colors that pixels use are kept"),
}


@pytest.mark.parametrize("kind", SABOTAGE)
def test_the_proof_fails_where_the_palette_is_sabotaged(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sabotaged, failing = SABOTAGE[kind]
    data = in_palette()
    with monkeypatch.context() as patch:
        patch.setattr("scanscrub.formats.dicom.pixels.pixel_data.palette_of_copy", sabotaged)
        copy = copy_of(data, plan_rewrite(store_of(data), {}))
    failed = [check.name for check in proof.prove(store_of(data), {}, store_of(copy)) if not check.passed]
    assert failing in failed


def test_check_names_it_until_clean_has_taken_it_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    place = Workplace(tmp_path, monkeypatch, capfd)
    place.write("scan", in_palette())
    said = place.check("-f", "concise", "--text", "none").stdout
    assert "S0 quasi-identity: palette entries that no pixel uses" in said
    assert place.check(place.clean(), "--text", "none").code == 0


@pytest.mark.parametrize("path", get_palette_files("*.dcm"), ids=lambda path: Path(path).stem)
def test_well_known_palettes_are_read_as_pydicom_reads_them(path: str) -> None:
    known = dcmread(path)
    more = {
        element.keyword: element.value
        for element in known
        if "PaletteColor" in element.keyword and element.VR != "UI"
    }
    values = np.arange(256, dtype=np.uint8).reshape(16, 16)
    data = image((16, 16), values.tobytes(), photometric="PALETTE COLOR", more=more)
    assert np.array_equal(shown(data)[0], apply_color_lut(values, known))
    assert list(store_of(data).residues()) == []
