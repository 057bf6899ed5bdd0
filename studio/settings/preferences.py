"""What the person set, in one file. Each value is checked on reading; what a newer version wrote is kept on writing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from studio.domain.account import LOCAL_ACCOUNT
from studio.settings.files import BrokenFileError, read_object, write_object

_log = logging.getLogger(__name__)

VERSION = 1
THEMES = ("dark", "light", "system")
ON_START = ("run", "paused", "as_was")


@dataclass(frozen=True, slots=True)
class Preferences:
    """`theme` one of THEMES, `on_start` (what the queue does after a start) one of ON_START.

    `webhook_receiver`: events from the services are taken, on `webhook_port` of this computer (0: any free one), behind a
    tunnel that the person has at `webhook_public_url` (empty: none).

    `embed_recipes`: a new result gets its recipe written into the file, where its container allows that.

    `signing_certificate`, `signing_key`: PEM files of the person's own, for content credentials in exported copies, as
    absolute paths; empty: none. The key itself stays where it lies.

    `model_folders`: where diffusion models of the person's own lie, for the local engine, as absolute paths.

    `ask_above_credits`: a job that is thought to cost more is asked about; None never asks. `other`: keys of the file that
    this version does not know, written back as they came.
    """

    theme: str = "dark"
    default_account: str = LOCAL_ACCOUNT
    reduced_motion: bool = False
    filmstrip: bool = True
    autoplay: bool = False
    loop_playback: bool = True
    muted: bool = False
    notifications: bool = True
    on_start: str = "run"
    ask_above_credits: float | None = None
    language: str = ""
    webhook_receiver: bool = False
    webhook_port: int = 0
    webhook_public_url: str = ""
    model_folders: tuple[str, ...] = ()
    embed_recipes: bool = False
    signing_certificate: str = ""
    signing_key: str = ""
    other: Mapping[str, Any] = field(default_factory=dict)


def _one_of(words: tuple[str, ...]) -> Callable[[object], bool]:
    return lambda value: value in words


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


def _is_amount(value: object) -> bool:
    if value is None:
        return True
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")


def _is_port(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 65535


def _is_tunnel(value: object) -> bool:
    """Empty, or an address that ends with its path: https, or this computer."""
    from studio.net.errors import ForbiddenAddressError  # not before the first paint
    from studio.net.origin import require_safe, split

    if not isinstance(value, str):
        return False
    try:
        return not value or not (split(require_safe(value)).query or split(value).fragment)
    except ForbiddenAddressError:
        return False


def _are_folders(value: object) -> bool:
    """Absolute paths, as a list in the file. Whether anything is there is looked at later: a disk may be unplugged."""
    return isinstance(value, list | tuple) and all(isinstance(one, str) and Path(one).is_absolute() for one in value)


def _is_file_or_none(value: object) -> bool:
    """Empty, or an absolute path; whether anything is there is looked at when it is used."""
    return isinstance(value, str) and (not value or Path(value).is_absolute())


_CHECKS: dict[str, Callable[[object], bool]] = {
    "theme": _one_of(THEMES),
    "default_account": lambda value: isinstance(value, str) and bool(value.strip()),
    "reduced_motion": _is_switch,
    "filmstrip": _is_switch,
    "autoplay": _is_switch,
    "loop_playback": _is_switch,
    "muted": _is_switch,
    "notifications": _is_switch,
    "on_start": _one_of(ON_START),
    "ask_above_credits": _is_amount,
    "language": lambda value: isinstance(value, str),
    "webhook_receiver": _is_switch,
    "webhook_port": _is_port,
    "webhook_public_url": _is_tunnel,
    "model_folders": _are_folders,
    "embed_recipes": _is_switch,
    "signing_certificate": _is_file_or_none,
    "signing_key": _is_file_or_none,
}


def load(path: Path) -> Preferences:
    """The preferences in a file; the defaults where there is none. What could not be read is in the log."""
    preferences, problem = load_with_report(path)
    if problem:
        _log.warning("%s", problem)
    return preferences


def load_with_report(path: Path) -> tuple[Preferences, str | None]:
    """The same, and words for the person when the file was broken (it is kept) or single values made no sense."""
    try:
        written = read_object(path)
    except BrokenFileError as error:
        return Preferences(), error.words
    except OSError as error:
        return Preferences(), f"{path.name} could not be read ({error.strerror}); the defaults are used."
    if written is None:
        return Preferences(), None
    known = {name: value for name, value in written.items() if name in _CHECKS}
    good: dict[str, Any] = {name: _read(value) for name, value in known.items() if _CHECKS[name](value)}
    other = {name: value for name, value in written.items() if name not in _CHECKS and name != "version"}
    version = written.get("version")
    if isinstance(version, int) and version > VERSION:
        other["version"] = version  # a newer Studio wrote it: it finds its own number again
    preferences = Preferences(**good, other=other)
    wrong = sorted(known.keys() - good.keys())
    if wrong:
        return preferences, f"{path.name}: {', '.join(wrong)} made no sense; the default is used."
    return preferences, None


def _read(value: object) -> object:
    """As it is kept here: a list cannot be changed by whoever holds the preferences."""
    return tuple(value) if isinstance(value, list) else value


def save(path: Path, preferences: Preferences) -> None:
    """Writes all of it at once. A broken file that lies there is set aside first. Raises OSError, and ValueError for a
    value that could not be read back."""
    values = {f.name: getattr(preferences, f.name) for f in fields(preferences) if f.name != "other"}
    for name, value in values.items():
        if not _CHECKS[name](value):
            raise ValueError(f"{name} cannot be {value!r}")
    try:
        read_object(path)
    except BrokenFileError as error:
        _log.warning("%s", error.words)
    write_object(path, {"version": VERSION, **values, **preferences.other})
