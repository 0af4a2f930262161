"""How many real descriptions are kept whole, and what of identities stays: run it with python.

    python tests/bench/descriptions_of_collections.py [INDEX.parquet]

Identities are Faker's (a development dependency). The descriptions are those of NCI Imaging Data Commons, of which
nothing is copied here: `pip download --no-deps idc-index-data==25.0.5` and unpack the wheel; INDEX.parquet is
`idc_index_data/idc_index.parquet` in it, and reading it needs `pandas` and `pyarrow`, which are no dependency either.
One description counts for all that differ in digits only; what holds a number of five digits and more is left out.

Collections are split by hashes of their names, three times: what was held out by an earlier one is split again by the
next, as its tuning half was read. Nobody ever read what is lost of those that are held out by the last one.
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


def _side(collection: str) -> str:
    """Where a collection was read: in the first, second or third tuning part; or nowhere."""
    for part, salt in enumerate(("t2", "t3", "t4"), start=1):
        if hashlib.sha256(f"{salt}:{collection}".encode()).digest()[0] % 2 == 0:
            return f"tuning {part}"
    return "held out"


def retention(index: str) -> None:
    frame = import_module("pandas").read_parquet(
        index, columns=["collection_id", "StudyDescription", "SeriesDescription"]
    )
    sides: dict[str, dict[str, str]] = {"tuning 1": {}, "tuning 2": {}, "tuning 3": {}, "held out": {}}
    for keyword in ("StudyDescription", "SeriesDescription"):
        pairs = frame[["collection_id", keyword]].dropna().drop_duplicates().itertuples(index=False)
        for collection, text in pairs:
            if text.strip() and not _LONG_NUMBER.search(text):
                sides[_side(collection)].setdefault(re.sub(r"\d+", "0", text).strip().lower(), text)
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
