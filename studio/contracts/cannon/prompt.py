"""The prompt.enhance operations of Cannon Studio. Their inputs and outputs are in camelCase, as the published ones are."""

from __future__ import annotations

from pydantic import AliasChoices, Field

from studio.contracts.wire import AnswerModel, AspectRatio, RequestModel, Source, prompt_field, wire

_D, _O = Source.DOCS, Source.OURS


class EnhanceVariant(RequestModel):
    """Input of prompt.enhance.variant: keeps the subject's identity and the framing."""

    prompt: str = prompt_field("The prompt to vary.", _D)
    rewriteRequest: str | None = wire(None, "What to change, in your own words.", _D, label="Change",
                                      multiline=True, max_length=1000)


class EnhanceLocation(RequestModel):
    """Input of prompt.enhance.location, which is our own choice: the others are documented."""

    prompt: str = prompt_field("The place to describe better.", _O)
    visualStyle: str | None = wire(None, "A style in words.", _O, label="Visual style", max_length=200)
    rewriteRequest: str | None = wire(None, "What to change, in your own words.", _O, label="Change",
                                      multiline=True, max_length=1000)


class EnhanceImage(RequestModel):
    """Input of prompt.enhance.image: keeps the language of the prompt."""

    prompt: str = prompt_field("The prompt to make better.", _D)
    visualStyle: str | None = wire(None, "A style in words.", _D, label="Visual style", max_length=200)
    aspectRatio: AspectRatio | None = wire(None, "The picture's width to height.", _D, label="Aspect ratio")
    rewriteRequest: str | None = wire(None, "What to change, in your own words.", _D, label="Change",
                                      multiline=True, max_length=1000)


class EnhanceVideo(RequestModel):
    """Input of prompt.enhance.video: aware of the camera, and concise. `duration` is our own reading: seconds."""

    prompt: str = prompt_field("The prompt to make better.", _D)
    visualStyle: str | None = wire(None, "A style in words.", _D, label="Visual style", max_length=200)
    duration: float | None = wire(None, "The video's length in seconds.", _O, label="Duration", unit="s", gt=0, le=60)
    aspectRatio: AspectRatio | None = wire(None, "The video's width to height.", _D, label="Aspect ratio")
    rewriteRequest: str | None = wire(None, "What to change, in your own words.", _D, label="Change",
                                      multiline=True, max_length=1000)


class EnhancedPrompt(AnswerModel):
    """`output` of all four: no task id and no asset."""

    enhanced_prompt: str | None = Field(None, validation_alias=AliasChoices("enhancedPrompt", "enhanced_prompt"),
                                        serialization_alias="enhancedPrompt")
    model: str | None = None
    operation: str | None = None
