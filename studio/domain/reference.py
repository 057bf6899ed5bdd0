"""What a person puts beside a prompt: media with what is known of them, changes to them, and settings brought back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studio.domain.asset import Asset
from studio.domain.job import JobRequest
from studio.domain.kinds import MediaKind


@dataclass(frozen=True, slots=True)
class TakenMedia:
    """A file of the library's own that a job may use. `uri` is sent; sizes in pixels, `duration_s` in seconds.

    `changes`: what was done to it on the way in, a sentence each; empty where it is byte for byte what was brought.
    """

    uri: str
    name: str
    kind: MediaKind
    mime: str = ""
    width: int | None = None
    height: int | None = None
    duration_s: float | None = None
    thumbnail: Path | None = None
    changes: tuple[str, ...] = ()

    @property
    def measures(self) -> str:
        """Size and length for people: "1,024 × 768", "4.2 s", or both."""
        parts = []
        if self.width and self.height:
            parts.append(f"{self.width:,} × {self.height:,}")
        if self.duration_s:
            parts.append(f"{self.duration_s:.1f} s")
        return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class PictureEdit:
    """A change to a picture: mirrored left to right first, then `turns` quarter turns clockwise, then cut to `box` (left,
    top, right, bottom, as shares of the turned picture, 0 to 1). Raises ValueError where the box holds nothing."""

    turns: int = 0
    mirrored: bool = False
    box: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)

    def __post_init__(self) -> None:
        left, top, right, bottom = self.box
        if not (0.0 <= left < right <= 1.0 and 0.0 <= top < bottom <= 1.0):
            raise ValueError(f"a box of {self.box} holds nothing")

    @property
    def changes_nothing(self) -> bool:
        return self.turns % 4 == 0 and not self.mirrored and self.box == (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class RecentMedia:
    """A file that was used as a reference lately, or an asset that came in lately. `words` say when and for what."""

    path: Path
    kind: MediaKind
    thumbnail: Path | None
    words: str
    used: bool


@dataclass(frozen=True, slots=True)
class Recalled:
    """The settings that made an asset, ready for the composer; `lost`: what of them could not be brought back, in words."""

    asset: Asset
    request: JobRequest
    lost: tuple[str, ...] = ()


def ratio_of(words: object) -> float | None:
    """The width by the height that "16:9" stands for; None for what is no ratio."""
    if not isinstance(words, str):
        return None
    wide, colon, high = words.partition(":")
    try:
        share = float(wide) / float(high)
    except (ValueError, ZeroDivisionError):
        return None
    return share if colon and 0.01 < share < 100 else None


def centred_box(width: int, height: int, ratio: float) -> tuple[float, float, float, float]:
    """The largest box of `ratio` (width by height) in the middle of a picture, in shares of it."""
    have = width / height
    if have > ratio:
        inset = (1 - ratio / have) / 2
        return (inset, 0.0, 1 - inset, 1.0)
    inset = (1 - have / ratio) / 2
    return (0.0, inset, 1.0, 1 - inset)
