"""Chains in words: where a run stands, what it is thought to cost, what a step is called and looks like."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from studio.domain.account import Account, Service
from studio.domain.chain import Chain, Step
from studio.domain.chain_run import ChainEstimate, ChainRun, RunState
from studio.domain.state import JobState
from studio.ui.widgets.job_words import cost_sentence, credits_spelt, error_words, state_name, wait_words
from studio.ui.widgets.words import counted

_GLYPHS = {
    "prompt": "prompt", "image": "image", "style": "image", "scene": "image", "video": "video", "smartmotion": "video",
    "sora2": "video", "lipsync": "video", "subtitles": "prompt", "narration": "audio", "music": "audio", "soundfx": "audio",
}


def _tr(text: str) -> str:
    return QCoreApplication.translate("Chains", text)


def glyph_of(operation: str) -> str:
    """The icon of what an operation makes, by its name."""
    if operation == "video.upscale":
        return "zoom-in"
    return _GLYPHS.get(operation.partition(".")[0], "spark")


def step_title(step: Step) -> str:
    """A step's name with a capital letter."""
    return step.name[:1].upper() + step.name[1:]


def steps_words(chain: Chain) -> str:
    """Voice → Move → Lips."""
    return " → ".join(step_title(step) for step in chain.steps)


def step_state(run: ChainRun, step: int) -> str:
    """The token that colours a step: "" where it was not begun."""
    job = run.job_of(step)
    if step == run.current and run.state is RunState.FAILED:
        return "bad"
    if job is None:
        return ""
    if job.state is JobState.UNKNOWN:
        return "warn"
    return {JobState.DONE: "ok", JobState.FAILED: "bad", JobState.CANCELLED: "faint", JobState.QUEUED: "faint"}.get(
        job.state, "run")


def run_words(run: ChainRun) -> str:
    """Step 2 of 4 · Move · running."""
    number = _tr("Step {n} of {all}").format(n=run.current + 1, all=len(run.chain.steps))
    if run.state is RunState.DONE:
        return _tr("Done · {n} steps").format(n=len(run.chain.steps))
    job = run.current_job
    if run.state is RunState.FAILED:
        state = _tr("failed")
    elif run.state is RunState.CANCELLED:
        state = _tr("cancelled")
    elif run.paused and (job is None or job.state in (JobState.QUEUED, JobState.DONE)):
        state = _tr("held")
    elif job is None:
        state = ""
    elif job.waiting_for is not None and not job.is_terminal:
        state = wait_words(job.waiting_for)
    else:
        percent = "" if job.progress is None or job.is_terminal else f" {round(job.progress * 100)} %"
        state = state_name(job.state).lower() + percent
    return " · ".join(part for part in (number, step_title(run.step), state) if part)


def stopped_words(run: ChainRun) -> str:
    """Why it stands still until the person decides: what happened, whether it cost anything, what to do. Empty else."""
    if not run.needs_person:
        return ""
    job = run.current_job
    if run.error is not None:
        return " ".join(part for part in (run.error.message, cost_sentence(run.error.cost), run.error.advice) if part)
    return error_words(job) if job is not None else ""


def cost_words(estimate: ChainEstimate, account: Account) -> str:
    """What a whole run is thought to cost, and how much of that is not known."""
    if estimate.total == 0:
        return _tr("Free on this computer") if account.service is Service.LOCAL else _tr("Free")
    if estimate.total is not None:
        return _tr("About {credits} in all").format(credits=credits_spelt(estimate.total))
    unknown = counted(estimate.unknown, _tr("1 step whose price is not known"), _tr("{n} steps whose price is not known"))
    if estimate.known:
        return _tr("About {credits}, and {unknown}").format(credits=credits_spelt(estimate.known), unknown=unknown)
    return unknown[:1].upper() + unknown[1:]
