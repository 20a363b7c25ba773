"""Our fixtures in Python tests and in cells, overridden and not."""

from __future__ import annotations

import json

import pytest

from .conftest import Lab

LINE = """
experiment.x:
  scenarios: [walks/plain]
  agents: [right, half]
  seeds: 2
"""


def test_a_marked_function_plays_every_cell_of_the_battery(lab: Lab, mode: str) -> None:
    """The same Result a cell's own item makes, in the battery's own DAT."""
    lab.battery(LINE, "x.yaml")
    lab.pytester.makepyfile(
        """
        import pytest

        @pytest.mark.battery("x.yaml")
        def test_it(cell, bio, record_score):
            result = bio.play(cell)
            record_score("thrift", result.score / 2)
            assert result.score >= 0.6
        """
    )
    run = lab.run(mode)
    assert run.parseoutcomes() == {"passed": 2, "failed": 2}
    assert run.ret == 1
    results = lab.results()
    assert len(results) == 4
    assert results["walks/plain[right-s0]"].scores == {"place": 10.0, "thrift": 0.5}
    assert results["walks/plain[half-s1]"].score == 0.5
    assert len(lab.dats()) == 1
    assert (lab.dats()[0] / "summary.csv").is_file(), "closed, although only a test named the battery"


def test_function_ids_can_be_selected(lab: Lab) -> None:
    lab.battery(LINE, "x.yaml")
    lab.pytester.makepyfile(
        """
        import pytest

        @pytest.mark.battery("x.yaml", head="x")
        def test_it(cell, bio):
            bio.play(cell)
        """
    )
    run = lab.run("plain", "-v", "-k", "half-s1")
    assert run.parseoutcomes() == {"passed": 1, "deselected": 3}
    run.stdout.fnmatch_lines(["*::test_it?walks/plain-half-s1?*"])


def test_record_score_takes_numbers_of_any_kind(lab: Lab, mode: str) -> None:
    """numpy's are made plain: under xdist a subclass of float once ended the whole session."""
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [right], seeds: 5}", "x.yaml")
    lab.pytester.makepyfile(
        """
        import numpy, pytest

        KINDS = [numpy.float64(0.25), numpy.float32(0.5), numpy.int64(3), True, numpy.array(0.5)]

        @pytest.mark.battery("x.yaml")
        def test_it(cell, bio, record_score):
            bio.play(cell)
            record_score("extra", KINDS[cell.seed])
        """
    )
    assert lab.run(mode).parseoutcomes() == {"passed": 5}
    stored = {result.seed: result.scores["extra"] for result in lab.results().values()}
    assert stored == {0: 0.25, 1: 0.5, 2: 3.0, 3: 1.0, 4: 0.5}
    assert {type(value) for value in stored.values()} == {float}


def test_record_score_refuses_what_is_no_finite_number(lab: Lab) -> None:
    """The test fails with a sentence; the cell's own score stays recorded."""
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [right], seeds: 4}", "x.yaml")
    lab.pytester.makepyfile(
        """
        import pytest

        KINDS = [("a", "high"), ("b", float("nan")), ("c", float("inf")), ("d", None)]

        @pytest.mark.battery("x.yaml")
        def test_it(cell, bio, record_score):
            bio.play(cell)
            record_score(*KINDS[cell.seed])
        """
    )
    run = lab.run("plain")
    assert run.parseoutcomes() == {"failed": 4}
    for said in (
        "score 'a' is the text 'high'; expected a number",
        "score 'b' is nan; expected a finite number",
        "score 'c' is inf; expected a finite number",
        "score 'd' is a NoneType; expected one number",
    ):
        assert said in run.stdout.str()
    assert [(result.score, set(result.scores)) for result in lab.results().values()] == [(1.0, {"place"})] * 4


def test_metrics_and_artifacts_land_in_the_folder(lab: Lab, mode: str) -> None:
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [right], seeds: 1}", "x.yaml")
    lab.pytester.makepyfile(
        """
        import numpy, pytest

        @pytest.mark.battery("x.yaml")
        def test_it(cell, bio, record_metric, record_artifact, tmp_path):
            record_metric("early", 1)
            bio.play(cell)
            record_metric("loss", numpy.float32(0.5), step=7)
            (tmp_path / "plot.txt").write_text("a picture")
            copy = record_artifact(tmp_path / "plot.txt")
            assert copy.read_text() == "a picture"
        """
    )
    assert lab.run(mode).parseoutcomes() == {"passed": 1}
    folder = lab.dats()[0]
    events = [json.loads(line) for path in folder.glob("metrics/*.jsonl") for line in path.read_text().splitlines()]
    assert [(event["name"], event["value"], event.get("step")) for event in events] == [("early", 1, None), ("loss", 0.5, 7)]
    assert [path.name for path in folder.rglob("artifacts/**/*") if path.is_file()] == ["plot.txt"]


def test_bio_play_fails_a_test_whose_cell_broke(lab: Lab) -> None:
    """No score comes back from an outage; with check=False the test may look at it itself."""
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [outage, gpt-4], seeds: 1}", "x.yaml")
    lab.pytester.makepyfile(
        """
        import pytest

        @pytest.mark.battery("x.yaml")
        def test_checked(cell, bio):
            bio.play(cell)
            raise AssertionError("not reached")

        @pytest.mark.battery("x.yaml")
        def test_unchecked(cell, bio):
            assert bio.play(cell, check=False).score is None
        """
    )
    run = lab.run("plain")
    assert run.parseoutcomes() == {"failed": 1, "skipped": 1, "passed": 2}
    assert "429 too many requests" in run.stdout.str()
    assert "not reached" not in run.stdout.str()


OVERRIDE = """
from pytest_alienbio import Action

class Wrapped:
    def __init__(self, inner): self.inner = inner
    def start(self, briefing): self.inner.start(briefing)
    def decide(self, observation):
        return self.inner.decide(observation) if observation.step < 4 else Action("left")
    def end(self, scores): self.inner.end(scores)

@pytest.fixture
def agent(agent):
    return Wrapped(agent)
"""


def test_an_overridden_agent_plays_and_the_record_says_so(lab: Lab, mode: str) -> None:
    """Requesting the former `agent` wraps it; the recorded hash is not the profile's."""
    lab.battery(LINE)
    lab.run("plain", "-k", "right-s0")
    before = lab.results()["walks/plain[right-s0]"]
    lab.conftest(OVERRIDE)
    lab.run(mode, "-k", "right-s0")
    after = lab.results()["walks/plain[right-s0]"]
    assert (before.score, after.score) == (1.0, 0.4)
    assert (before.agent, after.agent) == ("right", "right+Wrapped")
    assert before.agent_hash != after.agent_hash
    assert before.key != after.key


def test_an_overridden_scenario_is_played_in_and_the_record_says_so(lab: Lab) -> None:
    lab.battery(LINE)
    lab.run("plain", "-k", "half-s0")
    before = lab.results()["walks/plain[half-s0]"]
    lab.conftest(
        """
        @pytest.fixture
        def scenario(scenario):
            scenario.bonus = 0.3
            return scenario
        """
    )
    lab.run("plain", "-k", "half-s0")
    changed = lab.results()["walks/plain[half-s0]"]
    assert changed.score == pytest.approx(0.8)
    assert changed.scenario_hash != before.scenario_hash
    assert changed.key != before.key


def test_a_fixture_that_fails_or_skips_leaves_no_gap(lab: Lab, mode: str) -> None:
    """An error of the cell, or a skip with its reason; neither has a score."""
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [right], seeds: 3}")
    lab.conftest(
        """
        @pytest.fixture
        def agent(agent, cell):
            if cell.seed == 0:
                raise RuntimeError("no agent today")
            if cell.seed == 1:
                pytest.skip("no gpu")
            return agent
        """
    )
    run = lab.run(mode)
    assert run.ret == 1
    outcomes = run.parseoutcomes()
    assert outcomes.pop("failed", 0) + outcomes.pop("errors", 0) == 1
    assert outcomes == {"skipped": 1, "passed": 1}
    failed, skipped, played = (lab.results()[f"walks/plain[right-s{seed}]"] for seed in range(3))
    assert (failed.outcome, failed.score) == ("agent_error", None)
    assert "no agent today" in failed.reason
    assert (skipped.outcome, skipped.reason, skipped.score) == ("skipped", "no gpu", None)
    assert played.score == 1.0


def test_users_own_autouse_fixtures_run_around_cells(lab: Lab) -> None:
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [right], seeds: 2}")
    lab.conftest(
        """
        @pytest.fixture(autouse=True)
        def note(request):
            with open("notes.txt", "a") as file:
                file.write(request.node.name + "\\n")
        """
    )
    lab.run("plain")
    assert (lab.path / "notes.txt").read_text().splitlines() == ["walks/plain[right-s0]", "walks/plain[right-s1]"]


def test_mistakes_in_marked_functions_are_said(lab: Lab) -> None:
    lab.battery(LINE, "x.yaml")
    lab.pytester.makepyfile(
        test_a="""
        import pytest

        @pytest.mark.battery("nowhere.yaml")
        def test_it(cell, bio): ...
        """,
        test_b="""
        import pytest

        @pytest.mark.battery("x.yaml")
        def test_it(bio): ...
        """,
        test_c="""
        def test_it(cell): ...
        """,
    )
    run = lab.run("plain", "--continue-on-collection-errors")
    text = run.stdout.str()
    assert run.ret != 0
    assert "nowhere.yaml" in text
    assert "must take the fixture `cell`" in text
    assert "@pytest.mark.battery" in text


@pytest.mark.parametrize("fixture", ["agent", "scenario"])
def test_an_override_that_forgets_to_return_is_said(lab: Lab, fixture: str) -> None:
    """None is not "play the cell's own": that would be a score of somebody else."""
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [right], seeds: 1}")
    lab.conftest(f"""
        @pytest.fixture
        def {fixture}():
            pass
        """)
    run = lab.run("plain")
    assert run.ret == 1
    result = lab.results()["walks/plain[right-s0]"]
    assert result.score is None
    assert f"the fixture `{fixture}` gave None" in run.stdout.str()


def test_an_agent_handed_to_bio_play_scores_under_its_own_name(lab: Lab) -> None:
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [right], seeds: 1}", "x.yaml")
    lab.pytester.makepyfile(
        """
        import pytest
        from pytest_alienbio import Action

        class Mine:
            def start(self, briefing): pass
            def decide(self, observation): return Action("left")
            def end(self, scores): pass

        @pytest.mark.battery("x.yaml")
        def test_it(cell, bio):
            assert bio.play(cell).score == 1.0
            assert bio.play(cell, agent=Mine()).score == 0.0
        """
    )
    assert lab.run("plain").parseoutcomes() == {"passed": 1}
    found = {(result.id, result.agent, result.score) for result in lab.results().values()}
    assert found == {("walks/plain[right-s0]", "right", 1.0), ("walks/plain[right-s0-Mine]", "right+Mine", 0.0)}


@pytest.mark.parametrize(
    ("raised", "outcome"),
    [
        ("pytest.skip('no gpu')", "skipped"),
        ("pytest.fail('enough')", "agent_error"),
        ("pytest.xfail('known')", "agent_error"),
        ("(_ for _ in ()).throw(GeneratorExit())", "agent_error"),
    ],
)
def test_a_cell_that_ends_through_pytests_control_flow_is_booked(lab: Lab, raised: str, outcome: str) -> None:
    """It was started, so it is not `not_run`; and it has no score."""
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [leaving, right], seeds: 1}")
    lab.conftest(
        f"""
        class Leaving(Right):
            def decide(self, observation): {raised}

        @pytest.hookimpl(specname="pytest_alienbio_register_agents")
        def pytest_register_leaving(registry):
            registry.add("leaving", Leaving)
        """
    )
    run = lab.run("plain")
    assert lab.results()["walks/plain[leaving-s0]"].outcome == outcome
    assert lab.results()["walks/plain[leaving-s0]"].score is None
    assert run.ret == (0 if outcome == "skipped" else 1)


def test_a_reserved_score_name_is_refused(lab: Lab) -> None:
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [right], seeds: 1}", "x.yaml")
    lab.pytester.makepyfile(
        """
        import pytest

        @pytest.mark.battery("x.yaml")
        def test_it(cell, bio, record_score):
            bio.play(cell)
            record_score("score", 0.1)
        """
    )
    run = lab.run("plain")
    assert run.parseoutcomes() == {"failed": 1}
    assert "give yours another name" in run.stdout.str()
