"""subtitles.generate: what is said in a clip, with times, burnt into its pictures; the sound is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pysubs2

from studio.engine.render.clip.listening import mono
from studio.engine.render.clip.reading import Clip, evened, frames_at, open_clip
from studio.engine.render.clip.writing import KNOWN_TEXT_TAG, Sound, Target, tags_of, writing
from studio.engine.render.subtitles.drawing import Lettering, Look, Plate
from studio.engine.render.subtitles.fonts import find_typeface
from studio.engine.render.subtitles.layout import Subtitle, laid_out
from studio.engine.render.subtitles.recognition import MODEL, Word, aligned, recognized
from studio.engine.render.subtitles.speech_gate import RATE, speech_stretches
from studio.engine.render.subtitles.whisper.hearing import heard
from studio.engine.render.task import RenderControl, RenderOutput, RenderRefusedError, RenderTask

_HEARD, _READ = 0.3, 0.45  # progress when the sound is judged, and when its words are known
_FEWEST_FPS = Fraction(12)


@dataclass(frozen=True, slots=True)
class _Spoken:
    """Words with times, where they are from ("known text" or "recognition"), and whether the sound told the times; and
    from a recognizer of the person's own the language and its name."""

    words: Sequence[Word]
    source: str
    followed: bool
    language: str | None = None
    model: str | None = None


def render_subtitles(task: RenderTask, control: RenderControl) -> RenderOutput:
    """Render `cannon:subtitles.generate` to an MP4 in the task's folder; `extra` has the same as SRT, VTT and segments.

    `task.model` is the folder of a recognizer of the person's own, which is used where the words are not known.

    RenderRefusedError naming video_url for what is no video, has no sound, or in which nobody is heard speaking.
    """
    control.progress(0.0)
    clip = open_clip(task, "video_url")
    spoken = _spoken(clip, control, task.model)
    width, height = clip.even_size
    lettering, extra = _lettering(task, " ".join(word.text for word in spoken.words), width, height)
    subtitles = laid_out(spoken.words, clip.seconds or spoken.words[-1].end + 1.0, lettering.fits)
    out = task.path / "subtitled.mp4"
    fps = max(clip.fps, _FEWEST_FPS)
    text = " ".join(word.text for word in spoken.words)
    target = Target(out, width, height, fps, Sound(clip.path), {KNOWN_TEXT_TAG: text, **_title(task)})
    expected = max(round(clip.seconds * fps), 1)
    plates: dict[Subtitle, Plate] = {}
    with writing(target, control.check) as writer:
        for index, frame in enumerate(frames_at(clip, fps)):
            control.progress(_READ + (0.97 - _READ) * min(index / expected, 1.0))
            shown = _shown(subtitles, index / float(fps))
            picture = evened(frame)
            if shown is not None and shown not in plates:
                plates = {shown: lettering.plate(shown.lines)}
            writer.write_rgb(picture if shown is None else plates[shown].over(picture))
        made = writer.frames
    control.progress(1.0)
    extra |= {name: value for name, value in (("language", spoken.language), ("model", spoken.model)) if value}
    extra |= {"text": text, "text_source": spoken.source, "times_from_sound": spoken.followed, **_files(subtitles),
              "fps": float(fps), "frames": made, "notes": _notes(task, clip)}
    return RenderOutput("video", (str(out),), width, height, float(made / fps), extra)


def _spoken(clip: Clip, control: RenderControl, recognizer: str) -> _Spoken:
    if not clip.has_sound:
        raise RenderRefusedError("The video has no sound, so there is nothing to subtitle.", clip.field_name)
    sound = mono(clip.path, RATE, clip.field_name, control.check)
    control.progress(_HEARD / 3)
    stretches = speech_stretches(sound)
    control.progress(_HEARD)
    if not stretches:
        raise RenderRefusedError("No speech was heard in the video. Choose one in which somebody speaks.", clip.field_name)
    known = tags_of(clip.path).get(KNOWN_TEXT_TAG, "").strip()
    if known:
        words, followed = aligned(known, sound, stretches)
        if words:
            return _Spoken(words, "known text", followed)

    def hearing(share: float) -> None:
        control.progress(_HEARD + (_READ - _HEARD) * share)

    if recognizer:
        told = heard(Path(recognizer), sound, stretches, hearing)
        if not told.words:
            silent = f"Somebody seems to speak in the video, but {told.model} understood no word."
            raise RenderRefusedError(silent, clip.field_name)
        return _Spoken(told.words, f"recognition (faster-whisper {told.model})", True, told.language, told.model)
    found = recognized(sound, stretches, hearing)
    if not found:
        silent = "Somebody seems to speak in the video, but no word was understood: only US English is understood here."
        raise RenderRefusedError(silent, clip.field_name)
    return _Spoken(found, f"recognition ({MODEL})", True)


def _lettering(task: RenderTask, text: str, width: int, height: int) -> tuple[Lettering, dict[str, object]]:
    given = task.input.get("subtitle_settings")
    asked: Mapping[str, object] = given if isinstance(given, Mapping) else {}
    usual = Look()
    size, stroke = asked.get("fontSize"), asked.get("strokeWidth")
    look = Look(float(size) if isinstance(size, (int, float)) else usual.size, str(asked.get("color") or usual.colour),
                str(asked.get("strokeColor") or usual.stroke_colour),
                float(stroke) if isinstance(stroke, (int, float)) else usual.stroke)
    font = str(asked["font"]) if asked.get("font") else None
    typeface, is_asked = find_typeface(font, text)
    extra: dict[str, object] = {"font": typeface.family}
    if font is not None and not is_asked:
        extra["font_note"] = f"{font} is not on this computer or lacks letters of the text: {typeface.family} was used."
    return Lettering(typeface, look, width, height), extra


def _shown(subtitles: Sequence[Subtitle], seconds: float) -> Subtitle | None:
    return next((one for one in subtitles if one.begin <= seconds < one.end), None)


def _files(subtitles: Sequence[Subtitle]) -> dict[str, object]:
    """The subtitles in the formats that players read."""
    file = pysubs2.SSAFile()
    for one in subtitles:
        file.append(pysubs2.SSAEvent(round(one.begin * 1000), round(one.end * 1000), "\\N".join(map(_plain, one.lines))))
    segments = [{"start": round(one.begin, 3), "end": round(one.end, 3), "text": one.text} for one in subtitles]
    return {"srt": file.to_string("srt"), "vtt": file.to_string("vtt"), "segments": segments}


def _plain(line: str) -> str:
    """A line as the subtitle library takes it: its braces would be commands."""
    return line.replace("\\", "＼").replace("{", "(").replace("}", ")")


def _title(task: RenderTask) -> dict[str, str]:
    name = str(task.input.get("file_name") or "")
    return {"title": name} if name else {}


def _notes(task: RenderTask, clip: Clip) -> list[str]:
    """Where what was said of the file is not so."""
    notes = []
    said, kind = task.input.get("duration"), str(task.input.get("content_type") or "video/")
    if isinstance(said, (int, float)) and clip.seconds and abs(said - clip.seconds) > 0.5:
        notes.append(f"The video is {clip.seconds:.2f} s long, not {said:g} s as was said.")
    if not kind.startswith("video/"):
        notes.append(f"The file is a video, not {kind} as was said.")
    return notes
