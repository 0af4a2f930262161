"""DICOM written as text: the JSON model (PS3.18 Annex F), the native XML model (PS3.19 A.1), and DCMTK's own XML.

Each data set becomes a file of its own in memory, which is then looked at like any other.
"""

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.dicom.encoding.dictionary import VR_FORMS
from scanscrub.formats.dicom.encoding.transfer_syntaxes import EXPLICIT_LITTLE

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_JSON: Final = re.compile(rb'"[0-9A-Fa-f]{8}"\s*:\s*\{\s*"(?:vr|Value)"\s*:')
_KEY: Final = re.compile(_JSON.pattern.decode("ascii"))
_XML: Final = re.compile(rb"<(?:\w+:)?(?:NativeDicomModel|data-set)\b")
_OUTER_TYPE: Final = re.compile(rb"<!DOCTYPE[^\[>]{0,400}>")
_START: Final = 4096
_TAG: Final = re.compile(r"[0-9A-Fa-f]{8}")
_MOST_SETS: Final = 10_000
_MOST_FAILURES: Final = 64
"""Places at which something begins like a data set and is none: each is read to where that shows."""
_DEEPEST: Final = 64
_CHARACTER_SET: Final = "00080005"
_ANSWER_OF_A_QUERY: Final = "1.2.840.10008.5.1.4.1.1.7"
"""What a data set without a class is looked at as: answers of queries have names, and no image."""
_Model = Mapping[str, Any]


def is_json(data: bytes) -> bool:
    return _JSON.search(data) is not None


def is_xml(data: bytes) -> bool:
    return data.lstrip().startswith(b"<") and _XML.search(data, 0, _START) is not None


def not_understood() -> RefusedFile:
    return RefusedFile(
        "It holds DICOM as text that cannot be understood.", "Export it as DICOM files and check those."
    )


def files_in_json(data: bytes) -> Iterator[bytes]:
    """A DICOM file of each data set. Raises `RefusedFile`."""
    text = data.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    try:
        whole = json.loads(text)
    except ValueError:
        whole = list(_objects(text))
        if not whole and text.startswith(("{", "[")):
            raise not_understood() from None
    except RecursionError:
        raise not_understood() from None
    yield from map(_file, _sets(whole))


def _objects(text: str) -> Iterator[object]:
    """The data sets that stand in another text: a line each, in a page, in a program."""
    decoder = json.JSONDecoder()
    at = failures = 0
    for found in islice(_KEY.finditer(text), _MOST_SETS):
        start = text.rfind("{", at, found.start() + 1)
        if start >= 0:
            try:
                whole, at = decoder.raw_decode(text, start)
            except (ValueError, RecursionError):
                failures += 1
                if failures > _MOST_FAILURES:
                    raise not_understood() from None
                continue
            yield whole


def files_in_xml(data: bytes) -> Iterator[bytes]:
    """A DICOM file of each data set; entities are not followed. Raises `RefusedFile`."""
    from xml.etree.ElementTree import ParseError, fromstring  # noqa: PLC0415 - no document type gets this far

    data = _OUTER_TYPE.sub(b"", data, count=1)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise not_understood()
    try:
        root = fromstring(data)  # noqa: S314 - without a document type there are no entities
    except (ParseError, ValueError, LookupError):
        raise not_understood() from None
    for element in root.iter():
        if _name(element) in {"NativeDicomModel", "data-set"}:
            yield _file(_model(element, 0))


def _sets(whole: object, depth: int = 0) -> Iterator[_Model]:
    """Every object whose keys are tags, wherever it stands."""
    if depth > _DEEPEST or (isinstance(whole, list) and len(whole) > _MOST_SETS):
        raise not_understood()
    if isinstance(whole, list):
        for one in whole:
            yield from _sets(one, depth + 1)
    elif isinstance(whole, dict):
        if any(_TAG.fullmatch(key) for key in whole):
            yield {key: value for key, value in whole.items() if _TAG.fullmatch(key) and isinstance(value, dict)}
        else:
            for one in whole.values():
                yield from _sets(one, depth + 1)


def _file(model: _Model) -> bytes:
    """The data set as a file, explicit and little endian, in UTF-8."""
    from scanscrub.formats.dicom.encoding.pydicom_quiet import Dataset, FileMetaDataset, quiet_decoding  # noqa: PLC0415 - slow

    body = {key: value for key, value in model.items() if key[:4] != "0002"}
    try:
        with quiet_decoding():
            data_set = Dataset.from_json(_without_links(body), bulk_data_uri_handler=lambda *_: b"")
            data_set.SpecificCharacterSet = "ISO_IR 192"
            data_set.file_meta = FileMetaDataset()
            data_set.file_meta.TransferSyntaxUID = EXPLICIT_LITTLE
            data_set.preamble = bytes(128)
            if "SOPClassUID" not in data_set:
                data_set.SOPClassUID = _ANSWER_OF_A_QUERY
            stream = io.BytesIO()
            data_set.save_as(stream, enforce_file_format=False)
    except Exception:  # noqa: BLE001 - a library's words about a value that it cannot read; they may quote it
        raise not_understood() from None
    return stream.getvalue()


def _without_links(model: _Model) -> dict[str, Any]:
    """The model with a VR in each attribute."""
    return {key: value if "vr" in value else {"vr": "UN", **value} for key, value in model.items()}


def _name(element: "Element") -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _model(element: "Element", depth: int) -> dict[str, Any]:
    """A data set in XML as the JSON model has it."""
    if depth > _DEEPEST:
        raise not_understood()
    model: dict[str, Any] = {}
    for child in element:
        tag = child.get("tag", "").replace(",", "")
        if _TAG.fullmatch(tag) and tag != _CHARACTER_SET:
            model[tag] = {"vr": child.get("vr", "UN"), **_content(child, depth)}
    return model


def _content(child: "Element", depth: int) -> dict[str, Any]:
    vr = child.get("vr", "UN")
    if vr.encode() not in VR_FORMS:
        return {}
    if vr == "SQ":
        items = [one for one in child if _name(one) in {"Item", "item"}]
        return {"Value": [_model(one, depth + 1) for one in items]}
    inline = next((one.text or "" for one in child if _name(one) == "InlineBinary"), "")
    if inline:
        return {"InlineBinary": inline}
    values = _values(child)
    return {"Value": [_typed(vr, value) for value in values]} if values else {}


def _values(child: "Element") -> Sequence[str]:
    if _name(child) == "element":
        return (child.text or "").split("\\") if (child.text or "").strip() else ()
    if child.get("vr") == "PN":
        return ["=".join(_groups(one)) for one in child if _name(one) == "PersonName"]
    return [one.text or "" for one in child if _name(one) == "Value"]


def _groups(person: "Element") -> Iterator[str]:
    """The component groups of a name: alphabetic, ideographic, phonetic."""
    for group in person:
        parts = {_name(one): one.text or "" for one in group}
        order = ("FamilyName", "GivenName", "MiddleName", "NamePrefix", "NameSuffix")
        yield "^".join(parts.get(part, "") for part in order).rstrip("^")


def _typed(vr: str, value: str) -> object:
    """A value as JSON has it."""
    if vr == "PN":
        return {"Alphabetic": value}
    if vr in {"FL", "FD", "DS"}:
        return float(value) if value.strip() else None
    if vr in {"IS", "SL", "SS", "SV", "UL", "US", "UV"}:
        return int(value) if value.strip() else None
    return value
