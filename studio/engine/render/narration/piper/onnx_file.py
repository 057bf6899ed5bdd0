"""What an ONNX file says of itself, read without loading it: its inputs, its outputs, and whether its weights are inside.

The file is a protocol buffer (onnx.proto3: ModelProto.graph 7; GraphProto.node 1, initializer 5, input 11, output 12;
NodeProto.output 2, op_type 4; TensorProto.data_location 14; ValueInfoProto.name 1). Only these fields are looked at, the
weights are passed over, so that a file of any size is read in milliseconds and nothing in it can run.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_GRAPH, _NODE, _INITIALIZER, _INPUT, _OUTPUT = 7, 1, 5, 11, 12
_NODE_OUTPUT, _OP_TYPE, _NAME, _DATA_LOCATION, _EXTERNAL = 2, 4, 1, 14, 1
_MOST_PARTS = 200_000
Span = tuple[int, int]


class NoOnnxError(Exception):
    """Why a file is no ONNX model that can be used, as the end of a sentence that names it."""


@dataclass(frozen=True, slots=True)
class OnnxFile:
    """The names of a graph's inputs and outputs. `ceils`: what its nodes of the type Ceil give."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    ceils: tuple[str, ...]


def read_onnx(path: Path) -> OnnxFile:
    """Raises NoOnnxError, and OSError where the disk refuses."""
    with path.open("rb") as stream:
        try:
            data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError:
            raise NoOnnxError("it is empty") from None
        with data:
            return _read(data)


def with_output(model: bytes, name: str) -> bytes:
    """The model with one of its inner values as a further output: joined messages are one message, lists are joined."""
    value = _field(_NAME, name.encode())
    return model + _field(_GRAPH, _field(_OUTPUT, value))


def _read(data: mmap.mmap) -> OnnxFile:
    inputs: list[str] = []
    outputs: list[str] = []
    ceils: list[str] = []
    graphs = [span for number, span, _ in _fields(data, (0, len(data))) if number == _GRAPH and span is not None]
    if not graphs:
        raise NoOnnxError("it is no ONNX model")
    for graph in graphs:
        for number, span, _ in _fields(data, graph):
            if span is None:
                continue
            if number == _INPUT:
                inputs += _texts(data, span, _NAME)[:1]
            elif number == _OUTPUT:
                outputs += _texts(data, span, _NAME)[:1]
            elif number == _NODE and "Ceil" in _texts(data, span, _OP_TYPE):
                ceils += _texts(data, span, _NODE_OUTPUT)
            elif number == _INITIALIZER and _lies_elsewhere(data, span):
                raise NoOnnxError("its weights lie in another file: only a voice in one file is taken")
    return OnnxFile(tuple(inputs), tuple(outputs), tuple(ceils))


def _lies_elsewhere(data: mmap.mmap, tensor: Span) -> bool:
    return any(number == _DATA_LOCATION and value == _EXTERNAL for number, _, value in _fields(data, tensor))


def _texts(data: mmap.mmap, message: Span, wanted: int) -> list[str]:
    spans = [span for number, span, _ in _fields(data, message) if number == wanted and span is not None]
    return [data[first:last].decode("utf-8", "replace") for first, last in spans if last - first <= 1000]


def _fields(data: mmap.mmap, message: Span) -> Iterator[tuple[int, Span | None, int]]:
    """(number, where its bytes lie, its value) of each field; a number has no bytes, bytes have no value."""
    at, end = message
    for _ in range(_MOST_PARTS):
        if at >= end:
            return
        key, at = _varint(data, at, end)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = _varint(data, at, end)
            yield number, None, value
            continue
        if kind == 2:
            size, at = _varint(data, at, end)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
        else:
            raise NoOnnxError("it is no ONNX model, or is damaged")
        if size > end - at:
            raise NoOnnxError("it is cut off, or no ONNX model")
        yield number, (at, at + size), 0
        at += size
    raise NoOnnxError("it has too many parts")


def _varint(data: mmap.mmap, at: int, end: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= end:
            break
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise NoOnnxError("it is cut off, or no ONNX model")


def _field(number: int, value: bytes) -> bytes:
    return _as_varint(number << 3 | 2) + _as_varint(len(value)) + value


def _as_varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
