"""sora2.character.video: up to four kept characters in a scene drawn from the prompt, moved as its words say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

import cv2
import numpy as np

from studio.engine.render.characters.acting import Performance
from studio.engine.render.characters.acts import Script, read_script
from studio.engine.render.characters.film import CharacterFilm, Player, Sun
from studio.engine.render.characters.forgetting import UNUSED_DAYS
from studio.engine.render.characters.keeping import Character, UnknownCharacterError, recall
from studio.engine.render.characters.puppet import Puppet
from studio.engine.render.characters.staging import Mark, marks
from studio.engine.render.characters.travel import Travel, reaches
from studio.engine.render.composite.staging import Ground
from studio.engine.render.matting import Bytes
from studio.engine.render.motion.animate import frames_in_order, made_ahead, stock_for
from studio.engine.render.motion.camera import Camera, Move, choose_move
from studio.engine.render.motion.plates import Plate, make_plates
from studio.engine.render.motion.stage import Stage
from studio.engine.render.scene.canvas import Canvas
from studio.engine.render.scene.compose import finish_of, particles_of, sound_of, usual_layers
from studio.engine.render.scene.layers import Layer
from studio.engine.render.scene.light import scene_light
from studio.engine.render.scene.places import PLACES
from studio.engine.render.scene.stage import Stage as SceneStage
from studio.engine.render.scene.subjects import paint_subjects
from studio.engine.render.scene.words import SceneWords, read_prompt, stable_seed
from studio.engine.render.sizes import short_side_size
from studio.engine.render.sound.soundscape import soundscape
from studio.engine.render.task import RenderControl, RenderOutput, RenderRefusedError, RenderTask
from studio.media.colour import yuv420_to_rgb
from studio.media.encode import VideoWriter

FPS = 24
AUDIO_RATE = 48_000
METHOD = "cut-out puppets with in-betweens by optical flow in a drawn scene; no trained model"
_MARGIN = 0.06
_CRF, _PRESET = 18, "faster"
_SCENE, _READY, _DRAWN = 0.14, 0.2, 0.97
_BLUR_BUST, _BLUR_WHOLE = 0.0042, 0.0012  # of the short side: the lens is focused on the characters
_STRENGTH = 0.65         # of the scene's colours: skin stays skin
_QUIET = (
    Move("dolly in", dolly=0.08), Move("truck right", truck=0.45, dolly=0.02), Move("truck left", truck=-0.45, dolly=0.02),
    Move("dolly out", dolly=-0.07), Move("orbit", truck=0.45, arc=0.4, dolly=0.02),
)
_STEPS = frozenset({"walk", "run", "enter", "leave", "dance", "jump"})


@dataclass(frozen=True, slots=True)
class _Request:
    prompt: str
    ids: tuple[str, ...]
    seconds: int
    width: int
    height: int
    seed: int

    @property
    def frames(self) -> int:
        return self.seconds * FPS


@dataclass(frozen=True, slots=True)
class _Set:
    """The drawn scene: plates, and where its ground, horizon (a row) and light are."""

    plates: tuple[Plate, ...]
    words: SceneWords
    ground: Ground
    horizon: float
    sun: Sun


def render_character_video(task: RenderTask, control: RenderControl) -> RenderOutput:
    """Render `cannon:sora2.character.video` to an MP4 (H.264 and AAC) in the task's folder: exactly the length and size
    asked for, with the scene's sound. The same input and seed give the same bytes.

    `extra`: `characters` (what each was understood to do), `scene` and `camera` as understood, `notes`. RenderRefusedError
    naming character_ids (an id that is not known here, or is given twice), duration, resolution or aspect_ratio.
    """
    control.progress(0.0)
    request = _read(task)
    cast_ = _cast(task, request.ids)
    script = read_script(request.prompt, [character.name for character in cast_])
    scene = _scene(request, script, cast_, control)
    move = _move(request, script)
    film = _film(request, script, cast_, scene, move)
    control.progress(_READY)
    heard = sound_of(scene.words)
    if any(part.acts & _STEPS for part in script.parts):
        heard = {**heard, "subjects": [*cast("list[str]", heard["subjects"]), "person"]}
    out = task.path / "video.mp4"
    with VideoWriter(out, request.width, request.height, fps=FPS, crf=_CRF, preset=_PRESET, repeatable=True,
                     audio=soundscape(heard, request.seconds, request.seed), audio_rate=AUDIO_RATE) as writer:
        frames = frames_in_order(film, request.frames)
        try:
            for index, planes in enumerate(frames):
                control.check()
                writer.write_yuv(*planes)
                if index % 4 == 0:
                    control.progress(_READY + (_DRAWN - _READY) * index / request.frames)
        finally:
            frames.close()
    control.progress(1.0)
    return RenderOutput("video", (str(out),), request.width, request.height, float(request.seconds),
                        _told(request, script, cast_, scene, move))


def _read(task: RenderTask) -> _Request:
    values = task.input
    prompt = str(values.get("prompt") or "")
    seconds = values.get("duration") or 4
    if not isinstance(seconds, int) or not 1 <= seconds <= 20:
        raise RenderRefusedError("The duration must be 4, 8, 12, 16 or 20 seconds.", "duration")
    aspect, resolution = str(values.get("aspect_ratio") or "16:9"), str(values.get("resolution") or "720p")
    for name, given in (("aspect_ratio", ("1080p", aspect)), ("resolution", (resolution, aspect))):
        try:
            width, height = short_side_size(*given)
        except ValueError as error:
            raise RenderRefusedError(str(error), name) from error
    seed = values.get("seed")
    ids = tuple(str(one).strip() for one in cast("Sequence[str]", values.get("character_ids") or ()))
    if not 1 <= len(ids) <= 4:
        raise RenderRefusedError("One to four characters play in a video: give as many ids.", "character_ids")
    return _Request(prompt, ids, seconds, width, height, seed if isinstance(seed, int) else stable_seed(prompt))


def _cast(task: RenderTask, ids: Sequence[str]) -> tuple[Character, ...]:
    """The characters behind the ids, each once."""
    found = []
    for number, one in enumerate(ids):
        if one in ids[:number]:
            raise RenderRefusedError(f"The character “{one}” is given twice. Give each id once.", "character_ids")
        try:
            found.append(recall(task.kept_path, one))
        except UnknownCharacterError as error:
            words = (f"There is no character “{one}” here. Make it with sora2.character.create, at this engine, and give "
                     f"the character_id of its result; one that is not used for {UNUSED_DAYS} days is forgotten.")
            raise RenderRefusedError(words, "character_ids") from error
    return tuple(found)


def _scene(request: _Request, script: Script, cast_: Sequence[Character], control: RenderControl) -> _Set:
    """Draw the scene, a little out of focus behind the characters."""
    words = _without_doubles(read_prompt(script.rest), len(cast_))
    width, height, seed = request.width, request.height, request.seed
    margin = round(max(width, height) * _MARGIN)
    stage = SceneStage(words, Canvas.of_frame(width, height, margin), scene_light(words, seed), seed)
    stage.perform = partial(paint_subjects, stage)
    busts = all("bottom" in character.poses.cut for character in cast_)
    blur = (_BLUR_BUST if busts else _BLUR_WHOLE) * min(width, height)

    def layers() -> Iterator[Layer]:
        for part in (PLACES[words.place](stage), stage.perform(), stage.front()):
            for layer in part:
                yield _defocused(layer, blur)

    usual = usual_layers(words)
    plates = []
    for plate in make_plates(made_ahead(layers()), finish_of(words), seed, margin):
        plates.append(plate)
        control.progress(_SCENE * min(len(plates) / usual, 0.95))
    unit = min(width, height) / height
    ground = Ground(min(stage.horizon * unit, 0.7), stage.land.foot * unit, stage.land.person * unit)
    light = stage.light
    sunny = words.weather in ("clear", "snow") and not light.dark and words.place not in ("forest", "room", "underwater",
                                                                                          "space")
    sun = Sun(light.source_x, 0.75 if sunny else 0.12, 1.0 if light.source_y < 0.4 else 0.2)
    return _Set(tuple(plates), words, ground, ground.horizon * height, sun)


def _without_doubles(words: SceneWords, count: int) -> SceneWords:
    """People that the prompt means by the characters ("a woman", "two friends") are not drawn beside them; a crowd is."""
    kept = tuple(subject for subject in words.subjects if subject.kind != "person" or subject.count > max(count, 4))
    return replace(words, subjects=kept, features=words.features - {"closeup"})


def _defocused(layer: Layer, sigma: float) -> Layer:
    """The further behind the characters, the softer."""
    own = sigma * max(0.0, 1.0 - layer.depth) ** 0.5
    if own < 0.5:
        return layer
    soft = cv2.GaussianBlur(layer.pixels, (0, 0), own, borderType=cv2.BORDER_REPLICATE)
    return replace(layer, pixels=np.asarray(soft, np.float32))


def _move(request: _Request, script: Script) -> Move:
    """The camera's move that the prompt names. Else it goes along with everyone who walks the same way, or makes a quieter
    move by the seed: the characters are what is looked at."""
    move, by_seed = choose_move(script.rest, request.seed), choose_move("", request.seed)
    if move is not by_seed:
        return move
    ways = {doing.heading for part in script.parts for doing in part.doings if doing.acts & {"walk", "run"}}
    if len(ways) == 1 and (way := ways.pop()):
        return Move("truck right" if way > 0 else "truck left", truck=0.8 * way)
    return _QUIET[request.seed % len(_QUIET)]


def _film(request: _Request, script: Script, cast_: Sequence[Character], scene: _Set, move: Move) -> CharacterFilm:
    width, height, seed = request.width, request.height, request.seed
    camera = Camera(move, width, height, round(max(width, height) * _MARGIN), seed)
    stock = stock_for(finish_of(scene.words), width, height, seed)
    empty = Stage(scene.plates, camera, width, height, frames=request.frames, fps=FPS, seed=seed, stock=stock)
    picture = yuv420_to_rgb(*empty.planes(0))
    places = marks(cast_, script.parts, scene.ground, (width, height), seed)
    puppets = [Puppet(character, mark.height * 1.15, _around(picture, mark), strength=_STRENGTH, side=scene.sun.side)
               for character, mark in zip(cast_, places, strict=True)]
    widths = [mark.height * puppet.shape[1] / puppet.shape[0] for mark, puppet in zip(places, puppets, strict=True)]
    rooms = reaches(places, script.parts, widths, width)
    players = []
    for number, (puppet, mark, part) in enumerate(zip(puppets, places, script.parts, strict=True)):
        poses = cast_[number].poses
        way = poses.heading or (1 if (seed + number) % 2 else -1)
        travel = Travel(part, mark, width, request.seconds, wide=widths[number], way=way, reach=rooms[number])
        acting = Performance(part, mark, travel, request.seconds, heading=poses.heading,
                             strides=puppet.cycle_s if poses.strides else 0.0, seed=seed + number)
        players.append(Player(puppet, acting, mark, camera, request.seconds, scene.sun, scene.horizon))
    return CharacterFilm(scene.plates, camera, players, frames=request.frames, fps=FPS, seed=seed,
                         particles=particles_of(scene.words), stock=stock)


def _around(picture: Bytes, mark: Mark) -> Bytes:
    """The scene where the character stands and beside it: what its light is judged by."""
    rows = len(picture)
    top, bottom = max(0, round(mark.foot - 1.2 * mark.height)), min(rows, round(mark.foot) + 8)
    reach = 0.8 * mark.height
    return np.ascontiguousarray(picture[min(top, rows - 16) : bottom, max(0, round(mark.x - reach)) : round(mark.x + reach)])


def _told(request: _Request, script: Script, cast_: Sequence[Character], scene: _Set, move: Move) -> dict[str, object]:
    words = scene.words
    silent = [character.name for character, part in zip(cast_, script.parts, strict=True) if not part.acts]
    notes = [f"The prompt does not say what {name} does." for name in silent]
    characters = [
        {"character_id": character.id, "name": character.name, "side": part.side,
         "does": [{"acts": sorted(doing.acts) or ["stand"], "heading": {-1: "left", 0: "", 1: "right"}[doing.heading]}
                  for doing in part.doings]}
        for character, part in zip(cast_, script.parts, strict=True)
    ]
    return {"seed": request.seed, "fps": FPS, "frames": request.frames, "has_sound": True, "characters": characters,
            "scene": {"place": words.place, "time": words.time, "weather": words.weather, "season": words.season,
                      "style": words.style},
            "camera": move.name, "notes": notes, "method": METHOD}
