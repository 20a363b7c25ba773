"""The `bio` fixture: plays cells from Python tests, and takes what those tests record."""

from __future__ import annotations

import math
from pathlib import Path
from typing import SupportsFloat

import pytest

from ..errors import AlienBioError, SpecError
from ..model import Agent, Cell, CellVerdict, Environment, Json, Result, cell_verdict
from ..run import Run
from .collect import CellItem, battery_of
from .defaults import marked, renamed, untouched
from .limits import limits_of
from .loaded import Loaded
from .outcomes import CellFailedError, attach, detach, ended_by_pytest, failure_text, properties
from .state import state_of

RESERVED = frozenset({"scenario", "difficulty", "agent", "seed", "outcome", "score", "passed", "trace", "raw_score"})


class Player:
    """Plays cells for one test and attaches to them what the test records. Finished when the test is torn down."""

    def __init__(self, item: pytest.Item) -> None:
        self._item = item
        self._state = state_of(item.config)
        self._last: tuple[Loaded, Cell, Result] | None = None
        self._scores: dict[str, float] = {}
        detach(item)

    def play(
        self, cell: Cell, agent: Agent | None = None, scenario: Environment | None = None, *, check: bool = True
    ) -> Result:
        """Plays `cell` and records it in its battery's DAT: the same `Result` its own item makes.

        With `check`, a cell that broke fails the test with the cell's own error, and a skipped one skips it; so a
        result that comes back carries a score. Without, you get whatever happened.
        """
        loaded = self._loaded()
        agent, scenario = untouched(agent, scenario)
        cell = marked(cell if agent is None else renamed(cell, agent), agent, scenario)
        try:
            stopped = limits_of(self._state).instead(loaded, cell)
            result = stopped or self._state.play(loaded, cell, agent, scenario)
        except (KeyboardInterrupt, pytest.exit.Exception, AlienBioError):
            raise
        except BaseException as error:  # a skip, a timeout plugin: it ends the test, but the cell was started and is booked
            self._take(loaded, cell, self._state.book(loaded, ended_by_pytest(cell, error), cell))
            raise
        self._take(loaded, cell, result)
        if check and cell_verdict(result, "record") is CellVerdict.SKIPPED:
            pytest.skip(result.reason)
        if check and not result.outcome.scored:
            raise CellFailedError(failure_text(self._item, loaded, cell, result))
        return result

    def _take(self, loaded: Loaded, cell: Cell, result: Result) -> None:
        """What the test records from now on belongs to this result."""
        self._item.ihook.pytest_alienbio_cell_finish(cell=cell, result=result)
        self._last = (loaded, cell, result)
        attach(self._item, properties(result))

    def record_score(self, name: str, value: SupportsFloat) -> None:
        """Adds a named sub-score to the cell's result. Anything with a finite `float()` that is no text will do."""
        if name in RESERVED:
            raise ValueError(f"score {name!r} is the cell's own; give yours another name than {', '.join(sorted(RESERVED))}")
        score = plain_number(name, value)
        self._scores[name] = score
        attach(self._item, [(name, score)])

    def record_metric(self, name: str, value: Json | SupportsFloat, step: int | None = None) -> None:
        """Appends a timestamped metric event to the DAT."""
        if not isinstance(value, str | bool | None | list | dict):
            value = plain_number(name, value)  # type: ignore[arg-type]
        run, cell = self._where()
        run.metric(cell, name, value, step)

    def record_artifact(self, path: str | Path) -> Path:
        """Copies a file into the DAT's `artifacts/`; gives back the copy's path."""
        run, cell = self._where()
        return run.artifact(cell, Path(path))

    def finish(self) -> None:
        """Writes the cell's result again if scores were added to it."""
        if not self._scores:
            return
        loaded, _, result = self._result()
        self._state.open(loaded).amend(result.with_(scores={**result.scores, **self._scores}))

    def _result(self) -> tuple[Loaded, Cell, Result]:
        if self._last:
            return self._last
        if isinstance(self._item, CellItem) and self._item.result:
            return self._item.loaded, self._item.cell, self._item.result
        raise SpecError(f"{self._item.nodeid}: scores were recorded, but no cell was played: call bio.play(cell)")

    def _loaded(self) -> Loaded:
        if isinstance(self._item, CellItem):
            return self._item.loaded
        if self._item.get_closest_marker("battery") is None:
            raise SpecError(f'{self._item.nodeid}: bio.play needs @pytest.mark.battery("x.battery.yaml") on the test')
        return self._state.find(*battery_of(self._item), self._item.session)

    def _where(self) -> tuple[Run, Cell]:
        if self._last:
            return self._state.open(self._last[0]), self._last[1]
        cell = getattr(self._item, "cell", None) or getattr(self._item, "funcargs", {}).get("cell")
        if not isinstance(cell, Cell):
            raise SpecError(f"{self._item.nodeid}: nothing to record to: the test has no cell")
        return self._state.open(self._loaded()), cell


def plain_number(name: str, value: SupportsFloat) -> float:
    """`value` as a plain finite float (numpy scalars and 0-d arrays become one). Raises `TypeError` or `ValueError`."""
    if isinstance(value, str | bytes):
        raise TypeError(f"score {name!r} is the text {value!r}; expected a number: convert it first, e.g. float(...)")
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise TypeError(f"score {name!r} is a {type(value).__name__}; expected one number") from error
    if not math.isfinite(number):
        raise ValueError(f"score {name!r} is {number}; expected a finite number: leave it out if it is missing")
    return number
