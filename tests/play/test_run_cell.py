"""How a cell ends, and what is told of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.agents import GreedyAgent, NoopAgent, OracleAgent, RandomAgent, ScriptedAgent
from pytest_alienbio.errors import ProviderError, SpecError
from pytest_alienbio.model import (
    Action,
    ActionResult,
    Briefing,
    Case,
    CellLimits,
    Observation,
    Outcome,
    Result,
    Scores,
    Step,
    Usage,
)
from pytest_alienbio.play import AgentInfo, Catalog, run_cell
from pytest_alienbio.testing import Pond

from .worlds import Counter, Says, in_another_process, make_catalog, make_cell, play, raising

WAIT = Says(lambda seen: Action("wait"))


def test_a_cell_that_reaches_the_horizon_is_completed_and_scored() -> None:
    """Everything the cell says of itself is in the result."""
    ticks = iter([100.0, 103.0])
    case = Case("pond/small", 2, {"depth": 1}, "c0", ("tag",), 0.6)
    result = play(cell=make_cell(seed=4, case=case), clock=lambda: next(ticks))
    cell = make_cell(seed=4, case=case)
    assert (result.outcome, result.score, result.scores, result.passed) == (Outcome.COMPLETED, 0.7, {"part": 0.1}, True)
    assert (result.battery, result.key, result.id) == ("b", cell.key, cell.id)
    assert (result.scenario, result.scenario_hash, result.difficulty, result.params) == ("pond/small", "c0", 2, {"depth": 1})
    assert (result.agent, result.agent_hash, result.role, result.seed) == ("noop", cell.agent.hash, "candidate", 4)
    assert (result.tags, result.passing_score, result.better) == (("tag",), 0.6, "higher")
    assert (result.started_at, result.ended_at) == (100.0, 103.0)
    assert (result.reason, result.error, result.usage, result.metrics) == ("", None, Usage(), {})
    assert result.trajectory is not None
    assert [(turn.step, turn.action, turn.cost, turn.seen) for turn in result.trajectory.turns] == [
        (0, "wait", 0.5, {"x": 4.0}),
        (1, "wait", 0.5, {"x": 1.0}),
        (2, "wait", 0.5, {"x": 2.0}),
    ]


def test_an_agent_that_says_done_completes_the_cell() -> None:
    """Even where the environment would go on."""
    result = play(ScriptedAgent(actions=["wait"]), Counter(length=99))
    assert (result.outcome, result.score) == (Outcome.COMPLETED, 0.7)
    assert result.trajectory is not None
    assert [turn.action for turn in result.trajectory.turns] == ["wait", "done"]


def test_the_limit_on_steps_truncates_and_still_scores() -> None:
    """`limits.per_cell.steps` counts the agent's calls."""
    result = play(environment=Counter(length=99), steps=5)
    assert (result.outcome, result.score) == (Outcome.TRUNCATED, 0.7)
    assert result.reason == "stopped after 5 calls (limits.per_cell.steps)"
    assert result.trajectory is not None
    assert result.trajectory.steps == 5


def test_a_horizon_reached_with_the_last_allowed_call_is_no_truncation() -> None:
    """The limit stops a call, it does not relabel an end."""
    assert play(environment=Counter(length=5), steps=5).outcome is Outcome.COMPLETED


class Cuts(Counter):
    def step(self, action: Action, /) -> Step:
        return replace(super().step(action), terminated=False, truncated=True)


def test_the_environment_s_own_limit_truncates() -> None:
    """Gymnasium's distinction between terminated and truncated."""
    result = play(environment=Cuts())
    assert (result.outcome, result.score) == (Outcome.TRUNCATED, 0.7)
    assert "limit of interactions" in result.reason


def test_the_bar_is_met_from_below_where_less_is_better() -> None:
    """`better: lower` turns the comparison round; meeting the bar exactly passes both ways."""
    outcomes = {
        (score, better): play(environment=Counter(scores=Scores(score, better=better))).passed
        for score in (0.5, 0.6, 0.7)
        for better in ("higher", "lower")
    }
    assert [key for key, passed in outcomes.items() if passed] == [
        (0.5, "lower"),
        (0.6, "higher"),
        (0.6, "lower"),
        (0.7, "higher"),
    ]


def test_an_unscored_episode_is_completed_without_a_score() -> None:
    """None is neither 0 nor a failure."""
    result = play(environment=Counter(scores=Scores(None, {"part": 1})))
    assert (result.outcome, result.score, result.passed, result.scores) == (Outcome.COMPLETED, None, None, {"part": 1.0})


def test_numpy_scores_become_floats() -> None:
    """execnet refuses a float subclass, and would take the session down with it."""
    result = play(environment=Counter(scores=Scores(np.float64(0.5), {"n": np.int64(3)})))  # type: ignore[dict-item]
    assert (type(result.score), type(result.scores["n"])) == (float, float)


@pytest.mark.parametrize(
    "scores",
    [
        Scores(float("nan")),
        Scores(float("inf")),
        Scores(True),
        Scores("0.5"),  # type: ignore[arg-type]
        Scores(np.bool_(True)),  # type: ignore[arg-type]
        Scores(0.5, {"part": float("nan")}),
        Scores(0.5, {"part": True}),
        Scores(0.5, better="most"),
        0.5,
        {},
    ],
)
def test_a_score_that_is_no_finite_number_is_a_scorer_error(scores: Any) -> None:
    """And never a number in the result."""
    result = play(environment=Counter(scores=scores))
    assert (result.outcome, result.score, result.passed, result.scores) == (Outcome.SCORER_ERROR, None, None, {})
    assert result.reason.startswith("the scorer failed: ")
    assert result.trajectory is not None
    assert result.trajectory.steps == 3


class Broken(Counter):
    """Raises in the method it is told to."""

    def __init__(self, method: str, error: BaseException) -> None:
        super().__init__()
        setattr(self, method, raising(error))


@pytest.mark.parametrize(
    ("method", "outcome"),
    [
        ("reset", Outcome.ENVIRONMENT_ERROR),
        ("briefing", Outcome.ENVIRONMENT_ERROR),
        ("step", Outcome.ENVIRONMENT_ERROR),
        ("snapshot", Outcome.ENVIRONMENT_ERROR),
        ("score", Outcome.SCORER_ERROR),
    ],
)
@pytest.mark.parametrize("error", [ValueError("no"), ProviderError("429"), SystemExit(3)])
def test_what_the_environment_raises_is_its_own_error(method: str, outcome: Outcome, error: BaseException) -> None:
    """Whatever it raises, `sys.exit()` and a provider's error too."""
    result = play(environment=Broken(method, error))
    assert (result.outcome, result.score, result.passed) == (outcome, None, None)
    assert result.error is not None
    assert result.error.message == str(error)


class BrokenAgent(NoopAgent):
    """Raises in the method it is told to."""

    def __init__(self, method: str, error: BaseException) -> None:
        setattr(self, method, raising(error))


@pytest.mark.parametrize("method", ["start", "decide"])
@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (ValueError("no"), Outcome.AGENT_ERROR),
        (SystemExit(3), Outcome.AGENT_ERROR),
        (RecursionError("deep"), Outcome.AGENT_ERROR),
        (ProviderError("429"), Outcome.PROVIDER_ERROR),
    ],
)
def test_what_the_agent_raises_is_its_own_error(method: str, error: BaseException, outcome: Outcome) -> None:
    """Only a provider's failure has an outcome of its own."""
    result = play(BrokenAgent(method, error))
    assert (result.outcome, result.score) == (outcome, None)
    assert result.error is not None
    assert "Traceback" in result.error.traceback
    assert "run_cell.py" not in result.error.traceback
    assert result.trajectory is not None


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(1), TypeError("params")])
def test_what_cannot_be_built_is_an_error_of_its_side(error: BaseException) -> None:
    """A factory that raises ends the cell, not the run."""
    assert play(cell=make_cell("mine"), catalog=make_catalog(agents={"mine": raising(error)})).outcome is Outcome.AGENT_ERROR
    assert play(catalog=make_catalog(raising(error))).outcome is Outcome.ENVIRONMENT_ERROR


def test_a_provider_that_fails_while_the_agent_is_built_is_a_provider_error() -> None:
    """A bad key shows up there."""
    catalog = make_catalog(agents={"mine": raising(ProviderError("bad key"))})
    assert play(cell=make_cell("mine"), catalog=catalog).outcome is Outcome.PROVIDER_ERROR


def test_params_an_agent_does_not_take_are_its_error() -> None:
    """With Python's own message."""
    result = play(cell=make_cell("noop", params={"speed": 1}))
    assert result.outcome is Outcome.AGENT_ERROR
    assert result.reason.startswith("the agent could not be built: TypeError: ")


def test_names_nobody_registered_end_the_cell_only() -> None:
    """A plan resolves names before; a stale cell must still not end the run."""
    assert play(cell=make_cell("nobody")).outcome is Outcome.AGENT_ERROR
    assert play(cell=make_cell(scenario="nowhere")).outcome is Outcome.ENVIRONMENT_ERROR


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "wait",
        {"name": "wait"},
        Action(""),
        Action(3),  # type: ignore[arg-type]
        Action("feed", ["dose", 1]),  # type: ignore[arg-type]
        Action("feed", {"dose": float("nan")}),
        Action("feed", {"dose": object()}),  # type: ignore[dict-item]
        Action("feed", {3: 1}),  # type: ignore[dict-item]
        Action("feed", {"text": "\ud800"}),
    ],
)
def test_an_answer_that_is_no_action_is_an_agent_error(answer: object) -> None:
    """It never reaches the environment, and what happened before it is kept."""
    answers = iter([Action("wait"), answer])
    result = play(Says(lambda seen: next(answers)))
    assert (result.outcome, result.score) == (Outcome.AGENT_ERROR, None)
    assert result.reason.startswith("the agent's decide() failed: ")
    assert result.trajectory is not None
    assert [turn.action for turn in result.trajectory.turns] == ["wait"]


def test_a_name_the_environment_does_not_know_is_a_refusal_and_no_error() -> None:
    """The environment says so, and the agent may try again."""
    result = play(ScriptedAgent(actions=["fly"]), Pond())
    assert result.outcome is Outcome.COMPLETED
    assert result.trajectory is not None
    assert (result.trajectory.turns[0].ok, result.trajectory.turns[0].reason) == (False, "unknown action or params")


@pytest.mark.parametrize(
    "answer", [None, (1, 2), Observation(0, {}), Step(Observation(0, {"x": float("nan")}), ActionResult(True))]
)
def test_an_environment_that_answers_nonsense_is_its_error(answer: Any) -> None:
    """The call that broke is kept, marked as not carried out."""

    class Nonsense(Counter):
        def step(self, action: Action, /) -> Step:
            return answer  # type: ignore[no-any-return]

    result = play(environment=Nonsense())
    assert result.outcome is Outcome.ENVIRONMENT_ERROR
    assert result.trajectory is not None
    assert [(turn.action, turn.ok) for turn in result.trajectory.turns] == [("wait", False)]
    assert "step() failed" in result.trajectory.turns[0].reason


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), GeneratorExit(), pytest.skip.Exception("s"), pytest.exit.Exception("e")]
)
@pytest.mark.parametrize("side", ["agent", "environment"])
def test_ctrl_c_and_pytest_s_own_control_flow_pass_through(error: BaseException, side: str) -> None:
    """They are meant for the run, not for the cell."""
    sides = {"agent": (BrokenAgent("decide", error), None), "environment": (None, Broken("step", error))}
    with pytest.raises(type(error)):
        play(*sides[side])


def test_a_profile_with_a_reason_to_skip_is_skipped_and_nothing_is_built() -> None:
    """The reason comes from the profile or from the catalog."""
    untouched = raising(AssertionError("built"))
    result = play(cell=make_cell(skip_reason="no key"), catalog=make_catalog(untouched, {"noop": untouched}))
    assert (result.outcome, result.reason, result.trajectory, result.error) == (Outcome.SKIPPED, "no key", None, None)
    catalog = Catalog({}, {"paid": AgentInfo("paid", untouched, skip_reason="no money")})
    assert play(cell=make_cell("paid"), catalog=catalog).reason == "no money"


def oracle_catalog(environment: Any) -> Catalog:
    catalog = make_catalog(environment)
    return replace(catalog, agents={"oracle": AgentInfo("oracle", OracleAgent, privileged=True)})


def test_the_oracle_is_handed_the_solution_of_this_seed() -> None:
    """And scores exactly 1."""
    assert [play(cell=make_cell("oracle", seed), catalog=oracle_catalog(Pond)).score for seed in range(5)] == [1.0] * 5


def test_a_scenario_without_a_solution_skips_the_oracle() -> None:
    """There is nothing to replay: no error of either side, and no score."""
    result = play(cell=make_cell("oracle"), catalog=oracle_catalog(Counter))
    assert result.outcome is Outcome.SKIPPED
    assert result.reason == "agent 'oracle' replays a solution, and scenario 'pond/small' offers none"


def test_an_agent_without_privilege_does_not_even_cause_the_solution_to_be_asked_for() -> None:
    """A scenario whose solution() raises plays fine without an oracle."""
    assert play(environment=Broken("solution", ValueError("no"))).outcome is Outcome.COMPLETED


def test_a_solution_that_raises_is_the_environment_s_error() -> None:
    """Not the oracle's."""
    result = play(cell=make_cell("oracle"), catalog=oracle_catalog(lambda: Broken("solution", ValueError("no"))))
    assert result.outcome is Outcome.ENVIRONMENT_ERROR


def test_an_agent_that_fails_after_scoring_keeps_its_score() -> None:
    """`end` comes after the score; the failure is noted in reason and metrics."""
    result = play(BrokenAgent("end", ValueError("late")))
    assert (result.outcome, result.score) == (Outcome.COMPLETED, 0.7)
    assert result.metrics == {"agent_end_error": "ValueError: late"}
    assert result.reason == "the agent's end() failed after scoring: ValueError: late"


def test_the_agent_is_told_its_score_once() -> None:
    """And gets a copy of it."""
    agent = Says(lambda seen: Action("wait"))
    result = play(agent)
    assert agent.told == [Scores(0.7, {"part": 0.1})]
    agent.told[0].parts.clear()  # type: ignore[attr-defined]
    assert result.scores == {"part": 0.1}


def test_usage_is_what_the_agent_says_or_unknown() -> None:
    """Never 0 for unknown; kept when the cell broke, for the tokens are spent."""

    class Paid(BrokenAgent):
        usage = Usage(tokens=12, usd=0.5)

    class Odd(NoopAgent):
        usage = 12

    class Raises(NoopAgent):
        @property
        def usage(self) -> Usage:
            raise ValueError

    assert play(Paid("decide", ProviderError("503"))).usage == Usage(tokens=12, usd=0.5)
    assert play(Odd()).usage == play(Raises()).usage == Usage()


@pytest.mark.parametrize(
    ("usage", "said"),
    [
        ("lots", "its usage is of type str; expected pytest_alienbio.Usage"),
        (Usage(tokens="lots"), "its usage.tokens is 'lots'; expected a number of at least 0"),  # type: ignore[arg-type]
        (Usage(tokens=1, usd=float("nan")), "its usage.usd is nan; expected a number of at least 0"),
        (Usage(requests=-1), "its usage.requests is -1; expected a number of at least 0"),
    ],
)
def test_a_usage_that_is_none_is_told_and_not_recorded(usage: Any, said: str) -> None:
    """In reason and metrics; the score stands."""

    class Odd(NoopAgent):
        pass

    Odd.usage = usage  # type: ignore[attr-defined]
    result = play(Odd())
    assert (result.outcome, result.score, result.usage) == (Outcome.COMPLETED, 0.7, Usage())
    assert result.metrics == {"agent_usage_error": said}
    assert result.reason == f"what the agent says it consumed is not recorded: {said}"


def test_the_briefing_of_an_environment_that_tells_nothing_is_empty() -> None:
    """But for what the first observation says."""
    agent = Says(lambda seen: Action("wait"))
    play(agent)
    assert agent.briefing is not None
    assert replace(agent.briefing, seed=0) == Briefing("")


@pytest.mark.parametrize(
    "limits",
    [CellLimits(steps=-1), CellLimits(steps=True), CellLimits(wall_clock_s=0), CellLimits(wall_clock_s=float("nan"))],
)
def test_a_limit_that_is_none_is_refused(limits: CellLimits) -> None:
    """That is the caller's error, and raised."""
    with pytest.raises(SpecError, match=r"limits\.per_cell"):
        run_cell(make_cell(), make_catalog(), limits=limits)


def timeless(result: Result) -> Result:
    return result.with_(started_at=0.0, ended_at=0.0, duration_s=0.0)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**9), st.sampled_from([RandomAgent, GreedyAgent, NoopAgent]))
def test_the_same_cell_twice_gives_the_same_result(seed: int, factory: Any) -> None:
    """Apart from times: score, parts, trajectory, reasons."""
    catalog = make_catalog(agents={"mine": factory})
    first, second = (play(cell=make_cell("mine", seed), catalog=catalog) for _ in range(2))
    assert timeless(first) == timeless(second)


def test_the_same_failure_twice_reads_the_same() -> None:
    """Memory addresses are blotted out of message and traceback."""

    def fail(seen: Observation) -> Action:
        raise ValueError(f"cannot use {object()!r}")

    first, second = play(Says(fail)), play(Says(fail))
    assert timeless(first) == timeless(second)
    assert first.error is not None
    assert first.error.message == "cannot use <object object at 0x...>"


def test_the_agent_s_alias_does_not_change_how_it_plays() -> None:
    """Two cells of one key play alike; the name in tables is not part of the key."""
    catalog = make_catalog(agents={"dice": RandomAgent})
    cell = make_cell("dice", 3)
    other = replace(cell, agent=replace(cell.agent, name="dice-renamed"))
    assert cell.key == other.key
    assert play(cell=cell, catalog=catalog).trajectory == play(cell=other, catalog=catalog).trajectory


def test_another_process_with_another_hash_seed_plays_the_same() -> None:
    """Nothing depends on PYTHONHASHSEED."""
    code = (
        "from tests.play.worlds import *; from pytest_alienbio.agents import RandomAgent;"
        "r = play(cell=make_cell('dice', 3), catalog=make_catalog(agents={'dice': RandomAgent}));"
        "print(r.score.hex(), r.trajectory)"
    )
    told = {in_another_process(code, PYTHONHASHSEED=seed) for seed in ("1", "2")}
    here = play(cell=make_cell("dice", 3), catalog=make_catalog(agents={"dice": RandomAgent}))
    assert here.score is not None
    assert told == {f"{here.score.hex()} {here.trajectory}\n"}
