"""The document of the scene board: two or three photos on a frame, each with its place, and the scene around them.

Lengths are pixels of the frame, whose short side has FRAME_SIDE of them; y grows downwards. Nothing here is changed in
place: an edit gives a new document, and `History` keeps those for undo and redo.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

FRAME_SIDE = 1080
RATIOS = ("16:9", "4:3", "1:1", "3:4", "9:16")
MOST_LAYERS = 3
FEWEST_LAYERS = 2
LARGEST_SCALE, SMALLEST_SIDE = 20.0, 24.0
UNKNOWN_SIZE = (900, 1200)
"""What a photo counts as before its size is known, in pixels."""
MOST_STROKES = 400
_PLACES = ((0.3, 0.97), (0.7, 0.97), (0.5, 0.92))
"""Where the first, second and third photo stand at first: middle and foot, as shares of the frame."""
_HIGHEST, _WIDEST = 0.78, 0.46


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line of the refining brush. `points` and `radius` are shares of the photo's longer side; `adds`: to what shows."""

    points: tuple[tuple[float, float], ...]
    radius: float
    adds: bool


@dataclass(frozen=True, slots=True)
class Layer:
    """A photo on the frame. `uri` is the address of the library's own copy, or a web address.

    `width`, `height`: of the upright photo in its own pixels, 0 while unknown. `x`, `y`: its middle in the frame. `scale`:
    frame pixels a photo pixel. `rotation`: degrees clockwise, over -180 to 180. `cut_out`: its background is left out.
    """

    uri: str
    name: str = ""
    width: int = 0
    height: int = 0
    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0
    rotation: float = 0.0
    mirrored: bool = False
    cut_out: bool = True
    strokes: tuple[Stroke, ...] = ()
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:8])

    @property
    def size(self) -> tuple[float, float]:
        """Width and height on the frame, before it is turned."""
        wide, high = (self.width, self.height) if self.width and self.height else UNKNOWN_SIZE
        return wide * self.scale, high * self.scale


@dataclass(frozen=True, slots=True)
class SceneBoard:
    """`layers` from the one in front to the one behind: this is the order of the pictures that are sent.

    `scene`: a preset's name or the person's own words, as they are sent. `says_placement`: whether words of where the photos
    stand are added to own words (`scene_words.with_placement`).
    """

    ratio: str = "16:9"
    layers: tuple[Layer, ...] = ()
    scene: str = ""
    says_placement: bool = False

    @property
    def frame(self) -> tuple[int, int]:
        """Width and height of the frame in its pixels."""
        return frame_size(self.ratio)

    def layer(self, layer_id: str) -> Layer | None:
        return next((layer for layer in self.layers if layer.id == layer_id), None)

    def place_of(self, layer_id: str) -> int:
        """0 for the layer in front; -1 where there is no such layer."""
        return next((at for at, layer in enumerate(self.layers) if layer.id == layer_id), -1)

    def images(self) -> list[str]:
        """The pictures in the order in which they are sent: from front to back."""
        return [layer.uri for layer in self.layers]

    def changed(self, layer_id: str, change: Callable[[Layer], Layer]) -> SceneBoard:
        """With one layer changed, kept to what can be seen and grasped; the same document where there is no such layer."""
        layers = tuple(_kept(change(one), self.frame) if one.id == layer_id else one for one in self.layers)
        return self if layers == self.layers else replace(self, layers=layers)

    def without(self, layer_id: str) -> SceneBoard:
        return replace(self, layers=tuple(layer for layer in self.layers if layer.id != layer_id))

    def restacked(self, layer_id: str, steps: int) -> SceneBoard:
        """A layer nearer to the front (positive steps) or further back, as far as it goes."""
        at = self.place_of(layer_id)
        if at < 0:
            return self
        to = min(max(at - steps, 0), len(self.layers) - 1)
        layers = [layer for layer in self.layers if layer.id != layer_id]
        layers.insert(to, self.layers[at])
        return self if to == at else replace(self, layers=tuple(layers))

    def in_ratio(self, ratio: str) -> SceneBoard:
        """On another frame: every photo stays at the same share of it, in the size it has."""
        if ratio == self.ratio or ratio not in RATIOS:
            return self
        (wide, high), (wide_now, high_now) = self.frame, frame_size(ratio)
        moved = (replace(one, x=one.x * wide_now / wide, y=one.y * high_now / high) for one in self.layers)
        return replace(self, ratio=ratio, layers=tuple(_kept(one, (wide_now, high_now)) for one in moved))

    def with_images(self, photos: Sequence[tuple[str, str]], gone: Iterable[Layer] = ()) -> SceneBoard:
        """With just these photos (address, name) in this order: those that are there keep their place, new ones are put.

        When one comes, those that nobody has moved yet stand anew from left to right in their order, as photos may come in
        any order. A photo of `gone`, layers that were taken off before, comes back as it was. More than MOST_LAYERS are left
        out.
        """
        ids = {layer.id for layer in self.layers}
        there = [*self.layers, *(layer for layer in gone if layer.id not in ids)]
        kept: list[Layer | None] = []
        for uri, _ in photos[:MOST_LAYERS]:
            found = next((layer for layer in there if layer.uri == uri), None)
            if found is not None:
                there.remove(found)
            kept.append(found)
        adds = any(found is None for found in kept)
        taken = [one for one in kept if one is not None and not (adds and _is_untouched(one, self.frame))]
        layers: list[Layer] = []
        for place, (found, (uri, name)) in enumerate(zip(kept, photos, strict=False)):
            layer = found or Layer(uri, name)
            if found is None or (adds and _is_untouched(found, self.frame)):
                layer = placed_at_first(layer, self.frame, _free_place(self.frame, taken, place))
                taken.append(layer)
            layers.append(layer)
        return self if tuple(layers) == self.layers else replace(self, layers=tuple(layers))

    def sized(self, uri: str, width: int, height: int) -> SceneBoard:
        """With the size of a photo known: where nobody moved it, it is put as suits that size."""
        layers = tuple(
            _with_size(one, width, height, self.frame) if one.uri == uri and not one.width else one for one in self.layers
        )
        return self if layers == self.layers else replace(self, layers=layers)


def frame_size(ratio: str) -> tuple[int, int]:
    """Width and height in pixels of a frame of the ratio ("16:9"), the short side FRAME_SIDE. Unknown ones count as 16:9."""
    wide, _, high = (ratio if ratio in RATIOS else RATIOS[0]).partition(":")
    share = int(wide) / int(high)
    return (round(FRAME_SIDE * share), FRAME_SIDE) if share >= 1 else (FRAME_SIDE, round(FRAME_SIDE / share))


def turned(degrees: float) -> float:
    """The same angle, over -180 to 180."""
    angle = (degrees + 180.0) % 360.0 - 180.0
    return 180.0 if angle == -180.0 else angle


def placed_at_first(layer: Layer, frame: tuple[int, int], place: int) -> Layer:
    """A new photo where it is seen well: standing at the foot of the frame, no wider than half of it."""
    wide, high = (layer.width, layer.height) if layer.width and layer.height else UNKNOWN_SIZE
    scale = min(_HIGHEST * frame[1] / high, _WIDEST * frame[0] / wide)
    across, foot = _PLACES[place % len(_PLACES)]
    return replace(layer, scale=scale, x=across * frame[0], y=foot * frame[1] - high * scale / 2)


def _is_untouched(layer: Layer, frame: tuple[int, int]) -> bool:
    """Whether it lies just as it was put at first."""
    return any(placed_at_first(layer, frame, place) == layer for place in range(len(_PLACES)))


def _free_place(frame: tuple[int, int], layers: Iterable[Layer], wanted: int) -> int:
    """The wanted place, or where something stands there the one that is furthest from all."""
    there = [layer.x / frame[0] for layer in layers]
    if all(abs(_PLACES[wanted][0] - x) > 0.1 for x in there):
        return wanted
    return max(range(len(_PLACES)), key=lambda place: min(abs(_PLACES[place][0] - x) for x in there))


def _with_size(layer: Layer, width: int, height: int, frame: tuple[int, int]) -> Layer:
    """At the place and height that it has, or put anew where it still lies as it was put at first."""
    now = replace(layer, width=width, height=height, scale=layer.size[1] / height)
    for place in range(len(_PLACES)):
        if placed_at_first(layer, frame, place) == layer:
            return placed_at_first(now, frame, place)
    return now


def _kept(layer: Layer, frame: tuple[int, int]) -> Layer:
    """With its middle within the frame, large enough to be grasped and small enough to be drawn."""
    wide, high = (layer.width, layer.height) if layer.width and layer.height else UNKNOWN_SIZE
    largest = min(LARGEST_SCALE, 4.0 * max(frame) / max(wide, high))
    scale = min(max(layer.scale, SMALLEST_SIDE / min(wide, high)), largest)
    return replace(
        layer,
        x=min(max(layer.x, 0.0), float(frame[0])),
        y=min(max(layer.y, 0.0), float(frame[1])),
        scale=scale,
        rotation=turned(layer.rotation),
        strokes=layer.strokes[-MOST_STROKES:],
    )


@dataclass(frozen=True, slots=True)
class History:
    """The document with what it was before and what was undone. Steps of one `group` in a row count as one."""

    now: SceneBoard
    past: tuple[SceneBoard, ...] = ()
    future: tuple[SceneBoard, ...] = ()
    group: str = ""

    MOST = 200

    def pushed(self, document: SceneBoard, group: str = "") -> History:
        """After an edit. What was undone before is gone then. The same document again changes nothing."""
        if document == self.now:
            return self
        if group and group == self.group:
            return History(document, self.past, (), group)
        return History(document, (*self.past, self.now)[-self.MOST :], (), group)

    def closed(self) -> History:
        """The next edit is a step of its own, whatever its group."""
        return replace(self, group="")

    def amended(self, document: SceneBoard) -> History:
        """With the document completed by what is no step of the person's, such as a photo's size that became known."""
        return replace(self, now=document)

    def undone(self) -> History:
        if not self.past:
            return self
        return History(self.past[-1], self.past[:-1], (self.now, *self.future))

    def redone(self) -> History:
        if not self.future:
            return self
        return History(self.future[0], (*self.past, self.now), self.future[1:])
