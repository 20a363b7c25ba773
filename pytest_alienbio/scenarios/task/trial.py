"""A trial of a task: what is kept of it, and what the task is told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...model import Json, MetricEvent, Task
from .events import EventReader

OnEvents = Callable[[Sequence[MetricEvent]], None]
"""Is handed events as they happen."""

MAX_KEPT = 1_000
"""Events of a trial that its trace keeps; all are in the result folder."""
ENVIRONMENT = ("METRICS_FILE", "RESULT_FILE", "DATA_PATH", "PARAMS", "SEED")
"""What a trial finds in its environment, each as `ALIENBIO_<name>`."""

OFFERED = ("data_path", "metrics_file", "params", "python", "result_file", "seed")
"""What a command can name in braces beside its params."""

MOST_WORD = 100_000
"""Characters of a word of a command, or of a variable: a process can be handed no more than 128 KiB as one on Linux."""

_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(slots=True)
class Trial:
    """One trial as it runs and after: what it returned, or how it failed."""

    seed: int | None
    value: object = None
    stage: str = ""
    """Where it failed: `import`, `run` or `answer`; '' if it did not."""
    error: tuple[str, str, str] = ("", "", "")
    """Type, message and traceback of what it raised."""
    reason: str = ""
    timed_out: bool = False
    events: list[MetricEvent] = field(default_factory=list)
    """The first `MAX_KEPT` of them."""
    count: int = 0
    unread: int = 0
    note: str = ""
    """What of its events could not be read."""
    stdout: str = ""
    stderr: str = ""

    def fail(self, stage: str, reason: str, error: tuple[str, str, str] = ("", "", "")) -> None:
        """Says how it failed; the first failure stands."""
        if not self.stage:
            self.stage, self.reason, self.error = stage, reason, error


def placeholders(command: Sequence[str]) -> list[str]:
    """The names in braces that a command's words hold, each once."""
    return list(dict.fromkeys(name for word in command for name in _PLACEHOLDER.findall(word)))


def filled(command: Sequence[str], values: Mapping[str, object]) -> list[str]:
    """A command's words with their `{name}`s replaced: text as it is, all else as JSON. Unknown names stay as they are."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            return match[0]
        found = values[match[1]]
        return found if isinstance(found, str) else json.dumps(found, default=dict)

    return [_PLACEHOLDER.sub(value, word) for word in command]


def environment(task: Task, params: Mapping[str, Json], seed: int | None, place: Path) -> dict[str, str]:
    """The variables a trial finds, with its files in the folder `place`. Params that are too long for one are left empty."""
    values = (
        str(place / "metrics.jsonl"),
        str(place / "result.json"),
        task.data_path or "",
        told if len(told := json.dumps(params, default=dict)) < MOST_WORD else "",
        "" if seed is None else str(seed),
    )
    return {f"ALIENBIO_{name}": value for name, value in zip(ENVIRONMENT, values, strict=True)}


def follow(place: Path) -> EventReader:
    """The reader of a trial's events, with their file in the folder `place`: it is there from now on, so if it is gone it was
    deleted.
    """
    file = place / "metrics.jsonl"
    file.touch()
    reader = EventReader(str(file))
    reader.read()
    return reader


def take(trial: Trial, reader: EventReader, on_events: OnEvents | None, *, last: bool = False) -> None:
    """Reads what was appended to a trial's events, keeps it and hands it on."""
    events = reader.read(last=last)
    trial.events += events[: max(MAX_KEPT - len(trial.events), 0)]
    trial.count, trial.unread, trial.note = reader.count, reader.unread, reader.note()
    if events and on_events:
        on_events(events)
