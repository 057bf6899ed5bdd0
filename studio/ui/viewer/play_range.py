"""The part of a clip that is played over and over. Pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

SHORTEST_S = 0.1


@dataclass(frozen=True, slots=True)
class PlayRange:
    """Seconds; None is the clip's own beginning or end."""

    start_s: float | None = None
    end_s: float | None = None

    @property
    def is_set(self) -> bool:
        return self.start_s is not None or self.end_s is not None

    def is_over(self, seconds: float) -> bool:
        """Whether playing on from there would leave the range."""
        return self.end_s is not None and seconds >= self.end_s - 0.005

    def starting(self, seconds: float) -> PlayRange:
        """Beginning there; an end that would lie before it is dropped."""
        end = self.end_s if self.end_s is not None and self.end_s >= seconds + SHORTEST_S else None
        return PlayRange(max(0.0, seconds), end)

    def ending(self, seconds: float) -> PlayRange:
        """Ending there; a beginning that would lie behind it is dropped. Never shorter than a tenth of a second."""
        start = self.start_s if self.start_s is not None and self.start_s <= seconds - SHORTEST_S else None
        return PlayRange(start, max(SHORTEST_S, seconds))
