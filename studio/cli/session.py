"""Runs one command on the core: opened, used, closed, its errors told in the way that the person or program asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import typer

from studio.app.logs import set_up as set_up_logs
from studio.cli.documents import of_error
from studio.cli.terminal import Terminal
from studio.domain.errors import LocalError, StudioError
from studio.settings.paths import Paths

if TYPE_CHECKING:
    from studio.app.core import Core

DONE, FAILED, USAGE = 0, 1, 2
Work = Callable[["Core"], Awaitable[int]]


def run(terminal: Terminal, work: Work, *, follow_jobs: bool = False) -> None:
    """Open the core, do `work`, close it, and end the program with its exit code.

    `follow_jobs`: also take up what no living process follows, as work on one job may wait for others.
    """
    paths = Paths.from_environment()

    async def body() -> int:
        # Imported here: it brings the database, HTTP and media, which `--help` and usage errors need not wait for.
        from studio.app.core import Core

        core = await Core.open(paths)
        try:
            if follow_jobs:
                await core.start()
            return await work(core)
        finally:
            await core.close()

    try:
        set_up_logs(paths)
        code = asyncio.run(body())
    except StudioError as error:
        terminal.document(of_error(error))
        terminal.aside(f"studio: {error.in_words()}")
        code = FAILED
    except OSError as error:
        words = f"{error.filename or 'A file'} cannot be used: {error.strerror or error}."
        told = LocalError(words, advice="Check the disk.")
        terminal.document(of_error(told))
        terminal.aside(f"studio: {told.in_words()}")
        code = FAILED
    except KeyboardInterrupt:
        terminal.aside("studio: interrupted.")
        code = FAILED
    raise typer.Exit(code)
