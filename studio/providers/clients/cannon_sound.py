"""Cannon Studio's music, narration and sound effects as typed methods."""

from __future__ import annotations

from typing import Literal

from studio.providers.clients.connection import CreateOptions
from studio.providers.clients.creating import Group, Made
from studio.providers.clients.media import Media


class Music(Group[Made]):
    """`client.music`."""

    def generate(
        self, *,
        prompt: str, title: str | None = None, style: str | None = None, duration_seconds: float | None = None,
        instrumental: bool | None = None, seed: int | None = None, model: str | None = None, provider: str | None = None,
        mode: str | None = None, custom_mode: bool | None = None, vocal_gender: Literal["m", "f"] | None = None,
        persona_id: str | None = None, style_weight: float | None = None, weirdness_constraint: float | None = None,
        audio_weight: float | None = None, description_prompt: str | None = None, negative_tags: str | None = None,
        prompt_influence: float | None = None, webhook_url: str | None = None, idempotency_key: str | None = None,
    ) -> Made:
        """A piece of music. Custom mode takes lyrics as its prompt and needs style and title; the weights are 0 to 1."""
        return self._create(
            "music.generate",
            {
                "prompt": prompt, "title": title, "style": style, "duration_seconds": duration_seconds,
                "instrumental": instrumental, "seed": seed, "model": model, "provider": provider, "mode": mode,
                "custom_mode": custom_mode, "vocal_gender": vocal_gender, "persona_id": persona_id,
                "style_weight": style_weight, "weirdness_constraint": weirdness_constraint, "audio_weight": audio_weight,
                "description_prompt": description_prompt, "negative_tags": negative_tags,
                "prompt_influence": prompt_influence,
            },
            CreateOptions(webhook_url, idempotency_key),
        )


class Narration(Group[Made]):
    """`client.narration`."""

    def generate(
        self, *,
        text: str, voice_id: str | None = None, tone: str | None = None, speed: float | None = None,
        stability: float | None = None, similarity_boost: float | None = None, webhook_url: str | None = None,
        idempotency_key: str | None = None,
    ) -> Made:
        """A text spoken."""
        return self._create(
            "narration.generate",
            {
                "text": text, "voice_id": voice_id, "tone": tone, "speed": speed, "stability": stability,
                "similarity_boost": similarity_boost,
            },
            CreateOptions(webhook_url, idempotency_key),
        )


class Soundfx(Group[Made]):
    """`client.soundfx`."""

    def generate(
        self, *,
        prompt: str, video_url: Media | None = None, duration_seconds: float | None = None, seed: int | None = None,
        title: str | None = None, mode: str | None = None, description_prompt: str | None = None,
        negative_tags: str | None = None, prompt_influence: float | None = None, webhook_url: str | None = None,
        idempotency_key: str | None = None,
    ) -> Made:
        """Sounds from words, or for a video: then the video with its sound comes back too."""
        return self._create(
            "soundfx.generate",
            {
                "prompt": prompt, "video_url": video_url, "duration_seconds": duration_seconds, "seed": seed,
                "title": title, "mode": mode, "description_prompt": description_prompt, "negative_tags": negative_tags,
                "prompt_influence": prompt_influence,
            },
            CreateOptions(webhook_url, idempotency_key),
        )
