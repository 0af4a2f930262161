"""Writes `policy/tables/public_codes.txt` from the tables of PS3.16 as pydicom (MIT) ships them.

Run it by hand when pydicom knows a newer edition.
"""

from collections import defaultdict
from pathlib import Path

import pydicom
from pydicom.sr import _concepts_dict, _snomed_dict

import scanscrub.policy.tables

HEAD = f"""\
# Coded concepts of PS3.16 with their meanings, from pydicom {pydicom.__version__} (MIT), taken on 30 November 2026 by
# tests/public_codes_source.py. Of LOINC and SNOMED CT only what the standard itself uses. "=SCHEME" begins a scheme;
# the other lines are a code and its meanings, behind tabs. Under SRT stand retired codes and their successors.
"""


def lines() -> list[str]:
    written = [HEAD.rstrip("\n")]
    for scheme, concepts in sorted(_concepts_dict.concepts.items()):
        meanings: defaultdict[str, set[str]] = defaultdict(set)
        for codes in concepts.values():
            for code, (meaning, _groups) in codes.items():
                meanings[code].add(" ".join(meaning.replace("\u200b", "").split()))
        written.append(f"={scheme}")
        written += ["\t".join((code, *sorted(said))) for code, said in sorted(meanings.items())]
    written.append("=SRT")
    known = {code for codes in _concepts_dict.concepts["SCT"].values() for code in codes}
    written += [f"{old}\t{new}" for old, new in sorted(_snomed_dict.mapping["SRT"].items()) if new in known]
    return written


if __name__ == "__main__":
    target = Path(scanscrub.policy.tables.__file__).with_name("public_codes.txt")
    target.write_text("\n".join(lines()) + "\n", encoding="utf-8")
