"""Pseudonymous UIDs: ``2.25.`` and 128 bits, 96 of them keyed and 32 that check those (PS3.5 B.2)."""

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from scanscrub.domain.text import remembered
from scanscrub.policy.pseudonyms.pseudonyms import keyed_digest
from scanscrub.policy.tables.data_files import lines_of

_ROOT: Final = "2.25."
_STANDARD: Final = "1.2.840.10008."
_NEWER: Final = re.compile(r"[0-9]{1,3}|[0-9]{1,2}\.[0-9]{1,2}")
_CODE_SYSTEM: Final = re.compile(
    r"2\.16\.840\.1\.113883\.(?:[56]\.[0-9]{1,4}(?:\.[0-9]{1,2})?|3\.26\.1(?:\.[0-9]{1,2}){1,2}|4\.9|2\.1\.3\.2\.4\.21)"
    r"|1\.3\.6\.1\.4\.1\.19376\.1\.8\.2\.1|1\.0\.(?:3166|639)\.[12](?:\.2\.[1-3])?"
)
"""Object identifiers of HL7's code systems, of PathLex and of ISO's countries and languages (PS3.16 Table 8-1)."""
_WELL_FORMED: Final = re.compile(r"[0-9]+(?:\.[0-9]+)*")


@cache
def _arcs() -> frozenset[str]:
    """The registered UIDs below DICOM's root and all that they are below, with a dot at the end."""
    tails = [*lines_of("public_uids.txt"), *(uid.removeprefix(_STANDARD) for uid in _sop_classes())]
    listed = (tail.split(".") for tail in tails)
    return frozenset("".join(f"{part}." for part in tail[:size]) for tail in listed for size in range(len(tail) + 1))


def _sop_classes() -> Iterator[str]:
    """The SOP classes of an edition that is newer than the list of UIDs."""
    lines = lines_of("iod_types.txt")
    return (line.partition(" ")[0] for line in lines if line.startswith(_STANDARD))


@remembered
def is_registered(uid: str) -> bool:
    """Whether the UID is one of DICOM's own (PS3.6 Annex A), the same in every file of the world.

    One that a newer edition may have added has at most three digits more than an arc that is known: a birth date or a
    record number under DICOM's root is not taken for one.
    """
    if not uid.startswith(_STANDARD):
        return False
    parts = uid.removeprefix(_STANDARD).split(".")
    known = max(size for size in range(len(parts) + 1) if "".join(f"{part}." for part in parts[:size]) in _arcs())
    added = ".".join(parts[known:])
    return not added or _NEWER.fullmatch(added) is not None


def is_coding_scheme(uid: str) -> bool:
    """Whether the UID is the object identifier of a code system that is as public as DICOM's own."""
    return _CODE_SYSTEM.fullmatch(uid) is not None


def is_well_formed(uid: str) -> bool:
    """Whether the text is a UID at all (digits and dots, 64 characters at most)."""
    return len(uid) <= 64 and _WELL_FORMED.fullmatch(uid) is not None


def _check(keyed: bytes) -> bytes:
    return hashlib.sha256(b"scanscrub uid " + keyed).digest()[:4]


def pseudonymous_uid(key: bytes, uid: str) -> str:
    """The UID that stands for `uid` under `key`, everywhere and in every run."""
    keyed = keyed_digest(key, "uid", uid)[:12]
    return _ROOT + str(int.from_bytes(keyed + _check(keyed)))


def is_pseudonymous(uid: str) -> bool:
    """Whether this program made the UID, under whichever key (by chance: one in four thousand million)."""
    number = uid.removeprefix(_ROOT)
    if not uid.startswith(_ROOT) or not number.isascii() or not number.isdigit() or len(number) > 39:
        return False
    whole = int(number)
    if whole >> 128 or str(whole) != number:
        return False
    octets = whole.to_bytes(16)
    return _check(octets[:12]) == octets[12:]
