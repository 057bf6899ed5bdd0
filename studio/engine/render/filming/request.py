"""A video request of either contract in one form, with every value checked and its field named where it cannot be used."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from studio.engine.render.clip.reading import Clip, clip_of, probe_input
from studio.engine.render.filming.wording import CHECK, extended, read_extended, unsafe_words
from studio.engine.render.references.given import MOST
from studio.engine.render.scene.words import SceneWords, read_prompt, stable_seed
from studio.engine.render.sizes import short_side_size
from studio.engine.render.task import RenderControl, RenderRefusedError, RenderTask
from studio.media.pictures import MediaError, open_picture

FPS = 24
MAX_SECONDS = 60
# What comes before and after the frames, in the time of so many frames (measured at 480p to 1080p): a scene must be drawn
# and developed, a photo read and its depth guessed; the encoder finishes what it holds back.
_SCENE_COST, _PHOTO_COST = (42, 8), (16, 20)
_STARTS = ("first_frame_url", "image_url")
_ENDS = ("last_frame_url", "end_image_url")
_CLIPS = ("first_clip_url", "source_video_url")


@dataclass(frozen=True, slots=True)
class VideoRequest:
    """What was asked for, whichever service's words it came in.

    `photo`, `last`: the start and the end picture; `clip`: what is to be gone on from; each with its field. `prompt` is the
    one that is filmed, extended where that was asked for (`own_prompt` is the person's).
    """

    prompt: str
    negative: str | None
    seconds: int
    width: int
    height: int
    seed: int
    audio: bool
    photo: Path | None
    photo_field: str | None
    last: Path | None = None
    last_field: str | None = None
    clip: Clip | None = None
    track: Path | None = None
    watermark: bool = False
    own_prompt: str = ""
    told: dict[str, object] = field(default_factory=dict)

    @property
    def frames(self) -> int:
        return self.seconds * FPS

    @property
    def shares(self) -> tuple[float, float]:
        """The progress at which the film is ready to be drawn, and at which its last frame is drawn: shares of the time."""
        given = self.photo is not None or self.clip is not None
        before, after = _PHOTO_COST if given else _SCENE_COST
        whole = before + self.frames + after
        return before / whole, (before + self.frames) / whole

    @property
    def words(self) -> SceneWords:
        """What the prompt says, without what the negative prompt refuses."""
        if self.own_prompt and self.own_prompt != self.prompt:
            return read_extended(self.own_prompt, self.prompt, self.negative)
        return read_prompt(self.prompt, negative=self.negative)


def read_request(task: RenderTask, control: RenderControl | None = None) -> VideoRequest:
    """The request in one form for both services. RenderRefusedError where a value cannot be used."""
    values = task.input
    prompt = str(values.get("prompt") or "")
    seconds = values.get("duration") or 5
    if not isinstance(seconds, (int, float)) or not 1 <= seconds <= MAX_SECONDS:
        raise RenderRefusedError(f"The duration must be 1 to {MAX_SECONDS} seconds.", "duration")
    photo, photo_field = _picture(task, _STARTS)
    last, last_field = _picture(task, _ENDS)
    clip = _clip(task)
    _check_together(photo, photo_field, last_field, clip)
    aspect = values.get("aspect_ratio")
    if task.operation.startswith("canvas:"):
        aspect = _orientation(photo, photo_field)
    width, height = _size(str(values.get("resolution") or "1080p"), str(aspect or "16:9"))
    seed = values.get("seed")
    filmed = prompt
    told: dict[str, object] = {}
    if values.get("prompt_extend") is True and prompt.strip():
        filmed = extended(prompt, round(seconds), str(aspect or "16:9"), control or RenderControl(task.path))
        told["extended_prompt"] = filmed
    if values.get("nsfw_checker") is True:
        told["content_check"] = _checked(task, prompt)
    _check_references(task, last_field)
    return VideoRequest(
        prompt=filmed, negative=str(values["negative_prompt"]) if values.get("negative_prompt") else None,
        seconds=round(seconds), width=width, height=height, seed=seed if isinstance(seed, int) else stable_seed(prompt),
        audio=values.get("audio") is True, photo=photo, photo_field=photo_field, last=last, last_field=last_field, clip=clip,
        track=_local(task, "audio_url", "The sound"), watermark=values.get("watermark") is True, own_prompt=prompt,
        told=told,
    )


def _local(task: RenderTask, name: str, what: str) -> Path | None:
    """Where the media of a field lie; None where the field is not given."""
    url = task.input.get(name)
    if not url:
        return None
    local = task.media.get(str(url))
    if local is None:
        raise RenderRefusedError(f"{what} could not be fetched. Check its address and try again.", name)
    return Path(local)


def _picture(task: RenderTask, names: tuple[str, ...]) -> tuple[Path | None, str | None]:
    given = [name for name in names if task.input.get(name)]
    if len(given) > 1:
        raise RenderRefusedError(f"{given[0]} and {given[1]} name the same thing: give one of them.", given[0])
    return (_local(task, given[0], "The picture"), given[0]) if given else (None, None)


def _clip(task: RenderTask) -> Clip | None:
    given = [name for name in _CLIPS if task.input.get(name)]
    if len(given) > 1:
        raise RenderRefusedError(f"{given[0]} and {given[1]} name the same thing: give one of them.", given[0])
    path = _local(task, given[0], "The clip") if given else None
    return clip_of(path, given[0], probe_input(path, given[0])) if path is not None else None


def _check_together(photo: Path | None, photo_field: str | None, last_field: str | None, clip: Clip | None) -> None:
    if photo is not None and clip is not None:
        words = f"{photo_field} and {clip.field_name} exclude each other: give one of them."
        raise RenderRefusedError(words, photo_field)
    if last_field is not None and photo is None and clip is None:
        raise RenderRefusedError(f"{last_field} needs a start picture too: give image_url.", last_field)
    if last_field is not None and clip is not None:
        words = f"{last_field} needs a start picture; after a clip no end picture can be given."
        raise RenderRefusedError(words, last_field)


def _check_references(task: RenderTask, last_field: str | None) -> None:
    urls = task.input.get("reference_image_urls")
    if not isinstance(urls, (list, tuple)):
        return
    if last_field is not None and urls:
        words = ("Between a start and an end picture there is nothing that references could change. "
                 f"Leave out reference_image_urls or {last_field}.")
        raise RenderRefusedError(words, "reference_image_urls")
    if len(urls) > MOST["cannon"]:
        raise RenderRefusedError(f"At most {MOST['cannon']} reference pictures can be followed.", "reference_image_urls")


def _checked(task: RenderTask, prompt: str) -> dict[str, object]:
    """The content check, said as what it is: the engine draws nothing unsafe by itself and cannot judge given pictures."""
    found = unsafe_words(prompt)
    if found:
        words = ", ".join(f"“{word}”" for word in found)
        raise RenderRefusedError(f"The content check does not let these words pass: {words}. Change the prompt.", "prompt")
    media = [name for name in (*_STARTS, *_ENDS, *_CLIPS, "reference_image_urls") if task.input.get(name)]
    if media:
        raise RenderRefusedError(
            "The local engine checks the words of a prompt only; it has nothing to judge given pictures and clips by. "
            f"Switch nsfw_checker off, or leave out {', '.join(media)}.", "nsfw_checker")
    return {"checked": ["prompt"], "passed": True, "method": CHECK}


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
