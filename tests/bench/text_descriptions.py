"""How much of a description stays, how much identity goes, how long that takes: run it with python."""

import random
import sys
import timeit
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from scanscrub.detect.base import Reading
from scanscrub.detect.reading.match import classify
from scanscrub.domain.phi import Phi
from scanscrub.policy.identifiers.byte_search import ByteSearch
from scanscrub.policy.identifiers.matcher import IdentifierMatcher
from scanscrub.policy.text.descriptors import Mode, clean_text
from scanscrub.policy.text.markers import is_harmless
from text_examples import HEADER, corpus_lines, identities, kept

MODES: tuple[Mode, ...] = ("allow-list", "block-list")
KNOWN = IdentifierMatcher(HEADER)


def rate(label: str, passed: int, total: int) -> None:
    print(f"{label:58} {passed:5} of {total:5}  {100 * passed / total:6.2f} %")


def microseconds(label: str, call: Callable[[], object], number: int) -> None:
    best = min(timeit.repeat(call, number=number, repeat=5)) / number
    print(f"{label:58} {best * 1e6:10.1f} us")


def kept_rates() -> None:
    for file in ("kept_tuning.txt", "kept_holdout.txt", "kept_found.txt", "kept_found_later.txt"):
        texts = kept(file)
        for mode in MODES:
            same = sum(clean_text(text, (), mode).text == text for text in texts)
            rate(f"{file}, {mode}: unchanged", same, len(texts))


def identity_rates() -> None:
    for file in ("identity_tuning.tsv", "identity_holdout.tsv"):
        rows = identities(file)
        for place, mode in enumerate(MODES, start=1):
            exact = sum(clean_text(row[0], KNOWN, mode).text == row[place] for row in rows)
            rate(f"{file}, {mode}: exactly the identity gone", exact, len(rows))


def reading_rates() -> None:
    harmless, identifying = kept("markers_harmless.txt"), kept("markers_identifying.txt")
    rate("markers kept under --text identifying", sum(is_harmless(t, KNOWN) for t in harmless), len(harmless))
    rate(
        "identities masked under --text identifying",
        sum(not is_harmless(t, KNOWN) for t in identifying),
        len(identifying),
    )
    rows = [line.split("\t") for line in corpus_lines("readings.tsv")]
    right = sum(classify(Reading(Phi(text), 0.9), HEADER)[0] == rule for text, rule in rows)
    rate("readings that get their rule", right, len(rows))


def speeds() -> None:
    spellings = ByteSearch(HEADER)
    texts = kept("kept_tuning.txt")
    noise = random.Random(1).randbytes(1 << 19)  # noqa: S311 - noise
    microseconds("KnownText of 8 values", lambda: IdentifierMatcher(HEADER), 200)
    microseconds("Spellings of 8 values, seen before", lambda: ByteSearch(HEADER), 200)
    microseconds("clean_text, 257 descriptions, each", lambda: [clean_text(t, KNOWN, "allow-list") for t in texts], 5)
    microseconds("in_text, a description", lambda: spellings.in_text("CT CHEST W/O CONTRAST 5.0 B30f"), 1000)
    microseconds("in_bytes, 512 kB of noise", lambda: spellings.in_bytes(noise), 3)
    microseconds("lower-casing those bytes alone", noise.lower, 20)


if __name__ == "__main__":
    kept_rates()
    identity_rates()
    reading_rates()
    speeds()
