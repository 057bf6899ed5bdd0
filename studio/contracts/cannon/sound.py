"""Music, narration and sound effects of Cannon Studio. Fields from the published examples; weights as the provider says."""

from __future__ import annotations

from typing import ClassVar, Literal

from studio.contracts.rules import OnlyWhen, Rule, WhenSet
from studio.contracts.wire import MediaUrl, RequestModel, Source, prompt_field, seed_field, wire

_E, _U, _O = Source.EXAMPLE, Source.THIRD_PARTY, Source.OURS
_CUSTOM = {"custom_mode": [True]}


class MusicGenerate(RequestModel):
    """Input of music.generate. In custom mode the prompt of a piece with a voice is its lyrics."""

    RULES: ClassVar[tuple[Rule, ...]] = (
        *(OnlyWhen(name, "custom_mode", True, "counts in custom mode only: set custom_mode too")
          for name in ("vocal_gender", "persona_id")),
        WhenSet("custom_mode", True, ("style", "title"), "custom mode", texts=True),
    )

    prompt: str = prompt_field("What the music is like, in your own words; in custom mode the lyrics.", _E)
    title: str | None = wire(None, "A name for the piece.", _E, label="Title", max_length=200)
    style: str | None = wire(None, "Genre, mood and instruments.", _E, label="Style", max_length=1000)
    duration_seconds: float = wire(30, "Length in seconds.", _E, label="Duration", unit="s", ge=1, le=480,
                                   examples=[15, 30, 45])
    instrumental: bool | None = wire(None, "Without a voice.", _E, label="Instrumental")
    seed: int | None = seed_field("piece", _E)
    model: str | None = wire(None, "The model that makes it.", _E, label="Model", min_length=1, max_length=100,
                             examples=["V5", "V4_5PLUS"])
    provider: str | None = wire(None, "Who makes it behind the service.", _E, label="Provider", max_length=100,
                                examples=["kie"], advanced=True)
    mode: str | None = wire(None, "How the request is read.", _E, label="Mode", max_length=100, examples=["auto"],
                            advanced=True)
    custom_mode: bool | None = wire(None, "Set style, title and lyrics yourself.", _E, label="Custom mode", advanced=True)
    vocal_gender: Literal["m", "f"] | None = wire(None, "The voice: m or f.", _U, label="Voice", advanced=True,
                                                  applies=_CUSTOM)
    persona_id: str | None = wire(None, "A voice of your own, by its id.", _U, label="Persona", max_length=200,
                                  advanced=True, applies=_CUSTOM)
    style_weight: float | None = wire(None, "How closely to follow the style, 0 to 1.", _U, label="Style weight", ge=0, le=1,
                                      advanced=True)
    weirdness_constraint: float | None = wire(None, "How far to stray, 0 to 1.", _U, label="Weirdness", ge=0, le=1,
                                              advanced=True)
    audio_weight: float | None = wire(None, "How closely to follow given sound, 0 to 1.", _U, label="Audio weight", ge=0,
                                      le=1, advanced=True)
    description_prompt: str | None = wire(None, "The piece described at more length.", _E, label="Description",
                                          multiline=True, max_length=5000, advanced=True)
    negative_tags: str | None = wire(None, "What to leave out, with commas between.", _E, label="Leave out", max_length=500,
                                     advanced=True)
    prompt_influence: float | None = wire(None, "How closely to follow the words, 0 to 1.", _E, label="Prompt influence",
                                          ge=0, le=1, advanced=True)


class NarrationGenerate(RequestModel):
    """Input of narration.generate."""

    text: str = prompt_field("The words to speak.", _E, label="Text")
    voice_id: str | None = wire(None, "Which voice speaks, by its id.", _E, label="Voice", max_length=200,
                                examples=["voice_123"])
    tone: str | None = wire(None, "How it is spoken: calm, warm, excited.", _E, label="Tone", max_length=200)
    speed: float | None = wire(None, "1 is the voice's own speed.", _E, label="Speed", ge=0.25, le=4, examples=[1])
    stability: float | None = wire(None, "How even the voice is, 0 to 1.", _E, label="Stability", ge=0, le=1, advanced=True,
                                   examples=[0.7])
    similarity_boost: float | None = wire(None, "How close to the voice's own sound, 0 to 1.", _E, label="Similarity", ge=0,
                                          le=1, advanced=True, examples=[0.8])


class SoundfxGenerate(RequestModel):
    """Input of soundfx.generate. With a video the sounds follow it, and the video with its sound comes back too."""

    RULES: ClassVar[tuple[Rule, ...]] = (WhenSet("mode", "video_context", ("video_url",), "the mode video_context"),)

    prompt: str = prompt_field("What is heard, in your own words.", _E)
    video_url: MediaUrl | None = wire(None, "A video to make the sounds for.", _E, label="Video", media=("video",))
    duration_seconds: float | None = wire(None, "Length in seconds; the video's, or 8 without one, when left empty.", _E,
                                          label="Duration", unit="s", ge=0.5, le=300, examples=[4, 8, 15])
    seed: int | None = seed_field("sound", _E)
    title: str | None = wire(None, "A name for it.", _E, label="Title", max_length=200, advanced=True)
    mode: str | None = wire(None, "How the request is read.", _E, label="Mode", max_length=100, examples=["video_context"],
                            advanced=True)
    description_prompt: str | None = wire(None, "The sound described at more length.", _E, label="Description",
                                          multiline=True, max_length=5000, advanced=True)
    negative_tags: str | None = wire(None, "What to leave out, with commas between.", _E, label="Leave out", max_length=500,
                                     advanced=True)
    prompt_influence: float | None = wire(None, "How closely to follow the words, 0 to 1.", _E, label="Prompt influence",
                                          ge=0, le=1, advanced=True)
