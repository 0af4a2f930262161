"""The metadata of an ONNX model (its alphabet, say), read from the file itself.

`ModelProto.metadata_props` is field 14 of the message: pairs of two strings (onnx.proto3). Only OpenVINO does not
hand them on, and loading a model twice for a list of characters would cost more than these lines.
"""

from collections.abc import Iterator

METADATA_PROPS = 14


def metadata(model: bytes) -> dict[str, str]:
    """Key to value. Raises `ValueError` where the bytes are no ONNX model."""
    pairs: dict[str, str] = {}
    for number, entry in _fields(memoryview(model)):
        if number == METADATA_PROPS:
            strings = dict(_fields(entry))
            pairs[bytes(strings[1]).decode()] = bytes(strings[2]).decode()
    return pairs


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview]]:
    """The length-delimited fields of a protocol buffer message; the others are stepped over."""
    place = 0
    while place < len(message):
        tag, place = _varint(message, place)
        match tag & 7:
            case 0:
                _, place = _varint(message, place)
            case 1:
                place += 8
            case 2:
                length, place = _varint(message, place)
                yield tag >> 3, message[place : place + length]
                place += length
            case 5:
                place += 4
            case _:
                raise ValueError("not an ONNX model")


def _varint(message: memoryview, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if place >= len(message):
            raise ValueError("not an ONNX model")
        byte = message[place]
        value |= (byte & 0x7F) << shift
        place += 1
        shift += 7
        if byte < 0x80:
            return value, place
