"""Bar codes and QR codes, by zxing-cpp: what is printed on forms and films so that machines know whose they are.

A code is found by being read, so what is found is one. What its bars say goes with its outline.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from scanscrub.detect.base import TextBox, TextDetector
from scanscrub.detect.candidates.novel import Novelty
from scanscrub.detect.frames.colors import gray, strongest, weakest
from scanscrub.detect.lines.combine import different
from scanscrub.domain.geometry import Box, Quad
from scanscrub.domain.phi import Phi
from scanscrub.domain.picture import Picture, ViewKind

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from zxingcpp import Barcode

_MATRIX: Final = ("QRCode", "MicroQRCode", "RMQRCode", "DataMatrix", "Aztec", "MaxiCode")
"""Codes whose outline is told exactly; of bars, only where they were read."""
_UNCHECKED: Final = ("Code39", "ITF", "Codabar")
"""Without a check sum of their own. Wristbands, films and blood bags have them."""
_BARS: Final = (
    "PDF417", "MicroPDF417", "Code128", "Code93", "EAN13", "EAN8", "UPCA", "DataBar", "DataBarExpanded", *_UNCHECKED
)  # fmt: skip
_SHORTEST_UNCHECKED: Final = 5
"""Signs: a grid or a ruler reads as fewer."""
_EDGE: Final = 28
"""Gray levels between a bar and what is beside it."""
_CELL: Final = 16
_DENSE: Final = 0.2
"""Share of a cell's pixels that lie on edges."""
_BETWEEN: Final = 0.4
"""Share of a cell's pixels in the middle third between its darkest and its brightest."""
_FEWEST_CELLS: Final = 9
"""A cell has its neighbors with it."""
_STEP: Final = 4
_COARSER: Final = 4
"""How many times smaller a picture is looked at as well, for wide bars."""
_COLORED: Final = 48
"""Levels by which a color is stronger than another one."""
_MARGIN: Final = 2
"""Pixels beyond the outline of a code that its ink may reach."""
_PARALLEL: Final = 0.5
"""How far edges run in one direction, from 0 to 1."""
_LEVEL: Final = 5.0
"""Degrees."""
_GAP: Final = 0.75
"""Of the width of a sign: no gap between bars is wider."""
_LARGER: Final = 1.4
"""How many times as long as a bar code was read it is at most, with what stands around it."""


class WithCodes:
    """A detector that finds codes, too."""

    def __init__(self, detector: TextDetector) -> None:
        self._detector = detector

    @property
    def identity(self) -> str:
        return f"{self._detector.identity} | codes"

    def find(self, picture: Picture) -> Sequence[TextBox]:
        return (*self._detector.find(picture), *find_codes(picture))


def find_codes(picture: Picture) -> Sequence[TextBox]:
    """The codes in any view, each once, whole."""
    found: list[TextBox] = []
    known: defaultdict[int, Novelty] = defaultdict(Novelty)
    for view in different(picture.views):
        if view.kind is not ViewKind.SHADES or view.name == "ranks":
            continue  # what no window shows was not made to be scanned
        for number, pixels in enumerate(view.pictures):
            for box in _codes_in(_shades(pixels), known[number]):
                if not any(box.says == other.says and box.box.meets(other.box) for other in found):
                    found.append(box)
    return tuple(found)


def _shades(pixels: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
    """Brightness; where colors are strong, the mixture of them that differs most: red is as bright as some green."""
    if pixels.ndim == 2 or np.count_nonzero(strongest(pixels) - weakest(pixels) >= _COLORED) < _CELL * _CELL:
        return gray(pixels)
    values = pixels.astype(np.float32)
    _, weights = np.linalg.eigh(np.cov(values[::_STEP, ::_STEP].reshape(-1, 3).T))
    mixed = values @ weights[:, -1].astype(np.float32)
    mixed = mixed if weights[:, -1].sum() >= 0 else -mixed
    low, high = float(mixed.min()), float(mixed.max())
    return np.asarray(np.rint((mixed - low) * (255.0 / ((high - low) or 1.0))), np.uint8)


def _codes_in(shades: "NDArray[np.uint8]", known: Novelty) -> Iterator[TextBox]:
    new = known.of(shades)
    for area in _areas(shades, new) if new.any() else ():
        piece = np.ascontiguousarray(shades[area.top : area.bottom, area.left : area.right])
        for quad, text in _read(piece):
            yield TextBox(_moved(_grown(quad), area), 1.0, Phi(text))


def _read(shades: "NDArray[np.uint8]") -> Iterator[tuple["NDArray[np.float64]", str]]:
    """The outline of each code, and what it says."""
    import zxingcpp  # noqa: PLC0415 - few pictures have edges that are so dense

    def codes(shown: "NDArray[np.uint8]", names: Sequence[str]) -> list["Barcode"]:
        found = zxingcpp.read_barcodes(shown, formats=zxingcpp.barcode_formats_from_str(",".join(names)))
        return [one for one in found if len(one.bytes) >= _SHORTEST_UNCHECKED or one.format.name not in _UNCHECKED]

    def outline(code: "Barcode", shown: "NDArray[np.uint8]") -> "NDArray[np.float64]":
        return _corners(code) if code.format.name in _MATRIX else _whole_bars(code, shown)

    plain = codes(shades, (*_MATRIX, *_BARS))
    yield from ((outline(code, shades), code.text) for code in plain)
    if plain or (turn := _slant(shades)) is None:
        return
    # Bars are read in dark on bright alone, and level or upright.
    level, back = _turned(shades, turn) if abs(turn - 90 * round(turn / 90)) > _LEVEL else (shades, np.eye(2, 3))
    for shown in (level, 255 - level):
        for code in codes(shown, _BARS):
            yield outline(code, shown) @ back[:, :2].T + back[:, 2], code.text


def _slant(shades: "NDArray[np.uint8]") -> float | None:
    """By how many degrees parallel bars lie away from upright; None where edges run in all directions."""
    across, down = (cv2.Sobel(shades, cv2.CV_32F, *axis) for axis in ((1, 0), (0, 1)))
    strong = np.hypot(across, down) >= 2 * _EDGE
    xx, yy, xy = (float((one * two)[strong].sum()) for one, two in ((across, across), (down, down), (across, down)))
    if not xx + yy or np.hypot(xx - yy, 2 * xy) < _PARALLEL * (xx + yy):
        return None
    return float(np.degrees(0.5 * np.arctan2(2 * xy, xx - yy)))


def _turned(shades: "NDArray[np.uint8]", degrees: float) -> tuple["NDArray[np.uint8]", "NDArray[np.float64]"]:
    """Turned so that the bars stand upright, nothing cut off; and the way back, ``(2, 3)``."""
    rows, columns = shades.shape
    matrix = cv2.getRotationMatrix2D((columns / 2, rows / 2), degrees, 1.0)
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    size = (int(columns * cos + rows * sin) + 1, int(columns * sin + rows * cos) + 1)
    matrix[:, 2] += (size[0] / 2 - columns / 2, size[1] / 2 - rows / 2)
    turned = cv2.warpAffine(shades, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(turned, np.uint8), np.asarray(cv2.invertAffineTransform(matrix), np.float64)


def _areas(shades: "NDArray[np.uint8]", new: "NDArray[np.bool_]") -> Sequence[Box]:
    """Where edges are `new` and lie as close to each other as in a code, with what is around."""
    rows, columns = shades.shape
    found: list[Box] = []
    for scale in (1, _COARSER):
        if min(rows, columns) < scale * _CELL * 2:
            break
        side = scale * _CELL
        for cells in _dense(_smaller(shades, scale), _smaller(new.view(np.uint8), scale)):
            box = Box(cells.left * side, cells.top * side, cells.right * side, cells.bottom * side)
            around = box.grown(2 * side).clipped(columns, rows)
            touching = [other for other in found if other.meets(around)]
            found = [other for other in found if other not in touching]
            found.append(reduce(Box.joined, touching, around))
    return found


def _smaller(plane: "NDArray[np.uint8]", scale: int) -> "NDArray[np.uint8]":
    if scale == 1:
        return plane
    return np.asarray(cv2.resize(plane, None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_AREA), np.uint8)


def _dense(shades: "NDArray[np.uint8]", new: "NDArray[np.uint8]") -> Iterator[Box]:
    """Boxes of cells in which edges are dense and most pixels bright or dark, as nothing in between is printed."""
    square = np.ones((3, 3), np.uint8)
    edges = (cv2.morphologyEx(shades, cv2.MORPH_GRADIENT, square) >= _EDGE) & (new > 0)
    wide = np.ones((_CELL, _CELL), np.uint8)
    low, high = cv2.erode(shades, wide).astype(np.int16), cv2.dilate(shades, wide).astype(np.int16)
    between = np.abs(2 * shades.astype(np.int16) - low - high) * 3 < high - low
    size = (-(-shades.shape[1] // _CELL), -(-shades.shape[0] // _CELL))
    share, gray_share = (
        cv2.resize(each.astype(np.float32), size, interpolation=cv2.INTER_AREA) for each in (edges, between)
    )
    dense = cv2.dilate(((share >= _DENSE) & (gray_share <= _BETWEEN)).astype(np.uint8), square)
    count, _, stats, _ = cv2.connectedComponentsWithStats(dense, connectivity=8)
    for left, top, width, height, cells in stats[1:count].tolist():
        if cells >= _FEWEST_CELLS:
            yield Box(left, top, left + width, top + height)


def _moved(quad: "NDArray[np.float64]", area: Box) -> Quad:
    first, second, third, fourth = ((float(x) + area.left, float(y) + area.top) for x, y in quad)
    return first, second, third, fourth


def _corners(code: "Barcode") -> "NDArray[np.float64]":
    where = code.position
    points = (where.top_left, where.top_right, where.bottom_right, where.bottom_left)
    return np.array([(point.x, point.y) for point in points], np.float64)


def _whole_bars(code: "Barcode", shades: "NDArray[np.uint8]") -> "NDArray[np.float64]":
    """The rectangle around all ink that is joined to where the bars were read."""
    read = _corners(code)
    length = max(float(np.linalg.norm(read[1] - read[0])), float(np.linalg.norm(read[3] - read[0])), 1.0)
    gap = max(3, int(_GAP * length / (len(code.bytes) + 3)))
    edges = cv2.morphologyEx(shades, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) >= _EDGE
    joined = cv2.morphologyEx(edges.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((gap, gap), np.uint8))
    _, parts = cv2.connectedComponents(joined, connectivity=8)
    there = np.zeros(shades.shape, np.uint8)
    cv2.fillConvexPoly(there, read.round().astype(np.int32), 1)
    inside = parts[(there > 0) & (joined > 0)]
    if inside.size:
        ink = np.argwhere(parts == np.bincount(inside).argmax())[:, ::-1].astype(np.float32)
        center, (width, height), angle = cv2.minAreaRect(ink)
        if max(width, height) <= _LARGER * length:
            return np.asarray(cv2.boxPoints((center, (width + 1, height + 1), angle)), np.float64)
    reach = int(length / 4)
    around = Box.around([(float(x), float(y)) for x, y in read]).grown(reach)
    return np.array(around.clipped(shades.shape[1], shades.shape[0]).corners, np.float64)


def _grown(quad: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Moved away from the middle at every corner, clockwise from the top left."""
    middle = quad.mean(axis=0)
    away = quad - middle
    length = np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1.0)
    corners = middle + away * (1 + _MARGIN * np.sqrt(2) / length)
    corners = corners[np.argsort(np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0]))]
    return np.asarray(np.roll(corners, -int(corners.sum(axis=1).argmin()), axis=0), np.float64)
