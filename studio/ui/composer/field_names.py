"""Fields under the names that the form shows: errors name them as the contract does, for scripts."""

from __future__ import annotations

import re

from studio.domain.operation import Operation


def with_labels(words: str, operation: Operation) -> str:
    """`words` with each field name that no one would take for a word (image_url) replaced by the field's label in quotes."""
    labels = {parameter.name: parameter.label for parameter in operation.parameters if "_" in parameter.name}
    if not labels:
        return words
    names = "|".join(re.escape(name) for name in sorted(labels, key=len, reverse=True))
    return re.sub(rf"(?<![\w/.?&=])(?:{names})(?!\w|\.\w|=)", lambda found: f"“{labels[found[0]]}”", words)
