"""Pictures as a repository has them, which show nobody's scan: plots, badges, screenshots, maps, photographs.

Seeded. Plots are Matplotlib's where it is installed and photographs those that scikit-image, scikit-learn and
Matplotlib bring; without them, those kinds are left out and named by `missing_kinds`.
"""
# ruff: noqa: RUF001 - Cyrillic letters that look like Latin ones are the point

import io
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np
from lettering import TRUETYPE
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Pixels = NDArray[np.uint8]
Random = np.random.Generator
Axes: TypeAlias = Any
"""Matplotlib's, which need not be installed."""
Words: TypeAlias = tuple[str, ...]

_SANS, _BOLD, _MONO, _SERIF = (
    TRUETYPE[name] for name in ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSansMono", "LiberationSerif")
)
_HAN = TRUETYPE["DroidSansFallback"]
LANGUAGES = {
    "en": ("Accuracy", "Loss", "Epoch", "Training set", "Frequency (Hz)", "Time [s]", "Number of users", "Revenue",
           "Dice score per model", "Distance", "Results of the ablation", "Baseline", "Ours", "Validation"),
    "de": ("Genauigkeit", "Verlust", "Epoche", "Häufigkeit", "Zeit in Sekunden", "Anzahl der Nutzer", "Umsatz",
           "Ergebnisse", "Entfernung", "Vergleich der Verfahren", "Temperatur in °C", "Niederschlag"),
    "fr": ("Précision", "Perte", "Époque", "Fréquence", "Temps (s)", "Nombre d'utilisateurs", "Chiffre d'affaires",
           "Résultats", "Température moyenne", "Comparaison des méthodes"),
    "es": ("Exactitud", "Pérdida", "Época", "Frecuencia", "Tiempo (s)", "Usuarios por día", "Ingresos", "Resultados",
           "Temperatura media", "Comparación"),
    "pt": ("Acurácia", "Perda", "Época", "Frequência", "Tempo (s)", "Número de usuários", "Receita", "Resultados"),
    "it": ("Accuratezza", "Perdita", "Epoca", "Frequenza", "Tempo (s)", "Numero di utenti", "Ricavi", "Risultati"),
    "ru": ("Точность", "Потери", "Эпоха", "Частота", "Время, с", "Пользователи", "Доход", "Результаты"),
    "zh": ("准确率", "损失", "训练轮次", "频率", "时间", "用户数量", "收入", "实验结果"),
    "ja": ("精度", "損失", "エポック", "頻度", "時間", "利用者数", "売上", "結果の比較"),
}  # fmt: skip
_MODELS = ("ResNet-50", "U-Net", "ViT-B/16", "baseline", "ours", "GPT-2", "k-NN", "SVM", "random forest", "XGBoost")
_CITIES = (
    "Berlin",
    "Hamburg",
    "Paris",
    "Lyon",
    "Madrid",
    "Oslo",
    "Leeds",
    "Boston",
    "Kyoto",
    "Porto",
    "Gent",
    "Riga",
)
_STREETS = ("Main Street", "High Street", "Mill Lane", "Hauptstraße", "Bahnhofstraße", "Rue du Port", "Church Road",
            "Parkweg", "Station Road", "Lindenallee", "Old Bridge", "River Walk", "Market Square")  # fmt: skip
_PROSE = (
    "The method is evaluated on three public data sets and compared with two earlier ones. "
    "Each of them was trained with the same schedule, and all figures are means of five runs. "
    "It was a bright cold day in the valley, and the clocks of the town were striking as the train came in. "
    "Water boils at a lower temperature on high mountains, since the pressure of the air is less. "
    "Let f be a continuous function on a closed interval; then f attains its maximum there. "
    "Install the package, run the tests, and open a pull request against the main branch. "
)
_PROSE_OF = {
    "en": _PROSE,
    "de": "Der Wind kam von Westen und trieb die Wolken über das flache Land. Am Abend wurde es kühl, und die Leute"
    " gingen früh nach Hause. Das Verfahren wird auf drei öffentlichen Datensätzen geprüft und verglichen. ",
    "fr": "Le vent soufflait de l'ouest et poussait les nuages au-dessus de la plaine. La méthode est évaluée sur"
    " trois jeux de données publics et comparée aux méthodes précédentes. ",
}
_LOG = (
    "$ git status", "On branch main", "nothing to commit, working tree clean", "$ make test", "collected 214 items",
    "tests/test_api.py ........ [ 12%]", "tests/test_cli.py .......... [ 48%]", "214 passed in 12.31s",
    "INFO  server started on port 8080", "WARN  retry 3 of 5", "ERROR connection refused", "$ ls -la", "total 48",
    "drwxr-xr-x  5 root root 4096 src", "-rw-r--r--  1 root root  812 README.md", "$ pip install numpy",
    "Successfully installed numpy-2.1.0", "Epoch 12/50 loss: 0.3412 acc: 0.8917", "$ docker ps",
    "CONTAINER ID  IMAGE",
    "commit 9fceb02d0ae598e95dc970b74767f19372d61af8", "Traceback (most recent call last):", "KeyError: 'name'",
    "2026-01-14 10:22:31 INFO request took 31 ms", "[12:01:44] build finished", "PID USER  %CPU %MEM  COMMAND",
)  # fmt: skip
_CODE = (
    "import numpy as np", "def mean(values):", "    return sum(values) / len(values)", "class Reader:", "    pass",
    "for epoch in range(50):", "    loss = model(batch)", "    loss.backward()", "if __name__ == '__main__':",
    "    main()", "# the rest of the pipeline", "plt.imshow(image, cmap='gray')", "x = np.linspace(0, 1, 100)",
)  # fmt: skip
_MENU = ("File", "Edit", "View", "Insert", "Format", "Tools", "Window", "Help", "Settings", "Home", "Projects")
_BUTTONS = ("Save", "Cancel", "OK", "Upload", "Delete", "Next", "Back", "Sign in", "Search", "Apply", "Export", "Run")
_ROWS = ("Invoice", "Order", "Report", "Dataset", "Model", "Job", "Pipeline", "Queue", "Sensor", "Server", "Folder")


def _font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


def _pick(random: Random, values: tuple[str, ...]) -> str:
    return str(values[int(random.integers(len(values)))])


def _color(random: Random, low: int = 0, high: int = 256) -> tuple[int, int, int]:
    red, green, blue = (int(each) for each in random.integers(low, high, 3))
    return red, green, blue


def _words(random: Random) -> tuple[tuple[str, ...], str]:
    language = _pick(random, tuple(LANGUAGES))
    return LANGUAGES[language], _HAN if language in {"zh", "ja"} else _SANS


def plot(random: Random) -> Pixels:
    """One of a dozen sorts of plots, in one of nine languages."""
    mpl = import_module("matplotlib")
    mpl.use("Agg")
    plt, font_manager = import_module("matplotlib.pyplot"), import_module("matplotlib.font_manager")

    words, path = _words(random)
    style = _pick(random, ("default", "ggplot", "dark_background", "seaborn-v0_8-whitegrid", "bmh", "fast"))
    with plt.style.context(style):
        if path == _HAN:
            font_manager.fontManager.addfont(_HAN)
            mpl.rcParams["font.family"] = ["Droid Sans Fallback", "DejaVu Sans"]
        size = float(random.uniform(3.5, 8)), float(random.uniform(2.5, 5.5))
        figure, axes = plt.subplots(figsize=size, dpi=int(random.choice([72, 100, 120])))
        _PLOTS[int(random.integers(len(_PLOTS)))](axes, random, words)
        if axes.axison:
            axes.set_xlabel(_pick(random, words))
            axes.set_ylabel(_pick(random, words))
        if random.random() < 0.7:
            axes.set_title(_pick(random, words))
        stream = io.BytesIO()
        figure.savefig(stream, format="png", bbox_inches="tight")
        plt.close(figure)
    mpl.rcParams["font.family"] = ["DejaVu Sans"]
    stream.seek(0)
    return np.asarray(Image.open(stream).convert("RGB"), np.uint8)


def _lines(axes: Axes, random: Random, _words: Words) -> None:
    for _ in range(int(random.integers(1, 5))):
        axes.plot(
            np.cumsum(random.normal(size=60)) * 10 ** float(random.integers(0, 5)), label=_pick(random, _MODELS)
        )
    axes.legend()


def _bars(axes: Axes, random: Random, _words: Words) -> None:
    names = [_pick(random, _CITIES if random.random() < 0.4 else _MODELS) + " " * place for place in range(5)]
    bars = axes.bar(names, random.uniform(1, 100, 5))
    axes.bar_label(bars, fmt="%.1f")
    axes.tick_params(axis="x", rotation=int(random.choice([0, 45, 90])))


def _scatter(axes: Axes, random: Random, words: Words) -> None:
    for _ in range(3):
        axes.scatter(random.normal(size=80), random.normal(size=80), s=8, label=_pick(random, words))
    axes.legend()


def _histogram(axes: Axes, random: Random, _words: Words) -> None:
    axes.hist(random.gamma(2, 2000, 900), bins=40)


def _pie(axes: Axes, random: Random, words: Words) -> None:
    axes.pie(random.uniform(1, 5, 4), labels=[_pick(random, words) for _ in range(4)], autopct="%1.1f%%")


def _confusion(axes: Axes, random: Random, _words: Words) -> None:
    table = random.integers(0, 900, (5, 5))
    axes.imshow(table, cmap=_pick(random, ("Blues", "gray", "Greens", "viridis", "binary")))
    for row in range(5):
        for column in range(5):
            axes.text(column, row, str(table[row, column]), ha="center", va="center", color="tab:red")


def _dates(axes: Axes, random: Random, _words: Words) -> None:
    start = np.datetime64("2019-01-01") + int(random.integers(0, 1500))
    axes.plot(start + np.arange(200) * int(random.integers(1, 6)), np.cumsum(random.normal(size=200)) + 1500)
    axes.tick_params(axis="x", rotation=30)


def _boxes(axes: Axes, random: Random, _words: Words) -> None:
    axes.boxplot([random.normal(size=50) for _ in range(4)], tick_labels=[_pick(random, _MODELS) for _ in range(4)])


def _contour(axes: Axes, random: Random, _words: Words) -> None:
    y, x = np.mgrid[-2:2:60j, -2:2:60j]
    axes.clabel(axes.contour(x, y, np.sin(x * random.uniform(1, 3)) + y**2))


def _image(axes: Axes, random: Random, _words: Words) -> None:
    field = cv2.GaussianBlur(random.normal(size=(60, 80)), (0, 0), float(random.uniform(0.5, 6)))
    shown = axes.imshow(field, cmap=_pick(random, ("viridis", "jet", "hot", "magma", "coolwarm", "plasma")))
    axes.figure.colorbar(shown)


def _areas(axes: Axes, random: Random, _words: Words) -> None:
    axes.stackplot(
        range(2010, 2025), random.uniform(1, 9, (3, 15)), labels=[_pick(random, _CITIES) for _ in range(3)]
    )
    axes.legend(loc="upper left")


def _table(axes: Axes, random: Random, words: Words) -> None:
    axes.axis("off")
    cells = [[_pick(random, _MODELS), *(f"{each:.2f}" for each in random.uniform(50, 99, 3))] for _ in range(6)]
    axes.table(cells, colLabels=["", *(_pick(random, words) for _ in range(3))], loc="center")


_PLOTS = (
    _lines, _bars, _scatter, _histogram, _pie, _confusion, _dates, _boxes, _contour, _image, _areas, _table,
)  # fmt: skip


def badge(random: Random) -> Pixels:
    left = _pick(
        random, ("build", "coverage", "pypi", "license", "docs", "python", "downloads", "tests", "chat", "DOI")
    )
    right = _pick(random, ("passing", "failing", "98%", "v1.4.2", "MIT", "latest", "3.11 | 3.12", "12k/month",
                           "stable", "10.5281/zenodo.1234567"))  # fmt: skip
    scale = int(random.choice([1, 1, 2, 3]))
    font = _font(_SANS, 11 * scale)
    widths = [int(font.getlength(each)) + 12 * scale for each in (left, right)]
    image = Image.new("RGB", (sum(widths), 20 * scale), (85, 85, 85))
    draw = ImageDraw.Draw(image)
    draw.rectangle((widths[0], 0, sum(widths), 20 * scale), _color(random, 30, 200))
    draw.text((6 * scale, 3 * scale), left, "white", font)
    draw.text((widths[0] + 6 * scale, 3 * scale), right, "white", font)
    return np.asarray(image)


def logo(random: Random) -> Pixels:
    image = Image.new(
        "RGB", (int(random.integers(200, 700)), int(random.integers(120, 400))), _color(random, 200, 256)
    )
    draw = ImageDraw.Draw(image)
    height = image.height
    for _ in range(int(random.integers(1, 5))):
        left, top = int(random.integers(0, height // 2)), int(random.integers(0, height // 2))
        box = (left, top, left + height // 2, top + height // 2)
        (draw.ellipse if random.random() < 0.5 else draw.rectangle)(box, _color(random))
    name = _pick(random, ("acme", "OpenFlow", "Nimbus", "PIXELFORGE", "medkit", "tensorwave", "Blue Heron", "RADIUS"))
    draw.text((height * 2 // 3, height // 3), name, _color(random, 0, 90), _font(_BOLD, max(14, height // 6)))
    return np.asarray(image)


def icon(random: Random) -> Pixels:
    side = int(random.choice([16, 32, 48, 64, 128, 256]))
    image = Image.new("RGB", (side * 4, side * 4), _color(random))
    draw = ImageDraw.Draw(image)
    for _ in range(3):
        ends = sorted(int(each) for each in random.integers(0, side * 4, 2))
        (draw.ellipse if random.random() < 0.5 else draw.rectangle)(
            (ends[0], ends[0], ends[1], ends[1]), _color(random)
        )
    if random.random() < 0.5:
        draw.text((side, side // 2), _pick(random, ("A", "S", "R", "+", "?", "JS")), "white", _font(_BOLD, side * 2))
    return np.asarray(image.resize((side, side), Image.Resampling.LANCZOS))


def interface(random: Random) -> Pixels:
    """A window with menus, buttons, a list and a form."""
    dark = random.random() < 0.4
    back, ink = ((30, 30, 34), (220, 220, 220)) if dark else ((250, 250, 250), (30, 30, 30))
    image = Image.new("RGB", (int(random.integers(500, 1100)), int(random.integers(350, 750))), back)
    draw = ImageDraw.Draw(image)
    font, bold = _font(_SANS, int(random.integers(11, 17))), _font(_BOLD, int(random.integers(13, 22)))
    draw.rectangle((0, 0, image.width, 34), _color(random, 20, 160))
    for place in range(6):
        draw.text((12 + place * 85, 8), _pick(random, _MENU), "white", font)
    words, path = _words(random)
    draw.text((190, 50), _pick(random, words), ink, _font(path, 20))
    for row in range((image.height - 130) // 28):
        draw.text((12, 60 + row * 28), _pick(random, _MENU), ink, font)
        cells = (f"{_pick(random, _ROWS)} {int(random.integers(1, 999))}", f"{random.uniform(0, 900):.2f} €",
                 _pick(random, ("done", "open", "failed", "3 days ago", "2025-11-03", "May 4, 2025")))  # fmt: skip
        for column, text in enumerate(cells):
            draw.text((190 + column * 170, 90 + row * 28), text, ink, font)
        draw.line((180, 112 + row * 28, image.width, 112 + row * 28), (128, 128, 128))
    for place in range(2):
        box = (190 + place * 130, image.height - 40, 300 + place * 130, image.height - 10)
        draw.rounded_rectangle(box, 6, _color(random, 20, 160))
        draw.text((box[0] + 14, box[1] + 5), _pick(random, _BUTTONS), "white", bold)
    return np.asarray(image)


def terminal(random: Random) -> Pixels:
    dark = random.random() < 0.8
    back = _color(random, 0, 45) if dark else (255, 255, 255)
    size = int(random.integers(11, 18))
    lines = _LOG if random.random() < 0.6 else _CODE
    count = int(random.integers(8, 30))
    image = Image.new("RGB", (int(random.integers(450, 1000)), count * (size + 5) + 20), back)
    draw = ImageDraw.Draw(image)
    for place in range(count):
        color = _color(random, 150, 256) if dark else _color(random, 0, 110)
        draw.text((10, 10 + place * (size + 5)), _pick(random, lines), color, _font(_MONO, size))
    return np.asarray(image)


def map_of_streets(random: Random) -> Pixels:
    image = Image.new("RGB", (int(random.integers(400, 900)), int(random.integers(350, 700))), (240, 236, 226))
    draw = ImageDraw.Draw(image)
    for _ in range(5):
        corners = [(int(random.integers(image.width)), int(random.integers(image.height))) for _ in range(4)]
        draw.polygon(corners, _pick(random, ("#b5d9a5", "#a7cdea", "#e0dccc")))
    for _ in range(14):
        ends = [(int(random.integers(image.width)), int(random.integers(image.height))) for _ in range(2)]
        draw.line(ends, _pick(random, ("white", "#f6d27c", "#cccccc")), int(random.integers(2, 9)))
    for _ in range(10):
        spot = int(random.integers(image.width - 80)), int(random.integers(image.height - 20))
        draw.text(spot, _pick(random, _STREETS + _CITIES), (60, 60, 60), _font(_SANS, int(random.integers(10, 20))))
    return np.asarray(image)


def page(random: Random) -> Pixels:
    """A page of a book or a paper, scanned: paper, noise, a slight turn."""
    prose = _PROSE_OF[_pick(random, tuple(_PROSE_OF))].split()
    rows, columns, size = (
        int(random.integers(400, 1000)),
        int(random.integers(400, 900)),
        int(random.integers(14, 26)),
    )
    image = Image.new("L", (columns, rows), 245)
    draw, font = ImageDraw.Draw(image), _font(_SERIF, size)
    start, top = int(random.integers(len(prose))), size
    words = prose[start:] + prose * 30
    while top < rows - size and words:
        line = ""
        while words and font.getlength(f"{line} {words[0]}") < columns - 3 * size:
            line = f"{line} {words.pop(0)}"
        draw.text((size, top), line.strip(), 25, font)
        top += int(size * 1.4)
    pixels = np.asarray(image, np.float32)
    turn = cv2.getRotationMatrix2D((columns / 2, rows / 2), float(random.uniform(-1.5, 1.5)), 1)
    pixels = cv2.warpAffine(pixels, turn, (columns, rows), borderValue=(245,)).astype(np.float32)
    pixels = cv2.GaussianBlur(pixels, (0, 0), float(random.uniform(0.3, 0.8))).astype(np.float32)
    shade = 1 - random.uniform(0, 0.15) * np.linspace(0, 1, columns, dtype=np.float32)
    pixels = pixels * shade + random.normal(0, random.uniform(0.5, 5), (rows, columns))
    return np.asarray(np.clip(pixels, 0, 255), np.uint8)


def digits(random: Random) -> Pixels:
    """Handwritten-looking digits, 28 by 28, in a sheet."""
    down, across = (int(each) for each in random.integers(4, 13, 2))
    sheet = np.zeros((down * 28, across * 28), np.uint8)
    for row in range(down):
        for column in range(across):
            tile = np.zeros((56, 56), np.uint8)
            face = int(random.choice([cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX]))
            cv2.putText(tile, str(int(random.integers(10))), (14, 44), face, 1.5, 255, int(random.integers(3, 7)))
            bend = np.eye(2, 3) + random.normal(0, 0.08, (2, 3)) * np.array([[1, 1, 20]])
            tile = np.asarray(cv2.warpAffine(tile, bend.astype(np.float32), (56, 56)), np.uint8)
            sheet[row * 28 : row * 28 + 28, column * 28 : column * 28 + 28] = cv2.resize(
                cv2.GaussianBlur(tile, (0, 0), 1.2), (28, 28), interpolation=cv2.INTER_AREA
            )
    scale = int(random.choice([1, 1, 2, 3]))
    sheet = np.kron(sheet, np.ones((scale, scale), np.uint8))
    return sheet if random.random() < 0.8 else np.asarray(255 - sheet, np.uint8)


def heatmap(random: Random) -> Pixels:
    """A field in false colors, sometimes with a number in each cell."""
    cells = int(random.choice([8, 16, 64]))
    field = cv2.GaussianBlur(random.normal(size=(cells, cells)), (0, 0), float(random.uniform(0.4, cells / 8)))
    scaled = np.asarray(cv2.normalize(field, None, 0, 255, cv2.NORM_MINMAX), np.uint8)
    side = int(random.integers(256, 640))
    style = cv2.INTER_NEAREST if random.random() < 0.6 else cv2.INTER_CUBIC
    shown = cv2.resize(scaled, (side, side), interpolation=style)
    colors = int(random.choice([cv2.COLORMAP_JET, cv2.COLORMAP_VIRIDIS, cv2.COLORMAP_INFERNO, cv2.COLORMAP_PARULA]))
    shown = cv2.applyColorMap(shown, colors)[:, :, ::-1].copy()
    if cells == 8:
        for row in range(8):
            for column in range(8):
                text = f"{scaled[row, column] / 255:.2f}"
                at = column * side // 8 + 4, row * side // 8 + side // 14
                cv2.putText(shown, text, at, cv2.FONT_HERSHEY_SIMPLEX, side / 1300, (255, 255, 255), 1, cv2.LINE_AA)
    return np.asarray(shown, np.uint8)


def color_phantom(random: Random) -> Pixels:
    """Bars, wedges and rings of color, as cameras and screens are tested with."""
    rows, columns = int(random.integers(100, 500)), int(random.integers(100, 700))
    shown = np.zeros((rows, columns, 3), np.uint8)
    bars = int(random.integers(4, 12))
    for place in range(bars):
        shown[:, place * columns // bars : (place + 1) * columns // bars] = _color(random)
    shown[rows * 3 // 4 :] = np.linspace(0, 255, columns, dtype=np.uint8)[None, :, None]
    if random.random() < 0.5:
        cv2.circle(shown, (columns // 2, rows // 2), rows // 4, _color(random), 3)
    if random.random() < 0.5:
        text = _pick(random, ("TEST", "RGB", "sRGB 8 bit", "GAMMA 2.2", "RED GREEN BLUE"))
        cv2.putText(shown, text, (8, rows // 2), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (255, 255, 255), 1, cv2.LINE_AA)
    return shown


def diagram(random: Random) -> Pixels:
    """Boxes with words and arrows between them."""
    image = Image.new("RGB", (int(random.integers(450, 900)), int(random.integers(250, 600))), "white")
    draw = ImageDraw.Draw(image)
    words, path = _words(random)
    count = int(random.integers(3, 8))
    spots = [(int(random.integers(image.width - 150)), int(random.integers(image.height - 60))) for _ in range(count)]
    for one, other in pairwise(spots):
        draw.line((one[0] + 60, one[1] + 20, other[0] + 60, other[1] + 20), (90, 90, 90), 2)
    for left, top in spots:
        draw.rounded_rectangle((left, top, left + 140, top + 44), 8, _color(random, 190, 250), (60, 60, 60))
        draw.text((left + 8, top + 12), _pick(random, words)[:16], (20, 20, 20), _font(path, 14))
    return np.asarray(image)


def photograph(random: Random) -> Pixels:
    """A part of a photograph, at some size; one in five in gray, one in three with a caption that names nobody."""
    found = _photographs()
    with Image.open(found[int(random.integers(len(found)))]) as opened:
        image = opened.convert("RGB")
    share = float(random.uniform(0.5, 1))
    width, height = int(image.width * share), int(image.height * share)
    left, top = int(random.integers(image.width - width + 1)), int(random.integers(image.height - height + 1))
    image = image.crop((left, top, left + width, top + height))
    image.thumbnail((800, 800))
    if random.random() < 0.33:
        text = _pick(random, ("Figure 3", "summer", "Photo: CC BY 4.0", "before", "sample image", "2019", "HELLO"))
        ImageDraw.Draw(image).text((8, image.height - 30), text, "white", _font(_SANS, 18))
    return np.asarray(image.convert("L") if random.random() < 0.2 else image)


def _photographs() -> list[Path]:
    wanted = {
        "skimage": ("data/coffee.png", "data/astronaut.png", "data/chelsea.png", "data/rocket.jpg",
                    "data/motorcycle_left.png", "data/hubble_deep_field.jpg", "data/brick.png", "data/grass.png"),
        "sklearn": ("datasets/images/china.jpg", "datasets/images/flower.jpg"),
        "matplotlib": ("mpl-data/sample_data/grace_hopper.jpg",),
    }  # fmt: skip
    folders = {name: find_spec(name) for name in wanted}
    paths = [Path(str(spec.origin)).parent / name for key, spec in folders.items() if spec for name in wanted[key]]
    return [path for path in paths if path.is_file()]


KINDS: dict[str, Callable[[Random], Pixels]] = {
    "plot": plot, "plot 2": plot, "plot 3": plot, "badge": badge, "logo": logo, "icon": icon, "interface": interface,
    "terminal": terminal, "map": map_of_streets, "page": page, "digits": digits, "heatmap": heatmap,
    "color phantom": color_phantom, "diagram": diagram, "photograph": photograph,
}  # fmt: skip


def missing_kinds() -> list[str]:
    missing = [kind for kind in KINDS if kind.startswith("plot")] if find_spec("matplotlib") is None else []
    return [*missing, *([] if _photographs() else ["photograph"])]


def ordinary(seed: int, count: int) -> Iterator[tuple[str, str, bytes]]:
    """So many pictures: the kind, the ending of the name, and the bytes of a PNG or a JPEG."""
    kinds = [kind for kind in KINDS if kind not in missing_kinds()]
    for number in range(count):
        random = np.random.default_rng(seed * 100_003 + number)
        kind = kinds[number % len(kinds)]
        image = Image.fromarray(KINDS[kind](random))
        is_jpeg = random.random() < (0.9 if kind == "photograph" else 0.2)
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=int(random.integers(70, 96))) if is_jpeg else image.save(stream, "PNG")
        yield kind, "jpg" if is_jpeg else "png", stream.getvalue()
