"""Runs one command on the core: opened, used, closed, its errors told in the way that the person or program asked for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import typer

from studio.app.logs import set_up as set_up_logs
from studio.cli.documents import of_error, of_interrupt
from studio.cli.terminal import Terminal, reader_gone
from studio.domain.errors import BugError, LocalError, StudioError
from studio.settings.paths import Paths

if TYPE_CHECKING:
    from studio.app.core import Core

log = logging.getLogger(__name__)

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
        from studio.library.previews import without_workers

        core = await Core.open(paths)
        try:
            with without_workers():
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
    except BrokenPipeError:
        code = reader_gone()
    except OSError as error:
        words = f"{error.filename or 'A file'} cannot be used: {error.strerror or error}."
        told = LocalError(words, advice="Check the disk.")
        terminal.document(of_error(told))
        terminal.aside(f"studio: {told.in_words()}")
        code = FAILED
    except KeyboardInterrupt:
        terminal.document(of_interrupt())
        terminal.aside("studio: interrupted.")
        code = FAILED
    except Exception as error:  # noqa: BLE001  the border to the person: they get words, and the log the rest
        code = bug(terminal, error)
    raise typer.Exit(code)


def bug(terminal: Terminal, error: Exception) -> int:
    """Nothing that a command provides for: words for the person, the traceback for the log."""
    log.error("a command failed", exc_info=error)
    told = BugError(f"Studio made a mistake ({type(error).__name__}).")
    terminal.document(of_error(told))
    terminal.aside(f"studio: {told.in_words()}")
    return FAILED
