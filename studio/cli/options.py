"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option(
    "--json", help="Print one JSON document on standard output, everything else on standard error.",
)]
AccountName = Annotated[str | None, typer.Option(
    "--account", help="The account; without it the one that the settings name, else local.",
)]
Timeout = Annotated[float | None, typer.Option(
    "--timeout", min=0.0, metavar="SECONDS", help="Stop waiting after so many seconds; the job goes on.",
)]
