"""The files of the folder for a chatbot: slices in order, a contact sheet, and what may be said of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scanscrub.domain import tags
from scanscrub.domain.plan import Source
from scanscrub.pipeline.chatbot.slices import Slice, series_of
from scanscrub.pipeline.read import recognized

KEY_SLICES: Final = 20
"""So many slices a contact sheet shows, evenly spread over its series."""
_ACROSS, _TILE = 5, 1024
"""A slice of usual size stays as it is: made smaller, its noise can look like writing."""
_ALONE: Final = "pictures"
"""The folder of pictures that are no part of a series."""
_OLDEST: Final = 90
"""From this age on nobody's decade is told (45 CFR 164.514(b)(2)(i)(C))."""

_ABOUT: Final = (
    "These pictures were made of copies that scanscrub cleaned of what says who the patient is. Black boxes cover"
    " writing; nothing is known of what lies under them. The pictures are no basis for a diagnosis."
)


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A file for the chatbot: the pixels of a PNG, uint8 ``(rows, columns[, 3])``, or a text."""

    name: str
    pixels: NDArray[np.uint8] | None = None
    text: str = ""


def made_for_chatbot(folder: Path, names: Sequence[str]) -> Iterator[Made]:
    """Every file for the copies of those names below `folder`, one at a time, with the name that it gets.

    Pictures that nothing says to belong together lie in one folder, which is no series and has no contact sheet.
    Raises `RefusedFile` of a damaged copy.
    """
    said = [_ABOUT]
    found = series_of(folder, names)
    alone = [slices[0] for slices in found if _is_one_picture(slices)]
    for number, slices in enumerate((slices for slices in found if not _is_one_picture(slices)), 1):
        place = f"series-{number}"
        keys = _key_slices(len(slices))
        tiles = []
        for at, pixels in enumerate(_squares(folder, slices), 1):
            if at in keys:
                tiles.append(_tile(pixels))
            yield Made(f"{place}/{at:03}.png", pixels)
        sheet = ""
        if len(slices) > 1:
            yield Made(f"{place}/contact-sheet.png", _sheet(tiles))
            sheet = f" contact-sheet.png shows {', '.join(f'{key:03}' for key in keys)}, row by row."
        said.append(f"{place}: {_told(slices)}.{sheet}")
    if alone:
        for at, pixels in enumerate(_squares(folder, alone), 1):
            yield Made(f"{_ALONE}/{at:03}.png", pixels)
        said.append(f"{_ALONE}: {_count(alone)}. Nothing says what they show, or that one belongs to another.")
    yield Made("about.txt", text="\n\n".join(said) + "\n")


def _is_one_picture(slices: Sequence[Slice]) -> bool:
    return len(slices) == 1 and slices[0].is_alone


def _squares(folder: Path, slices: Sequence[Slice]) -> Iterator[NDArray[np.uint8]]:
    return (_square(shown, one) for one, shown in _shown(folder, slices))


def _key_slices(count: int) -> list[int]:
    wanted = min(count, KEY_SLICES)
    return [1 + (2 * place + 1) * count // (2 * wanted) for place in range(wanted)]


def _shown(folder: Path, slices: Sequence[Slice]) -> Iterator[tuple[Slice, NDArray[np.uint8]]]:
    """Each slice as a person sees it, in the window that its header asks for; a file of many is opened once."""
    for name, of_one in groupby(slices, key=lambda each: each.name):
        wanted = {each.frame: each for each in of_one}
        with (folder / name).open("rb") as stream, recognized(stream).open(stream, Source(0, "")) as document:
            yield from ((wanted[frame], picture.views[0].pixels) for frame, picture in document.pictures())


def _square(pixels: NDArray[np.uint8], one: Slice) -> NDArray[np.uint8]:
    """The picture with pixels as high as they are wide: the longer side of a pixel is stretched."""
    rows, columns = pixels.shape[:2]
    aspect = one.aspect
    size = (columns, round(rows * aspect)) if aspect > 1 else (round(columns / aspect), rows)
    if size == (columns, rows):
        return pixels
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC))


def _tile(pixels: NDArray[np.uint8]) -> Image.Image:
    tile = Image.fromarray(pixels).convert("RGB")
    tile.thumbnail((_TILE, _TILE))
    return tile


def _sheet(tiles: Sequence[Image.Image]) -> NDArray[np.uint8]:
    """The tiles row by row, each in the middle of its square."""
    rows = -(-len(tiles) // _ACROSS)
    side = max(max(tile.size) for tile in tiles)
    sheet = Image.new("RGB", (side * min(len(tiles), _ACROSS), side * rows))
    for place, tile in enumerate(tiles):
        down, across = divmod(place, _ACROSS)
        sheet.paste(tile, (side * across + (side - tile.width) // 2, side * down + (side - tile.height) // 2))
    return np.asarray(sheet)


def _told(slices: Sequence[Slice]) -> str:
    """What the copies still say of a series: kind, part of the body, age as a decade."""
    header = slices[0].header
    parts = [header.get(tags.Modality, "").strip(), header.get(tags.BodyPartExamined, "").strip()]
    parts.append(_decade(header.get(tags.PatientAge, "").strip()))
    order = (
        "in the order of the body" if all(one.along is not None for one in slices) else "in the order of the files"
    )
    count = f"{_count(slices)}, {order}" if len(slices) > 1 else _count(slices)
    return ", ".join(filter(None, (*parts, count)))


def _count(slices: Sequence[Slice]) -> str:
    return f"{len(slices)} pictures" if len(slices) > 1 else "1 picture"


def _decade(age: str) -> str:
    """Of an Age String (PS3.5 6.2); empty where there is none."""
    if len(age) != 4 or not age[:3].isdecimal() or age[3] not in "DWMY":
        return ""
    years = int(age[:3]) if age[3] == "Y" else 0
    return f"{_OLDEST} or older" if years >= _OLDEST else f"{years // 10 * 10} to {years // 10 * 10 + 9} years old"
