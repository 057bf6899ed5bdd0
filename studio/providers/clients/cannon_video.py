"""Cannon Studio's video.generate and video.upscale as typed methods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from studio.contracts.wire import AspectRatio
from studio.providers.clients.connection import CreateOptions
from studio.providers.clients.creating import Group, Made
from studio.providers.clients.media import Media

Resolution: TypeAlias = Literal["720p", "1080p", "4k"]


class Video(Group[Made]):
    """`client.video`."""

    def generate(
        self, *,
        prompt: str, model: str | None = None, duration: int | None = None, image_url: Media | None = None,
        first_frame_url: Media | None = None, source_video_url: Media | None = None, first_clip_url: Media | None = None,
        reference_image_urls: Sequence[Media] | None = None, end_image_url: Media | None = None,
        last_frame_url: Media | None = None, aspect_ratio: AspectRatio | None = None, resolution: Resolution | None = None,
        audio: bool | None = None, audio_url: Media | None = None, negative_prompt: str | None = None,
        prompt_extend: bool | None = None, watermark: bool | None = None, seed: int | None = None,
        nsfw_checker: bool | None = None, webhook_url: str | None = None, idempotency_key: str | None = None,
    ) -> Made:
        """A video from words, a start picture, or a clip to go on from; `duration` in seconds. The fields are those of
        contracts.cannon.video.VideoGenerate; `audio` is the local engine's."""
        return self._create(
            "video.generate",
            {
                "prompt": prompt, "model": model, "duration": duration, "image_url": image_url,
                "first_frame_url": first_frame_url, "source_video_url": source_video_url, "first_clip_url": first_clip_url,
                "reference_image_urls": reference_image_urls, "end_image_url": end_image_url,
                "last_frame_url": last_frame_url, "aspect_ratio": aspect_ratio, "resolution": resolution, "audio": audio,
                "audio_url": audio_url, "negative_prompt": negative_prompt, "prompt_extend": prompt_extend,
                "watermark": watermark, "seed": seed, "nsfw_checker": nsfw_checker,
            },
            CreateOptions(webhook_url, idempotency_key),
        )

    def upscale(
        self, *,
        video_url: Media, video_title: str | None = None, duration_seconds: float | None = None, model: str | None = None,
        target_resolution: Resolution | None = None, upscale_factor: float | None = None, target_fps: float | None = None,
        thumbnail_url: Media | None = None, webhook_url: str | None = None, idempotency_key: str | None = None,
    ) -> Made:
        """A video made larger: to `target_resolution`, or by `upscale_factor`."""
        return self._create(
            "video.upscale",
            {
                "video_url": video_url, "video_title": video_title, "duration_seconds": duration_seconds, "model": model,
                "target_resolution": target_resolution, "upscale_factor": upscale_factor, "target_fps": target_fps,
                "thumbnail_url": thumbnail_url,
            },
            CreateOptions(webhook_url, idempotency_key),
        )
