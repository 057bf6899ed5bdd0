"""A scene board as a JSON object, to be kept, saved and opened. Read with suspicion: a file may come from anywhere."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache

from studio.domain.errors import InputError
from studio.domain.scene_board import MOST_LAYERS, MOST_STROKES, RATIOS, Layer, SceneBoard, Stroke

FORMAT = "studio-scene-board"
VERSION = 1
SUFFIX = ".scene.json"
_MOST_POINTS = 20_000
_PLAIN = tuple(one.name for one in fields(Layer) if one.name != "strokes")


def as_object(board: SceneBoard) -> dict[str, object]:
    """What JSON can hold; `of_object` gives the same document back."""
    layers = []
    for layer in board.layers:
        kept: dict[str, object] = {name: getattr(layer, name) for name in _PLAIN}
        kept["strokes"] = [_stroke_object(stroke) for stroke in layer.strokes]
        layers.append(kept)
    return {
        "format": FORMAT,
        "version": VERSION,
        "ratio": board.ratio,
        "scene": board.scene,
        "says_placement": board.says_placement,
        "layers": layers,
    }


@lru_cache(maxsize=2048)
def _stroke_object(stroke: Stroke) -> dict[str, object]:
    """Made once for each stroke: a board is kept at every pixel of a drag."""
    points = [[round(x, 5), round(y, 5)] for x, y in stroke.points]
    return {"adds": stroke.adds, "radius": round(stroke.radius, 5), "points": points}


def of_object(kept: object) -> SceneBoard:
    """The document in an object that `as_object` made. Raises InputError saying what is wrong with it."""
    if not isinstance(kept, Mapping) or kept.get("format") != FORMAT:
        raise InputError("This is no scene board.", advice="Choose a file that was saved from the scene board.")
    version = kept.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise InputError("This scene board was saved by a newer Studio.", advice="Update this one to open it.")
    ratio = kept.get("ratio")
    if ratio not in RATIOS:
        raise _damaged("its frame")
    layers = kept.get("layers")
    if not isinstance(layers, list) or len(layers) > MOST_LAYERS:
        raise _damaged("its photos")
    read = tuple(_layer(one) for one in layers)
    if len({one.id for one in read}) != len(read):
        raise _damaged("its photos")
    board = SceneBoard(str(ratio), read, _text(kept, "scene"), kept.get("says_placement") is True)
    for layer in read:
        board = board.changed(layer.id, lambda one: one)  # within its limits, whatever the file said
    return board


def _layer(kept: object) -> Layer:
    if not isinstance(kept, Mapping):
        raise _damaged("a photo")
    uri, layer_id = _text(kept, "uri"), _text(kept, "id")
    if not uri.startswith(("file:", "https:", "http:")) or not layer_id:
        raise _damaged("a photo's address")
    strokes = kept.get("strokes")
    if not isinstance(strokes, list) or len(strokes) > MOST_STROKES:
        raise _damaged("the brush strokes")
    return Layer(
        uri, _text(kept, "name"), int(_number(kept, "width", 0)), int(_number(kept, "height", 0)), _number(kept, "x"),
        _number(kept, "y"), _number(kept, "scale"), _number(kept, "rotation"), kept.get("mirrored") is True,
        kept.get("cut_out") is True, tuple(_stroke(one) for one in strokes), layer_id,
    )


def _stroke(kept: object) -> Stroke:
    points = kept.get("points") if isinstance(kept, Mapping) else None
    if not isinstance(kept, Mapping) or not isinstance(points, list) or not 0 < len(points) <= _MOST_POINTS:
        raise _damaged("a brush stroke")
    read = []
    for point in points:
        if not isinstance(point, list) or len(point) != 2:
            raise _damaged("a brush stroke")
        read.append((_finite(point[0]), _finite(point[1])))
    return Stroke(tuple(read), _number(kept, "radius"), kept.get("adds") is True)


def _text(kept: Mapping[object, object], name: str) -> str:
    value = kept.get(name)
    if not isinstance(value, str):
        raise _damaged(f"“{name}”")
    return value


def _number(kept: Mapping[object, object], name: str, least: float = -1e6) -> float:
    value = _finite(kept.get(name))
    if value < least:
        raise _damaged(f"“{name}”")
    return value


def _finite(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > 1e6:
        raise _damaged("a number")
    return float(value)


def _damaged(what: str) -> InputError:
    return InputError(f"This scene board is damaged: {what} cannot be read.", advice="Choose another file.")
