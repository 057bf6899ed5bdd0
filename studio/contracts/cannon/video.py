"""video.generate and video.upscale of Cannon Studio.

Fields are inferred from the published examples; ranges are our own choice where no model's own limits are known.
"""

from __future__ import annotations

from itertools import product
from typing import ClassVar, Literal

from studio.contracts.rules import NeedsOne, NotBoth, Rule
from studio.contracts.wire import (
    MAX_PROMPT,
    AspectRatio,
    MediaUrl,
    RequestModel,
    Source,
    prompt_field,
    seed_field,
    wire,
)

_E, _U, _O = Source.EXAMPLE, Source.THIRD_PARTY, Source.OURS
_STARTS, _ENDS = ("image_url", "first_frame_url"), ("end_image_url", "last_frame_url")
_CLIPS = ("first_clip_url", "source_video_url")


class VideoGenerate(RequestModel):
    """Input of video.generate.

    The start picture and a clip to go on from exclude each other (as Wan 2.7 says); an end picture needs a start picture.
    """

    ENGINE_OMITS: ClassVar[frozenset[str]] = frozenset()

    RULES: ClassVar[tuple[Rule, ...]] = (
        *(NotBoth(*pair, "name the same thing") for pair in (_STARTS, _ENDS, _CLIPS)),
        *(NotBoth(start, clip, "exclude each other") for start, clip in product(_STARTS, _CLIPS)),
        *(NeedsOne(end, _STARTS, "a start picture") for end in _ENDS),
    )

    prompt: str = prompt_field("What the video shows, in your own words.", _E)
    model: str | None = wire(None, "The model that makes it; the service chooses when left empty.", _E, label="Model",
                             min_length=1, max_length=100, examples=["seedance2", "wan27video"])
    duration: int = wire(5, "Length in seconds.", _E, label="Duration", unit="s", ge=1, le=60, examples=[5, 10, 15])
    image_url: MediaUrl | None = wire(None, "The picture that the video starts from.", _E,
                                      label="Start frame", media=("image",))
    first_frame_url: MediaUrl | None = wire(None, "Another name of the start picture, as Wan 2.7 takes it.", _E,
                                            label="First frame", media=("image",), advanced=True)
    source_video_url: MediaUrl | None = wire(None, "A clip to go on from.", _E, label="Source clip", media=("video",))
    first_clip_url: MediaUrl | None = wire(None, "The clip that comes first.", _E, label="First clip", media=("video",),
                                           advanced=True)
    reference_image_urls: list[MediaUrl] | None = wire(None, "Pictures to take subjects and style from.", _E,
                                                       label="References", media=("image",), max_length=9)
    end_image_url: MediaUrl | None = wire(None, "The picture that the video ends on.", _E,
                                          label="End frame", media=("image",))
    last_frame_url: MediaUrl | None = wire(None, "Another name of the end picture, as Wan 2.7 takes it.", _E,
                                           label="Last frame", media=("image",), advanced=True)
    aspect_ratio: AspectRatio = wire("16:9", "Width to height.", _E, label="Aspect ratio")
    resolution: Literal["720p", "1080p", "4k"] = wire("1080p", "Short side in lines: 720, 1080 or 2160.", _E,
                                                      label="Resolution")
    audio: bool = wire(False, "Add a soundscape that fits.", Source.ENGINE, label="Sound")
    audio_url: MediaUrl | None = wire(None, "A soundtrack to go with it.", _E, label="Audio", media=("audio",))
    negative_prompt: str | None = wire(None, "What to leave out.", _E, label="Negative prompt", advanced=True,
                                       multiline=True, max_length=MAX_PROMPT)
    prompt_extend: bool | None = wire(None, "Let the service add detail to the prompt.", _E, label="Extend prompt",
                                      advanced=True)
    watermark: bool | None = wire(None, "Put the service's mark on the video.", _E, label="Watermark", advanced=True)
    seed: int | None = seed_field("video", _E)
    nsfw_checker: bool | None = wire(None, "Check the result for content that is not safe for work.", _E,
                                     label="Content check", advanced=True)


class VideoUpscale(RequestModel):
    """Input of video.upscale. `target_resolution` and `upscale_factor` say the same in two ways: give one of them."""

    RULES: ClassVar[tuple[Rule, ...]] = (NotBoth("target_resolution", "upscale_factor", "both say how large"),)

    video_url: MediaUrl = wire(..., "The video to make larger.", _E, label="Video", media=("video",))
    video_title: str | None = wire(None, "A name for it.", _E, label="Title", max_length=200, advanced=True)
    duration_seconds: float | None = wire(None, "The video's length, as far as it is known.", _E, label="Length", unit="s",
                                          gt=0, le=3600, advanced=True)
    model: str | None = wire(None, "The model that enlarges it.", _E, label="Model", min_length=1, max_length=100,
                             examples=["wavespeed"])
    target_resolution: Literal["720p", "1080p", "4k"] | None = wire(
        None, "Short side afterwards in lines: 720, 1080 or 2160.", _E, label="Resolution")
    upscale_factor: float | None = wire(None, "How many times wider and higher.", _E, label="Factor", ge=1, le=4)
    target_fps: float | None = wire(None, "Frames a second afterwards.", _E, label="Frame rate", unit="fps", ge=1, le=120,
                                    advanced=True)
    thumbnail_url: MediaUrl | None = wire(None, "A picture to show for it.", _E, label="Thumbnail", media=("image",),
                                          advanced=True)
