"""What killed sessions had booked for a run and no record of it says: told once, in the run's log, by who goes on with it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import AlienBioError
from ...model import Json, Spent
from ...model.result import UNSETTLED_CALLS, UNSETTLED_USD
from ...report import many
from ...report.spend import money
from ...resources.booking import spent_of
from ...store import log
from ...store.scan import scan
from .overlooked import accounts_of, names_of, sessions

_SESSION = "session"
"""In an entry of the log: whose ledger it tells of."""
_UNSETTLED = (UNSETTLED_CALLS, UNSETTLED_USD)


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """What a session, killed with all its workers, had booked for cells of a run beyond what their records say."""

    session: str
    cells: int
    requests: int
    """Calls whose end was seen."""
    tokens: int
    usd: float
    unsettled_calls: int
    """Calls whose end nobody saw."""
    unsettled_usd: float
    """Their worst case, in US dollars: perhaps spent, beside `usd`."""

    def in_words(self, *, kept: bool = False) -> str:
        """A sentence for people. `kept`: cells go on from checkpoints, which know what was taken before them."""
        known = f"{money(self.usd)}, {many(self.tokens, 'token')}, {many(self.requests, 'request')}"
        text = f"a session that was killed had taken {known} for {many(self.cells, 'cell')} that it never recorded"
        if self.unsettled_calls:
            text += f", and {many(self.unsettled_calls, 'more call')} of unknown price, at most {money(self.unsettled_usd)}"
        return f"{text}: in no sum{', but for what lies before a checkpoint' if kept else ''}"


def tell(data_root: Path, dat: Path, battery: str, source: str, run_id: str, *, kept: bool = False) -> None:
    """Notes in the log of `dat`, for the run `run_id` that goes on with it, what sessions before it left behind.

    `source` is the battery's file as ids spell it; for `kept` see `in_words`. What is noted there is not noted again. Nothing
    is told of ledgers in a Redis, of those that cannot be read, and of sessions that recorded all they took.
    """
    folders = [folder for folder in sessions(data_root, run_id) if folder.name != run_id]
    entries = log.read(dat) if folders else []
    told = {entry.get(_SESSION) for entry in entries}
    begun = [entry.get("run") for entry in entries if entry.get("event") in ("created", "resumed")]
    before = [run for run in begun if isinstance(run, str) and run != run_id]
    for folder in folders:
        if folder.name in told or not before:
            continue
        with suppress(AlienBioError, OSError):
            if found := _left(folder, dat, names_of(dat, battery, source), before):
                details: dict[str, Json] = {"run": run_id, "text": found.in_words(kept=kept), **asdict(found)}
                log.append(dat, log.NOTICED, details)


def said_of(dats: Sequence[Path]) -> list[str]:
    """The sentences that the logs of `dats` have of it, for who adds up what was spent."""
    entries = [entry for dat in dats for entry in log.read(dat)]
    texts = (entry.get("text") for entry in entries if entry.get("event") == log.NOTICED and _SESSION in entry)
    return [text for text in texts if isinstance(text, str)]


def _left(folder: Path, dat: Path, names: Sequence[str], runs: Sequence[str]) -> LeftBehind | None:
    """`runs` are those of the DAT. A session of pytest is called as its run, any other played the last one."""
    accounts = {account.scope: spent_of(account.counts) for account in accounts_of(folder)}
    if folder.name not in runs and not any(f"run {name}" in accounts for name in names[:-1]):
        return None
    run = folder.name if folder.name in runs else runs[-1]
    known: dict[str, _Taken] | None = None
    rests: list[_Taken] = []
    for scope, spent in accounts.items():
        cell = next((scope.removeprefix(f"cell {name} ") for name in names if scope.startswith(f"cell {name} ")), None)
        if cell is None:
            continue
        known = _recorded(dat, run) if known is None else known
        if any(rest := _taken(spent).less(known.get(cell, _Taken()))):
            rests.append(rest)
    if not rests:
        return None
    requests, tokens, usd, calls, worst = (sum(column) for column in zip(*rests, strict=True))
    settled = max(int(requests - calls), 0)
    return LeftBehind(folder.name, len(rests), settled, int(tokens), round(usd, 9), int(calls), round(worst, 9))


class _Taken(NamedTuple):
    """What a cell took, as far as it is known."""

    requests: float = 0
    tokens: float = 0
    usd: float = 0.0
    unsettled_calls: float = 0
    unsettled_usd: float = 0.0

    def less(self, recorded: _Taken) -> _Taken:
        """What is not recorded; sums of decimals leave dust."""
        return _Taken(*(max(round(mine - theirs, 9), 0) for mine, theirs in zip(self, recorded, strict=True)))

    def plus(self, other: _Taken) -> _Taken:
        """Both."""
        return _Taken(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


def _taken(spent: Spent) -> _Taken:
    """What is still reserved is of a call under way when its session was killed, of which a cell makes one at a time."""
    cut = bool(spent.reserved_usd or spent.reserved_tokens)
    unknown = spent.unknown_requests + cut
    return _Taken(spent.requests + unknown, spent.tokens, spent.usd, unknown, spent.unknown_usd + spent.reserved_usd)


def _recorded(dat: Path, run: str) -> dict[str, _Taken]:
    """Of each cell what all its attempts in `run` took, as their last lines say it."""
    attempts: dict[tuple[str, int, str], _Taken] = {}

    def keep(row: dict[str, Any]) -> None:
        if row["run"] == run:
            usage, metrics = row["usage"] or {}, row["metrics"] or {}
            values = (*(usage.get(name) for name in ("requests", "tokens", "usd")), *(metrics.get(name) for name in _UNSETTLED))
            numbers = (value if isinstance(value, int | float) else 0 for value in values)
            attempts[row["id"], row["attempt"], row["worker"]] = _Taken(*numbers)

    scan(dat, keep)
    found: dict[str, _Taken] = {}
    for (cell, _, _), taken in attempts.items():
        found[cell] = found.get(cell, _Taken()).plus(taken)
    return found
