"""What devices draw into images and is no writing: lines, frames, callipers, rulers, bars, curves, flow."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Canvas: TypeAlias = NDArray[np.float32]
"""``(rows, columns, 3)``, from 0 to 255; drawn on in place."""
Color: TypeAlias = tuple[float, ...]
Mark: TypeAlias = Callable[[Canvas, np.random.Generator, Color], None]

HALOED = 0.25
"""The share of marks that have an outline, dark or light, so that they are seen on any anatomy."""


def draw(canvas: Canvas, random: np.random.Generator, marks: Sequence[Mark] | None = None) -> None:
    """Draw one of the `marks`, or of `MARKS`, anywhere."""
    marks = marks or MARKS
    level = float(random.uniform(90, 255)) if random.random() < 0.8 else float(random.uniform(0, 90))
    color = (level,) * 3 if random.random() < 0.7 else tuple(float(each) for each in random.uniform(0, 255, 3))
    before = canvas.copy()
    marks[int(random.integers(len(marks)))](canvas, random, color)
    if random.random() < HALOED:
        drawn = (canvas != before).any(axis=2)
        beside = cv2.dilate(drawn.view(np.uint8), np.ones((3, 3), np.uint8)).astype(np.bool_) & ~drawn
        canvas[beside] = 0.0 if level > 128 else 255.0


def _spot(canvas: Canvas, random: np.random.Generator) -> tuple[int, int]:
    """(x, y), or a little outside."""
    rows, columns = canvas.shape[:2]
    return int(random.integers(-10, columns + 10)), int(random.integers(-10, rows + 10))


def _thick(random: np.random.Generator) -> int:
    return int(random.choice([1, 1, 2, 3]))


def _stroke(canvas: Canvas, random: np.random.Generator, color: Color) -> None:
    cv2.line(canvas, _spot(canvas, random), _spot(canvas, random), color, _thick(random), cv2.LINE_AA)


def _frame(canvas: Canvas, random: np.random.Generator, color: Color) -> None:
    cv2.rectangle(canvas, _spot(canvas, random), _spot(canvas, random), color, _thick(random))


def _ellipse(canvas: Canvas, random: np.random.Generator, color: Color) -> None:
    middle, end = _spot(canvas, random), _spot(canvas, random)
    axes = (abs(end[0] - middle[0]), abs(end[1] - middle[1]))
    cv2.ellipse(canvas, middle, axes, 0, 0, 360, color, _thick(random), cv2.LINE_AA)


def _cross(canvas: Canvas, random: np.random.Generator, color: Color) -> None:
    """A calliper's cross, open in its middle or not."""
    x, y = _spot(canvas, random)
    arm, thick = int(random.integers(3, 9)), int(random.choice([1, 1, 1, 2, 3]))
    gap = 0 if random.random() < 0.6 else int(random.integers(1, max(2, arm - 1)))
    for away in (-1, 1):
        cv2.line(canvas, (x + away * gap, y), (x + away * arm, y), color, thick)
        cv2.line(canvas, (x, y + away * gap), (x, y + away * arm), color, thick)


def _dotted(canvas: Canvas, random: np.random.Generator, color: Color) -> None:
    _dots(canvas, random, (_spot(canvas, random), _spot(canvas, random)), color)


def _dots(
    canvas: Canvas, random: np.random.Generator, ends: tuple[tuple[int, int], tuple[int, int]], color: Color
) -> None:
    (x, y), (end_x, end_y) = ends
    radius = _thick(random) - 1
    for share in np.arange(0, 1, random.uniform(0.02, 0.06)):
        spot = (round(x + (end_x - x) * share), round(y + (end_y - y) * share))
        cv2.circle(canvas, spot, radius, color, cv2.FILLED)


def _measured(canvas: Canvas, random: np.random.Generator, color: Color) -> None:
    """The markers at the ends of a measured line, and often dots between them."""
    rows, columns = canvas.shape[:2]
    x, y = int(random.integers(columns)), int(random.integers(rows))
    turn, far = random.uniform(0, 2 * np.pi), random.uniform(15, 0.5 * min(rows, columns))
    ends = ((x, y), (round(x + far * np.cos(turn)), round(y + far * np.sin(turn))))
    if random.random() < 0.6:
        _dots(canvas, random, ends, color)
    kind, size, thick = int(random.integers(7)), 2 * int(random.integers(1, 8)) + 1, int(random.choice([1, 1, 2]))
    is_open = random.random() < 0.3
    for end in ends:
        behind = canvas[max(0, end[1] - 1) : end[1] + 2, max(0, end[0] - 1) : end[0] + 2].copy()
        cv2.drawMarker(canvas, end, color, kind, size, thick)
        if is_open:
            canvas[max(0, end[1] - 1) : end[1] + 2, max(0, end[0] - 1) : end[0] + 2] = behind


def _ruler(canvas: Canvas, random: np.random.Generator, color: Color) -> None:
    """Ticks along a side or across the image, some of them longer."""
    x, y = _spot(canvas, random)
    step, long = int(random.integers(5, 40)), int(random.integers(2, 10))
    upright = random.random() < 0.5
    side = canvas.shape[0 if upright else 1]
    start, end = (0, side) if random.random() < 0.6 else sorted(int(each) for each in random.integers(0, side, 2))
    spine = ((x, start), (x, end)) if upright else ((start, y), (end, y))
    if random.random() < 0.3:
        cv2.line(canvas, spine[0], spine[1], color, 1)
    every = int(random.choice([1, 2, 5, 5, 10]))
    for number, place in enumerate(range(start, end, step)):
        far = long * (2 if number % every == 0 else 1)
        tick = ((x, place), (x + far, place)) if upright else ((place, y), (place, y + far))
        cv2.line(canvas, tick[0], tick[1], color, 1)


def _bar(canvas: Canvas, random: np.random.Generator, color: Color) -> None:
    """A bar of grays or colors, often framed."""
    (x, y), (_, end_y) = (np.maximum(_spot(canvas, random), 0) for _ in range(2))
    shades = np.linspace(0, 255, max(8, abs(int(end_y) - int(y))), dtype=np.float32)[:, np.newaxis, np.newaxis]
    bar = np.repeat(np.repeat(shades, int(random.integers(6, 20)), axis=1), 3, axis=2)
    if random.random() < 0.4:
        bar = cv2.applyColorMap(bar.astype(np.uint8), int(random.integers(12))).astype(np.float32)
    if random.random() < 0.3:
        bar[[0, -1]] = bar[:, [0, -1]] = color
    area = canvas[y : y + bar.shape[0], x : x + bar.shape[1]]
    area[:] = bar[: area.shape[0], : area.shape[1]]


def _curve(canvas: Canvas, random: np.random.Generator, color: Color) -> None:
    across = np.arange(0, canvas.shape[1], 3)
    down = _spot(canvas, random)[1] + random.uniform(2, 30) * np.cumsum(random.normal(0, 0.4, across.size))
    line = np.stack([across, down], 1).astype(np.int32)
    cv2.polylines(canvas, [line], isClosed=False, color=color, thickness=1, lineType=cv2.LINE_AA)


def _heart(canvas: Canvas, random: np.random.Generator, color: Color) -> None:
    """A heart's trace."""
    period, high = int(random.integers(25, 110)), random.uniform(6, 50)
    across = np.arange(canvas.shape[1])
    phase = (across + int(random.integers(period))) % period / period
    beat = 0.12 * np.exp(-(((phase - 0.2) / 0.03) ** 2)) + 0.25 * np.exp(-(((phase - 0.6) / 0.06) ** 2))
    beat += np.exp(-(((phase - 0.35) / 0.012) ** 2)) - 0.3 * np.exp(-(((phase - 0.39) / 0.012) ** 2))
    down = _spot(canvas, random)[1] - high * beat + random.normal(0, 0.3, across.size)
    cv2.polylines(canvas, [np.stack([across, down], 1).astype(np.int32)], isClosed=False, color=color, thickness=1)


def _map(canvas: Canvas, random: np.random.Generator, color: Color) -> None:
    """The lines of a map, as between furrows and plateaus."""
    level = np.asarray(np.abs(_field(canvas, random, int(random.integers(6, 30)))) < random.uniform(0.03, 0.5))
    contours, _ = cv2.findContours(level.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(canvas, contours, -1, color, cv2.FILLED if random.random() < 0.5 else 1)


def _field(canvas: Canvas, random: np.random.Generator, grain: int) -> NDArray[np.float32]:
    coarse = random.normal(0, 1, (grain, grain)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, canvas.shape[1::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def _ends(canvas: Canvas, random: np.random.Generator, color: Color) -> None:
    """Small markers at two places."""
    size = 2 * int(random.integers(1, 5)) + 1
    for _ in range(2):
        cv2.drawMarker(canvas, _spot(canvas, random), color, int(random.integers(5)), size, 1)


def _corner(canvas: Canvas, random: np.random.Generator, color: Color) -> None:
    """Two strokes that meet, as where frames end: longer than a letter's, or of odd proportions."""
    x, y = _spot(canvas, random)
    turn, first = random.uniform(0, 2 * np.pi), random.uniform(4, 90)
    second = first * random.choice([random.uniform(2.2, 8), random.uniform(0.12, 0.4)])
    if first > 45 and random.random() < 0.5:
        second = first
    if random.random() < 0.6:
        turn = round(turn / (np.pi / 2)) * np.pi / 2
    far = turn + np.pi / 2 + (0.0 if random.random() < 0.7 else random.normal(0, 0.4))
    ends = [(x + first * np.cos(turn), y + first * np.sin(turn)), (x, y)]
    strokes = np.array([*ends, (x + second * np.cos(far), y + second * np.sin(far))], np.int32)
    cv2.polylines(canvas, [strokes], isClosed=False, color=color, thickness=_thick(random))


def _arrow(canvas: Canvas, random: np.random.Generator, color: Color) -> None:
    (x, y), (end_x, end_y) = (_spot(canvas, random) for _ in range(2))
    cv2.arrowedLine(canvas, (x, y), (x + (end_x - x) // 6, y + (end_y - y) // 6), color, _thick(random))


def _focus(canvas: Canvas, random: np.random.Generator, color: Color) -> None:
    """Small triangles one above the other, as beside the depths of focus."""
    x, y = _spot(canvas, random)
    high, step, way = int(random.integers(2, 8)), int(random.integers(12, 80)), int(random.choice([-1, 1]))
    for number in range(int(random.integers(1, 5))):
        down = y + number * step
        corners = np.array([(x, down - high), (x, down + high), (x + way * high, down)], np.int32)
        cv2.drawContours(canvas, [corners], 0, color, cv2.FILLED if random.random() < 0.7 else 1)


def _flow(canvas: Canvas, random: np.random.Generator, color: Color) -> None:
    """Flow in the colors of power or color Doppler, in a part of the image, which is often framed."""
    rows, columns = canvas.shape[:2]
    top, left = int(random.uniform(0, 0.5) * rows), int(random.uniform(0, 0.5) * columns)
    bottom, right = top + int(random.uniform(0.2, 0.5) * rows), left + int(random.uniform(0.2, 0.5) * columns)
    area = canvas[top:bottom, left:right]
    flow = _field(area, random, int(random.integers(4, 24)))
    if random.random() < 0.5:  # vessels
        flow = np.float32(1.2) - np.float32(5) * np.abs(flow)
    shades = np.clip(255 * np.abs(flow) / 2, 0, 255).astype(np.uint8)
    kind = random.choice([cv2.COLORMAP_HOT, cv2.COLORMAP_JET, cv2.COLORMAP_WINTER, cv2.COLORMAP_AUTUMN])
    shown = cv2.applyColorMap(shades, int(kind))[..., ::-1].astype(np.float32)
    where = flow > random.uniform(0.3, 1.0)
    area[where] = shown[where]
    if random.random() < 0.6:
        cv2.rectangle(canvas, (left, top), (right, bottom), color, 1)


MARKS: Sequence[Mark] = (
    _stroke, _frame, _ellipse, _cross, _dotted, _ruler, _bar, _curve, _heart, _map, _ends, _corner, _corner, _arrow,
    _measured, _measured, _focus, _flow,
)  # fmt: skip
OF_DEVICES: Sequence[Mark] = (
    _measured, _measured, _measured, _cross, _cross, _ends, _dotted, _ruler, _ruler, _ruler, _bar, _bar, _focus,
    _focus, _heart, _flow, _flow, _frame, _corner, _arrow, _stroke,
)  # fmt: skip
"""Each as often as it is named: what is drawn to learn from, and what ultrasound devices draw most."""
