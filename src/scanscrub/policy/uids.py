"""Pseudonymous UIDs: ``2.25.`` and 128 bits, 96 of them keyed and 32 that check those (PS3.5 B.2)."""

import hashlib
import re
from typing import Final

from scanscrub.policy.pseudonyms import keyed_digest

_ROOT: Final = "2.25."
_REGISTERED: Final = re.compile(r"1\.2\.840\.10008\.[0-9]{1,4}(?:\.[0-9]{1,4}){0,8}")
_CODE_SYSTEM: Final = re.compile(r"2\.16\.840\.1\.113883\.[56]\.[0-9]{1,4}")
_WELL_FORMED: Final = re.compile(r"[0-9]+(?:\.[0-9]+)*")


def is_registered(uid: str) -> bool:
    """Whether the UID is one of DICOM's own (PS3.6 Annex A), the same in every file of the world.

    Known by its root and its shape: no registered UID has a component of more than four digits, so a birth date
    or a record number under DICOM's root is not taken for one.
    """
    return _REGISTERED.fullmatch(uid) is not None


def is_coding_scheme(uid: str) -> bool:
    """Whether the UID is an object identifier of HL7's code systems, as public as DICOM's own."""
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
