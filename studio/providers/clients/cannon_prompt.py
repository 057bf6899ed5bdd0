"""Cannon Studio's prompt.enhance group as typed methods. The result's `enhanced_prompt` is the text."""

from __future__ import annotations

from studio.contracts.wire import AspectRatio
from studio.providers.clients.connection import CreateOptions
from studio.providers.clients.creating import Group, Made


class Enhance(Group[Made]):
    """`client.prompt.enhance`."""

    def video(
        self, *,
        prompt: str, visual_style: str | None = None, duration: float | None = None,
        aspect_ratio: AspectRatio | None = None, rewrite_request: str | None = None, webhook_url: str | None = None,
        idempotency_key: str | None = None,
    ) -> Made:
        """A video prompt, aware of the camera and concise; `duration` in seconds."""
        return self._create(
            "prompt.enhance.video",
            {
                "prompt": prompt, "visualStyle": visual_style, "duration": duration, "aspectRatio": aspect_ratio,
                "rewriteRequest": rewrite_request,
            },
            CreateOptions(webhook_url, idempotency_key),
        )

    def image(
        self, *,
        prompt: str, visual_style: str | None = None, aspect_ratio: AspectRatio | None = None,
        rewrite_request: str | None = None, webhook_url: str | None = None, idempotency_key: str | None = None,
    ) -> Made:
        """A picture's prompt, in the language that it is in."""
        return self._create(
            "prompt.enhance.image",
            {
                "prompt": prompt, "visualStyle": visual_style, "aspectRatio": aspect_ratio,
                "rewriteRequest": rewrite_request,
            },
            CreateOptions(webhook_url, idempotency_key),
        )

    def location(
        self, *,
        prompt: str, visual_style: str | None = None, rewrite_request: str | None = None, webhook_url: str | None = None,
        idempotency_key: str | None = None,
    ) -> Made:
        """A place described better."""
        return self._create(
            "prompt.enhance.location",
            {
                "prompt": prompt, "visualStyle": visual_style, "rewriteRequest": rewrite_request,
            },
            CreateOptions(webhook_url, idempotency_key),
        )

    def variant(
        self, *,
        prompt: str, rewrite_request: str | None = None, webhook_url: str | None = None, idempotency_key: str | None = None,
    ) -> Made:
        """A variation that keeps the subject's identity and the framing."""
        return self._create(
            "prompt.enhance.variant",
            {
                "prompt": prompt, "rewriteRequest": rewrite_request,
            },
            CreateOptions(webhook_url, idempotency_key),
        )
