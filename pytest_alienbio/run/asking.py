"""What a coming run asks of models: calls, tokens, money and time, from recorded cells, else from the size of the prompt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from ..agents.llm import LLMAgent
from ..agents.llm.ahead import ASSUMED, HIGH, LIKELY, LOW, Episode, Prompt, episode, prompt_of
from ..agents.llm.prices import price_of, unpriced
from ..errors import AlienBioError
from ..model import AgentProfile, Cell, Endpoint, Price, Quantity
from ..play import Catalog
from ..play.look import look
from ..report import many
from ..stats import Past, Share, added, expected_total
from .history import History, Kind

QUANTITIES = ("requests", "tokens", "usd")
MOST_LOOKS = 24
"""Worlds that are built to see the size of a prompt: a scenario's other cases are taken to be as large."""
Three: TypeAlias = tuple[Episode, Episode, Episode]
"""An episode at its least, as is likely, and at its most."""


@dataclass(slots=True)
class _Group:
    """Cells of one kind."""

    kind: Kind
    cell: Cell
    count: int = 0
    guessed: Three | None = None


class Asking:
    """What `cells` will ask of models, as far as it can be told. Plays nothing, calls nobody, imports no client.

    Recorded cells of the same scenario and agent tell, else for language models of ours the size of the prompt of one
    instance of the case. `steps` is the cells' own limit.
    """

    def __init__(self, cells: Sequence[Cell], history: History, catalog: Catalog, steps: int | None = None) -> None:
        self._history, self._catalog, self._steps = history, catalog, steps
        self._endpoints: dict[str, tuple[Endpoint, Price | None] | None] = {}
        self._prompts: dict[tuple[str, int | None, int, str], Prompt | None] = {}
        self._looks = 0
        self._groups: dict[Kind, _Group] = {}
        for cell in cells:
            kind = (cell.case.scenario, cell.agent.name, cell.case.difficulty)
            self._groups.setdefault(kind, _Group(kind, cell)).count += 1
        for group in self._groups.values():
            if self.endpoint(group.cell.agent) and not all(self._past(name, group.kind) for name in QUANTITIES):
                group.guessed = self._guess(group.cell)

    def endpoint(self, profile: AgentProfile) -> Endpoint | None:
        """Which model an agent is; None if it is none of ours."""
        found = self._model(profile)
        return found[0] if found else None

    def expected(self, cell: Cell, quantity: str) -> float | None:
        """What the cell will likely take of `requests`, `tokens` or `usd`; None = nobody can tell."""
        kind = (cell.case.scenario, cell.agent.name, cell.case.difficulty)
        if past := self._past(quantity, kind):
            return past.mean
        group = self._groups.get(kind)
        return _amount(group.guessed[1], quantity) if group and group.guessed else None

    def quantity(self, name: str) -> Quantity:
        """What all of them will take, with its interval; it is for those of which something can be told, or should be."""
        shares: list[Share] = []
        parts: list[Quantity] = []
        known = cells = guesses = 0
        low = value = high = 0.0
        for group in self._groups.values():
            past = self._past(name, group.kind)
            if past is None and not self.endpoint(group.cell.agent):
                continue
            cells += group.count
            if past:
                shares.append(Share(group.count, past))
                known += group.count
            elif group.guessed and (three := [_amount(each, name) for each in group.guessed])[1] is not None:
                low, value, high = (
                    total + group.count * (each or 0.0) for total, each in zip((low, value, high), three, strict=True)
                )
                known += group.count
                guesses += group.count
        if shares:
            total = expected_total(shares)
            # What was always the same, or met once, tells no spread: where guesses have one, theirs stands alone.
            parts.append(total if total.low is not None or not guesses else replace(total, low=total.value, high=total.value))
        if guesses:
            parts.append(Quantity(value, min(low, value), max(high, value)))
        return replace(added(parts), known=known, cells=cells, assumed=guesses) if parts else Quantity(cells=cells)

    def untimed(self) -> Quantity:
        """Seconds of play of the cells whose time no earlier run tells, one after the other; likely times of answers."""
        low = value = high = 0.0
        count = 0
        for group in self._groups.values():
            if group.guessed and not self._timed(group.kind):
                least, likely, most = (each.seconds * group.count for each in group.guessed)
                low, value, high, count = low + least, value + likely, high + most, count + group.count
        return Quantity(value, low, high, count, count, count) if count else Quantity()

    def paced(self, rates: Mapping[str, tuple[int, int | None]]) -> tuple[float, float, float, str]:
        """Seconds that the provider with the tightest of `rates` (requests and tokens a minute) takes at least: low, likely,
        high, and its name; '' if none holds."""
        asked: dict[str, list[list[float]]] = {}
        for group in self._groups.values():
            endpoint = self.endpoint(group.cell.agent)
            if endpoint is None:
                continue
            provider = endpoint.provider or endpoint.wire_format
            for at, name in enumerate(("requests", "tokens")):
                likely = self.expected(group.cell, name) or 0.0
                three = [_amount(each, name) or 0.0 for each in group.guessed] if group.guessed else [likely] * 3
                into = asked.setdefault(provider, [[0.0] * 3, [0.0] * 3])[at]
                into[:] = [total + group.count * each for total, each in zip(into, three, strict=True)]
        found = (0.0, 0.0, 0.0, "")
        for provider, (calls, tokens) in asked.items():
            if provider not in rates:
                continue
            rpm, tpm = rates[provider]
            least = [60 * max(c / rpm, t / tpm if tpm else 0.0) for c, t in zip(calls, tokens, strict=True)]
            if least[1] > found[1]:
                found = (least[0], least[1], least[2], provider)
        return found

    def notes(self) -> Iterator[str]:
        """From what it is told, and what cannot be."""
        told = Counter[str]()
        recorded = 0
        sizes: list[Prompt] = []
        for group in self._groups.values():
            if self._past("tokens", group.kind) or self._past("requests", group.kind):
                recorded += group.count
                told["recorded"] += group.count
            elif group.guessed:
                told["prompt"] += group.count
                prompt = self._prompt(group.cell)
                sizes += [prompt] if prompt else []
        if told["recorded"]:
            of = "" if not told["prompt"] else f" of {many(told['recorded'], 'cell')}"
            yield f"calls, tokens and money{of}: from recorded cells of the same scenarios and agents"
        if told["prompt"]:
            standing, turn, steps = (_range([getattr(each, name) for each in sizes]) for name in ("standing", "turn", "steps"))
            of = many(told["prompt"], "cell")
            yield (
                f"calls, tokens and money of {of}: from the size of the prompt (about {standing} tokens, {turn} more a turn) "
                f"and the case's {steps} steps"
            )
            yield from ASSUMED
        yield from dict.fromkeys(self._unpriced())

    # -- inside

    def _unpriced(self) -> Iterator[str]:
        for group in self._groups.values():
            found = self._model(group.cell.agent)
            if found and found[1] is None:
                yield unpriced(found[0])

    def _past(self, quantity: str, kind: Kind) -> Past | None:
        return self._history.took(quantity, kind) or self._history.took(quantity, (*kind[:2], "any"))

    def _timed(self, kind: Kind) -> bool:
        return bool(self._history.seconds(kind) or self._history.seconds((*kind[:2], "any")))

    def _model(self, profile: AgentProfile) -> tuple[Endpoint, Price | None] | None:
        if profile.name not in self._endpoints:
            self._endpoints[profile.name] = None
            info = self._catalog.agents.get(profile.kind)
            if info is not None and info.is_model:
                try:
                    agent = info.factory(**profile.params, access=profile.access)
                except (AlienBioError, TypeError):
                    return None  # whoever plays it says so
                assert isinstance(agent, LLMAgent)
                self._endpoints[profile.name] = agent.endpoint, price_of(agent.endpoint)
        return self._endpoints[profile.name]

    def _guess(self, cell: Cell) -> Three | None:
        model, prompt = self._model(cell.agent), self._prompt(cell)
        if model is None or prompt is None or not prompt.steps:
            return None
        most = cell.agent.params.get("max_tokens")
        limit = most if isinstance(most, int) and not isinstance(most, bool) else None
        low, likely, high = (
            episode(prompt, guess, price=model[1], max_tokens=limit, max_context=model[0].max_context)
            for guess in (LOW, LIKELY, HIGH)
        )
        return low, likely, high

    def _prompt(self, cell: Cell) -> Prompt | None:
        """The size of one instance of the cell's case; of another case of the scenario, once enough worlds were built."""
        case = cell.case
        name = (case.scenario, case.difficulty, case.variant, cell.agent.name)
        if name not in self._prompts:
            near = next((size for (scenario, *_), size in self._prompts.items() if scenario == case.scenario and size), None)
            if self._looks >= MOST_LOOKS:
                self._prompts[name] = near
                return near
            self._looks += 1
            try:
                seen = look(case, self._catalog, cell.seed)
                agent = self._catalog.agents[cell.agent.kind].factory(**cell.agent.params, access=cell.agent.access)
                assert isinstance(agent, LLMAgent)
                self._prompts[name] = prompt_of(agent, seen.briefing, seen.observation, most_calls=self._steps)
            except (AlienBioError, TypeError):
                self._prompts[name] = near
        return self._prompts[name]


def _amount(found: Episode, quantity: str) -> float | None:
    return {"requests": float(found.calls), "tokens": float(found.tokens.total or 0), "usd": found.usd}[quantity]


def _range(values: Iterable[int]) -> str:
    found = sorted(values)
    if not found:
        return "0"
    return f"{found[0]:,}" if found[0] == found[-1] else f"{found[0]:,} to {found[-1]:,}"
