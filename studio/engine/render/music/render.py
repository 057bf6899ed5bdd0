"""music.generate: a piece composed from the words and the seed, played by synthesized instruments, mastered to an MP3."""

from __future__ import annotations

from studio.engine.render.music.compose import compose
from studio.engine.render.music.performance import perform
from studio.engine.render.music.request import MusicBrief, read_request
from studio.engine.render.music.score import Score
from studio.engine.render.sound.mastering import fade, master
from studio.engine.render.sound.sound_files import write_mp3
from studio.engine.render.task import RenderControl, RenderOutput, RenderTask

LOUDNESS_LUFS, CEILING_DB = -14.0, -1.0
_HEAD_FADE_S, _TAIL_FADE_S = 0.004, 0.9


def render_music(task: RenderTask, control: RenderControl) -> RenderOutput:
    """Render `cannon:music.generate`: an MP3 of exactly the seconds asked for, -14 LUFS, true peak at most -1 dBFS.

    `extra` tells what was understood (style, key, tempo, sections, players) and the title, provider and model asked for.
    Raises RenderRefusedError with the field's name, and RenderCancelledError.
    """
    control.progress(0.0)
    brief = read_request(task.input)
    score = compose(brief)
    control.progress(0.03)
    mix = perform(brief, score, lambda share: control.progress(0.03 + 0.72 * share))
    tail = 0.004 if brief.loop else min(_TAIL_FADE_S, brief.seconds * 0.25)
    mix = fade(mix, _HEAD_FADE_S, tail)
    control.progress(0.78)
    sound = fade(master(mix, LOUDNESS_LUFS, CEILING_DB - 0.4), _HEAD_FADE_S, 0.004)
    control.progress(0.9)
    title = str(task.input.get("title") or "").strip() or _title(str(task.input.get("prompt") or ""), brief)
    out = task.path / "music.mp3"
    tags = {"title": title, "genre": brief.style.name, "artist": "Studio engine", "TBPM": f"{score.bpm:.0f}"}
    if brief.lyrics and brief.voice:
        tags["lyrics"] = brief.lyrics
    write_mp3(out, sound, tags, ceiling_db=CEILING_DB, check=control.check)
    control.progress(1.0)
    return RenderOutput("audio", (str(out),), duration_s=len(sound) / 48_000, extra=_told(task, brief, score, title))


def _told(task: RenderTask, brief: MusicBrief, score: Score, title: str) -> dict[str, object]:
    words = brief.words
    told: dict[str, object] = {
        "title": title, "style": brief.style.name, "key": brief.key.name, "tempo_bpm": round(score.bpm, 2),
        "time_signature": f"{score.beats}/4", "moods": [mood.name for mood in words.moods],
        "sections": [{"name": one.kind, "start": round(one.first * score.beats * score.beat_s, 3),
                      "bars": one.bars} for one in score.sections],
        "instruments": _playing(brief, score), "instrumental": brief.voice is None, "seed": brief.seed,
    }
    if brief.voice:
        told["vocal_gender"] = brief.voice
    left_out = sorted(name.partition(":")[2] or name for name in words.without)
    if left_out:
        told["left_out"] = left_out
    if words.left_out_unknown:
        told["not_understood"] = list(words.left_out_unknown)
    told["requested_provider"] = str(task.input.get("provider") or "studio")
    if task.input.get("model"):
        told["requested_model"] = task.input["model"]
    return told


def _playing(brief: MusicBrief, score: Score) -> list[str]:
    """The instruments that have something to play, by the names of the roles' players."""
    parts = {one.part for one in score.notes}
    names = [name for role, name in brief.players.items() if role in parts]
    if "voice" in parts:
        names.insert(0, "voice")
    return list(dict.fromkeys([*names, *(["drums"] if score.strokes else [])]))


def _title(prompt: str, brief: MusicBrief) -> str:
    words = " ".join(prompt.split()[:6]).strip(" ,.;:-") if not brief.lyrics else brief.style.name
    return (words[:1].upper() + words[1:])[:200] or brief.style.name.capitalize()
