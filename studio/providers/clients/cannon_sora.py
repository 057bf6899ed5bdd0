"""Cannon Studio's Sora 2 group as typed methods: characters, and changing a video that exists."""

from __future__ import annotations

from collections.abc import Sequence

from studio.contracts.cannon.sora import Lines, Orientation, Seconds
from studio.providers.clients.connection import CreateOptions
from studio.providers.clients.creating import Group, Made
from studio.providers.clients.media import Media


class Character(Group[Made]):
    """`client.sora2.character`."""

    def create(
        self, *,
        name: str, video_url: Media, webhook_url: str | None = None, idempotency_key: str | None = None,
    ) -> Made:
        """A character from a clip of 2 to 4 seconds; its id is in the result's output."""
        return self._create(
            "sora2.character.create",
            {
                "name": name, "video_url": video_url,
            },
            CreateOptions(webhook_url, idempotency_key),
        )

    def video(
        self, *,
        prompt: str, character_ids: Sequence[str], duration: Seconds | None = None, aspect_ratio: Orientation | None = None,
        resolution: Lines | None = None, seed: int | None = None, webhook_url: str | None = None,
        idempotency_key: str | None = None,
    ) -> Made:
        """Characters, by their ids, in a scene."""
        return self._create(
            "sora2.character.video",
            {
                "prompt": prompt, "character_ids": character_ids, "duration": duration, "aspect_ratio": aspect_ratio,
                "resolution": resolution, "seed": seed,
            },
            CreateOptions(webhook_url, idempotency_key),
        )


class SoraVideo(Group[Made]):
    """`client.sora2.video`."""

    def edit(
        self, *,
        sora_video_id: str, prompt: str, model: str | None = None, source_video_url: Media | None = None,
        aspect_ratio: Orientation | None = None, resolution: Lines | None = None, seed: int | None = None,
        duration: Seconds | None = None, webhook_url: str | None = None, idempotency_key: str | None = None,
    ) -> Made:
        """An instruction for the whole video. `sora_video_id` is the task_id of a result; `seed` is the local engine's."""
        return self._create(
            "sora2.video.edit",
            {
                "sora_video_id": sora_video_id, "prompt": prompt, "model": model, "source_video_url": source_video_url,
                "aspect_ratio": aspect_ratio, "resolution": resolution, "seed": seed, "duration": duration,
            },
            CreateOptions(webhook_url, idempotency_key),
        )

    def extend(
        self, *,
        sora_video_id: str, prompt: str, model: str | None = None, source_video_url: Media | None = None,
        aspect_ratio: Orientation | None = None, resolution: Lines | None = None, seed: int | None = None,
        duration: int | None = None, source_duration: float | None = None, webhook_url: str | None = None,
        idempotency_key: str | None = None,
    ) -> Made:
        """What comes after the last frame; `duration` is brought to 4, 8, 12, 16 or 20 seconds. It may be repeated."""
        return self._create(
            "sora2.video.extend",
            {
                "sora_video_id": sora_video_id, "prompt": prompt, "model": model, "source_video_url": source_video_url,
                "aspect_ratio": aspect_ratio, "resolution": resolution, "seed": seed, "duration": duration,
                "source_duration": source_duration,
            },
            CreateOptions(webhook_url, idempotency_key),
        )

    def remix(
        self, *,
        sora_video_id: str, prompt: str, model: str | None = None, source_video_url: Media | None = None,
        aspect_ratio: Orientation | None = None, resolution: Lines | None = None, seed: int | None = None,
        duration: Seconds | None = None, webhook_url: str | None = None, idempotency_key: str | None = None,
    ) -> Made:
        """Kept by the service for older programs: `edit` is preferred."""
        return self._create(
            "sora2.video.remix",
            {
                "sora_video_id": sora_video_id, "prompt": prompt, "model": model, "source_video_url": source_video_url,
                "aspect_ratio": aspect_ratio, "resolution": resolution, "seed": seed, "duration": duration,
            },
            CreateOptions(webhook_url, idempotency_key),
        )
