"""What a dry run prints: the plan of a run as plain text, as wide as the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ..model import Forecast, PlannedLeaf, Quantity, inert
from . import figures
from .columns import Column, fit, lines_of, shorten, table_width, to_ascii, wrap
from .progress import duration

LEAST_WIDTH = 20
MOST_ROWS = 60
MOST_NOTES = 6
_LEAST_NAME = 20
"""Columns a scenario's name keeps in the table; with less the agents are listed below each scenario."""


def render_forecast(forecast: Forecast, width: int, *, ascii: bool = False) -> str:
    """The forecast in lines of at most `width` terminal columns (20 if less), without a final line break.

    Agents stand across where they fit, else below each scenario. `ascii` is for streams that cannot encode anything else.
    """
    return "\n".join(_Page(forecast, max(width, LEAST_WIDTH), ascii).lines())


class _Page:
    """One rendering: what is shown, the room there is and the signs that may be used."""

    def __init__(self, forecast: Forecast, width: int, ascii: bool) -> None:
        self.forecast, self.width, self.ascii = forecast, width, ascii

    def sign(self, text: str) -> str:
        safe = inert(text)
        return to_ascii(safe) if self.ascii else safe

    def prose(self, text: str) -> Iterator[str]:
        yield from wrap(self.sign(text), self.width, ascii=self.ascii)

    def lines(self) -> Iterator[str]:
        forecast = self.forecast
        yield from self.prose(f"{forecast.title}: {self.head()}")
        if forecast.leaves:
            yield ""
            yield from self.table()
            yield ""
        yield from self.skipped()
        if forecast.selected:
            yield from self.worlds()
            yield from self.quantity("calls", forecast.calls, whole)
            yield from self.quantity("tokens", forecast.tokens, whole)
            yield from self.quantity("money", forecast.usd, money)
            yield from self.quantity("time", forecast.seconds, seconds)
            yield from self.quantity("size", forecast.bytes, size)
            yield from self.basis()
        for gate in forecast.gates:
            yield from self.prose(gate)
        for note in forecast.notes[:MOST_NOTES]:
            yield from self.prose(f"note: {note}")
        if len(forecast.notes) > MOST_NOTES:
            yield from self.prose(f"note: … and {len(forecast.notes) - MOST_NOTES:,} more")
        if forecast.target and forecast.selected:
            yield from self.prose(f"results would go to {forecast.target}")

    def head(self) -> str:
        forecast = self.forecast
        if not forecast.selected:
            return f"none of {figures.many(forecast.planned, 'cell')} selected"
        if not forecast.leaves:
            return figures.many(forecast.selected, "cell")
        agents = len({leaf.agent for leaf in forecast.leaves})
        counts = ((forecast.cases, "case"), (agents, "agent"), (forecast.seeds, "seed"))
        exact = forecast.cases * agents * forecast.seeds == forecast.selected
        factors = (" x " if exact else ", ").join(figures.many(count, what) for count, what in counts)
        cells = figures.many(forecast.planned, "cell")
        if forecast.selected != forecast.planned:
            cells = f"{forecast.selected:,} of {cells} selected, {forecast.planned - forecast.selected:,} deselected;"
            return f"{cells} {factors}"
        return f"{cells} = {factors}" if exact else f"{cells}; {factors}"

    # -- cells by scenario and agent

    def table(self) -> Iterator[str]:
        of_scenario: dict[str, dict[str, PlannedLeaf]] = {}
        for leaf in self.forecast.leaves:
            of_scenario.setdefault(leaf.scenario, {})[leaf.agent] = leaf
        shown = dict(list(of_scenario.items())[:MOST_ROWS])
        lines = self.across(shown) or self.listed(shown)
        for line in lines:
            yield shorten(line, self.width, ascii=self.ascii, middle=False)
        if len(of_scenario) > MOST_ROWS:
            yield from self.prose(f"… and {figures.many(len(of_scenario) - MOST_ROWS, 'more scenario')}")

    def across(self, rows: dict[str, dict[str, PlannedLeaf]]) -> list[str]:
        """Scenarios down, agents across; nothing if a column or too much of a name would be lost."""
        agents = list(dict.fromkeys(leaf.agent for leaves in rows.values() for leaf in leaves.values()))
        names = Column("scenario", tuple(map(self.sign, rows)), left=True, names=True)
        counts = [Column(self.sign(agent), tuple(_count(leaves.get(agent)) for leaves in rows.values())) for agent in agents]
        if len(agents) > 1:
            counts.append(Column("all", tuple(f"{sum(leaf.cells for leaf in leaves.values()):,}" for leaves in rows.values())))
        if table_width(counts) + 2 + min(names.width, _LEAST_NAME) > self.width:
            return []
        return lines_of(fit((names, *counts), self.width, ascii=self.ascii, least=_LEAST_NAME))

    def listed(self, rows: dict[str, dict[str, PlannedLeaf]]) -> list[str]:
        """A line for each scenario, its agents below."""
        leaves = [leaf for of_scenario in rows.values() for leaf in of_scenario.values()]
        columns = (
            Column("agent", tuple(f"  {self.sign(leaf.agent)}" for leaf in leaves), left=True, names=True),
            Column("cells", tuple(map(_count, leaves))),
        )
        header, *lines = lines_of(fit(columns, self.width, ascii=self.ascii, least=8))
        found, last = [header], None
        for leaf, line in zip(leaves, lines, strict=True):
            if leaf.scenario != last:
                found.append(shorten(self.sign(leaf.scenario), self.width, ascii=self.ascii))
                last = leaf.scenario
            found.append(line)
        return found

    def skipped(self) -> Iterator[str]:
        by_reason: dict[str, dict[str, int]] = {}
        for leaf in self.forecast.leaves:
            if leaf.skipped:
                agents = by_reason.setdefault(leaf.reason, {})
                agents[leaf.agent] = agents.get(leaf.agent, 0) + leaf.skipped
        for reason, agents in by_reason.items():
            yield from self.prose(f"s skipped: {figures.many(sum(agents.values()), 'cell')} of {_named(agents)}: {reason}")

    # -- what it takes

    def worlds(self) -> Iterator[str]:
        forecast = self.forecast
        if forecast.instances:
            ready = forecast.instances - forecast.to_generate
            text = f"worlds: {forecast.instances:,}, {forecast.to_generate:,} to generate, {ready:,} in the cache"
            yield from self.prose(text)

    def quantity(self, name: str, amount: Quantity, show: Callable[[float], str]) -> Iterator[str]:
        if amount.value is None or not amount.known:
            return
        text = f"{name}: about {show(amount.value)}{' of play' if name == 'time' else ''}"
        if amount.low is not None and amount.high is not None:
            how = "95%: " if not amount.assumed else "assumed: " if amount.assumed >= amount.known else "partly assumed: "
            text += f" ({how}{show(amount.low)} to {show(amount.high)})"
        if name == "time" and self.forecast.workers > 1:
            engine = self.sign(self.forecast.engine)
            text += f" with {engine}" if engine else f" on {self.forecast.workers:,} processes"
        if amount.known < amount.cells:
            text += f", for {amount.known:,} of {figures.many(amount.cells, 'cell')}; nothing is known of the others"
        yield from self.prose(text)

    def basis(self) -> Iterator[str]:
        forecast = self.forecast
        unknown = [
            name
            for name, amount in (("time", forecast.seconds), ("size", forecast.bytes))
            if amount.cells and not (amount.known and amount.value is not None)
        ]
        if unknown:
            yield from self.prose(
                f"{' and '.join(unknown)}: not known, no earlier run played these scenarios with these agents"
            )
        if forecast.basis:
            yield from self.prose(f"from {figures.many(len(forecast.basis), 'earlier run')}: {_named(forecast.basis, most=3)}")


def seconds(value: float) -> str:
    """`0.42s`, `3.1s`, `42s`, `1m20s`, `2h05m`."""
    if value < 0.01:
        return "<0.01s"
    return f"{value:.2g}s" if value < 9.95 else duration(value)


def whole(value: float) -> str:
    """`480`, `12,400`, `1.24 million`: three digits, for it is no more exact."""
    if value < 999.5:
        return f"{value:.0f}" if value >= 9.95 else f"{value:.2g}"
    if value < 999_500:
        return f"{round(value, -max(len(str(int(value))) - 3, 0)):,.0f}"
    return f"{value / 1e6:,.3g} million"


def money(value: float) -> str:
    """`$0.0041`, `$4.20`, `$120`."""
    return f"${value:,.0f}" if value >= 99.5 else f"${figures.usd(value)}"


def size(value: float) -> str:
    """`840 B`, `4.2 kB`, `38 MB`, in powers of 1000."""
    for unit in ("B", "kB", "MB", "GB"):
        if value < 999.5:
            return f"{value:.0f} {unit}" if unit == "B" or value >= 9.95 else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:,.1f} TB"


def _count(leaf: PlannedLeaf | None) -> str:
    if leaf is None:
        return figures.MISSING
    return f"{leaf.cells:,}" + "s" * (leaf.skipped > 0)


def _named(names: Iterable[str], *, most: int = 6) -> str:
    listed = list(names)
    return ", ".join(listed[:most]) + (f" and {len(listed) - most:,} more" if len(listed) > most else "")
