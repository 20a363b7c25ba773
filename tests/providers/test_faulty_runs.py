"""Whole batteries against a provider that fails at one call in ten, in each way: no outage is a score, the books are right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pytest_alienbio.model import Outcome, Result, Tokens

from ..journeys.conftest import Project
from .conftest import serving
from .fake import Fake
from .lab import Lab, trajectory

PASSING = {
    "rate_limit": "rate_limit",
    "busy": "server",
    "gateway_html": "server",
    "drop_before": "connection",
    "drop_after": "truncated",
    "cut": "truncated",
    "cut_json": "truncated",
    "stall": "timeout",
    "empty": "empty",
}
"""What is tried again, and how it is told."""
FINAL = {
    "refusal": "refusal",
    "context_overflow": "context_overflow",
    "revoked": "bad_key",
    "quota": "no_credit",
    "redirect": "redirect",
    "huge": "too_large",
    "unknown_model": "unknown_model",
    "html": "wrong_url",
    "temperature": "bad_request",
}
"""What is not."""
LASTING = {"rate_limit": "rate_limit", "gateway_html": "server", "drop_before": "connection"}
"""At every call: in agents named `always_...`, which try twice."""
UNSETTLED = ("drop_before", "drop_after", "cut", "cut_json", "stall", "huge")
"""Whether these were billed, nobody can know."""
SEEDS = 2
A_MINUTE = 600.0
MODES = {
    "two workers": ("-n", "2"),
    "16 threads": ("-p", "no:xdist", "--bio-engine", "threads:16"),
    "fixture lane": ("-p", "no:xdist"),
}


@dataclass(frozen=True, slots=True)
class Played:
    """What a session left: results by agent, its status, and what the server says of each agent's key."""

    lab: Lab
    said: str
    results: dict[str, list[Result]]
    counts: dict[str, Counter[str]]
    paced: list[float]
    """When calls of the agent `paced` came, in order."""

    @property
    def everything(self) -> list[Result]:
        return [result for results in self.results.values() for result in results]

    @property
    def served(self) -> Counter[str]:
        return sum(self.counts.values(), Counter())


def play(url: str, folder: Path, mode: str) -> Played:
    """A battery with an agent for each way to fail."""
    lab = Lab(Project(folder))
    lab.project.write("pytest.ini", "[pytest]\n")
    lanes = mode == "fixture lane"
    serial = mode != "16 threads"  # where pauses are waited for one after the other
    kinds = [kind for kind in (*PASSING, *FINAL) if not serial or kind not in ("stall", "drop_after", "cut")]
    if lanes:
        kinds = ["rate_limit", "busy", "cut_json", "refusal", "revoked"]
    rules = {"policy": "reader", "stall_s": 3.0, "retry_after_s": 0.1}
    for at, kind in enumerate((*PASSING, *FINAL)):
        if kind not in kinds:
            continue
        line = {"params": {"timeout_s": 1.0}} if kind == "stall" else {}
        lab.add(kind, Fake.at(url, faults={kind: 0.1}, **rules), ("openai", "anthropic", "openai-compatible")[at % 3], **line)
    if not serial:
        for kind in LASTING:
            lab.add(f"always_{kind}", Fake.at(url, faults={kind: 1.0}, **rules), params={"retries": 1})
    if not lanes:
        lab.add("quiet_too", Fake.at(url, **rules), "anthropic")
        lab.add("paced", Fake.at(url, **rules), provider="paced")
    else:
        lab.project.write("conftest.py", "import pytest\n\n@pytest.fixture(autouse=True)\ndef mine():\n    yield\n")
    lab.add("quiet", Fake.at(url, **rules))
    lab.battery(
        f"  scenarios: [{{name: mutualism/competition, difficulty: 1}}]\n  agents: [{', '.join(lab.agents)}]\n"
        f"  seeds: {1 if serial else SEEDS}\n  cells: record\n"
    )
    done = lab.project.pytest(*MODES[mode], "--bio-live", "--bio-rate", f"paced={A_MINUTE:g}", **lab.keys)
    by_agent: dict[str, list[Result]] = {}
    for result in lab.newest()[1].values():
        by_agent.setdefault(result.agent, []).append(result)
    counts = {name: Counter(fake.counts) for name, fake in lab.agents.items()}
    paced = [entry["at"] for entry in lab.agents["paced"].log] if not lanes else []
    return Played(lab, done.stdout + done.stderr, by_agent, counts, paced)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Played]:
    """Plays in a mode, once. The server is gone when the session has ended."""
    found: dict[str, Played] = {}

    def once(mode: str) -> Played:
        if mode not in found:
            with serving() as url:
                found[mode] = play(url, tmp_path_factory.mktemp("faults") / "project", mode)
        return found[mode]

    return once


@pytest.mark.parametrize("mode", MODES)
def test_no_outage_is_a_score(played: Callable[[str], Played], mode: str) -> None:
    """A cell that met a fault for good has its kind and no score; one that was tried again has the score it would have had."""
    run = played(mode)
    dat, _ = run.lab.newest()
    quiet = {result.seed: result for result in run.results["quiet"]}
    assert all(result.outcome is Outcome.COMPLETED for result in quiet.values()), run.said
    retried = ended = 0
    for name, results in run.results.items():
        kind = name.removeprefix("always_")
        for result in results:
            calls = trajectory(dat, result).calls
            told = PASSING.get(kind) or FINAL.get(kind)
            assert {call.fault for call in calls} <= {"", told}, name
            if result.outcome is Outcome.COMPLETED:
                assert (result.score, result.scores) == (quiet[result.seed].score, quiet[result.seed].scores), name
                assert kind not in FINAL or not any(call.fault for call in calls)
                retried += any(call.fault for call in calls)
            else:
                assert result.outcome is Outcome.PROVIDER_ERROR, (name, result.reason)
                assert (result.score, dict(result.scores), result.passed) == (None, {}, None)
                assert calls[-1].fault == told
                ended += 1
        if kind in FINAL:
            assert sum(result.outcome is Outcome.PROVIDER_ERROR for result in results) == run.counts[name][f"fault:{kind}"]
        if name.startswith("always_"):
            assert all(result.outcome is Outcome.PROVIDER_ERROR for result in results)
            assert run.counts[name]["calls"] == 2 * len(results)
    assert retried
    assert ended >= 1


@pytest.mark.parametrize("mode", MODES)
def test_the_books_are_the_servers(played: Callable[[str], Played], mode: str) -> None:
    """What the ledger says was spent is the sum of the results, and the provider's own count of what it delivered."""
    run = played(mode)
    spent = run.lab.newest()[0].status()["spent"]
    assert isinstance(spent, dict)
    split = sum((result.usage.split or Tokens() for result in run.everything), Tokens())
    served = run.served
    assert spent["requests"] == sum(result.usage.requests or 0 for result in run.everything) == served["calls"], run.said
    assert spent["split"]["input"] == split.input == served["input"]
    assert spent["split"]["output"] == split.output == served["output"]
    assert spent["split"]["cached"] == split.cached == served["cached"]
    assert (spent["split"].get("cache_written") or 0) == (split.cache_written or 0) == served["written"]
    assert spent["tokens"] == served["input"] + served["output"]
    assert spent["usd"] == pytest.approx(sum(result.usage.usd or 0 for result in run.everything))
    assert spent.get("unsettled_calls", 0) == sum(served[f"fault:{kind}"] for kind in UNSETTLED)
    for name, results in run.results.items():
        assert sum(result.usage.requests or 0 for result in results) == run.counts[name]["calls"], name


def test_modes_agree(played: Callable[[str], Played]) -> None:
    """The same faults fall at the same calls whoever plays: so the same cells end in the same way, with the same scores."""
    one, other = ({r.id: (r.outcome, r.score, r.usage.split) for r in played(mode).everything} for mode in list(MODES)[:2])
    assert len(one) >= 15
    assert one == {id_: other[id_] for id_ in one}


@pytest.mark.parametrize("mode", list(MODES)[:2])
def test_a_provider_is_never_asked_faster_than_its_rate(played: Callable[[str], Played], mode: str) -> None:
    """By the server's clock: in no second, or longer, more than its share, and one call's time on the way."""
    at, on_the_way_s = played(mode).paced, 0.25
    assert len(at) >= 15
    for first, begin in enumerate(at):
        for last in range(first + 1, len(at)):
            allowed = (at[last] - begin + on_the_way_s) * A_MINUTE / 60 + 1
            assert last - first + 1 <= allowed, (first, last)


def test_all_of_it_is_replayed_without_the_server(played: Callable[[str], Played]) -> None:
    """Nobody listens where the models were, and there is no key: outcomes, scores, trajectories and usage are the same."""
    run = played("16 threads")
    before, first = run.lab.newest()
    done = run.lab.project.pytest("-n", "2", "--bio-replay", "a")
    after, again = run.lab.newest()
    assert before.path != after.path, done.stdout
    assert first.keys() == again.keys()
    for id_, one in first.items():
        other = again[id_]
        assert (one.outcome, one.score, one.scores, one.passed) == (other.outcome, other.score, other.scores, other.passed), (
            other
        )
        assert (one.usage, one.model) == (other.usage, other.model)
        assert trajectory(before, one) == trajectory(after, other), id_


def test_a_changed_prompt_diverges_at_its_first_call(played: Callable[[str], Played]) -> None:
    """Both sides are shown, and there is no score."""
    run = played("fixture lane")
    project = run.lab.project
    (project.path / "prompt.txt").write_text("Answer in verse.\n")
    run.lab.add("quiet", run.lab.agents["quiet"], prompt="prompt.txt")
    done = project.pytest("-p", "no:xdist", "--bio-replay", "a", "--bio-agent", "quiet")
    [result] = run.lab.newest()[1].values()
    assert result.outcome is not Outcome.COMPLETED
    assert result.score is None
    assert "diverged at call 1" in result.reason
    assert "recorded: " in result.reason
    assert "Answer in verse" in result.reason
    assert "diverged at call 1" in done.stdout
