"""The Sora 2 group of Cannon Studio: characters, and changing a video that exists.

Of the two character operations nothing is documented: their ids and fields are our own choice, after what the provider
behind them takes. For edit, extend and remix the fields are from the published examples.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from studio.contracts.wire import MediaUrl, RequestModel, Source, prompt_field, seed_field, wire

_E, _O = Source.EXAMPLE, Source.OURS
SORA_SECONDS = (4, 8, 12, 16, 20)

Seconds = Literal[4, 8, 12, 16, 20]
Orientation = Literal["16:9", "9:16"]
Lines = Literal["720p", "1080p"]
CharacterId = Annotated[str, Field(min_length=1, max_length=200)]


class CharacterCreate(RequestModel):
    """Input of sora2.character.create. The provider behind it takes clips of 2 to 4 s."""

    name: str = wire(..., "What the character is called; the name is used in prompts.", _O, label="Name", pattern=r"\S",
                     max_length=80)
    video_url: MediaUrl = wire(..., "A clip of 2 to 4 seconds that shows the character.", _O, label="Clip",
                               media=("video",))


class CharacterVideo(RequestModel):
    """Input of sora2.character.video: characters, by the ids that sora2.character.create gave, in a scene."""

    prompt: str = prompt_field("What the characters do, with their names.", _O)
    character_ids: list[CharacterId] = wire(..., "The characters' ids, as they were given when they were created.", _O,
                                    label="Characters", min_length=1, max_length=4, examples=[["char_abc123"]])
    duration: Seconds = wire(4, "Length in seconds.", _O, label="Duration", unit="s")
    aspect_ratio: Orientation = wire("16:9", "Width to height.", _O, label="Aspect ratio")
    resolution: Lines = wire("720p", "Short side in lines: 720 or 1080.", _O, label="Resolution")
    seed: int | None = seed_field("video", _O)


class _VideoChange(RequestModel):
    sora_video_id: str = wire(..., "The id of the video at the service: the task_id of its result.", _E, label="Video id",
                              min_length=1, max_length=200, examples=["video_123"])
    prompt: str = prompt_field("What to change or what happens, in your own words.", _E)
    model: str | None = wire(None, "The model that makes it.", _E, label="Model", min_length=1, max_length=100,
                             examples=["sora-2", "sora-2-pro"])
    source_video_url: MediaUrl | None = wire(None, "The video itself, where it can be fetched.", _E, label="Source video",
                                             media=("video",))
    aspect_ratio: Orientation | None = wire(None, "Width to height; the video's own when left empty.", _E,
                                            label="Aspect ratio")
    resolution: Lines | None = wire(None, "Short side in lines: 720 or 1080; the video's own when left empty.", _E,
                                    label="Resolution")
    seed: int | None = seed_field("video", Source.ENGINE)


class VideoEdit(_VideoChange):
    """Input of sora2.video.edit: an instruction for the whole video."""

    duration: Seconds | None = wire(None, "Length in seconds; the video's own when left empty.", _E, label="Duration",
                                    unit="s")


class VideoExtend(_VideoChange):
    """Input of sora2.video.extend: what comes after the last frame. It may be repeated."""

    duration: int = wire(4, "How many seconds to add; brought to 4, 8, 12, 16 or 20.", _E, label="Duration", unit="s",
                         ge=1, le=20)
    source_duration: float | None = wire(None, "How long the video is now.", _E, label="Length now", unit="s", gt=0,
                                         le=3600, advanced=True)


class VideoRemix(_VideoChange):
    """Input of sora2.video.remix, kept by the service for older programs: sora2.video.edit is preferred."""

    duration: Seconds | None = wire(None, "Length in seconds; the video's own when left empty.", _E, label="Duration",
                                    unit="s")


def normalized_seconds(asked: int) -> int:
    """The length that sora2.video.extend makes of the one asked for: the shortest allowed one that holds it."""
    return next((allowed for allowed in SORA_SECONDS if allowed >= asked), SORA_SECONDS[-1])
