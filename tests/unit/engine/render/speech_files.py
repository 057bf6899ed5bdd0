"""Files that look like voices and recognizers, written by hand: what is looked at, without anything that could be loaded."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

PHONEMES = {symbol: [number] for number, symbol in enumerate("_^$ ,.?!;:abdefhijklmnoprstuvwzðŋɐɑɔəɚɛɪɹʃʊʌˈˌː")}
DESCRIPTION: Mapping[str, Any] = {
    "audio": {"sample_rate": 22_050}, "espeak": {"voice": "en-us"}, "phoneme_type": "espeak", "phoneme_id_map": PHONEMES,
    "inference": {"noise_scale": 0.6, "length_scale": 1.1, "noise_w": 0.7}, "num_speakers": 1, "num_symbols": len(PHONEMES),
}
INPUTS = ("input", "input_lengths", "scales")
Value = bytes | int


def field(number: int, value: Value) -> bytes:
    """One field of a protocol buffer: bytes with their length before them, or a whole number."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def onnx_bytes(inputs: Sequence[str] = INPUTS, outputs: Sequence[str] = ("output",), ceils: Sequence[str] = ("w_ceil",), *,
               elsewhere: bool = False) -> bytes:
    """A model's file with nothing in it but names, and one weight, which may lie in another file."""
    graph = b"".join(field(11, field(1, name.encode())) for name in inputs)
    graph += b"".join(field(12, field(1, name.encode())) for name in outputs)
    graph += b"".join(field(1, field(1, b"w") + field(2, name.encode()) + field(4, b"Ceil")) for name in ceils)
    graph += field(1, field(1, b"x") + field(2, b"y") + field(4, b"Sin"))
    graph += field(5, field(8, b"weight") + field(9, bytes(400)) + (field(14, 1) if elsewhere else b""))
    return field(1, 9) + field(7, graph) + field(8, field(2, 17))


def write_voice(folder: Path, name: str = "en_US-some-low", data: bytes | None = None, **described: Any) -> Path:
    """NAME.onnx and its description; `described` changes that, None takes an entry out."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.onnx"
    path.write_bytes(onnx_bytes() if data is None else data)
    said = {key: value for key, value in {**DESCRIPTION, **described}.items() if value is not None}
    Path(f"{path}.json").write_text(json.dumps(said), encoding="utf-8")
    return path


def weights(kind: bytes = b"WhisperSpec\0", form: int = 6, size: int = 1000) -> bytes:
    """The head of CTranslate2's file, and nothing behind it."""
    return form.to_bytes(4, "little") + len(kind).to_bytes(2, "little") + kind + bytes(size)


def write_recognizer(folder: Path, data: bytes | None = None, *, without: Sequence[str] = ()) -> Path:
    """A folder with all that a Whisper model has, but for the files named."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {"model.bin": weights() if data is None else data, "config.json": b"{}", "tokenizer.json": b"{}",
             "vocabulary.json": b"[]"}
    for name, content in files.items():
        if name not in without:
            (folder / name).write_bytes(content)
    return folder
