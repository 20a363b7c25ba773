"""A cell is played from its record: the same in every bit, or where it is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pytest_alienbio.agents.llm import LLMAgent
from pytest_alienbio.errors import ProviderError, SpecError
from pytest_alienbio.model import (
    Access,
    Action,
    AgentEntry,
    AgentProfile,
    Answer,
    Cell,
    CellLimits,
    Endpoint,
    Observation,
    Outcome,
    Request,
    Result,
    Wire,
)
from pytest_alienbio.play import AgentInfo, Catalog
from pytest_alienbio.resources import FileCache
from pytest_alienbio.run import BatchResult, Project, build_catalog, run_batch
from pytest_alienbio.run.again.asked import NOTHING, Again
from pytest_alienbio.run.execute import play_one
from pytest_alienbio.run.forecast import forecast_battery
from pytest_alienbio.run.replaying import Replay, replay_of, with_replay
from pytest_alienbio.run.run import Run
from pytest_alienbio.store import dat, trajectory_of

from ..agents.llm.readers import Reader
from ..agents.llm.wires import ENDPOINT, Timeless
from ..agents.llm.wires import Wire as Fake
from .parts import make_battery, make_catalog

KNOWN = build_catalog()
SCENARIO = "mutualism/competition"


class Restless:
    """Plays something else every time."""

    played = 0

    def start(self, briefing: object, /) -> None:
        Restless.played += 1

    def decide(self, observation: Observation, /) -> Action:
        return Action("wait", reasoning=f"game {Restless.played}")

    def end(self, scores: object, /) -> None:
        pass


class Faulty(Reader):
    """A reader whose provider is busy at every third request."""

    asked = 0

    def __call__(self, request: Request) -> Answer:
        self.asked += 1
        if self.asked % 3 == 2:
            raise ProviderError("busy", kind="rate_limit", status=429, retry_after_s=0.5)
        return super().__call__(request)


def catalog(endpoint: Endpoint = ENDPOINT) -> Catalog:
    def model(access: Access = Access()) -> LLMAgent:  # noqa: B008 - frozen
        return LLMAgent(endpoint, clock=Timeless().clock())

    agents = {"m": AgentInfo("m", model, is_model=True), "restless": AgentInfo("restless", Restless)}

    def connect(cell: Cell | None, endpoint: Endpoint) -> Wire:
        return Fake(Faulty())

    return replace(KNOWN, agents={**KNOWN.agents, **agents}, connect=connect)


def a_cell(agent: str = "m", seed: int = 0) -> Cell:
    return Cell("b", KNOWN.scenario(SCENARIO).case(1), AgentProfile(agent, agent), seed, f"{SCENARIO}[{agent}-s{seed}]")


def played(tmp_path: Path, name: str, cell: Cell, known: Catalog, **options: object) -> Result:
    """What came of the cell, recorded in a DAT called `name`."""
    path = dat.claim(tmp_path, name, run_id=name, spec={}, fields={}, command=[], environment={}).path
    run = Run(path, name, "main", **options)  # type: ignore[arg-type]
    try:
        return play_one(cell, run, known, limits=CellLimits(), cache=FileCache(tmp_path.parent / "worlds"))
    finally:
        run.close()


def records(tmp_path: Path, name: str) -> Replay:
    return replay_of(tmp_path / name, tmp_path)


def test_a_replay_is_the_record_in_every_bit(tmp_path: Path) -> None:
    """Score, trajectory, calls, faults, usage: all are those of the record, and nothing of it is spent."""
    first = played(tmp_path, "one", a_cell(), catalog())
    again = played(tmp_path, "two", a_cell(), with_replay(catalog(), records(tmp_path, "one")))
    assert first.outcome is Outcome.COMPLETED, first.reason
    assert (again.outcome, again.score, again.scores) == (first.outcome, first.score, first.scores)
    assert again.usage == first.usage
    assert again.usage.retries
    assert again.model == first.model
    assert again.origin == "replayed:one#one"
    assert again.paid_elsewhere
    one, two = (dat.open(tmp_path / name) for name in ("one", "two"))
    traces = [each.trace(next(iter(each.results()))) for each in (one, two)]
    assert traces[0]
    assert traces[1]
    assert trajectory_of(traces[0]) == trajectory_of(traces[1])
    assert trajectory_of(traces[0]).calls


def test_a_battery_is_replayed_by_name_from_its_last_finished_run(tmp_path: Path) -> None:
    """Also where the run that replays has the same name."""
    battery = make_battery(["walks/line"], ["right", "half"], cells="record")

    def run(again: Again = NOTHING) -> BatchResult:
        return run_batch(battery, Project(tmp_path), make_catalog(), tmp_path / "data", command=["t"], again=again)

    first = run()
    replayed = run(Again(replay=battery.name))
    assert [(one.id, one.score) for one in replayed] == [(one.id, one.score) for one in first]
    assert {one.origin for one in replayed} == {
        f"replayed:{first.dat_path.relative_to(tmp_path / 'data')}#{first.results[0].run}"
    }
    with pytest.raises(SpecError, match="no DAT 'nothing'"):
        run(Again(replay="nothing"))


def test_a_replay_spends_nothing(tmp_path: Path) -> None:
    """Its cells say what they took once; the run that replayed them took nothing."""
    battery = make_battery([SCENARIO], ["simulated-llm"], [0], cells="record")
    spent = []
    for again in (NOTHING, Again(replay=battery.name)):
        done = run_batch(battery, Project(tmp_path), KNOWN, tmp_path / "data", command=["t"], again=again)
        assert done.results[0].usage.usd
        spent.append(dat.open(done.dat_path).status().get("spent"))
    assert spent[0]
    assert spent[1] is None


def test_a_replay_of_a_replay_names_the_run_that_was_played(tmp_path: Path) -> None:
    played(tmp_path, "one", a_cell(), catalog())
    played(tmp_path, "two", a_cell(), with_replay(catalog(), records(tmp_path, "one")))
    third = played(tmp_path, "three", a_cell(), with_replay(catalog(), records(tmp_path, "two")))
    assert third.origin == "replayed:one#one"
    assert third.score is not None


def test_a_request_that_was_never_recorded_ends_the_cell_without_a_score(tmp_path: Path) -> None:
    """Both sides of the first difference are in the reason."""
    played(tmp_path, "one", a_cell(), catalog())
    other = catalog(replace(ENDPOINT, params={"temperature": 0.7}))
    again = played(tmp_path, "two", a_cell(), with_replay(other, records(tmp_path, "one")))
    assert again.outcome is Outcome.AGENT_ERROR
    assert again.score is None
    assert "diverged at call 1: the params is not the recorded one" in again.reason
    assert '{"temperature":0.7}' in again.reason.replace(" ", "")


def test_another_score_of_the_same_trajectory_is_none(tmp_path: Path) -> None:
    first = played(tmp_path, "one", a_cell(), catalog())
    found = records(tmp_path, "one")
    changed = {key: result.with_(score=0.123) for key, result in found.by_key.items()}
    found = replace(found, by_key=changed, by_id={result.id: result for result in changed.values()})
    again = played(tmp_path, "two", a_cell(), with_replay(catalog(), found))
    assert (again.outcome, again.score) == (Outcome.SCORER_ERROR, None)
    assert f"scored {first.score}, and 0.123 was recorded" in again.reason


def test_an_outage_is_replayed_as_the_outage_it_was(tmp_path: Path) -> None:
    """A provider that asked for an hour ended the cell at once; so does its record, without any waiting."""

    def closed(request: Request) -> Answer:
        raise ProviderError("come back later", kind="rate_limit", status=429, retry_after_s=3600.0)

    first = played(tmp_path, "one", a_cell(), replace(catalog(), connect=lambda cell, endpoint: Fake(closed)))
    again = played(tmp_path, "two", a_cell(), with_replay(catalog(), records(tmp_path, "one")))
    assert first.outcome is Outcome.PROVIDER_ERROR
    assert (again.outcome, again.reason, again.usage) == (first.outcome, first.reason, first.usage)


def test_an_agent_that_is_not_deterministic_does_again_what_was_recorded(tmp_path: Path) -> None:
    first = played(tmp_path, "one", a_cell("restless"), catalog())
    again = played(tmp_path, "two", a_cell("restless"), with_replay(catalog(), records(tmp_path, "one")))
    assert first.trajectory
    assert again.trajectory
    assert again.trajectory.turns == first.trajectory.turns
    assert again.score == first.score


@pytest.mark.parametrize(("seed", "traces", "why"), [(1, "all", "has no record of it"), (0, "failed", "kept no trace of it")])
def test_what_cannot_be_replayed_is_skipped_with_its_reason(tmp_path: Path, seed: int, traces: str, why: str) -> None:
    played(tmp_path, "one", a_cell("noop", seed=5), catalog())
    found = records(tmp_path, "one")
    bare = played(tmp_path, "bare", a_cell(), catalog(), traces="none").with_(trajectory=None)
    found = replace(found, by_key={bare.key: bare}, by_id={})
    again = played(tmp_path, "two", a_cell(seed=seed), with_replay(catalog(), found))
    assert again.outcome is Outcome.SKIPPED
    assert why in again.reason


class Leaky(Reader):
    """Says a key at every turn."""

    def __call__(self, request: Request) -> Answer:
        return replace(super().__call__(request), text="my key is sk-live-0123456789abcdefghij")


def test_a_cell_whose_model_says_a_key_is_replayed_from_a_record_without_it(tmp_path: Path) -> None:
    known = replace(catalog(), connect=lambda cell, endpoint: Fake(Leaky()))
    first = played(tmp_path, "one", a_cell(), known)
    again = played(tmp_path, "two", a_cell(), with_replay(known, records(tmp_path, "one")))
    assert (again.outcome, again.score, again.reason) == (Outcome.COMPLETED, first.score, "")
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"sk-live-0123" in path.read_bytes()]


def test_the_agent_itself_makes_the_calls_that_were_recorded(tmp_path: Path) -> None:
    """Before anything is copied from the record: what it counts is right, attempts and faults included."""
    first = played(tmp_path, "one", a_cell(), catalog())
    found, seen = records(tmp_path, "one"), []

    class Watching(Replay):
        def settled(self, cell: Cell, result: Result) -> Result:
            seen.append(result)
            return super().settled(cell, result)

    watched = Watching(found.dat, found.name, found.by_key, found.by_id)
    played(tmp_path, "two", a_cell(), with_replay(catalog(), watched))
    (own,) = seen
    trace = dat.open(tmp_path / "one").trace(next(iter(dat.open(tmp_path / "one").results())))
    assert trace
    assert own.trajectory
    before = trajectory_of(trace).calls
    assert len(before) > 10
    assert [replace(call, at=0.0, latency_s=0.0) for call in own.trajectory.calls] == [
        replace(call, at=0.0, latency_s=0.0) for call in before
    ]
    assert replace(own.usage, latency_s=None) == replace(first.usage, latency_s=None)


def test_answers_that_are_kept_are_asked_for_once_in_the_lifetime_of_a_data_root(tmp_path: Path) -> None:
    """Each seed for itself; a second run of the battery asks nobody, takes nothing and says so."""
    asked: list[int] = []

    def connect(cell: Cell | None, endpoint: Endpoint) -> Wire:
        assert cell
        asked.append(cell.seed)
        return Fake(Reader() if asked.count(cell.seed) == 1 else _nobody)

    known = replace(catalog(), connect=connect, offline=True)
    battery = make_battery([SCENARIO], [AgentEntry("m", cache=True)], engine="threads:2")
    first, again = (run_batch(battery, Project(tmp_path), known, tmp_path / "data", command=["t"]) for _ in range(2))
    assert [one.score for one in again] == [one.score for one in first]
    assert all(one.usage.requests for one in first)
    assert [(one.usage.requests, one.usage.usd, one.usage.tokens) for one in again] == [(0, 0.0, 0)] * 2
    calls = sum(one.usage.requests or 0 for one in first)
    assert f"{calls} answers kept from before, for $0" in str(again.document)
    assert "kept from before" not in str(first.document)
    assert sum(1 for path in (tmp_path / "data" / ".bio-answers").rglob("*.json")) == calls


def _nobody(request: Request) -> Answer:
    raise AssertionError("it was asked again")


def test_two_agents_of_one_content_have_each_their_own_record(tmp_path: Path) -> None:
    """They have the same key, under two names; asked on two days they may have answered otherwise."""
    path = dat.claim(tmp_path, "one", run_id="one", spec={}, fields={}, command=[], environment={}).path
    run = Run(path, "one", "main")
    twin = replace(a_cell(), agent=AgentProfile("twin", "m"), id=f"{SCENARIO}[twin-s0]")
    one = play_one(a_cell(), run, catalog(), limits=CellLimits())
    other = play_one(twin, run, catalog(), limits=CellLimits(steps=3))
    run.close()
    assert (one.key, one.outcome) == (other.key, Outcome.COMPLETED)
    found = records(tmp_path, "one")
    for cell, result in ((a_cell(), one), (twin, other)):
        record = found.record(cell)
        assert record
        assert record.id == result.id


@pytest.mark.parametrize(("traces", "said"), [("all", ""), ("failed", "that pass"), ("none", "no cell of its models")])
def test_what_will_not_be_replayed_is_said_beforehand(tmp_path: Path, traces: str, said: str) -> None:
    """By whoever plays and by whoever only looks, once; of a battery without models nothing is."""
    told: list[str] = []
    known = replace(catalog(), connect=lambda cell, endpoint: Fake(Reader()), offline=True)
    battery = replace(make_battery([SCENARIO], ["m"], [0], engine="threads:2"), traces=traces)
    run_batch(battery, Project(tmp_path), known, tmp_path / "data", command=["t"], notice=told.append)
    looked = forecast_battery(battery, Project(tmp_path), known, tmp_path / "data").notes
    for notes in (told, looked):
        assert len([each for each in notes if "can be replayed" in each and said in each]) == bool(said)
    plain = replace(battery, agents=(AgentEntry("noop"),))
    assert not any("replayed" in each for each in forecast_battery(plain, Project(tmp_path), known, tmp_path / "data").notes)
