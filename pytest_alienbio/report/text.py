"""The report as plain text, as wide as the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..model import Leaf, Outcome, Standing
from . import figures
from .columns import Column, aligned, fit, lines_of, shorten, table_width, to_ascii, width_of, wrap
from .document import Document, FailureGroup, Failures, Leaderboard
from .measures import HEADING, metric_rows

LEAST_WIDTH = 40
_BOLD, _RED = "1", "31"
_ROLES = {"reference": "ref", "candidate": ""}


def render(document: Document, width: int, *, color: bool = False, ascii: bool = False) -> str:
    """The document in lines of at most `width` terminal columns (40 if less), without a final line break.

    Only reproducer commands and the DAT's path may be longer: they are to be copied, so they stay whole. `ascii` is for
    streams that cannot encode anything else; `color` adds SGR codes to headings and failures.
    """
    page = _Page(max(width, LEAST_WIDTH), ascii)
    return "\n".join(f"\x1b[{style}m{line}\x1b[0m" if color and style else line for line, style in page.lines(document))


def _who(leaves: Sequence[Leaf]) -> str:
    """What the rows' names are: without scores only tasks are there, and their variations."""
    return "agent" if _ranks(leaves) else "variation"


def _ranks(leaves: Sequence[Leaf]) -> bool:
    """Whether there is anything to rank: not where trials of tasks were played and no cell has a score."""
    return any(leaf.n for leaf in leaves) or not any(leaf.unscored or leaf.is_task for leaf in leaves)


class _Page:
    """One rendering: the room there is and the signs that may be used."""

    def __init__(self, width: int, ascii: bool) -> None:
        self.width, self.ascii = width, ascii
        self.sign: Callable[[str], str] = to_ascii if ascii else str

    def lines(self, document: Document) -> Iterator[tuple[str, str]]:
        """Every line with its style."""
        sections = (
            self.head(document),
            self.scores(document),
            self.metrics(document),
            self.leaderboard(document.leaderboard) if _ranks(document.scores.leaves) else (),
            self.findings(document),
            self.failures(document.failures),
            self.tail(document),
        )
        first = True
        for section in sections:
            lines = list(section)
            if lines and not first:
                yield "", ""
            first = first and not lines
            yield from lines

    def prose(self, text: str, style: str = "", first: str = "", indent: str = "  ") -> Iterator[tuple[str, str]]:
        for line in wrap(self.sign(text), self.width, first=first, indent=indent, ascii=self.ascii):
            yield line, style

    def table(self, lines: Sequence[str]) -> Iterator[tuple[str, str]]:
        # Columns give way long before this; it is for numbers so long that nothing is left to give.
        for line in lines:
            yield shorten(line, self.width, ascii=self.ascii, middle=False), ""

    def head(self, document: Document) -> Iterator[tuple[str, str]]:
        counts = document.counts
        parts = [figures.many(counts.planned, "cell")]
        if counts.selected != counts.planned:
            parts.append(f"{counts.selected:,} selected")
        if counts.recorded != counts.selected:
            parts.append(f"{counts.recorded:,} recorded")
        if counts.before:
            parts.append(f"{counts.before:,} from before, {counts.recorded - counts.before:,} run")
        ended = [f"{document.outcomes[name]:,} {name}" for name in Outcome if document.outcomes.get(name)]
        yield from self.prose(document.title, _BOLD)
        yield from self.prose(", ".join(parts) + (": " + ", ".join(ended) if ended else ""))

    # -- agents x scenarios

    def scores(self, document: Document) -> Iterator[tuple[str, str]]:
        table = document.scores
        if not table.leaves:
            yield from self.prose("scores: none, no cell was played to an end")
            return
        heading = "scores: mean ± std of n scored cells; passed, with its 95% Wilson interval"
        if not _ranks(table.leaves):
            heading = "trials: n that ended well; passed, with its 95% Wilson interval"
        yield from self.prose(heading, _BOLD)
        lines = self.rows(table.leaves) or self.stacked(table.leaves)
        yield from self.table(lines)
        if table.left_out:
            yield from self.prose(f"… and {figures.many(table.left_out, 'more row')}: summary.csv")

    def numbers(self, leaves: Sequence[Leaf]) -> tuple[Column, ...]:
        def column(header: str, show: Callable[[Leaf], str], gives_way: int = 0) -> Column:
            return Column(header, tuple(self.sign(show(leaf)) for leaf in leaves), gives_way=gives_way)

        def interval(leaf: Leaf) -> str:
            return figures.MISSING if leaf.pass_rate is None else figures.percent_interval(leaf.pass_interval)

        means = tuple(figures.score(leaf.mean) for leaf in leaves)
        spreads = aligned([self.sign(figures.spread(leaf.mean, leaf.std)) for leaf in leaves], self.sign(" ± "))
        return (
            column("n", lambda leaf: f"{leaf.n + leaf.unscored:,}"),
            *([Column("score", spreads, gives_way=1, narrow=means)] if _ranks(leaves) else []),
            column("passed", lambda leaf: figures.percent(leaf.pass_rate)),
            column("95%", interval, gives_way=2),
            column("errors", lambda leaf: f"{leaf.errors:,}"),
        )

    def rows(self, leaves: Sequence[Leaf]) -> list[str]:
        """One row a leaf; nothing if that would cost a column."""
        before = ["", *(leaf.scenario for leaf in leaves)]
        scenarios = tuple(
            "" if leaf.scenario == last else self.sign(leaf.scenario) for leaf, last in zip(leaves, before, strict=False)
        )
        agents = tuple(self.sign(leaf.agent) for leaf in leaves)
        named = (Column("scenario", scenarios, left=True, names=True), Column(_who(leaves), agents, left=True, names=True))
        columns = (*named, *self.numbers(leaves))
        fitted = fit(columns, self.width, ascii=self.ascii)
        return lines_of(fitted) if len(fitted) == len(columns) and table_width(fitted) <= self.width else []

    def stacked(self, leaves: Sequence[Leaf]) -> list[str]:
        """A line for each scenario, its agents below."""
        agents = tuple("  " + self.sign(leaf.agent) for leaf in leaves)
        columns = fit(
            (Column(_who(leaves), agents, left=True, names=True), *self.numbers(leaves)), self.width, ascii=self.ascii, least=12
        )
        header, *rows = lines_of(columns)
        lines = [header]
        last = None
        for leaf, row in zip(leaves, rows, strict=True):
            if leaf.scenario != last:
                lines.append(shorten(self.sign(leaf.scenario), self.width, ascii=self.ascii))
                last = leaf.scenario
            lines.append(row)
        return lines

    def metrics(self, document: Document) -> Iterator[tuple[str, str]]:
        lines = metric_rows(document.scores.leaves, self.width, self.sign, ascii=self.ascii)
        if lines:
            yield from self.prose(HEADING, _BOLD)
            yield from self.table(lines)
        if document.scores.metrics_left_out:
            yield from self.prose(f"… and {figures.many(document.scores.metrics_left_out, 'more metric')}: results.json")

    # -- leaderboard

    def leaderboard(self, board: Leaderboard) -> Iterator[tuple[str, str]]:
        if not board.standings:
            return
        level = next((standing.interval.level for standing in board.standings if standing.interval), 0.95)
        lower = "; lower is better" if board.better == "lower" else ""
        about = f"leaderboard: mean over scenarios, {100 * level:g}% interval over seeds, scenarios fixed{lower}"
        yield from self.prose(about, _BOLD)
        yield from self.table(lines_of(fit(self.standing_columns(board), self.width, ascii=self.ascii, least=8)))
        if board.left_out:
            yield from self.prose(f"… and {figures.many(board.left_out, 'more agent')}: results.yaml")
        if any(board.partial(standing) for standing in board.standings):
            scenarios = figures.many(board.scenarios, "scenario")
            yield from self.prose(f"* scores on only some of the {scenarios}: not like for like")
        if board.better == "mixed":
            yield from self.prose("no means: some scenarios score higher-is-better, others lower-is-better")

    def standing_columns(self, board: Leaderboard) -> tuple[Column, ...]:
        standings = board.standings

        def column(header: str, show: Callable[[Standing], str], gives_way: int = 0, *, left: bool = False) -> Column:
            return Column(header, tuple(self.sign(show(standing)) for standing in standings), left=left, gives_way=gives_way)

        def interval(standing: Standing) -> str:
            if standing.interval is not None:
                return figures.score_interval(standing.interval)
            return f"({board.interval_notes[standing.agent]})" if standing.agent in board.interval_notes else figures.MISSING

        def rank(standing: Standing) -> str:
            return (figures.MISSING if standing.rank is None else f"{standing.rank}") + "*" * board.partial(standing)

        agents = tuple(self.sign(standing.agent) for standing in standings)
        some = any(board.partial(standing) for standing in standings)
        return (
            column("rank", rank),
            Column("agent", agents, left=True, names=True),
            *(
                [column("role", lambda s: _ROLES.get(s.role, s.role), left=True)]
                if any(s.role != "candidate" for s in standings)
                else []
            ),
            column("mean", lambda s: figures.score(s.mean)),
            column("interval", interval, 2),
            column("passed", lambda s: figures.percent(s.pass_rate)),
            column("n", lambda s: f"{s.n:,}", 3),
            column("errors", lambda s: f"{s.errors:,}", 1),
            column("skipped", lambda s: f"{s.skipped:,}", 5),
            *([column("scenarios", lambda s: f"{s.scenarios} of {board.scenarios}", 4)] if some else []),
        )

    # -- what went wrong

    def findings(self, document: Document) -> Iterator[tuple[str, str]]:
        if document.findings:
            yield "broken scenarios", _BOLD
        for sentence in document.findings:
            yield from self.prose(sentence, _RED, "  ", "    ")

    def failures(self, failures: Failures) -> Iterator[tuple[str, str]]:
        if not failures.total:
            return
        low = failures.total - failures.broken - failures.missed
        kinds = [figures.many(failures.broken, "error")] if failures.broken else []
        kinds += [figures.many(low, "score") + " below the bar"] if low else []
        kinds += [figures.many(failures.missed, "trial") + " short of the criteria"] if failures.missed else []
        yield from self.prose(f"failures: {', '.join(kinds)}", _BOLD)
        for group in failures.groups:
            yield self.failure(group), _RED
            if group.first.command:
                yield "    " + self.sign(group.first.command), ""
        if failures.left_out:
            yield from self.prose(f"… and {failures.left_out:,} more: results.yaml", first="  ")

    def failure(self, group: FailureGroup) -> str:
        first = group.first
        what = figures.against(first.score, first.passing_score) if first.outcome.scored else str(first.outcome)
        if first.outcome.scored and first.passing_score is None:
            what = "not passed"
        if group.count > 1:
            what += f" ({group.count:,} alike)"
        what = self.sign(f": {what}")
        reason = self.sign(f": {first.reason}") if first.reason else ""
        room = self.width - 2 - width_of(what)
        name = self.sign(first.id)
        kept = max(room - width_of(reason), min(room, self.width // 2 - 2, width_of(name)))
        line = "  " + shorten(name, kept, ascii=self.ascii) + what
        return shorten(line + reason, self.width, ascii=self.ascii, middle=False)

    def tail(self, document: Document) -> Iterator[tuple[str, str]]:
        for group in document.skipped:
            named = ", ".join(group.agents[:6]) + (f" and {len(group.agents) - 6:,} more" if len(group.agents) > 6 else "")
            yield from self.prose(f"skipped {named}: {group.reason}")
        for note in document.notes:
            yield from self.prose(f"note: {note}")
        if document.dat_path:
            yield f"results: {self.sign(document.dat_path)}", ""
