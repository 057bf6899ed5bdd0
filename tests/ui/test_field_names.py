"""An error names the fields as the form does."""

from __future__ import annotations

import pytest

from studio.domain.account import Service
from studio.providers.catalogue import operations
from studio.ui.composer.field_names import with_labels

CANNON = {operation.id: operation for operation in operations(Service.CANNON_STUDIO)}


@pytest.mark.parametrize(("said", "shown"), [
    ("end_image_url needs a picture too: give image_url.", "“End frame” needs a picture too: give “Start frame”."),
    ("seed must be a whole number.", "seed must be a whole number."),
    ("see https://example.test/image_url?aspect_ratio=1 for it", "see https://example.test/image_url?aspect_ratio=1 for it"),
    ("my_image_url and image_urls_2 are no fields", "my_image_url and image_urls_2 are no fields"),
])
def test_only_the_names_of_fields_are_replaced(said: str, shown: str) -> None:
    assert with_labels(said, CANNON["video.generate"]) == shown


def test_no_label_holds_a_name_itself() -> None:
    """Else a second reading of the words would change them again."""
    for operation in CANNON.values():
        for parameter in operation.parameters:
            assert with_labels(parameter.label, operation) == parameter.label
