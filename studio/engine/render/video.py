"""video.generate of both services: a camera moves through the scene that a prompt describes, or into a given photo."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studio.engine.render.motion.animate import frames_in_order, made_ahead, stock_for
from studio.engine.render.motion.camera import Camera, choose_move
from studio.engine.render.motion.photo import PhotoFilm
from studio.engine.render.motion.plates import Plate, make_plates
from studio.engine.render.motion.stage import Film, Stage
from studio.engine.render.scene.compose import finish_of, particles_of, sound_of, stage_layers, usual_layers
from studio.engine.render.scene.words import SceneWords, read_prompt, stable_seed
from studio.engine.render.sizes import short_side_size
from studio.engine.render.sound.noise import Stereo
from studio.engine.render.sound.soundscape import soundscape
from studio.engine.render.task import RenderControl, RenderOutput, RenderRefusedError, RenderTask
from studio.media.encode import VideoWriter
from studio.media.pictures import MediaError, open_picture

FPS = 24
AUDIO_RATE = 48_000
MAX_SECONDS = 60
_MARGIN = 0.06            # of the long side: how far the camera may stray
_DRAWN_LINES = 1440       # larger frames are drawn at this short side and enlarged, to keep memory in bounds
# What comes before and after the frames, in the time of so many frames (measured at 480p to 1080p): a scene must be drawn
# and developed, a photo read and its depth guessed; the encoder finishes what it holds back.
_SCENE_COST, _PHOTO_COST = (42, 8), (16, 20)
# Half the time of "medium" at much the same size and sharpness: moving grain leaves the slower search little to find.
_CRF, _PRESET = 18, "faster"
_LIGHT = re.compile(r"light leak|lens flare|golden hour|sun(?:set|rise|ny|light)|dreamy|vintage", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class VideoRequest:
    """What was asked for, whichever service's words it came in. `photo` is the start picture and `photo_field` its field."""

    prompt: str
    negative: str | None
    seconds: int
    width: int
    height: int
    seed: int
    audio: bool
    photo: Path | None
    photo_field: str | None

    @property
    def frames(self) -> int:
        return self.seconds * FPS

    @property
    def shares(self) -> tuple[float, float]:
        """The progress at which the film is ready to be drawn, and at which its last frame is drawn: shares of the time."""
        before, after = _PHOTO_COST if self.photo is not None else _SCENE_COST
        whole = before + self.frames + after
        return before / whole, (before + self.frames) / whole


def render_video(task: RenderTask, control: RenderControl) -> RenderOutput:
    """Render `cannon:video.generate` or `canvas:video.generate` to an MP4 (H.264 and AAC) in the task's folder.

    The video has exactly the duration and size asked for. Its sound is a soundscape of the scene where `audio` is asked for,
    else silence. Raises RenderRefusedError with the field's name for what cannot be rendered, and RenderCancelledError.
    """
    control.progress(0.0)
    request = read_request(task)
    film = film_of(request, control)
    prepared, drawn = request.shares
    control.progress(prepared)
    sound = _sound(request)
    out = task.path / "video.mp4"
    size = request.width, request.height
    with VideoWriter(out, *size, fps=FPS, crf=_CRF, preset=_PRESET, audio=sound, audio_rate=AUDIO_RATE,
                     repeatable=True) as writer:
        frames = frames_in_order(film, request.frames)
        try:
            for index, planes in enumerate(frames):
                control.check()
                writer.write_yuv(*planes)
                if index % 4 == 0:
                    control.progress(prepared + (drawn - prepared) * index / request.frames)
        finally:
            frames.close()
    control.progress(1.0)
    extra = {"seed": request.seed, "fps": FPS, "frames": request.frames, "has_sound": request.audio}
    return RenderOutput("video", (str(out),), request.width, request.height, float(request.seconds), extra)


def film_of(request: VideoRequest, control: RenderControl) -> Film:
    """The film that a request asks for, ready to be drawn frame by frame."""
    words = read_prompt(request.prompt, negative=request.negative)
    if request.photo is not None:
        return _photo_film(request, request.photo, words)
    return _scene_film(request, words, control)


def read_request(task: RenderTask) -> VideoRequest:
    """The request in one form for both services. RenderRefusedError where a value cannot be used."""
    values = task.input
    prompt = str(values.get("prompt") or "")
    seconds = values.get("duration") or 5
    if not isinstance(seconds, (int, float)) or not 1 <= seconds <= MAX_SECONDS:
        raise RenderRefusedError(f"The duration must be 1 to {MAX_SECONDS} seconds.", "duration")
    photo, photo_field = _start_picture(task)
    aspect = values.get("aspect_ratio")
    if task.operation.startswith("canvas:"):
        aspect = _orientation(photo, photo_field)
    width, height = _size(str(values.get("resolution") or "1080p"), str(aspect or "16:9"))
    seed = values.get("seed")
    return VideoRequest(
        prompt=prompt, negative=str(values["negative_prompt"]) if values.get("negative_prompt") else None,
        seconds=round(seconds), width=width, height=height, seed=seed if isinstance(seed, int) else stable_seed(prompt),
        audio=values.get("audio") is True, photo=photo, photo_field=photo_field,
    )


def _start_picture(task: RenderTask) -> tuple[Path | None, str | None]:
    for name in ("first_frame_url", "image_url"):
        url = task.input.get(name)
        if url:
            local = task.media.get(str(url))
            if local is None:
                raise RenderRefusedError("The picture could not be fetched. Check its address and try again.", name)
            return Path(local), name
    return None, None


def _orientation(photo: Path | None, photo_field: str | None) -> str:
    """A Canvas Labs video lies or stands as its photo does."""
    if photo is None:
        return "16:9"
    try:
        width, height = open_picture(photo).size
    except MediaError as error:
        raise RenderRefusedError(error.message, photo_field) from error
    return "16:9" if width >= height else "9:16"


def _size(resolution: str, aspect_ratio: str) -> tuple[int, int]:
    try:
        short_side_size("1080p", aspect_ratio)
    except ValueError as error:
        raise RenderRefusedError(str(error), "aspect_ratio") from error
    try:
        return short_side_size(resolution, aspect_ratio)
    except ValueError as error:
        raise RenderRefusedError(str(error), "resolution") from error


def _scene_film(request: VideoRequest, words: SceneWords, control: RenderControl) -> Film:
    short = min(request.width, request.height)
    detail = min(1.0, _DRAWN_LINES / short)
    width, height = round(request.width * detail), round(request.height * detail)
    margin = round(max(width, height) * _MARGIN)
    layers = made_ahead(stage_layers(words, width, height, request.seed, margin=margin))
    finish = finish_of(words)
    made = make_plates(layers, finish, request.seed, margin)
    plates = list(_reporting(made, control, request.shares[0], usual_layers(words)))
    camera = Camera(choose_move(request.prompt, request.seed, request.negative), width, height, margin, request.seed)
    return Stage(plates, camera, request.width, request.height, frames=request.frames, fps=FPS, seed=request.seed,
                 particles=particles_of(words), stock=stock_for(finish, request.width, request.height, request.seed))


def _reporting(plates: Iterator[Plate], control: RenderControl, end: float, usual: int) -> Iterator[Plate]:
    """The same plates, with progress up to `end` when about the `usual` number of them is there."""
    for count, plate in enumerate(plates, start=1):
        control.progress(end * min(count / usual, 0.95))
        yield plate


def _photo_film(request: VideoRequest, photo: Path, words: SceneWords) -> Film:
    try:
        picture = open_picture(photo)
    except MediaError as error:
        raise RenderRefusedError(error.message, request.photo_field) from error
    move = choose_move(request.prompt, request.seed, request.negative)
    return PhotoFilm(picture, request.width, request.height, move, frames=request.frames, fps=FPS, seed=request.seed,
                     particles=particles_of(words), windy=words.has("windy"), light=bool(_LIGHT.search(request.prompt)))


def _sound(request: VideoRequest) -> Stereo:
    if not request.audio:
        return np.zeros((request.seconds * AUDIO_RATE, 2), np.float32)
    words = read_prompt(request.prompt, negative=request.negative)
    return soundscape(sound_of(words), request.seconds, request.seed)
