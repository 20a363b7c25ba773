"""Scoring by a language model, several times a cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean, stdev
from typing import TYPE_CHECKING

from ...errors import OverLimitError, ProviderError, SpecError
from ...model import (
    AgentProfile,
    Case,
    Cell,
    CellLimits,
    Endpoint,
    InstanceCache,
    Json,
    Meter,
    Outcome,
    Result,
    Scores,
    Trajectory,
    Wire,
    digest,
)
from ...model.rubric import Rubric
from ...play import Catalog
from ...store import Dat
from ..limits.limiting import Limiting
from .by_scorer import trials
from .method import CannotScoreError, Given, Method, ScorerFailedError

if TYPE_CHECKING:
    from ...agents.llm.asking import Clock
    from ...agents.llm.judging import Judgement

Reach = Callable[[Result, Endpoint], Wire]
"""Gives a way to the judge, for one cell."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Who judges, by what, how often."""

    rubric: Rubric
    profile: AgentProfile
    endpoint: Endpoint
    """With its price."""
    replicates: int
    seed: int = 0
    """Of all judgements' own seeds."""

    @property
    def hash(self) -> str:
        """Of what decides a judgement, and how many are averaged."""
        from ...agents.llm.judging import template_hash

        about = {"rubric": self.rubric.hash, "template": template_hash(), "judge": self.profile.hash}
        return digest({**about, "replicates": self.replicates, "seed": self.seed})

    def seed_of(self, result: Result, replicate: int) -> int:
        """The seed of one judgement: 31 bits, the same whenever and wherever it is made."""
        return int(digest({"seed": self.seed, "cell": result.key, "replicate": replicate})[:8], 16) >> 1


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What judging takes, before the first call."""

    cells: int
    judgements: int
    tokens: int
    """Of all requests, by our count; answers are short."""
    usd: float
    """If each judge answers at once, in 200 tokens."""
    most_usd: float
    """If each is asked as often and answers as long as it may, and no call fails."""
    sample: int = field(default=0)
    """Cells whose records were really counted."""

    def sentence(self) -> str:
        """For people, before anything is paid."""
        tokens = f"some {self.tokens:,} tokens of input"
        cost = "free" if not self.most_usd else f"about ${self.usd:.2f}, at most ${self.most_usd:.2f} if no call fails"
        return f"{self.judgements:,} judgements of {self.cells:,} cells, {tokens}: {cost}"


def judge_of(rubric: Rubric, profile: AgentProfile, catalog: Catalog, replicates: int | None = None, seed: int = 0) -> Judge:
    """The judge that `profile` is. Raises `SpecError` for an agent that is no language model, or whose price nobody knows."""
    from ...agents.llm.prices import price_of, unpriced

    info = catalog.agent(profile.kind)
    if not info.is_model:
        raise SpecError(f"{profile.name} is no language model, and only those can judge; `bio agent list` shows what there is")
    made = info.factory(**profile.params, access=profile.access)
    endpoint: Endpoint = made.endpoint  # type: ignore[attr-defined]
    price = price_of(endpoint)
    if price is None:
        raise SpecError(unpriced(endpoint))
    return Judge(rubric, profile, replace(endpoint, price=price), replicates or rubric.replicates, seed)


def by_judge(
    judge: Judge,
    dat: Dat,
    catalog: Catalog,
    cache: InstanceCache | None,
    *,
    reach: Reach,
    limiting: Limiting | None = None,
    clock: Clock | None = None,
) -> Method:
    """Scores each cell by the mean of `judge.replicates` judgements. Without each of them it has no score."""
    trial = trials(dat, catalog, cache)
    rubric, endpoint = judge.rubric, judge.endpoint

    def score(result: Result, trajectory: Trajectory) -> Given:
        from ...agents.llm.agent import RETRIES, TIMEOUT_S
        from ...agents.llm.asking import Asking
        from ...agents.llm.asking import Clock as Time
        from ...agents.llm.judging import NoJudgementError, request_of
        from ...agents.llm.judging import judge as judged

        own = judge.profile.params
        timeout_s, retries = own.get("timeout_s"), own.get("retries")
        wire = reach(result, endpoint)
        asking = Asking(
            endpoint,
            float(timeout_s) if isinstance(timeout_s, int | float) else TIMEOUT_S,
            retries if isinstance(retries, int) else RETRIES,
            clock or Time(),
            wire,
            _meter(limiting, result),
        )
        seen = trial(result, trajectory)
        found: list[Judgement] = []
        try:
            for number in range(judge.replicates):
                seed = judge.seed_of(result, number)
                params = {**endpoint.params, **({"seed": seed} if endpoint.wire_format != "anthropic" else {})}
                request = request_of(rubric, seen, endpoint.model, params, f"{seed:08x}")
                found.append(judged(rubric, request, asking, number))
        except OverLimitError as error:
            if not asking.calls:
                raise CannotScoreError(str(error)) from error
            raise ScorerFailedError(str(error), tuple(asking.calls), asking.usage, Outcome.OVER_LIMIT) from error
        except ProviderError as error:
            raise ScorerFailedError(str(error), tuple(asking.calls), asking.usage, Outcome.PROVIDER_ERROR) from error
        except NoJudgementError as error:
            raise ScorerFailedError(str(error), tuple(asking.calls), asking.usage) from error
        finally:
            wire.close()
        return _given(found, asking)

    about: dict[str, Json] = {
        "kind": "judge",
        "name": rubric.name,
        "hash": judge.hash,
        "rubric": {"file": rubric.file, "hash": rubric.hash, "criteria": rubric.criteria, "scale": [rubric.low, rubric.high]},
        "shows": list(rubric.shows),
        "judge": {
            "agent": judge.profile.name,
            "hash": judge.profile.hash,
            "wire_format": endpoint.wire_format,
            "model": endpoint.model,
            "params": dict(endpoint.params),
        },
        "replicates": judge.replicates,
        "seed": judge.seed,
    }
    return Method(
        rubric.name,
        about,
        score,
        lambda case: replace(case, scoring_hash=judge.hash, passing_score=rubric.passing_score, deterministic=False),
        lambda result: rubric.passing_score,
    )


def foresee(judge: Judge, dat: Dat, results: Sequence[Result], catalog: Catalog, cache: InstanceCache | None) -> Foreseen:
    """What judging `results` takes: the records of up to 20 of them are counted, the others taken to be like these."""
    from ...agents.llm.estimate import Estimate
    from ...agents.llm.judging import MAX_TOKENS, TRIES, request_of
    from .method import RESCORED, trajectory_in

    scored = [result for result in results if result.outcome in RESCORED and result.trace and result.trace.file]
    step = max(1, len(scored) // _SAMPLE)
    trial, counted, most = trials(dat, catalog, cache), [], []
    for result in scored[::step][:_SAMPLE]:
        try:
            seen = trial(result, trajectory_in(dat, result))
        except CannotScoreError:
            continue
        request = request_of(judge.rubric, seen, judge.endpoint.model, judge.endpoint.params, "0")
        counted.append(Estimate(1.0).most(request) / 1.15)
        most.append(Estimate().most(request))
    if not counted:
        return Foreseen(len(scored), 0, 0, 0.0, 0.0)
    price, judgements = judge.endpoint.price, len(scored) * judge.replicates
    assert price is not None
    likely, worst = int(fmean(counted)), max(most)
    once = price.most(likely, _SHORT)
    worst_usd = price.most(worst + (TRIES - 1) * MAX_TOKENS, MAX_TOKENS) * TRIES
    return Foreseen(
        len(scored), judgements, judgements * likely, judgements * once, judgements * worst_usd, sample=len(counted)
    )


_SAMPLE, _SHORT = 20, 200


def _given(found: Sequence[Judgement], asking: object) -> Given:
    from ...agents.llm.asking import Asking

    assert isinstance(asking, Asking)
    marks = tuple(each.score for each in found)
    parts = {"judgement_sd": stdev(marks)} if len(marks) > 1 else {}
    metrics: dict[str, Json] = {"judgements": list(marks), "why": [each.why for each in found]}
    return Given(Scores(fmean(marks), parts), marks, asking.usage, tuple(asking.calls), metrics)


def _meter(limiting: Limiting | None, result: Result) -> Meter | None:
    """What holds one cell's judging to the caps and rates of this session."""
    if limiting is None:
        return None
    agent = AgentProfile(result.agent, result.agent)
    cell = Cell(result.battery, Case(result.scenario, result.difficulty), agent, result.seed, result.id)
    return limiting.allow(cell, CellLimits()).meter
