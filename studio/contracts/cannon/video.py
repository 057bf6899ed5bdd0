"""video.generate of Cannon Studio.

Fields are inferred from the published example; ranges are our own choice where no model's own limits are known.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import model_validator

from studio.contracts.wire import AspectRatio, MediaUrl, RequestModel, Source, wire

_E, _U, _O = Source.EXAMPLE, Source.THIRD_PARTY, Source.OURS


class VideoGenerate(RequestModel):
    """Input of video.generate. The start picture and the first clip exclude each other (as Wan 2.7 says)."""

    ENGINE_OMITS: ClassVar[frozenset[str]] = frozenset(
        {"model", "source_video_url", "first_clip_url", "reference_image_urls", "end_image_url", "last_frame_url",
         "audio_url", "prompt_extend", "watermark", "nsfw_checker"}
    )

    prompt: str = wire(..., "What the video shows, in your own words.", _E, label="Prompt", multiline=True,
                       pattern=r"\S", max_length=5000)
    model: str | None = wire(None, "The model that makes it; the service chooses when left empty.", _E, label="Model",
                             examples=["wan27video", "seedance2"])
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
                                       multiline=True, max_length=500)
    prompt_extend: bool | None = wire(None, "Let the service add detail to the prompt.", _E, label="Extend prompt",
                                      advanced=True)
    watermark: bool | None = wire(None, "Put the service's mark on the video.", _E, label="Watermark", advanced=True)
    seed: int | None = wire(None, "The same seed and settings give the same video.", _E, label="Seed", ge=0, le=2147483647)
    nsfw_checker: bool | None = wire(None, "Check the result for content that is not safe for work.", _E,
                                     label="Content check", advanced=True)

    @model_validator(mode="after")
    def _one_beginning(self) -> VideoGenerate:
        starts = [n for n in ("image_url", "first_frame_url") if getattr(self, n)]
        clips = [n for n in ("first_clip_url", "source_video_url") if getattr(self, n)]
        if len(starts) > 1:
            raise ValueError("image_url and first_frame_url name the same thing: give one of them")
        if starts and clips:
            raise ValueError(f"{starts[0]} and {clips[0]} exclude each other: give one of them")
        return self
