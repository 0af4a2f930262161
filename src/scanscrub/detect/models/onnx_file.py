"""What is read from an ONNX model's bytes, and mended in them, without a library for protocol buffers (onnx.proto3).

Its metadata (an alphabet, say): OpenVINO does not hand them on, and loading a model twice for a list of characters
would cost more than these lines.

Its subnormal weights: a processor needs a hundred times longer for them. PP-OCR's detector has 256,000, less than
1e-38, that change no answer; OpenVINO takes them for zero by itself, and ONNX Runtime took three times as long.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

GRAPH, METADATA_PROPS = 7, 14
"""Fields of `ModelProto`: the graph, and pairs of two strings."""
INITIALIZER = 5
"""The field of `GraphProto` that has a weight."""
DATA_TYPE, RAW_DATA, FLOAT = 2, 9, 1
"""Fields of `TensorProto`, and the type of 32-bit floats."""
_SMALLEST: Final = np.finfo(np.float32).smallest_normal


def metadata(model: bytes) -> dict[str, str]:
    """Key to value. Raises `ValueError` where the bytes are no ONNX model."""
    pairs: dict[str, str] = {}
    for entry in _messages(memoryview(model), METADATA_PROPS):
        (key,), (value,) = _messages(entry, 1), _messages(entry, 2)
        pairs[bytes(key).decode()] = bytes(value).decode()
    return pairs


def without_subnormals(model: bytes) -> bytes:
    """The same model, where weights too small for a 32-bit float's full precision are zero.

    Raises `ValueError` where the bytes are no ONNX model.
    """
    data = bytearray(model)
    for graph in _messages(memoryview(data), GRAPH):
        for tensor in _messages(graph, INITIALIZER):
            if (DATA_TYPE, FLOAT) in _fields(tensor):
                for raw in _messages(tensor, RAW_DATA):
                    weights = np.frombuffer(raw, "<f4")
                    weights[np.abs(weights) < _SMALLEST] = 0
    return bytes(data)


def _messages(message: memoryview, number: int) -> Iterator[memoryview]:
    """What the length-delimited fields of that number hold."""
    return (value for field, value in _fields(message) if field == number and isinstance(value, memoryview))


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview | int]]:
    """The numbers and values of a message's integers and length-delimited fields; the others are stepped over."""
    place = 0
    while place < len(message):
        tag, place = _varint(message, place)
        match tag & 7:
            case 0:
                value, place = _varint(message, place)
                yield tag >> 3, value
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
