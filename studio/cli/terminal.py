"""Standard output is for the answer, standard error for everything else. With `--json` the answer is one document."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence

from studio.cli.documents import Document


def reader_gone() -> int:
    """Whoever read standard output has closed it (`| head`): no error, and nothing more to say; the exit code."""
    # What is still in the buffer would raise again while Python ends.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


class Terminal:
    """Where a command says what it has to say. The document is printed once, at the end."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json

    def document(self, document: Document) -> None:
        """The answer for programs; nothing without `--json`."""
        if self.as_json:
            sys.stdout.write(json.dumps(document, ensure_ascii=True, allow_nan=False, default=str) + "\n")
            sys.stdout.flush()

    def line(self, text: str) -> None:
        """The answer for people; nothing with `--json`."""
        if not self.as_json:
            sys.stdout.write(text + "\n")

    def aside(self, text: str) -> None:
        """A word beside the answer."""
        sys.stderr.write(text + "\n")
        sys.stderr.flush()

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]], empty: str) -> None:
        """Rows for people; `empty` is said where there are none."""
        if self.as_json:
            return
        if not rows:
            self.line(empty)
            return
        # Imported here: rich takes a tenth of a second, which programs that read JSON need not wait for.
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(*columns, box=None, pad_edge=False, header_style="bold")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        console = Console(soft_wrap=not sys.stdout.isatty())
        console.print(table)
