"""What Cannon Studio does to media that exist: lip sync, subtitles, smart motion. Fields from the published examples."""

from __future__ import annotations

from typing import ClassVar

from studio.contracts.rules import Rule, WhenSet
from studio.contracts.wire import MediaUrl, RequestModel, Source, seed_field, wire

_E, _O = Source.EXAMPLE, Source.OURS
_COLOUR = r"^#[0-9A-Fa-f]{6}$"
_CAMERA = {"control_mode": ["camera_control"]}


class LipsyncGenerate(RequestModel):
    """Input of lipsync.generate: the mouth in the video follows the speech. Both addresses are required."""

    video_url: MediaUrl = wire(..., "The video with the face.", _E, label="Video", media=("video",))
    audio_url: MediaUrl = wire(..., "The speech.", _E, label="Speech", media=("audio",))
    video_duration: float | None = wire(None, "The video's length, as far as it is known.", _E, label="Video length",
                                        unit="s", gt=0, le=3600, advanced=True)
    audio_duration: float | None = wire(None, "The speech's length, as far as it is known.", _E, label="Speech length",
                                        unit="s", gt=0, le=3600, advanced=True)
    video_title: str | None = wire(None, "A name for the video.", _E, label="Video title", max_length=200, advanced=True)
    audio_title: str | None = wire(None, "A name for the speech.", _E, label="Speech title", max_length=200, advanced=True)


class SubtitleSettings(RequestModel):
    """How subtitles look. Sizes in pixels of a frame with 1080 lines."""

    font: str | None = wire(None, "The typeface.", _E, label="Font", min_length=1, max_length=100, examples=["Inter"])
    fontSize: float | None = wire(None, "Height of the letters.", _E, label="Size", unit="px", ge=8, le=300, examples=[56])
    color: str | None = wire(None, "The letters' colour.", _E, label="Colour", colour=True, pattern=_COLOUR,
                             examples=["#FFFFFF"])
    strokeColor: str | None = wire(None, "The colour of their edge.", _E, label="Edge colour", colour=True, pattern=_COLOUR,
                                   examples=["#000000"])
    strokeWidth: float | None = wire(None, "Width of their edge.", _E, label="Edge", unit="px", ge=0, le=40, examples=[2])


class SubtitlesGenerate(RequestModel):
    """Input of subtitles.generate: what is said in the video, burnt into it."""

    video_url: MediaUrl = wire(..., "The video with the speech.", _E, label="Video", media=("video",))
    subtitle_settings: SubtitleSettings | None = wire(None, "How the subtitles look.", _E, label="Look")
    duration: float | None = wire(None, "The video's length, as far as it is known.", _E, label="Length", unit="s", gt=0,
                                  le=3600, advanced=True)
    file_name: str | None = wire(None, "The file's name.", _E, label="File name", max_length=255, advanced=True)
    content_type: str | None = wire(None, "The file's type.", _E, label="File type", max_length=100, advanced=True,
                                    examples=["video/mp4"])


class CameraControl(RequestModel):
    """How the camera moves; 0 is not at all, the sign is the direction. The range is our own choice."""

    pan: float | None = wire(None, "Turn to the right (left below 0).", _E, label="Pan", ge=-100, le=100)
    tilt: float | None = wire(None, "Turn upwards (down below 0).", _E, label="Tilt", ge=-100, le=100)
    roll: float | None = wire(None, "Turn about the view, clockwise above 0.", _E, label="Roll", ge=-100, le=100)
    zoom: float | None = wire(None, "Come closer (back off below 0).", _E, label="Zoom", ge=-100, le=100, examples=[18])
    horizontal: float | None = wire(None, "Move to the right (left below 0).", _E, label="Horizontal", ge=-100, le=100)
    vertical: float | None = wire(None, "Move upwards (down below 0).", _E, label="Vertical", ge=-100, le=100)


MOTIONS = ("zoom_in", "zoom_out", "pan_left", "pan_right", "tilt_up", "tilt_down", "roll", "orbit", "handheld", "dolly_zoom")
"""Preset names of the local engine: the service publishes none."""


class SmartmotionGenerate(RequestModel):
    """Input of smartmotion.generate: a picture or a video gets a camera move."""

    RULES: ClassVar[tuple[Rule, ...]] = (
        WhenSet("control_mode", "camera_control", ("camera_control",), "the control_mode camera_control"),
    )

    file_url: MediaUrl = wire(..., "The picture or the video.", _E, label="Picture or video", media=("image", "video"))
    motion: str | None = wire(None, "A move by its name.", _E, label="Motion", max_length=100, examples=list(MOTIONS))
    motion_scale: float | None = wire(None, "How strong the move is; 1 is as usual.", _E, label="Strength", ge=0, le=10)
    duration: float | None = wire(None, "Length in seconds; a video's own when left empty.", _E, label="Duration", unit="s",
                                  ge=1, le=60, examples=[4, 6, 10])
    control_mode: str | None = wire(None, "How the move is given: by its name, or by the camera.", _E, label="Control",
                                    max_length=100, examples=["camera_control"])
    camera_control: CameraControl | None = wire(None, "The camera's move in numbers.", _E, label="Camera",
                                                applies=_CAMERA)
    prompt: str | None = wire(None, "The move in your own words.", _E, label="Prompt", multiline=True, max_length=5000)
    negative_prompt: str | None = wire(None, "What to leave out.", _E, label="Negative prompt", multiline=True,
                                       max_length=500, advanced=True)
    file_name: str | None = wire(None, "The file's name.", _E, label="File name", max_length=255, advanced=True)
    content_type: str | None = wire(None, "The file's type.", _E, label="File type", max_length=100, advanced=True)
    seed: int | None = seed_field("move", Source.ENGINE)
