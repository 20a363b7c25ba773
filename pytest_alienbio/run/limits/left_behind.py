"""What killed sessions had taken for cells of a run that they never recorded: told once, in its log, by who goes on with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from ...model import Json, Plan, Spent
from ...report import many
from ...report.spend import money
from ...resources.booking import Worst, spent_of
from ...resources.ledger import FileLedger
from ...store import log
from ...store.scan import scan
from .overlooked import names_of
from .session import LEDGER, LIMITS

_KEY = "left_by"
"""In an entry of the log: the session of which it tells."""


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """What a session, killed with all its workers, had booked for cells of which it has no record."""

    cells: int = 0
    requests: int = 0
    tokens: int = 0
    usd: float = 0.0
    unsettled_calls: int = 0
    """Of the requests those whose price nobody knows: their end was not seen, or not told."""
    unsettled_usd: float | None = 0.0
    """Their worst case in US dollars, which is not in `usd`; None: not known either."""

    def plus(self, spent: Spent, unended: Sequence[tuple[Worst, bool]]) -> LeftBehind:
        """With one more cell: what is booked for it, and its calls whose end nobody booked (and whether given up for dead)."""
        under_way = sum(not abandoned for _, abandoned in unended)
        unbounded = spent.unbounded_requests or any(worst.usd is None for worst, _ in unended)
        worst = None if unbounded or self.unsettled_usd is None else self.unsettled_usd + spent.unknown_usd + spent.reserved_usd
        return LeftBehind(
            self.cells + 1,
            self.requests + spent.requests + len(unended),
            self.tokens + spent.tokens,
            round(self.usd + spent.usd, 9),
            self.unsettled_calls + spent.unknown_requests + under_way,
            None if worst is None else round(worst, 9),
        )

    def in_words(self, *, kept: bool = False) -> str:
        """A sentence for people. `kept`: cells go on from checkpoints, which know what was taken before them."""
        most = "without a bound" if self.unsettled_usd is None else f"at most {money(self.unsettled_usd)} more"
        unsettled = f" ({self.unsettled_calls:,} of unknown price, {most})" if self.unsettled_calls else ""
        took = f"{money(self.usd)}, {many(self.tokens, 'token')}, {many(self.requests, 'request')}{unsettled}"
        text = f"a session that was killed had taken {took} for {many(self.cells, 'cell')} that it never recorded"
        return f"{text}: in no sum{', but for what lies before a checkpoint' if kept else ''}"


def tell(data_root: Path, dat: Path, plan: Plan, source: str, run_id: str) -> None:
    """Notes in the log of `dat`, for the run `run_id` that goes on with it, what sessions before it left behind.

    The DAT is held, so none of them plays in it any more. `source` is the battery's file as ids spell it. What is noted there
    is not noted again; nothing is told of ledgers in a Redis, and of runs whose log does not say where they were booked.
    """
    if not (data_root / LIMITS).is_dir():
        return
    with suppress(Exception):  # a remark beside a run keeps nobody from playing it, whatever its ledger or log is like
        entries = log.read(dat)
        told = [entry.get(_KEY) for entry in entries]
        for session, run in _begun(entries, run_id):
            if session not in told and (found := _left(data_root / LIMITS / session / LEDGER, dat, plan, source, run)).requests:
                text = found.in_words(kept=bool(plan.battery.checkpoint))
                details: dict[str, Json] = {"run": run_id, "text": text, _KEY: session, **asdict(found)}
                log.append(dat, log.NOTICED, details)


def said_of(dats: Sequence[Path]) -> Iterator[str]:
    """The sentences that the logs of `dats` have of it, for who adds up what was spent; of several by the DATs' names."""
    for dat in dats:
        for entry in log.read(dat):
            text = entry.get("text")
            if entry.get("event") == log.NOTICED and _KEY in entry and isinstance(text, str):
                yield f"{dat.name}: {text}" if len(dats) > 1 else text


def _begun(entries: Sequence[dict[str, Json]], run_id: str) -> Iterator[tuple[str, str]]:
    """The sessions that played the DAT, and the ids of their runs. A session is called as its run, unless the log says how.

    The last one may be called as the one that goes on now (`ALIENBIO_RUN_ID`): it has not booked anything yet.
    """
    begun = [entry for entry in entries if entry.get("event") in ("created", "resumed")]
    for entry in begun[:-1] if begun and begun[-1].get("run") == run_id else begun:
        run = entry.get("run")
        session = entry.get("limits", run)
        if isinstance(run, str) and isinstance(session, str) and session == Path(session).name:
            yield session, run


def _left(ledger: Path, dat: Path, plan: Plan, source: str, run: str) -> LeftBehind:
    if not ledger.is_file():
        return LeftBehind()
    opened = FileLedger(ledger)
    try:
        accounts, unended = {account.scope: account.counts for account in opened.accounts()}, opened.unended()
    finally:
        opened.close()
    names = dict.fromkeys(names_of(dat, plan.battery.name, source))
    booked = [(scope, cell.id) for name in names for cell in plan.cells if (scope := f"cell {name} {cell.id}") in accounts]
    recorded: set[str] = set()
    if booked:
        scan(dat, lambda row: recorded.add(row["id"]) if row["run"] == run else None)
    found = LeftBehind()
    for scope, cell_id in booked:
        if cell_id not in recorded:
            found = found.plus(spent_of(accounts[scope]), unended.get(scope, ()))
    return found
