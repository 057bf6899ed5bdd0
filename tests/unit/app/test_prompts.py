"""The prompt book through the core."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from studio.app.core import Core
from studio.domain.errors import InputError, LocalError
from studio.domain.prompt_book import Phrase, PromptBook
from studio.settings.paths import Paths


async def test_kept_shared_and_taken_in(core: Core, paths: Paths, tmp_path: Path) -> None:
    book = await core.prompts.book()
    saved = await core.prompts.save(replace(book, styles=(*book.styles, Phrase(" Mine ", " my style "))))
    assert saved.styles[-1] == Phrase("Mine", "my style")
    shared = await core.prompts.share(saved, tmp_path / "mine.json")
    again = await Core.open(paths)
    try:
        assert await again.prompts.book() == saved
    finally:
        await again.close()
    assert await core.prompts.read_shared(shared) == saved


async def test_what_cannot_be_written_is_told(core: Core, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(LocalError, match="could not be written"):
        await core.prompts.share(PromptBook(), tmp_path / "file" / "mine.json")
    with pytest.raises(InputError):
        await core.prompts.read_shared(tmp_path / "file")
