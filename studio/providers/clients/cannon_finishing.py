"""What Cannon Studio does to media that exist, as typed methods: lip sync, subtitles, smart motion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.contracts.cannon.finishing import CameraControl, SubtitleSettings
from studio.providers.clients.connection import CreateOptions
from studio.providers.clients.creating import Group, Made
from studio.providers.clients.media import Media


class Lipsync(Group[Made]):
    """`client.lipsync`."""

    def generate(
        self, *,
        video_url: Media, audio_url: Media, video_duration: float | None = None, audio_duration: float | None = None,
        video_title: str | None = None, audio_title: str | None = None, webhook_url: str | None = None,
        idempotency_key: str | None = None,
    ) -> Made:
        """The mouth in the video follows the speech."""
        return self._create(
            "lipsync.generate",
            {
                "video_url": video_url, "audio_url": audio_url, "video_duration": video_duration,
                "audio_duration": audio_duration, "video_title": video_title, "audio_title": audio_title,
            },
            CreateOptions(webhook_url, idempotency_key),
        )


class Subtitles(Group[Made]):
    """`client.subtitles`."""

    def generate(
        self, *,
        video_url: Media, subtitle_settings: SubtitleSettings | Mapping[str, Any] | None = None,
        duration: float | None = None, file_name: str | None = None, content_type: str | None = None,
        webhook_url: str | None = None, idempotency_key: str | None = None,
    ) -> Made:
        """What is said in the video, burnt into it. `subtitle_settings` names the wire's own keys: font, fontSize, color,
        strokeColor, strokeWidth."""
        return self._create(
            "subtitles.generate",
            {
                "video_url": video_url, "subtitle_settings": subtitle_settings, "duration": duration,
                "file_name": file_name, "content_type": content_type,
            },
            CreateOptions(webhook_url, idempotency_key),
        )


class Smartmotion(Group[Made]):
    """`client.smartmotion`."""

    def generate(
        self, *,
        file_url: Media, motion: str | None = None, motion_scale: float | None = None, duration: float | None = None,
        control_mode: str | None = None, camera_control: CameraControl | Mapping[str, Any] | None = None,
        prompt: str | None = None, negative_prompt: str | None = None, file_name: str | None = None,
        content_type: str | None = None, seed: int | None = None, webhook_url: str | None = None,
        idempotency_key: str | None = None,
    ) -> Made:
        """A picture or a video gets a camera move: by its name, or in numbers with `control_mode="camera_control"`."""
        return self._create(
            "smartmotion.generate",
            {
                "file_url": file_url, "motion": motion, "motion_scale": motion_scale, "duration": duration,
                "control_mode": control_mode, "camera_control": camera_control, "prompt": prompt,
                "negative_prompt": negative_prompt, "file_name": file_name, "content_type": content_type, "seed": seed,
            },
            CreateOptions(webhook_url, idempotency_key),
        )
