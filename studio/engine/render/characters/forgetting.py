"""Characters that nobody uses any more: forgotten some time after they were made or played last. Light: the engine's server
imports it, which draws nothing."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
from collections.abc import Collection
from pathlib import Path

log = logging.getLogger(__name__)

FOLDER = "characters"
ABOUT = "character.json"
UNUSED_DAYS = 30
UNUSED_MS = UNUSED_DAYS * 24 * 3600 * 1000
"""Longer than uploads and results are kept: a character is made to be used again. Each use begins the time anew."""
_GONE, _PART = ".gone", ".part"


def used(home: Path) -> None:
    """Note that the character in this folder is used now; one that cannot be noted is forgotten a little early."""
    try:
        os.utime(home / ABOUT)
    except OSError:
        log.info("the use of a character could not be noted", exc_info=True)


def forget_unused(kept: Path, before_ms: int, needed: Collection[str]) -> list[str]:
    """Remove the characters below the engine's folder for kept things that were used last before this time (ms since 1970),
    but none of `needed`; and what was left of earlier ones half made or half removed. Answers the ids that are gone."""
    gone = []
    with contextlib.suppress(FileNotFoundError):
        for home in sorted((kept / FOLDER).iterdir()):
            try:
                if home.name in needed or _last_used_ms(home) >= before_ms:
                    continue
                if not home.name.startswith("."):
                    home = home.rename(home.with_name(f".{home.name}{_GONE}"))  # at once: half a character is never seen
                    gone.append(home.name.removeprefix(".").removesuffix(_GONE))
                if home.name.endswith((_GONE, _PART)):
                    shutil.rmtree(home)
            except OSError:  # Windows: somebody reads it just now; the next sweep tries again
                log.info("a character cannot be removed yet", exc_info=True)
    return gone


def _last_used_ms(home: Path) -> int:
    about = home / ABOUT
    return (about if about.exists() else home).stat().st_mtime_ns // 1_000_000
