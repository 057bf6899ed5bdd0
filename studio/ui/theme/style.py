"""Stylesheet and palette, written from the tokens. Sizes follow a 4 px grid; nothing changes size when it gets the focus."""

from __future__ import annotations

from string import Template

from PySide6.QtGui import QColor, QPalette

from studio.settings.shipped import shipped
from studio.ui.theme.tokens import Tokens

_TEMPLATE = "theme/studio.qss"


def sheet(tokens: Tokens) -> str:
    """The application's stylesheet: resources/theme/studio.qss with the tokens put in for its $names."""
    names = (name for cls in type(tokens).__mro__ for name in getattr(cls, "__slots__", ()))
    values: dict[str, object] = {name: getattr(tokens, name) for name in names}
    values |= {"accent_tint": tokens.accent_tint, "bad_tint": tokens.bad_tint, "icons": _icon_folder(tokens)}
    return Template(shipped(_TEMPLATE).read_text(encoding="utf-8")).substitute(values)


def _icon_folder(tokens: Tokens) -> str:
    """Where the few pictures lie that a stylesheet needs as files (arrows, ticks), drawn once in each theme's colours."""
    return shipped(f"theme/{tokens.name}").as_posix()


def palette(tokens: Tokens) -> QPalette:
    """The palette for what a stylesheet does not reach: item views, painted widgets, dialogs of Qt's own."""
    roles = {
        QPalette.ColorRole.Window: tokens.bg,
        QPalette.ColorRole.WindowText: tokens.text,
        QPalette.ColorRole.Base: tokens.surface2,
        QPalette.ColorRole.AlternateBase: tokens.surface1,
        QPalette.ColorRole.Text: tokens.text,
        QPalette.ColorRole.PlaceholderText: tokens.dim,
        QPalette.ColorRole.Button: tokens.surface2,
        QPalette.ColorRole.ButtonText: tokens.text,
        QPalette.ColorRole.BrightText: tokens.bad,
        QPalette.ColorRole.Highlight: tokens.accent,
        QPalette.ColorRole.HighlightedText: tokens.on_accent,
        QPalette.ColorRole.Link: tokens.accent,
        QPalette.ColorRole.LinkVisited: tokens.accent,
        QPalette.ColorRole.ToolTipBase: tokens.surface3,
        QPalette.ColorRole.ToolTipText: tokens.text,
        QPalette.ColorRole.Light: tokens.surface3,
        QPalette.ColorRole.Midlight: tokens.surface3,
        QPalette.ColorRole.Mid: tokens.line,
        QPalette.ColorRole.Dark: tokens.line,
        QPalette.ColorRole.Shadow: tokens.canvas,
        QPalette.ColorRole.Accent: tokens.accent,
    }
    answer = QPalette()
    for role, colour in roles.items():
        answer.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        answer.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.faint))
    return answer
