"""Pseudonyms: pure functions of (key, value), recognizable without the key.

A pseudonym is a keyed part (HMAC-SHA-256 of what it stands for) followed by a check part (SHA-256 of the keyed
part), both in base 32. The keyed part tells nothing without the key; the check part lets a later run under any key
see that the value is a pseudonym already, and keep it.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

_CHECK = 4


def keyed_digest(key: bytes, purpose: str, *values: str) -> bytes:
    """HMAC-SHA-256 of the values under `key`, 32 bytes; another purpose gives an unrelated digest."""
    message = "\0".join((purpose, *values)).encode("utf-8", "surrogatepass")
    return hmac.digest(key, message, "sha256")


def _base32(digest: bytes, length: int) -> str:
    return base64.b32encode(digest).decode("ascii")[:length]


@dataclass(frozen=True, slots=True)
class PseudonymShape:
    """How the pseudonyms of one sort look: `prefix`, then `keyed` and 4 more base 32 characters."""

    purpose: str
    prefix: str
    keyed: int

    def make(self, key: bytes, *values: str) -> str:
        """The pseudonym of the values: 5 bits of HMAC-SHA-256 a keyed character."""
        keyed = _base32(keyed_digest(key, self.purpose, *values), self.keyed)
        return self.prefix + keyed + self._check(keyed)

    def made(self, text: str) -> bool:
        """Whether `text` is a pseudonym of this sort, under whichever key (by chance: one in a million)."""
        body = text.removeprefix(self.prefix)
        return (
            len(text) == len(self.prefix) + self.keyed + _CHECK
            and len(body) == self.keyed + _CHECK
            and self._check(body[: self.keyed]) == body[self.keyed :]
        )

    def _check(self, keyed: str) -> str:
        return _base32(hashlib.sha256(f"scanscrub {self.purpose} {keyed}".encode()).digest(), _CHECK)


PATIENT = PseudonymShape("patient", "ANON-", 14)
"""Of (0010,0020) Patient ID: 70 keyed bits, so that a billion patients collide with probability below 0.0005."""

ACCESSION = PseudonymShape("accession", "A", 11)
"""Of (0008,0050) Accession Number: the 16 characters of an SH."""

STUDY_ID = PseudonymShape("study id", "S", 11)
"""Of (0020,0010) Study ID."""

SHAPES = (PATIENT, ACCESSION, STUDY_ID)


_NAME: Final = "ANON^"


def patient_name(patient_id: str) -> str:
    """The name that goes with a pseudonymous patient id: ``ANON^`` and the part after its prefix.

    An id that the user listed, which nothing tells from others, has a check part behind it, so that a later run knows
    both for pseudonyms.
    """
    if PATIENT.made(patient_id):
        return _NAME + patient_id.removeprefix(PATIENT.prefix)
    return f"{_NAME}{patient_id}^{_listed_check(patient_id)}"


def patient_id_of(name: str) -> str:
    """The pseudonymous patient id that a name goes with; empty where the name is no pseudonym."""
    if not name.startswith(_NAME):
        return ""
    patient_id, _, check = name.removeprefix(_NAME).partition("^")
    if not check:
        patient_id = PATIENT.prefix + patient_id
        return patient_id if PATIENT.made(patient_id) else ""
    return patient_id if patient_id and check == _listed_check(patient_id) else ""


def _listed_check(patient_id: str) -> str:
    return _base32(hashlib.sha256(f"scanscrub listed {patient_id}".encode()).digest(), 2 * _CHECK)


def is_pseudonym(text: str) -> bool:
    """Whether the text is a pseudonym that this program made, under whichever key."""
    return bool(patient_id_of(text)) or any(shape.made(text) for shape in SHAPES)
