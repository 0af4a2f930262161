"""Writes `policy/tables/public_uids.txt` from PS3.6 Annex A as pydicom (MIT) has it: run it by hand."""

from pathlib import Path

import pydicom
from pydicom._uid_dict import UID_dictionary

import scanscrub.policy.tables

HEAD = f"""\
# The UIDs of PS3.6 Annex A without their root 1.2.840.10008, from pydicom {pydicom.__version__} (MIT), taken on
# 30 November 2026 by tests/public_uids_source.py.
"""
ROOT = "1.2.840.10008."


def table() -> str:
    tails = (uid.removeprefix(ROOT).split(".") for uid in UID_dictionary if uid.startswith(ROOT))
    return HEAD + "".join(
        ".".join(tail) + "\n" for tail in sorted(tails, key=lambda tail: [int(part) for part in tail])
    )


if __name__ == "__main__":
    Path(scanscrub.policy.tables.__file__).with_name("public_uids.txt").write_text(table(), encoding="utf-8")
