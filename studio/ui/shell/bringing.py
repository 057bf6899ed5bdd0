"""What was dropped on the gallery's zone, into the gallery: files as they are, pictures and addresses through the intake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl

from studio.domain.errors import StudioError
from studio.ui.bridge import plain_words

if TYPE_CHECKING:
    from pathlib import Path

    from studio.app.core import Core
    from studio.ui.composer.intake import Brought


async def bring_each(things: Sequence[Brought], core: Core) -> tuple[int, list[str]]:
    """How many came in, and what was said of each that did not: one bad thing does not keep the others out."""
    count, refused = 0, []
    for thing in things:
        try:
            path, name = await _file_of(thing, core)
            await core.import_file(path, name)
            count += 1
        except (StudioError, OSError) as error:
            refused.append(plain_words(error))
    return count, refused


async def _file_of(thing: Brought, core: Core) -> tuple[Path, str]:
    """Where a file with its content is, and what to call it where that has no name of its own (it was put among the inputs,
    as if it were dropped on a slot)."""
    from pathlib import Path

    if thing.path is not None and not thing.url:
        return thing.path, ""
    from studio.ui.composer.reference_intake import bring

    media = await bring(thing, (), lambda share: None, core)
    return Path(QUrl(media.uri).toLocalFile()), Path(thing.name).stem
