"""How many real descriptions are kept whole, and what of Faker's identities stays: run it with python.

    python tests/bench/descriptions_of_collections.py [INDEX.parquet]

Needs `faker`; the descriptions are those of NCI Imaging Data Commons (packages `idc-index-data` and `pandas`, which
are no dependency of the project; nothing of them is copied). One description counts for all that differ in digits
only. Collections whose name hashes to 3 of 4 were never looked at while the vocabulary was written.
"""

import hashlib
import re
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from local_identities import LOCALES, identities
from scanscrub.policy.text.descriptors import Mode, clean_text

MODES: tuple[Mode, ...] = ("allow-list", "block-list")
_LONG_NUMBER = re.compile(r"(?<!\.)\d{5,}")


def retention(index: str) -> None:
    frame = import_module("pandas").read_parquet(
        index, columns=["collection_id", "StudyDescription", "SeriesDescription"]
    )
    sides: dict[str, dict[str, str]] = {"looked at": {}, "held out": {}}
    for keyword in ("StudyDescription", "SeriesDescription"):
        pairs = frame[["collection_id", keyword]].dropna().drop_duplicates().itertuples(index=False)
        for collection, text in pairs:
            if text.strip() and not _LONG_NUMBER.search(text):
                held_out = hashlib.sha256(collection.encode()).digest()[0] % 4 == 3
                sides["held out" if held_out else "looked at"].setdefault(
                    re.sub(r"\d+", "0", text).strip().lower(), text
                )
    for side, texts in sides.items():
        for mode in MODES:
            whole = sum(clean_text(text, (), mode).words == 0 for text in texts.values())
            print(f"{side}, {mode}: {whole} of {len(texts)} kept whole, {100 * whole / len(texts):.2f} %")


def leaks(count: int, seed: int) -> None:
    made = list(identities(count, seed, LOCALES))
    for mode in MODES:
        left = [(one, words) for one in made if (words := one.left(clean_text(one.text, (), mode).text))]
        print(f"{mode}: something left of {len(left)} of {count} identities, {100 * len(left) / count:.2f} %")
        print("   kinds", Counter(one.kind for one, _ in left).most_common())
        print("   words", Counter(word.lower() for _, words in left for word in words).most_common(60))


if __name__ == "__main__":
    leaks(20_000, 7)
    if len(sys.argv) > 1:
        retention(sys.argv[1])
