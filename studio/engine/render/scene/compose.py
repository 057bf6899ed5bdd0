"""From words to layers: the stage that a place is built on, and the order of things."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from studio.engine.render.scene.canvas import Canvas
from studio.engine.render.scene.layers import Finish, Layer, Scene
from studio.engine.render.scene.light import scene_light
from studio.engine.render.scene.places import PLACES
from studio.engine.render.scene.portrait import is_portrait, portrait
from studio.engine.render.scene.stage import Stage
from studio.engine.render.scene.subjects import paint_subjects
from studio.engine.render.scene.words import SceneWords

# How many layers a place has with nothing in it, counted; each subject adds about two.
_LAYERS = {
    "sea": 5, "lake": 8, "mountain": 9, "forest": 8, "desert": 6, "meadow": 8, "river": 8, "snowfield": 6, "city": 13,
    "street": 12, "harbour": 10, "room": 6, "space": 4, "lunar": 5, "rooftops": 13, "table": 8, "underwater": 11,
    "village": 15, "volcano": 10, "waterfall": 10,
}


def usual_layers(words: SceneWords) -> int:
    """About how many layers a scene will have: what progress is counted by."""
    wet = 1 if words.weather in {"rain", "storm", "fog"} else 0
    return _LAYERS.get(words.place, 9) + 2 * len(words.subjects) + wet + len(words.features & {"aurora", "path", "flowers"})


def stage_layers(words: SceneWords, width: int, height: int, seed: int, *, margin: int = 0) -> Iterator[Layer]:
    """The layers of a scene one by one, back to front, so that a large picture need not hold them all."""
    if width < 16 or height < 16:
        raise ValueError(f"a scene needs at least 16×16 pixels, not {width}×{height}")
    stage = Stage(words, Canvas.of_frame(width, height, margin), scene_light(words, seed), seed)
    stage.perform = partial(paint_subjects, stage)
    place = PLACES[words.place](stage)
    yield from portrait(stage, place) if is_portrait(words) else place
    yield from stage.perform()
    yield from stage.front()


def compose_scene(
    words: SceneWords, width: int, height: int, seed: int, *, margin: int = 0, step: Callable[[float], None] | None = None
) -> Scene:
    """The scene that the words describe, as layers with depth, `margin` pixels larger than the frame on every side.

    The same words, size and seed give the same layers; another size gives the same composition. `step` hears the share
    done (0–1)
    after each layer, and may raise to stop. ValueError for a frame under 16×16 pixels.
    """
    layers: list[Layer] = []
    for layer in stage_layers(words, width, height, seed, margin=margin):
        layers.append(layer)
        if step:
            step(min(len(layers) / usual_layers(words), 0.98))
    if step:
        step(1.0)
    return Scene(width, height, margin, seed, tuple(layers), finish_of(words), particles_of(words), sound_of(words))


def finish_of(words: SceneWords) -> Finish:
    """The last step that the words ask for."""
    exposure = {"night": 1.25, "blue": 1.1}.get(words.time, 1.0)
    saturation = {"joyful": 1.18, "dark": 0.78, "dramatic": 1.06, "dreamy": 0.98}.get(words.mood, 1.0)
    contrast = {"dramatic": 1.12, "dreamy": 0.93, "dark": 1.06}.get(words.mood, 1.0)
    if words.weather == "fog":
        contrast *= 0.96
    return Finish(style=words.style, exposure=exposure, saturation=saturation, contrast=contrast)


def particles_of(words: SceneWords) -> str | None:
    """What falls or floats: the weather first, then what was named."""
    if words.place in {"room", "space", "table", "lunar", "underwater"}:
        return "dust" if words.place == "underwater" or (words.place == "room" and words.has("dust")) else None
    if words.weather in {"rain", "storm"}:
        return "rain"
    if words.weather == "snow":
        return "snow"
    for named in ("petals", "leaves", "embers", "fireflies", "dust"):
        if words.has(named) and (named != "leaves" or words.season == "autumn"):
            return named
    return None


def sound_of(words: SceneWords) -> dict[str, object]:
    """The words that a soundscape is made from."""
    return {
        "place": words.place,
        "time": words.time,
        "weather": words.weather,
        "season": words.season,
        "mood": words.mood,
        "subjects": [subject.kind for subject in words.subjects],
        "features": sorted(words.features),
    }
