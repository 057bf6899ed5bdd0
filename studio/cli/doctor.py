"""`studio doctor`."""

from __future__ import annotations

import asyncio

import typer

from studio.cli.options import Json
from studio.cli.session import DONE, FAILED
from studio.cli.terminal import Terminal
from studio.settings.paths import Paths


def doctor(as_json: Json = False) -> None:
    """Say what works here and what does not, and what to install."""
    from studio.app.checks import Check, check_all

    terminal = Terminal(as_json)

    def show(check: Check) -> None:
        mark = "ok " if check.works else "no " if check.needed else "-- "
        terminal.line(f"{mark} {check.name:<18} {check.detail}")
        if not check.works and check.advice:
            terminal.line(f"    {'':<18} {check.advice}")

    checks = asyncio.run(check_all(Paths.from_environment(), show))
    fine = all(check.works for check in checks if check.needed)
    terminal.document({"ok": fine, "checks": [
        {"name": c.name, "ok": c.works, "needed": c.needed, "detail": c.detail, "advice": c.advice} for c in checks
    ]})
    raise typer.Exit(DONE if fine else FAILED)
