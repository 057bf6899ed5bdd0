"""Cannon Studio's image.generate and image.edit as typed methods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from studio.contracts.wire import AspectRatio
from studio.providers.clients.connection import CreateOptions
from studio.providers.clients.creating import Group, Made
from studio.providers.clients.media import Media

LongSide: TypeAlias = Literal["1K", "2K", "4K"]


class Image(Group[Made]):
    """`client.image`."""

    def generate(
        self, *,
        prompt: str, model: str | None = None, aspect_ratio: AspectRatio | None = None, resolution: LongSide | None = None,
        quality: Literal["low", "medium", "high"] | None = None, style: str | None = None,
        reference_image_urls: Sequence[Media] | None = None, reference_prompt_balance: float | None = None,
        seed: int | None = None, webhook_url: str | None = None, idempotency_key: str | None = None,
    ) -> Made:
        """A picture from words. `reference_prompt_balance` 0 follows the prompt, 1 the references; `seed` is the local
        engine's."""
        return self._create(
            "image.generate",
            {
                "prompt": prompt, "model": model, "aspect_ratio": aspect_ratio, "resolution": resolution,
                "quality": quality, "style": style, "reference_image_urls": reference_image_urls,
                "reference_prompt_balance": reference_prompt_balance, "seed": seed,
            },
            CreateOptions(webhook_url, idempotency_key),
        )

    def edit(
        self, *,
        prompt: str, image_url: Media, model: str | None = None, aspect_ratio: AspectRatio | None = None,
        resolution: LongSide | None = None, seed: int | None = None, webhook_url: str | None = None,
        idempotency_key: str | None = None,
    ) -> Made:
        """A picture changed as the words say. `seed` is the local engine's."""
        return self._create(
            "image.edit",
            {
                "prompt": prompt, "image_url": image_url, "model": model, "aspect_ratio": aspect_ratio,
                "resolution": resolution, "seed": seed,
            },
            CreateOptions(webhook_url, idempotency_key),
        )
