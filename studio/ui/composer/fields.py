"""Which control a parameter gets."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from studio.domain.operation import ModelChoice, Parameter, ParameterKind
from studio.ui.composer import camera_field, subtitle_field
from studio.ui.composer.choice_fields import ChoiceField, RatioChoice, SeedChoice, SwitchField
from studio.ui.composer.colour_field import ColourField
from studio.ui.composer.field import Field, spelt
from studio.ui.composer.group_field import GroupField
from studio.ui.composer.list_field import TextListField
from studio.ui.composer.number_field import NumberField
from studio.ui.composer.text_fields import StructureField, SuggestionField, TextField
from studio.ui.theme.theme import Theme

_PLAIN: dict[ParameterKind, Callable[[Parameter, str], Field]] = {
    ParameterKind.INTEGER: NumberField,
    ParameterKind.NUMBER: NumberField,
    ParameterKind.CHOICE: ChoiceField,
    ParameterKind.SWITCH: SwitchField,
    ParameterKind.GROUP: StructureField,
}
_THEMED: dict[ParameterKind, Callable[[Parameter, Theme, str], Field]] = {
    ParameterKind.SEED: SeedChoice,
    ParameterKind.COLOUR: ColourField,
    ParameterKind.TEXT_LIST: TextListField,
}


def make_field(parameter: Parameter, theme: Theme, models: Sequence[ModelChoice] = (), name: str = "") -> Field:
    """The field for a parameter that is no media (those are the reference tray's). `models`: the operation's own, for the
    parameter called model; `name`: see Field."""
    kind = parameter.kind
    if kind is ParameterKind.ASPECT_RATIO and parameter.choices:
        return RatioChoice(parameter, theme, name)
    if kind in _THEMED:
        return _THEMED[kind](parameter, theme, name)
    if kind is ParameterKind.GROUP and parameter.fields:
        return _group(parameter, theme, name)
    named = _named_values(parameter, models)
    if named:
        return SuggestionField(parameter, named, name)
    return _PLAIN.get(kind, TextField)(parameter, name)


def _group(parameter: Parameter, theme: Theme, name: str) -> Field:
    """What a group is shows in its parts, so that one from discovery gets the same control."""
    if camera_field.fits(parameter):
        return camera_field.CameraField(parameter, theme, name)

    def make(inner: Parameter, path: str) -> Field:
        return make_field(inner, theme, (), path)

    if subtitle_field.fits(parameter):
        return subtitle_field.SubtitleField(parameter, make, theme, name)
    return GroupField(parameter, make, name)


def _named_values(parameter: Parameter, models: Sequence[ModelChoice]) -> list[tuple[str, str]]:
    """What an editable list offers, each value with its words. An id is the person's own: what is suggested for one is an
    example only, as is what stands for a text of several lines."""
    if parameter.kind is not ParameterKind.TEXT or parameter.multiline or parameter.name.endswith("_id"):
        return []
    titles = {model.id: model.title for model in models} if parameter.name == "model" else {}
    values = [one for one in parameter.suggestions if isinstance(one, str)]
    values += [model for model in titles if model not in values]
    return [(value, titles.get(value) or (spelt(value) if "_" in value else value)) for value in values]
