"""An older file, tried for one step: formulas that cannot work are refused before anything is played."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import numpy as np

from ...errors import Complaint, GenerationError, SpecError
from ..interpreter import PLAIN_FUNCTIONS
from .scoring import score
from .text import Amount, Formula, drawn
from .tools import amounts, price
from .world import Chemistry, Quantities, named_in, physics

if TYPE_CHECKING:
    from .template import Older


def rehearse(older: Older) -> list[Complaint]:
    """What has no value in one world of the file: draws, then rates and prices at its start, then scores after a step."""
    wrong: dict[Complaint, None] = {}
    rng = np.random.Generator(np.random.PCG64(0))
    initial, quantities = (_draw(block, rng, wrong) for block in (older.initial, older.quantities))
    if not wrong:
        start = {variable: max(0.0, initial.get(variable, 0.0)) for variable in older.chemistry.variables}
        _try_rates(older.chemistry, start, quantities, wrong)
        _try_prices(older, start, quantities, wrong)
        if not wrong:
            _try_scores(older, start, quantities, wrong)
    return sorted(wrong, key=lambda complaint: (complaint.line, complaint.column))


@contextmanager
def _kept(wrong: dict[Complaint, None]) -> Iterator[None]:
    """Keeps what a formula is refused for."""
    try:
        yield
    except SpecError as error:
        wrong.update(dict.fromkeys(error.complaints))


def _draw(block: Mapping[str, Amount], rng: np.random.Generator, wrong: dict[Complaint, None]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, amount in block.items():
        with _kept(wrong):
            found[name] = drawn(amount, rng)
    return found


def _try_rates(chemistry: Chemistry, start: Mapping[str, float], quantities: Quantities, wrong: dict[Complaint, None]) -> None:
    for region in chemistry.regions:
        here = {molecule: start[chemistry.name(region, molecule)] for molecule in chemistry.molecules}
        for reaction in chemistry.reactions:
            if isinstance(reaction.rate, Formula):
                with _kept(wrong):
                    reaction.rate.number(named_in(chemistry, region, here, quantities), PLAIN_FUNCTIONS)


def _try_prices(older: Older, start: Mapping[str, float], quantities: Quantities, wrong: dict[Complaint, None]) -> None:
    for tool in older.tools:
        for amount in amounts(tool, older.chemistry, [*start.values()], quantities):
            with _kept(wrong):
                price(tool, {tool.number: float(amount)})


def _try_scores(older: Older, start: Mapping[str, float], quantities: Quantities, wrong: dict[Complaint, None]) -> None:
    chemistry = older.chemistry
    with _kept(wrong), suppress(GenerationError):  # a world that cannot be followed is the seed's own fault
        world = physics(chemistry, start, quantities, 1)
        after = dict(zip(chemistry.variables, world.after(world.start), strict=True))
        path = [{**start, **quantities}, *[{**after, **quantities}] * older.steps]
        score(older.scoring, chemistry, path, 0.0, 1.0 if older.budget is None else older.budget)
