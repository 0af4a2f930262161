"""One place in a DICOM file where a patient's data can hide, by the number of the project's list of hiding places."""

from dataclasses import dataclass

from conftest import CANARY
from factory_dicom import CT, EXPLICIT, Row, Value, ct_rows, data_set, part10, with_rows

TOKEN = CANARY.lower().encode()


@dataclass(frozen=True)
class Place:
    """`markers` are the bytes, in lower case, that must not be in a copy; `refused`: there must be no copy."""

    code: str
    name: str
    file: bytes
    markers: tuple[bytes, ...] = (TOKEN,)
    refused: bool = False

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


def attribute_place(code: str, name: str, *rows: Row, markers: tuple[bytes, ...] = (), **changes: Value) -> Place:
    """The CT slice with these rows, in every plain encoding's simplest: explicit, little endian."""
    sop_class = str(changes.get("sop_class", CT))
    body = data_set(with_rows(ct_rows(**changes), *rows))
    return Place(code, name, part10(body, EXPLICIT, sop_class=sop_class), (TOKEN, *markers))
