"""From words with times to subtitles: two lines of 42 characters at most, broken at the ends of sentences, clauses and
pauses, each long enough to be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from studio.engine.render.subtitles.recognition import Word

LINE_CHARACTERS, LINES = 42, 2
SHORTEST_S, LONGEST_S = 1.0, 7.0
_GAP_S = 0.04                 # between two subtitles, so that a change is seen
_PAUSE_S = 0.7                # a longer pause ends a subtitle
_LINGER_S = 0.3
_CHARACTERS_A_SECOND = 18.0
_SENTENCE, _CLAUSE = (".", "!", "?", "…", ".”", "!”", "?”", '."', '!"', '?"'), (",", ";", ":", "–", "—")


@dataclass(frozen=True, slots=True)
class Subtitle:
    """Lines to be read together from `begin` to `end`, seconds."""

    begin: float
    end: float
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.lines)


def laid_out(words: Sequence[Word], seconds: float, fits: Callable[[str], bool] = lambda line: True) -> list[Subtitle]:
    """The subtitles of a clip of `seconds`. `fits` says whether a line is narrow enough for the picture."""
    groups: list[list[Word]] = []
    for word in _narrow(words, fits):
        if not groups or _ends(groups[-1], word, fits):
            groups.append([word])
        else:
            groups[-1].append(word)
    return _timed(_rebalanced(groups), seconds, fits)


def broken(text: str, fits: Callable[[str], bool] = lambda line: True) -> tuple[str, ...] | None:
    """A text in one line or two, the break where it reads best; None where it needs more room."""
    if len(text) <= LINE_CHARACTERS and fits(text):
        return (text,)
    words = text.split(" ")
    ways = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    ways = [way for way in ways if all(len(line) <= LINE_CHARACTERS and fits(line) for line in way)]
    return min(ways, key=_clumsiness, default=None)


def _clumsiness(way: tuple[str, str]) -> float:
    """Uneven lines are worse, a break after a clause is better, one after an article or preposition worse."""
    first, second = way
    off = abs(len(first) - len(second)) + (4.0 if len(first) > len(second) else 0.0)
    last = first.rpartition(" ")[2].lower()
    small = last in {"a", "an", "the", "of", "to", "in", "on", "at", "and", "or", "for", "with", "by", "my", "his",
                     "her", "our"}
    return off - (14.0 if first.endswith((*_SENTENCE, *_CLAUSE)) else 0.0) + (10.0 if small else 0.0)


def _narrow(words: Sequence[Word], fits: Callable[[str], bool]) -> list[Word]:
    """Words wider than a line, in pieces."""
    found: list[Word] = []
    for word in words:
        size = LINE_CHARACTERS
        while size > 1 and not fits("m" * min(size, len(word.text))) and not fits(word.text[:size]):
            size -= 1
        pieces = [word.text[at : at + size] for at in range(0, len(word.text), size)]
        step = (word.end - word.begin) / len(pieces)
        found += [Word(piece, word.begin + step * at, word.begin + step * (at + 1)) for at, piece in enumerate(pieces)]
    return found


def _ends(group: Sequence[Word], following: Word, fits: Callable[[str], bool]) -> bool:
    """Whether the subtitle is over before the word that follows."""
    last = group[-1]
    text = " ".join(word.text for word in [*group, following])
    if following.begin - last.end > _PAUSE_S or following.end - group[0].begin > LONGEST_S or broken(text, fits) is None:
        return True
    so_far = len(text) - len(following.text) - 1
    if last.text.endswith(_SENTENCE):
        return so_far >= LINE_CHARACTERS // 2 or last.end - group[0].begin >= SHORTEST_S
    return last.text.endswith(_CLAUSE) and so_far > LINE_CHARACTERS


def _rebalanced(groups: list[list[Word]]) -> list[list[Word]]:
    """A single short word left over joins its sentence by taking the second half of the subtitle before it."""
    for first, second in pairwise(groups):
        alone = sum(len(word.text) + 1 for word in second) < 12 and second[0].begin - first[-1].end < _PAUSE_S
        if alone and len(first) > 5 and not first[-1].text.endswith((*_SENTENCE, *_CLAUSE)):
            half = len(first) * 2 // 3
            second[:0] = first[half:]
            del first[half:]
    return groups


def _timed(groups: Sequence[Sequence[Word]], seconds: float, fits: Callable[[str], bool]) -> list[Subtitle]:
    found: list[Subtitle] = []
    for number, group in enumerate(groups):
        text = " ".join(word.text for word in group)
        begin = min(max(group[0].begin, 0.0), max(seconds - 0.1, 0.0))
        until = groups[number + 1][0].begin - _GAP_S if number + 1 < len(groups) else seconds
        wanted = max(group[-1].end + _LINGER_S, begin + SHORTEST_S, begin + len(text) / _CHARACTERS_A_SECOND)
        end = min(wanted, max(until, group[-1].end - _GAP_S), begin + LONGEST_S + _LINGER_S, seconds)
        if found and found[-1].end > begin:
            begin = found[-1].end
        found.append(Subtitle(begin, max(end, begin + 0.05), broken(text, fits) or (text,)))
    return found
