"""Work is bounded by the size of a file, not by its cunning. Steps are counted, not timed."""

import random
import subprocess
import sys
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING

import pytest

from factory_pixels import image, store_of
from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import Identifier, IdentifierKind
from scanscrub.domain.phi import Phi
from scanscrub.policy.text.descriptors import clean_text
from scanscrub.system.file_cache import forget_patient

if TYPE_CHECKING:
    from _typeshed import TraceFunction

WORDS = ("liver", "head", "T1", "axial", "Zqcanary", "Robert", "12", "3.4", "mm", "Dr.", "by", "4711083", "for", "x")


def steps(work: Callable[[], object]) -> int:
    """How many lines of Python the work takes."""
    count = 0

    def step(_frame: FrameType, event: str, _: object) -> "TraceFunction":
        nonlocal count
        count += event == "line"
        return step

    forget_patient()
    before = sys.gettrace()
    sys.settrace(step)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def prose(size: int) -> str:
    chance = random.Random(7)  # noqa: S311 - the longer text begins with the shorter one
    return " ".join(chance.choice(WORDS) for _ in range(size))


TEXTS: dict[str, Callable[[int], str]] = {
    "prose": prose,
    "cues": lambda size: "by " * size,
    "titles": lambda size: "Dr. " * size,
    "ids": lambda size: "4711083" * size,
    "ids in parts": lambda size: "4711 083 " * size,
    "names": lambda size: "Zqcanary Robert " * size,
    "vocabulary": lambda size: "liver head " * size,
    "numbers": lambda size: "47 " * size,
    "dates": lambda size: "24.03.1961 " * size,
    "letters": lambda size: "S C H M " * size,
    "values": lambda size: "liver\\by x\\" * size,
    "codes": lambda size: "%5A%79 WmFuYXJ5 5a616e " * size,
    "Cyrillic": lambda size: "Иванов " * size,
}


@pytest.mark.parametrize("mode", ["allow-list", "block-list"])
@pytest.mark.parametrize("kind", TEXTS)
def test_twice_the_text_is_twice_the_work(kind: str, mode: str) -> None:
    def work(size: int) -> int:
        known = [
            Identifier(IdentifierKind.NAME, Phi("Zqcanary^Robert")),
            Identifier(IdentifierKind.ID, Phi("4711083")),
            Identifier(IdentifierKind.TEXT, Phi("liver head")),
        ]
        return steps(lambda: clean_text(TEXTS[kind](size), known, mode))  # type: ignore[arg-type] # one of the modes

    work(200)  # what is loaded once
    assert work(2000) < 2.5 * work(1000)


@pytest.mark.parametrize("kind", [IdentifierKind.NAME, IdentifierKind.ID, IdentifierKind.TEXT])
def test_twice_the_text_and_twice_the_values_are_twice_the_work(kind: IdentifierKind) -> None:
    def work(size: int) -> int:
        known = [Identifier(kind, Phi(f"{chr(97 + number % 26) * 5}q{number} liver head")) for number in range(size)]
        text = " ".join(f"wq{number:05}zy" for number in range(size))
        return steps(lambda: clean_text(text, known, "block-list"))

    work(200)  # what is loaded once
    assert work(2000) < 2.5 * work(1000)


def test_thousands_of_frames_of_a_few_pixels_are_refused() -> None:
    with pytest.raises(RefusedFile, match="thousands of frames"):
        store_of(image((7, 9), bytes(5000 * 63), frames=5000))
    assert store_of(image((8, 8), bytes(5000 * 64), frames=5000)).layout.frames == 5000
    assert store_of(image((7, 9), bytes(4000 * 63), frames=4000)).layout.frames == 4000


@pytest.mark.skipif(sys.platform == "win32", reason="a process there cannot bound its processor time")
def test_patterns_do_not_try_a_long_run_from_each_of_its_places() -> None:
    """Linear, this takes three seconds; where the work grows with the square of the length, minutes."""
    code = """
import resource
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
from scanscrub.formats.jpeg.codestream import restart_intervals
from scanscrub.leftovers.words_in_tables import words_among_numbers, words_in_table
from scanscrub.policy.headers import unlisted_text
from scanscrub.policy.headers.codes import is_unit_name
from scanscrub.policy.identifiers.readings import hides, readings

for unit in ("a", "Aa ", "+ ", "( ", "\\xe9a", "\\\\", "~{", " ", "1A"):
    text = unit * (200_000 // len(unit))
    words_in_table(text.encode())
    words_among_numbers(text.encode(), 8, are_reals=True)
    is_unit_name(text)
    readings(text)
    hides(text, text)
    unlisted_text._NUMBER.sub(" ", text)
restart_intervals(bytes([255]) * 200_000)
"""
    subprocess.run([sys.executable, "-c", code], check=True)
