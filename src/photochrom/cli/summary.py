"""What came of a request, in lines for people."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from photochrom.batch.request import Event, Outcome, Request, Summary

_NAMED = 3  # files that are in the way, and named
_WITH_HINTS = (Outcome.DONE, Outcome.PLANNED, Outcome.SKIPPED)
_REPLACED = (Outcome.DIFFERENT, Outcome.OCCUPIED)  # with --overwrite
_WITH_RESULT = (Outcome.DONE, Outcome.SKIPPED, Outcome.DIFFERENT, Outcome.OCCUPIED)


def complaints(event: Event, quiet: bool) -> Iterator[str]:
    """What is told of an event at once: why it failed and, unless ``quiet``, what could not be kept."""
    if event.outcome is Outcome.FAILED:
        yield event.reason
    elif not quiet:
        yield from event.notes


def planned(event: Event) -> str:
    """What a dry run says of a photograph."""
    if event.outcome is Outcome.PLANNED:
        return f"{event.source} -> {event.target}" + (", with hints" if event.hinted else "")
    return f"{event.source}: {event.outcome.value}" + (f" ({event.reason})" if event.reason else "")


def lines(summary: Summary, request: Request) -> Iterator[str]:
    """What came of a request: a line for each outcome, for hints, for what was left out, and for the sheet."""
    for outcome in Outcome:
        if events := summary.of(outcome):
            yield from _counted(outcome, events, request)
    if request.hints is not None:
        yield from _hints(summary, request)
    yield from _left_out(summary.left_out)
    if summary.sheets:
        yield f"sheet: {', '.join(map(str, summary.sheets))}"


def tallied(outcomes: Counter[tuple[Outcome, str]], left_out: Counter[str], out: str) -> Iterator[str]:
    """The same of results that are too many to be named: how many by outcome and reason, and what was left out."""
    for outcome in Outcome:
        for (kind, reason), number in sorted(outcomes.items(), key=lambda item: item[0][1]):
            if kind is outcome:
                line = f"{number} {outcome.value}" + (f" ({reason})" if reason else "")
                line += f"; results in {out}" if outcome is Outcome.DONE else ""
                yield line + (f"; {_remedy(number)}" if outcome in _REPLACED else "")
    yield from _left_out(left_out)


def _left_out(left_out: Counter[str]) -> Iterator[str]:
    if left_out:
        kinds = (f"{number} {kind}" for kind, number in sorted(left_out.items()))
        yield f"left out, as no photographs: {', '.join(kinds)}"


def _remedy(number: int) -> str:
    return f"--overwrite replaces {'it' if number == 1 else 'them'}"


def _counted(outcome: Outcome, events: list[Event], request: Request) -> Iterator[str]:
    """A line for each reason of an outcome: how many, and which if it is one, or all results of one photograph."""
    by_reason: dict[str, list[Event]] = {}
    for event in events:  # failures have been told one by one
        by_reason.setdefault("" if outcome is Outcome.FAILED else event.reason, []).append(event)
    for reason, some in by_reason.items():
        line = f"{len(some)} {outcome.value}" + (f" ({reason})" if reason else "")
        if outcome is Outcome.OCCUPIED:
            line += f": {', '.join(str(_file(event)) for event in some[:_NAMED])}{', ...' if some[_NAMED:] else ''}"
        elif len(some) == 1 or (outcome is Outcome.DONE and len({event.source for event in some}) == 1):
            line += f": {', '.join(str(_file(event)) for event in some)}"
        elif request.out and outcome is Outcome.DONE:
            line += f"; results in {request.out}"
        if outcome in _REPLACED:
            line += f"; {_remedy(len(some))}"
        if any(event.luma_copied is not None for event in some):
            copied = sum(event.luma_copied is True for event in some)
            line += f"; {copied} with the luma copied bit for bit, {len(some) - copied} in the usual way"
        yield line


def _hints(summary: Summary, request: Request) -> Iterator[str]:
    """Which photographs had hints, all of them by name, and which files of hints had no photograph."""
    some = dict.fromkeys(str(event.source) for event in summary.events if event.hinted and event.outcome in _WITH_HINTS)
    if some:
        yield f"{len(some)} with hints: {', '.join(some)}"
    elif not any(event.hinted or event.outcome is Outcome.FAILED for event in summary.events):
        yield f"none with hints: {request.hints} holds none for these; in a folder, NAME.hints.json is for NAME.jpg"
    if summary.spare_hints:
        count = len(summary.spare_hints)
        names = ", ".join(map(str, summary.spare_hints))
        yield f"{count} file{'s'[: count > 1]} of hints for no photograph here: {names}"


def _file(event: Event) -> Path:
    """What a line names: the result that was made or is there, or else the photograph."""
    return event.target if event.target and event.outcome in _WITH_RESULT else event.source
