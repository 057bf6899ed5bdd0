"""A visit of the window ends with it: closing cuts it short, and its errors are not lost."""

from __future__ import annotations

import asyncio

import pytest

from studio.ui.running import _until_closed


async def test_closing_cuts_a_visit_short() -> None:
    closed = asyncio.Event()
    cancelled: list[bool] = []

    async def visit() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    asyncio.get_running_loop().call_later(0.05, closed.set)
    await asyncio.wait_for(_until_closed(closed, visit()), 5)
    assert cancelled == [True]


async def test_a_visit_that_is_over_ends_the_window() -> None:
    seen: list[str] = []

    async def visit() -> None:
        seen.append("here")

    await asyncio.wait_for(_until_closed(asyncio.Event(), visit()), 5)
    assert seen == ["here"]


async def test_an_error_of_the_visit_reaches_its_caller() -> None:
    async def visit() -> None:
        raise ValueError("lost its way")

    with pytest.raises(ValueError, match="lost its way"):
        await asyncio.wait_for(_until_closed(asyncio.Event(), visit()), 5)
