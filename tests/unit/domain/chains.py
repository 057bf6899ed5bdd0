"""Operations and chains that the tests of chains share."""

from __future__ import annotations

from studio.domain.chain import Chain, Step
from studio.domain.errors import InputError
from studio.domain.kinds import MediaKind, ParameterKind
from studio.domain.operation import Operation, Parameter

PROMPT = Parameter("prompt", "Prompt", ParameterKind.TEXT, required=True, multiline=True)
BETTER = Operation("prompt.enhance.image", "Enhance Image Prompt", MediaKind.PROMPT, (PROMPT,))
PICTURE = Operation("image.generate", "Generate Image", MediaKind.IMAGE, (
    PROMPT,
    Parameter("reference_image_urls", "References", ParameterKind.MEDIA_LIST, accepts=(MediaKind.IMAGE,), maximum=9),
    Parameter("resolution", "Resolution", ParameterKind.CHOICE, default="1K", choices=("1K", "2K")),
    Parameter("seed", "Seed", ParameterKind.SEED),
))
CLIP = Operation("video.generate", "Generate Video", MediaKind.VIDEO, (
    PROMPT,
    Parameter("image_url", "Start frame", ParameterKind.MEDIA, accepts=(MediaKind.IMAGE,)),
    Parameter("duration", "Length", ParameterKind.INTEGER, default=5, minimum=1, maximum=60),
))
VOICE = Operation("narration.generate", "Generate Narration", MediaKind.AUDIO, (
    Parameter("text", "Text", ParameterKind.TEXT, required=True),
))
LIPS = Operation("lipsync.generate", "Generate Lip Sync", MediaKind.VIDEO, (
    Parameter("video_url", "Clip", ParameterKind.MEDIA, required=True, accepts=(MediaKind.VIDEO,)),
    Parameter("audio_url", "Sound", ParameterKind.MEDIA, required=True, accepts=(MediaKind.AUDIO,)),
    Parameter("thumbnail_url", "Thumbnail", ParameterKind.MEDIA, accepts=(MediaKind.IMAGE,), advanced=True),
))
OPERATIONS = [BETTER, PICTURE, CLIP, VOICE, LIPS]


def known(account: str | None) -> list[Operation]:
    """The operations of every account but "small", which only makes pictures."""
    return [PICTURE] if account == "small" else OPERATIONS


def ask(name: str, **more: object) -> dict[str, object]:
    return {"$ask": {"name": name, **more}}


def take(step: str, output: object = None) -> dict[str, object]:
    return {"$from": step} if output is None else {"$from": step, "output": output}


TALKING = Chain("talking", "Talking clip", (
    Step("better", BETTER.id, {"prompt": ask("idea", label="Idea")}),
    Step("picture", PICTURE.id, {"prompt": take("better"), "resolution": "2K"}),
    Step("clip", CLIP.id, {"prompt": take("start", "idea"), "image_url": take("picture")}),
    Step("voice", VOICE.id, {"text": ask("words", label="Words")}),
    Step("lips", LIPS.id, {"video_url": take("clip"), "audio_url": take("voice", "audio")}),
))


def with_step(name: str, **values: object) -> Chain:
    """The chain with other values in one of its steps; None takes a field out."""
    def changed(step: Step) -> Step:
        kept = {key: value for key, value in {**step.input, **values}.items() if value is not None}
        return Step(step.name, step.operation, kept, step.account)

    return TALKING.changed(steps=tuple(changed(step) if step.name == name else step for step in TALKING.steps))


def field_of(error: InputError) -> str:
    return error.field or ""
