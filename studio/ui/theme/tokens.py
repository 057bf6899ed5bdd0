"""The design tokens: colours of both themes, spacing, radii, heights and type sizes. Plain data, no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

LEGIBLE = 4.5
"""The least contrast of words with what is behind them (WCAG 2.1, AA)."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Tokens:
    """One theme. Colours are "#RRGGBB"; every other value is in pixels. `dark` says which way to shade."""

    name: str
    dark: bool
    bg: str
    surface1: str
    surface2: str
    surface3: str
    line: str
    text: str
    dim: str
    faint: str
    accent: str
    on_accent: str
    ok: str
    warn: str
    bad: str
    run: str
    canvas: str

    xs: int = 4
    sm: int = 8
    md: int = 12
    lg: int = 16
    xl: int = 24
    xxl: int = 32

    radius_small: int = 6
    radius: int = 8
    radius_box: int = 10
    radius_surface: int = 12

    control: int = 32
    primary: int = 44
    row: int = 60
    thumb: int = 40
    top_bar: int = 52

    font_body: int = 13
    font_label: int = 12
    font_small: int = 11
    font_primary: int = 14
    font_heading: int = 16
    font_title: int = 20

    @property
    def accent_tint(self) -> str:
        """Behind what is selected, where the text stays in its own colour."""
        return mix(self.surface2, self.accent, 0.2)

    @property
    def bad_tint(self) -> str:
        """Behind the words of an error."""
        return mix(self.surface1, self.bad, 0.12)


DARK = Tokens(
    name="dark", dark=True,
    bg="#0E1014", surface1="#15181E", surface2="#1C2028", surface3="#262B35", line="#2A303B",
    text="#E9ECF1", dim="#A2ABB9", faint="#6F7987", accent="#8F85FF", on_accent="#0E1014",
    ok="#4CC38A", warn="#E5B84A", bad="#F2666A", run="#5EB0FF", canvas="#090A0D",
)
LIGHT = Tokens(
    name="light", dark=False,
    bg="#F3F4F7", surface1="#FFFFFF", surface2="#F7F8FA", surface3="#E9ECF1", line="#D9DEE6",
    text="#14171D", dim="#515B69", faint="#7A8492", accent="#5546DD", on_accent="#FFFFFF",
    ok="#13784A", warn="#8A6100", bad="#C4262E", run="#0B63C5", canvas="#E4E7EC",
)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(below: str, above: str, share: float) -> str:
    """`share` (0 to 1) of `above` laid over `below`, channel by channel in sRGB, as a painter with that opacity would."""
    pairs = zip(_channels(below), _channels(above), strict=True)
    return "#" + "".join(f"{round(low + (high - low) * share):02X}" for low, high in pairs)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours by WCAG 2.1 (relative luminance), 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=64)
def legible(ink: str, ground: str, towards: str) -> str:
    """`ink`, mixed with `towards` only as far as words on `ground` need: a state's colour on a selected row."""
    shares = (step / 20 for step in range(21))
    return next((mixed for share in shares if contrast(mixed := mix(ink, towards, share), ground) >= LEGIBLE), towards)


def _luminance(colour: str) -> float:
    linear = []
    for channel in _channels(colour):
        value = channel / 255
        linear.append(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
