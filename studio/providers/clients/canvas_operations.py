"""Canvas Labs' operations as typed methods, one class a group. What is not given is not sent: the service's defaults
are its own."""

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
        prompt: str, image_url: Media | None = None, duration: Literal[5, 10, 15] | None = None,
        resolution: Resolution | None = None, audio: bool | None = None, seed: int | None = None,
        idempotency_key: str | None = None,
    ) -> Made:
        """A video from words, or from a picture. `duration` is 5, 10 or 15 seconds; `seed` is the local engine's."""
        return self._create(
            "video.generate",
            {
                "prompt": prompt, "image_url": image_url, "duration": duration, "resolution": resolution, "audio": audio,
                "seed": seed,
            },
            CreateOptions(None, idempotency_key),
        )


class Image(Group[Made]):
    """`client.image`."""

    def generate(
        self, *,
        prompt: str, reference_images: Sequence[Media] | None = None, aspect_ratio: AspectRatio | None = None,
        resolution: Resolution | None = None, seed: int | None = None, idempotency_key: str | None = None,
    ) -> Made:
        """A picture from words, with up to 3 references. `seed` is the local engine's."""
        return self._create(
            "image.generate",
            {
                "prompt": prompt, "reference_images": reference_images, "aspect_ratio": aspect_ratio,
                "resolution": resolution, "seed": seed,
            },
            CreateOptions(None, idempotency_key),
        )


class Scene(Group[Made]):
    """`client.scene`."""

    def compose(
        self, *,
        images: Sequence[Media], scene: str | None = None, resolution: Resolution | None = None, seed: int | None = None,
        idempotency_key: str | None = None,
    ) -> Made:
        """The subjects of 2 or 3 pictures in one scene: a preset's name or your own words."""
        return self._create(
            "scene.compose",
            {
                "images": images, "scene": scene, "resolution": resolution, "seed": seed,
            },
            CreateOptions(None, idempotency_key),
        )


class Style(Group[Made]):
    """`client.style`."""

    def transfer(
        self, *,
        image_url: Media, style: str | None = None, resolution: Resolution | None = None, seed: int | None = None,
        idempotency_key: str | None = None,
    ) -> Made:
        """A picture in another style; the person on it stays who it is."""
        return self._create(
            "style.transfer",
            {
                "image_url": image_url, "style": style, "resolution": resolution, "seed": seed,
            },
            CreateOptions(None, idempotency_key),
        )
