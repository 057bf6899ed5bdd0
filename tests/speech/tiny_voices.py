"""A piper voice made by hand: a real ONNX graph with piper's inputs and outputs that sings a tone for each phoneme.

No trained weights are to be had in tests. What is real is everything else: the graph's shapes and names, the lengths that it
gives its phonemes by the scales, its own random numbers, the speakers. What it says is no speech.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

RATE, HOP = 16_000, 256
LETTERS = "abcdefghijklmnopqrstuvwxyzæðŋɐɑɒɔəɚɛɜɡɪɹʃʊʌʒθᵻɾɬʔøœçχɲʁɫ"
SIGNS = " !',-.:;?ˈˌː"
SYMBOLS = ("_", "^", "$", *SIGNS, *LETTERS, "\u0303", "\u0329")
NUMBERS: Mapping[str, int] = {symbol: number for number, symbol in enumerate(SYMBOLS)}
SILENT = frozenset(("_", "^", "$", *SIGNS))


def pitch_of(symbol: str) -> float:
    """Hz; 0 for what has no sound."""
    return 0.0 if symbol in SILENT else 200.0 + 12.0 * NUMBERS[symbol]


def hops_of(symbol: str) -> float:
    """How long it lasts at the length scale 1, before rounding up."""
    return 0.0 if symbol in ("_", "^") else 1.5 if symbol in SILENT else 4.5


def write_voice(folder: Path, name: str = "en_US-tiny-low", *, espeak: str = "en-us", speakers: Sequence[str] = (),
                tells: bool = False, rate: int = RATE, described: Mapping[str, Any] | None = None) -> Path:
    """`tells`: with the phonemes' lengths as a second output, as newer voices have. `described`: what else is said of it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.onnx"
    onnx.save(_graph(several=bool(speakers), tells=tells, rate=rate), str(path))
    said: dict[str, Any] = {
        "audio": {"sample_rate": rate}, "espeak": {"voice": espeak}, "num_symbols": len(SYMBOLS),
        "num_speakers": max(len(speakers), 1), "phoneme_id_map": {symbol: [number] for symbol, number in NUMBERS.items()},
        "speaker_id_map": {speaker: number for number, speaker in enumerate(speakers)}, "phoneme_type": "espeak",
        "inference": {"noise_scale": 0.5, "length_scale": 1.0, "noise_w": 0.8}, "hop_length": HOP,
    }
    (folder / f"{name}.onnx.json").write_text(json.dumps({**said, **(described or {})}), encoding="utf-8")
    return path


def _graph(*, several: bool, tells: bool, rate: int) -> onnx.ModelProto:
    nodes: list[onnx.NodeProto] = []
    tables = {
        "pitches": np.array([pitch_of(symbol) for symbol in SYMBOLS], np.float32),
        "hops": np.array([hops_of(symbol) for symbol in SYMBOLS], np.float32),
        "zero": np.array(0, np.int64), "one": np.array(1, np.int64), "hop": np.array(HOP, np.int64),
        "last_axis": np.array(1, np.int64), "axis_1": np.array([1], np.int64), "rows": np.array([1, -1], np.int64),
        "flat": np.array([-1], np.int64), "columns": np.array([-1, 1], np.int64),
        "shape": np.array([1, 1, 1, -1], np.int64), "turn": np.array(2 * np.pi / rate, np.float32),
        "loud": np.array(0.3, np.float32), "rough": np.array(0.02, np.float32), "half": np.array(0.5, np.float32),
        "unit": np.array(1.0, np.float32),
    }

    def do(kind: str, inputs: Sequence[str], output: str, **more: Any) -> str:
        nodes.append(helper.make_node(kind, list(inputs), [output], **more))
        return output

    do("Gather", ["scales", "zero"], "noise")
    do("Gather", ["scales", "one"], "length")
    do("Gather", ["hops", "input"], "own_hops")
    do("Mul", ["own_hops", "length"], "w")
    do("Ceil", ["w"], "w_ceil")
    do("Cast", ["w_ceil"], "whole_hops", to=TensorProto.INT64)
    do("Mul", ["whole_hops", "hop"], "samples_each")
    do("CumSum", ["samples_each", "last_axis"], "ends")
    do("ReduceMax", ["ends"], "total", axes=[0, 1], keepdims=0)
    do("Range", ["zero", "total", "one"], "places")
    do("Reshape", ["places", "columns"], "upright")
    do("Reshape", ["ends", "rows"], "lying")
    do("GreaterOrEqual", ["upright", "lying"], "behind")
    do("Cast", ["behind"], "counted", to=TensorProto.INT64)
    do("ReduceSum", ["counted", "axis_1"], "which", keepdims=0)
    do("Reshape", ["input", "flat"], "symbols")
    do("Gather", ["symbols", "which"], "symbol_at")
    pitch = do("Gather", ["pitches", "symbol_at"], "pitch_at")
    if several:
        do("Cast", ["sid"], "speaker", to=TensorProto.FLOAT)
        do("Mul", ["speaker", "half"], "higher")
        do("Add", ["unit", "higher"], "factor")
        pitch = do("Mul", [pitch, "factor"], "own_pitch")
    do("Cast", ["places"], "times", to=TensorProto.FLOAT)
    do("Mul", [pitch, "times"], "turns")
    do("Mul", ["turns", "turn"], "angle")
    do("Sin", ["angle"], "tone")
    do("Mul", ["tone", "loud"], "louder")
    do("RandomNormalLike", ["louder"], "grain")
    do("Mul", ["grain", "rough"], "little")
    do("Mul", ["little", "noise"], "breath")
    do("Add", ["louder", "breath"], "sound")
    do("Reshape", ["sound", "shape"], "output")
    inputs = [helper.make_tensor_value_info("input", TensorProto.INT64, [1, "phonemes"]),
              helper.make_tensor_value_info("input_lengths", TensorProto.INT64, [1]),
              helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3])]
    if several:
        inputs.append(helper.make_tensor_value_info("sid", TensorProto.INT64, [1]))
    outputs = [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1, 1, "time"])]
    if tells:
        outputs.append(helper.make_tensor_value_info("w_ceil", TensorProto.FLOAT, [1, "phonemes"]))
    known = [numpy_helper.from_array(values, name) for name, values in tables.items()]
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, known)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
