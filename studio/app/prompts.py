"""What helps to write a prompt: the book of templates, styles and lists, and the prompts that were sent before."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from studio.domain.errors import LocalError
from studio.domain.event import Listener, ProblemRaised
from studio.domain.prompt_book import PromptBook
from studio.settings import prompt_book
from studio.settings.files import write_object
from studio.settings.shipped import shipped
from studio.store.prompts import SqlPrompts

STARTER = "prompts/starter.json"


class PromptService:
    """`data` is the folder of the person's own file."""

    def __init__(self, data: Path, prompts: SqlPrompts, emit: Listener) -> None:
        self._path = data / prompt_book.FILE_NAME
        self._prompts = prompts
        self._emit = emit
        self._book: PromptBook | None = None

    async def earlier(self, search: str = "", limit: int = 200) -> Sequence[str]:
        """Prompts of earlier jobs, each once, the latest first."""
        return await self._prompts.earlier(search, limit)

    async def book(self) -> PromptBook:
        """As it was saved last; what comes with the product before that."""
        if self._book is not None:
            return self._book
        book, problem = await asyncio.to_thread(prompt_book.load, self._path, shipped(STARTER))
        self._book = book
        if problem:
            self._emit(ProblemRaised(problem))
        return book

    async def save(self, book: PromptBook) -> PromptBook:
        """Keep it; gives it as it was kept. Raises InputError for what cannot be kept, LocalError."""
        await asyncio.to_thread(prompt_book.save, self._path, book)
        self._book = book.checked()
        return self._book

    async def read_shared(self, path: Path) -> PromptBook:
        """What a shared file holds: a book, or a list as lines of text. Nothing is kept of it here. Raises InputError."""
        return await asyncio.to_thread(prompt_book.read_shared, path)

    async def share(self, book: PromptBook, path: Path) -> Path:
        """Write a book to a file of the person's choice. Raises InputError for one that makes no sense, LocalError."""
        book = book.checked()
        try:
            await asyncio.to_thread(write_object, path, prompt_book.as_object(book))
        except OSError as error:
            raise LocalError(f"{path.name} could not be written: {error.strerror}.", advice="Choose another one.") from error
        return path
