"""narration.generate: a text spoken by espeak-ng or by a piper voice of the person's own, sentence by sentence, at an even
loudness, as an MP3."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from studio.engine.render.narration.delivery import Delivery, Recording, record
from studio.engine.render.narration.espeak import SpeechError
from studio.engine.render.narration.piper.voice_file import PiperVoice, UnusableVoiceError, named, read_voice
from studio.engine.render.narration.sentences import split
from studio.engine.render.narration.tone import read_tone, sections_of
from studio.engine.render.narration.voices import find_voice
from studio.engine.render.scene.words import stable_seed
from studio.engine.render.sound.filters import equalize, high_pass
from studio.engine.render.sound.mastering import fade, master
from studio.engine.render.sound.sound_files import write_mp3
from studio.engine.render.task import RenderControl, RenderOutput, RenderRefusedError, RenderTask

LOUDNESS_LUFS, CEILING_DB = -16.0, -1.0
_USUAL_STABILITY, _USUAL_SIMILARITY = 0.7, 0.8


def render_narration(task: RenderTask, control: RenderControl) -> RenderOutput:
    """Render `cannon:narration.generate`: an MP3 at -16 LUFS. Its tag `lyrics` and `extra.text` hold the words.

    `task.model` is the file of a voice of the person's own, where voice_id means one; `extra.model` then names it.
    `extra.sentences` and `extra.words` give the times in seconds. Raises RenderRefusedError with the field's name for a
    voice or tone that there is not and a text without anything to say, and RenderCancelledError.
    """
    control.progress(0.0)
    text = str(task.input.get("text") or "")
    sentences = split(text)
    if not sentences:
        raise RenderRefusedError("There is nothing to speak in the text: it has no letters or digits.", "text")
    try:
        how = _delivery(task, text)
        recording = record(sentences, how, lambda share: control.progress(0.02 + 0.7 * share))
    except SpeechError as error:
        raise RenderRefusedError(str(error), "voice_id" if task.model else None) from error
    if not recording.sentences:
        raise RenderRefusedError(f"The voice {how.voice.id} cannot pronounce this text. Choose a voice of its language.",
                                 "text")
    control.progress(0.75)
    mono = equalize(recording.samples, high_pass(70.0), *sections_of(how.tone, how.similarity))
    sound = fade(master(mono, LOUDNESS_LUFS - 3.01, CEILING_DB - 0.5), 0.005, 0.02)  # both channels together are 3 dB louder
    control.progress(0.88)
    out = task.path / "narration.mp3"
    stereo = np.ascontiguousarray(np.stack([sound, sound], axis=1))
    tags = {"title": sentences[0].text[:100], "artist": how.voice.id, "language": how.voice.language, "lyrics": text}
    write_mp3(out, stereo, tags, ceiling_db=CEILING_DB, check=control.check)
    control.progress(1.0)
    return RenderOutput("audio", (str(out),), duration_s=len(sound) / 48_000, extra=_told(text, how, recording))


def _delivery(task: RenderTask, text: str) -> Delivery:
    values = task.input
    voice_id, tone = values.get("voice_id"), values.get("tone")

    def number(name: str, usual: float) -> float:
        value = values.get(name)
        return float(value) if isinstance(value, (int, float)) else usual

    asked = str(voice_id) if voice_id is not None else None
    own = _own_voice(Path(task.model), asked or "") if task.model else None
    return Delivery(
        voice=own or find_voice(asked, text),
        tone=read_tone(str(tone) if tone is not None else None),
        speed=number("speed", 1.0), stability=number("stability", _USUAL_STABILITY),
        similarity=number("similarity_boost", _USUAL_SIMILARITY), seed=stable_seed(text),
    )


def _own_voice(path: Path, asked: str) -> PiperVoice:
    """The voice of the person's that was found when the job began. RenderRefusedError where it cannot be used any more."""
    try:
        voice = read_voice(path)
    except UnusableVoiceError as error:
        raise RenderRefusedError(f"The voice {path.stem} cannot be used: {error}.", "voice_id") from None
    except OSError as error:
        raise RenderRefusedError(f"The voice {path} cannot be read: {error.strerror}.", "voice_id") from error
    speaker = named(voice, asked)
    return replace(voice, id=f"{voice.id}:{speaker}", speaker=voice.speakers[speaker]) if speaker else voice


def _told(text: str, how: Delivery, recording: Recording) -> dict[str, object]:
    own = {"model": how.voice.id} if isinstance(how.voice, PiperVoice) else {}
    return {
        **own, "text": text, "voice_id": how.voice.id, "language": how.voice.language, "tone": how.tone.name,
        "sentences": [{"text": one.text, "start": round(one.start_s, 3),
                       "end": round(one.end_s, 3)} for one in recording.sentences],
        "words": [{"text": one.text, "start": round(one.start_s, 3), "end": round(one.end_s, 3)} for one in recording.words],
    }
