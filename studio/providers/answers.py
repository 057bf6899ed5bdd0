"""The services' answers about jobs, in the product's words. Pure functions over what the contracts' models read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from studio.contracts.cannon.envelope import RequestObject
from studio.contracts.canvas.envelope import AcceptedAnswer, JobErrorDetail, JobObject
from studio.domain.errors import UnknownOutcomeError
from studio.domain.operation import MediaKind
from studio.domain.remote import RemoteJob, RemoteResult
from studio.domain.state import JobState
from studio.net.filenames import file_name_of
from studio.providers.client import Read, finite, is_usable_id, seconds

_LONGEST_POLL_S = 600.0
_LONGEST_URL = 16_384
_RUNNING = frozenset({"queued", "processing"})
_SUCCEEDED = frozenset({"succeeded", "completed"})
_FAILED = frozenset({"failed"})
_CANCELLED = frozenset({"cancelled", "canceled"})

# Which fields of a Cannon Studio output are the result, for each kind: the main one first. A video's audio_url is not among
# them: where there is one it is the input's.
_FIELDS: dict[MediaKind, tuple[tuple[str, MediaKind], ...]] = {
    MediaKind.IMAGE: (("image_url", MediaKind.IMAGE), ("image_urls", MediaKind.IMAGE)),
    MediaKind.VIDEO: (("video_url", MediaKind.VIDEO), ("video_urls", MediaKind.VIDEO)),
    MediaKind.AUDIO: (("audio_url", MediaKind.AUDIO), ("audio_urls", MediaKind.AUDIO), ("sfx_video_url", MediaKind.VIDEO)),
}
_LAST_RESORT = (("preview_image_url", MediaKind.IMAGE), ("thumbnail_url", MediaKind.IMAGE))
# What a job may leave beside files: the job is done with it alone.
_WORDS = ("enhanced_prompt", "prompt", "text", "character_id")


def accepted(read: Read) -> RemoteJob:
    """The answer to a create. Whatever it says, the next look at the job decides: RUNNING. Raises UnknownOutcomeError."""
    model: RequestObject | AcceptedAnswer = read.model
    over = _word(model.status) in _SUCCEEDED | _FAILED | _CANCELLED
    hint = getattr(model, "poll_after_ms", None)
    if hint is None:
        hint = _either(read.raw, "poll_after_ms")
    poll = 0.0 if over else seconds(hint if isinstance(hint, int | float) else None, high=_LONGEST_POLL_S)
    remote_id = model.job_id if isinstance(model, AcceptedAnswer) else model.id
    if not is_usable_id(remote_id):
        raise UnknownOutcomeError("The service accepted it, and gave it no name under which it could be asked for.",
                                  code="bad_answer")
    return RemoteJob(remote_id, JobState.RUNNING, read.raw, poll_after_s=poll, unknown_status=_unknown(model.status))


def cannon_job(read: Read, kind: MediaKind, *, open_ended: bool = False) -> RemoteJob:
    """A request object. `kind`: what the operation makes; `open_ended`: that is a guess, and any output will do."""
    model: RequestObject = read.model
    output = model.output or {}
    results = tuple(_cannon_results(output, kind, open_ended))
    in_words = bool(output) if open_ended else _has_words(output, kind)
    state = _state(model.status, model.error_code, has_results=bool(results), in_words=in_words)
    success = state in (JobState.DOWNLOADING, JobState.DONE)
    charged = model.billable_credits
    if charged is None:
        charged = _amount(_either(output, "exact_cost_credits"))
    code, message = _cannon_error(model)
    if state is JobState.FAILED and _word(model.status) in _SUCCEEDED:
        code, message = "no_result", "The service says that it is done, and names no result."
    name = _either(output, "model")
    return RemoteJob(
        model.id, state, read.raw,
        progress=finite(model.progress, high=1.0),
        eta_s=seconds(model.eta_ms),
        poll_after_s=seconds(model.poll_after_ms, high=_LONGEST_POLL_S),
        results=results if success else (),
        output=output if success else None,
        charged=_charged(charged, state),
        error_code=code if state in (JobState.FAILED, JobState.CANCELLED) else None,
        error_message=message if state in (JobState.FAILED, JobState.CANCELLED) else None,
        unknown_status=_unknown(model.status),
        model=name if isinstance(name, str) and success else None,
    )


def canvas_job(read: Read, kind: MediaKind) -> RemoteJob:
    """A job object. `kind`: what the operation makes."""
    model: JobObject = read.model
    url = model.result.url if model.result is not None else None
    results = (RemoteResult(url, kind, file_name_of(url, "")),) if _is_url(url) else ()
    detail = model.error if isinstance(model.error, JobErrorDetail) else JobErrorDetail(message=model.error)
    state = _state(model.status, detail.code, has_results=bool(results), in_words=False)
    success = state in (JobState.DOWNLOADING, JobState.DONE)
    code, message = detail.code, detail.message
    if state is JobState.FAILED and _word(model.status) in _SUCCEEDED:
        code, message = "no_result", "The service says that it is done, and names no result."
    result = read.raw.get("result")
    return RemoteJob(
        model.job_id, state, read.raw,
        progress=finite(model.progress, high=1.0),
        eta_s=seconds(model.eta_ms),
        poll_after_s=seconds(model.poll_after_ms, high=_LONGEST_POLL_S),
        results=results if success else (),
        output=result if success and isinstance(result, Mapping) else None,
        charged=_charged(model.credits_used, state),
        error_code=code if state in (JobState.FAILED, JobState.CANCELLED) else None,
        error_message=message if state in (JobState.FAILED, JobState.CANCELLED) else None,
        unknown_status=_unknown(model.status),
    )


def _state(status: str, error_code: str | None, *, has_results: bool, in_words: bool) -> JobState:
    word = _word(status)
    if word in _CANCELLED or (word in _FAILED and _word(error_code or "") in _CANCELLED):
        return JobState.CANCELLED
    if word in _FAILED:
        return JobState.FAILED
    if word not in _SUCCEEDED:
        return JobState.RUNNING
    if has_results:
        return JobState.DOWNLOADING
    return JobState.DONE if in_words else JobState.FAILED


def _charged(said: float | None, state: JobState) -> float | None:
    """What a job cost. Of one that did not succeed only a plain nothing counts: an amount may be what it would have cost."""
    ended = state in (JobState.DOWNLOADING, JobState.DONE) or (said == 0 and state in (JobState.FAILED, JobState.CANCELLED))
    return finite(said) if ended else None


def _word(status: str) -> str:
    return status.strip().lower()


def _unknown(status: str) -> str | None:
    """The status word as it came, if no contract knows it."""
    return None if _word(status) in _RUNNING | _SUCCEEDED | _FAILED | _CANCELLED else status[:100]


def _cannon_results(output: Mapping[str, Any], kind: MediaKind, open_ended: bool) -> Iterator[RemoteResult]:
    """By the operation's kind, else by what the output says of itself; the first that has anything."""
    if kind is MediaKind.PROMPT and not open_ended:
        return
    said = _string(_either(output, "asset_type"))
    kinds = [kind, *([MediaKind(said)] if said in _FIELDS else []), *(_FIELDS if open_ended else ())]
    if open_ended and said in _FIELDS:
        kinds.insert(0, MediaKind(said))
    for fields in (*(_FIELDS.get(one, ()) for one in kinds), _LAST_RESORT):
        found = tuple(_in_order(output, fields))
        if found:
            yield from found
            return


def _in_order(output: Mapping[str, Any], fields: tuple[tuple[str, MediaKind], ...]) -> Iterator[RemoteResult]:
    """Each address once, the main one first."""
    seen: set[str] = set()
    for name, kind in fields:
        for url in _urls(_either(output, name)):
            if url not in seen:
                seen.add(url)
                yield RemoteResult(url, kind, file_name_of(url, ""))


def _has_words(output: Mapping[str, Any], kind: MediaKind) -> bool:
    """Whether the output is one without a file: a prompt, or a character's id."""
    names = _WORDS if kind is MediaKind.PROMPT else ("character_id",)
    return any(_string(_either(output, name)) is not None for name in names)


def _cannon_error(model: RequestObject) -> tuple[str | None, str | None]:
    """The documented errorMessage, or an error object as other answers of the service have it."""
    code, message = model.error_code, model.error_message
    extra = (model.model_extra or {}).get("error")
    if isinstance(extra, Mapping):
        code = code or _string(extra.get("code"))
        message = message or _string(extra.get("message"))
    return code, message or _string(extra)


def _either(output: Mapping[str, Any], name: str) -> Any:
    """A field in either casing: `video_url` or `videoUrl`."""
    head, *rest = name.split("_")
    return output.get(name, output.get(head + "".join(part.capitalize() for part in rest)))


def _urls(value: object) -> list[str]:
    candidates = value if isinstance(value, list) else [value]
    return [url for url in candidates if _is_url(url)]


def _is_url(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_URL and value.startswith(("https://", "http://"))


def _amount(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _string(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
