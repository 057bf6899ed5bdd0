"""Whether what the composer shows can be sent, and errors where they belong: prompt, reference, field or below."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QScrollArea

from studio.domain.errors import InputError
from studio.ui.bridge import in_words
from studio.ui.composer.field_names import with_labels
from studio.ui.composer.foot import Foot
from studio.ui.composer.prompt_box import PromptBox, prompt_parameter
from studio.ui.composer.reference_tray import ReferenceTray

if TYPE_CHECKING:
    from studio.ui.composer.form import Form


class Refusals(QObject):
    """Belongs to a composer, and looks at its parts. `form` gives the form that is shown, None while there is none."""

    def __init__(
        self, prompt: PromptBox, tray: ReferenceTray, foot: Foot, scroll: QScrollArea, form: Callable[[], Form | None],
    ) -> None:
        super().__init__(scroll)
        self._prompt = prompt
        self._tray = tray
        self._foot = foot
        self._scroll = scroll
        self._form = form

    def is_complete(self) -> bool:
        """Whether all is given that the operation needs; what is missing is said where it is missing."""
        form = self._form()
        if form is None:
            return False
        prompt = prompt_parameter(form.operation)
        if prompt is not None and prompt.required and not self._prompt.text().strip():
            return self._refuse_prompt(self.tr("Write a few words about what you want to see, then press Generate."))
        if prompt is not None and self._prompt.too_long():
            words = self.tr("That is too long: shorten it to {limit} characters.")
            return self._refuse_prompt(words.format(limit=f"{self._prompt.limit or 0:,}"))
        if self._tray.is_busy():
            self._tray.set_error(self.tr("A reference is still being read. Press Generate again in a moment."))
            return False
        missing = self._tray.missing()
        if missing:
            one = self.tr("{slot} is needed: drop, paste or choose a file.")
            many = self.tr("{slot} are needed: drop, paste or choose files.")
            self._tray.set_error((one if len(missing) == 1 else many).format(slot=", ".join(missing)))
            self._scroll.ensureWidgetVisible(self._tray)
            return False
        return self._has_all_fields(form)

    def _has_all_fields(self, form: Form) -> bool:
        missing = form.missing()
        for name in reversed(missing):  # the first one has the focus in the end
            field = form.field(name) if form.set_error(name, self.tr("This is needed.")) else None
            if field is not None:
                self._scroll.ensureWidgetVisible(field)
        return not missing

    def _refuse_prompt(self, words: str) -> bool:
        self._prompt.set_error(words)
        self._prompt.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self._scroll.ensureWidgetVisible(self._prompt)
        return False

    def show(self, error: BaseException) -> None:
        """Say why it was not sent, beside what is wrong."""
        words = in_words(error)
        field, form = error.field if isinstance(error, InputError) else None, self._form()
        if field is not None and form is not None:
            words = with_labels(words, form.operation)
            parameter = form.operation.parameter(field)
            if parameter is not None and parameter is prompt_parameter(form.operation):
                self._refuse_prompt(words)
                return
            if parameter is not None and parameter.is_media:
                self._tray.set_error(words)
                return
            if form.set_error(field, words):
                return
        self._foot.set_error(words)
