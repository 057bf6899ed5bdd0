"""video.generate of both services: a camera moves through the scene that a prompt describes, or into a given photo; from one
picture to another; or on from a clip."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from studio.engine.render.continuation.film import ContinuationFilm
from studio.engine.render.continuation.tail import read_tail
from studio.engine.render.filming.request import FPS, VideoRequest, read_request
from studio.engine.render.filming.soundtrack import fitted_track, gone_on, mixed
from studio.engine.render.filming.watermark import Watermark
from studio.engine.render.filming.wording import left_out
from studio.engine.render.inbetween.film import BetweenFilm
from studio.engine.render.inbetween.fitting import picture_at
from studio.engine.render.motion.animate import frames_in_order, made_ahead, stock_for
from studio.engine.render.motion.camera import Camera, Move, choose_move, ease
from studio.engine.render.motion.photo import PhotoFilm
from studio.engine.render.motion.plates import Plate, make_plates
from studio.engine.render.motion.stage import Film, Stage
from studio.engine.render.references.films import WEIGHT, GradedFilm, change_of, subject_plates, with_subjects
from studio.engine.render.references.given import Given, given_references
from studio.engine.render.references.subjects import Cast, cast_of
from studio.engine.render.scene.compose import finish_of, particles_of, sound_of, stage_layers, usual_layers
from studio.engine.render.scene.words import SceneWords
from studio.engine.render.sound.noise import Stereo
from studio.engine.render.sound.soundscape import soundscape
from studio.engine.render.task import RenderControl, RenderOutput, RenderRefusedError, RenderTask
from studio.media.encode import VideoWriter
from studio.media.pictures import MediaError, open_picture

__all__ = ["film_of", "read_request", "render_video"]

AUDIO_RATE = 48_000
_MARGIN = 0.06            # of the long side: how far the camera may stray
_DRAWN_LINES = 1440       # larger frames are drawn at this short side and enlarged, to keep memory in bounds
# Half the time of "medium" at much the same size and sharpness: moving grain leaves the slower search little to find.
_CRF, _PRESET = 18, "faster"
_CRF_OF_GIVEN = 15        # given pictures must be met: their texture is not hidden by our own grain
_LIGHT = re.compile(r"light leak|lens flare|golden hour|sun(?:set|rise|ny|light)|dreamy|vintage", re.IGNORECASE)


@dataclass(slots=True)
class _Told:
    """What the answer says beside the file, gathered as it comes up."""

    extra: dict[str, object] = field(default_factory=dict)


def render_video(task: RenderTask, control: RenderControl) -> RenderOutput:
    """Render `cannon:video.generate` or `canvas:video.generate` to an MP4 (H.264 and AAC) in the task's folder.

    The video has exactly the duration and size asked for. It begins as the start picture, ends as the end picture, or goes
    on from the moment after a clip's last picture. Its sound is the given track (else a clip's own, which goes on), a
    soundscape of the scene where `audio` is asked for, both, or silence. Raises RenderRefusedError with the field's name for
    what cannot be rendered, and RenderCancelledError.
    """
    control.progress(0.0)
    request = read_request(task, control)
    references = given_references(task, "reference_image_urls", control) if task.input.get("reference_image_urls") else ()
    told = _Told({"seed": request.seed, "fps": FPS, "frames": request.frames, **request.told})
    sound = _sound(request, told)
    film = _film(request, references, control, told)
    prepared, drawn = request.shares
    control.progress(prepared)
    mark = Watermark(request.width, request.height) if request.watermark else None
    out = task.path / "video.mp4"
    size = request.width, request.height
    crf = _CRF if request.last is None and request.clip is None else _CRF_OF_GIVEN
    with VideoWriter(out, *size, fps=FPS, crf=crf, preset=_PRESET, audio=sound, audio_rate=AUDIO_RATE,
                     repeatable=True) as writer:
        frames = frames_in_order(film, request.frames)
        try:
            for index, planes in enumerate(frames):
                control.check()
                writer.write_yuv(*(mark.put(planes) if mark is not None else planes))
                if index % 4 == 0:
                    control.progress(prepared + (drawn - prepared) * index / request.frames)
        finally:
            frames.close()
    control.progress(1.0)
    _tell(task, request, told)
    return RenderOutput("video", (str(out),), request.width, request.height, float(request.seconds), told.extra)


def _tell(task: RenderTask, request: VideoRequest, told: _Told) -> None:
    out = left_out(request.own_prompt, request.negative)
    if out:
        told.extra["left_out"] = out
    if request.watermark:
        told.extra["watermark"] = True
    if task.input.get("model"):
        told.extra["requested_model"] = str(task.input["model"])


def film_of(request: VideoRequest, control: RenderControl) -> Film:
    """The film that a request without references asks for, ready to be drawn frame by frame."""
    return _film(request, (), control, _Told())


def _film(request: VideoRequest, references: tuple[Given, ...], control: RenderControl, told: _Told) -> Film:
    words = request.words
    if request.clip is not None:
        film: Film = _continued_film(request, words, control, told)
    elif request.last is not None:
        film = _between_film(request, words, told)
    elif request.photo is not None:
        film = _photo_film(request, words)
    else:
        return _scene_film(request, words, references, control, told)
    if references:
        # A given picture stays as it is where the film begins; the colours come in on the way.
        told.extra["references"] = {"followed": len(references), "taken": ["palette"]}
        change = change_of(film, request.frames, [one.reference for one in references])
        film = GradedFilm(film, change, request.frames, ease)
    return film


def _move(request: VideoRequest) -> Move:
    return choose_move(request.prompt, request.seed, request.negative)


def _asked_move(request: VideoRequest) -> Move | None:
    """The move that the prompt names; None where the seed would choose one."""
    first, second = (choose_move(request.prompt, seed, request.negative) for seed in (0, 1))
    return first if first == second else None


def _continued_film(request: VideoRequest, words: SceneWords, control: RenderControl, told: _Told) -> Film:
    if request.clip is None:
        raise ValueError("there is no clip to go on from")
    tail = read_tail(request.clip, request.width, request.height, control.check)
    film = ContinuationFilm(tail, _asked_move(request), frames=request.frames, fps=FPS, seed=request.seed,
                            particles=particles_of(words))
    told.extra["continued"] = {"field": request.clip.field_name, "source_seconds": round(request.clip.seconds, 3),
                               "moving_camera": film.camera.moves, "moving_things": film.movers}
    return film


def _between_film(request: VideoRequest, words: SceneWords, told: _Told) -> Film:
    if request.photo is None or request.photo_field is None or request.last is None or request.last_field is None:
        raise ValueError("a start and an end picture are needed")
    size = request.width, request.height
    first, last = picture_at(request.photo, request.photo_field, *size), picture_at(request.last, request.last_field, *size)
    film = BetweenFilm(first, last, _move(request), frames=request.frames, fps=FPS, seed=request.seed,
                       particles=particles_of(words))
    told.extra["between"] = {"motion": film.found_by, "matched": round(film.trusted, 3)}
    return film


def _scene_film(request: VideoRequest, words: SceneWords, references: tuple[Given, ...], control: RenderControl,
                told: _Told) -> Film:
    cast = cast_of(words, references, WEIGHT, control) if references else Cast()
    words = cast.words or words
    short = min(request.width, request.height)
    detail = min(1.0, _DRAWN_LINES / short)
    width, height = round(request.width * detail), round(request.height * detail)
    margin = round(max(width, height) * _MARGIN)
    layers = made_ahead(stage_layers(words, width, height, request.seed, margin=margin))
    finish = finish_of(words)
    made = make_plates(layers, finish, request.seed, margin)
    plates = list(_reporting(made, control, request.shares[0], usual_layers(words)))
    camera = Camera(_move(request), width, height, margin, request.seed)
    stock = stock_for(finish, request.width, request.height, request.seed)

    def film_with(all_plates: list[Plate]) -> Stage:
        return Stage(all_plates, camera, request.width, request.height, frames=request.frames, fps=FPS, seed=request.seed,
                     particles=particles_of(words), stock=stock)

    film = film_with(plates)
    if not references:
        return film
    change = change_of(film, request.frames, [one.reference for one in references])
    subjects, standing = subject_plates(cast, request.prompt, (width, height), margin, request.seed, change)
    told.extra["references"] = {"followed": len(references), "taken": ["palette", "subject"] if subjects else ["palette"],
                                "subjects": standing, "notes": list(cast.notes)}
    if subjects:
        film = film_with(with_subjects(plates, subjects))
    return GradedFilm(film, change, request.frames, lambda _: 1.0)


def _reporting(plates: Iterator[Plate], control: RenderControl, end: float, usual: int) -> Iterator[Plate]:
    """The same plates, with progress up to `end` when about the `usual` number of them is there."""
    for count, plate in enumerate(plates, start=1):
        control.progress(end * min(count / usual, 0.95))
        yield plate


def _photo_film(request: VideoRequest, words: SceneWords) -> Film:
    if request.photo is None:
        raise ValueError("there is no start picture")
    try:
        picture = open_picture(request.photo)
    except MediaError as error:
        raise RenderRefusedError(error.message, request.photo_field) from error
    return PhotoFilm(picture, request.width, request.height, _move(request), frames=request.frames, fps=FPS,
                     seed=request.seed, particles=particles_of(words), windy=words.has("windy"),
                     light=bool(_LIGHT.search(request.prompt)))


def _sound(request: VideoRequest, told: _Told) -> Stereo:
    """The given track, else the clip's own sound going on; under it the soundscape where one is asked for."""
    scape = soundscape(sound_of(request.words), request.seconds, request.seed) if request.audio else None
    track = None
    if request.track is not None:
        track, told.extra["soundtrack"] = fitted_track(request.track, request.seconds, "audio_url")
    elif request.clip is not None and request.clip.has_sound:
        track = gone_on(request.clip, request.seconds, request.seed)
        if track is not None:
            told.extra["soundtrack"] = "continued"
    told.extra["has_sound"] = track is not None or scape is not None
    if track is not None:
        return mixed(track, scape) if scape is not None else track
    return scape if scape is not None else np.zeros((request.seconds * AUDIO_RATE, 2), np.float32)
