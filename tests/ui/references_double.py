"""The references of the core's double: files are kept as they are, addresses are never asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from studio.domain.errors import InputError
from studio.domain.kinds import MediaKind
from studio.domain.reference import PictureEdit, Recalled, RecentMedia, TakenMedia

if TYPE_CHECKING:
    from tests.ui.core_double import CoreDouble

Step = Callable[[float], None]


class ReferencesDouble:
    """`recents` and `settings` are what is answered; `edits` what was asked for."""

    def __init__(self, core: CoreDouble) -> None:
        self._core = core
        self.recents: list[RecentMedia] = []
        self.settings: dict[Path, Recalled] = {}
        self.edits: list[PictureEdit] = []

    async def take(
        self, path: Path, name: str = "", *, accepts: Sequence[MediaKind] = (), step: Step | None = None
    ) -> TakenMedia:
        return await self.take_bytes(path.read_bytes(), name or path.name)

    async def take_bytes(
        self, data: bytes, name: str, *, accepts: Sequence[MediaKind] = (), step: Step | None = None
    ) -> TakenMedia:
        if not data.startswith((b"\x89PNG", b"\xff\xd8")):
            raise InputError(f"{name} is no picture, video or sound.", advice="Choose another file.")
        target = self._core.paths.inputs / (hashlib.sha256(data).hexdigest() + (Path(name).suffix or ".png"))
        target.write_bytes(data)
        return TakenMedia(target.as_uri(), name, MediaKind.IMAGE, "image/png", 640, 400, thumbnail=target)

    async def fetch(
        self, url: str, name: str, *, accepts: Sequence[MediaKind] = (), step: Step | None = None,
        fallback: Path | None = None,
    ) -> TakenMedia:
        return TakenMedia(url, name, MediaKind.IMAGE, "image/png", 640, 400)

    async def look(self, uri: str, name: str) -> TakenMedia:
        return TakenMedia(uri, name, MediaKind.IMAGE, "image/png", 640, 400)

    async def edit(self, uri: str, name: str, edit: PictureEdit) -> TakenMedia:
        self.edits.append(edit)
        return TakenMedia(f"{uri}?{len(self.edits)}", name, MediaKind.IMAGE, "image/png", 320, 200)

    async def recent(self, accepts: Sequence[MediaKind] = (), limit: int = 24) -> list[RecentMedia]:
        return list(self.recents)

    async def made_here(self, paths: Sequence[Path]) -> list[Path]:
        return [path for path in paths if path in self.settings]

    async def recalled(self, path: Path) -> Recalled:
        if path not in self.settings:
            raise InputError(f"The settings of “{path.name}” are not known.", advice="It was not made here.")
        return self.settings[path]
