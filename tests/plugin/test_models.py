"""Language models in a session: not without leave, not without a price, side by side; no provider is asked by these tests."""

from __future__ import annotations

from collections import Counter

import pytest_alienbio.agents.llm.agent
import pytest_alienbio.agents.llm.live  # noqa: F401 - both once for all sessions in this process
from pytest_alienbio.model import Outcome

from .conftest import Lab

WIRE = '''
import pytest_alienbio.agents.llm as llm
import pytest_alienbio.run.models as models
from pytest_alienbio.agents.llm import live
from pytest_alienbio.model import Answer, Tokens, ToolCall

PATCH = pytest.MonkeyPatch()


class Wire:
    """A provider that always goes right; a call is ten tokens in and one out."""

    provider, version = "openai", "wire 1"

    def ask(self, request, *, timeout_s):
        return Answer("", (ToolCall("right", {}, "1"),), Tokens(10, output=1), "tool_calls", request.model)


def pytest_configure(config):
    PATCH.setattr(llm, "live", lambda cell, endpoint: Wire())
    PATCH.setattr(models, "find_spec", lambda name: name)


def pytest_unconfigure(config):
    PATCH.undo()
'''
PAID = "{name: dear, kind: openai, model: m, price: {input: 100, output: 1000}}"
FREE = "{name: cheap, kind: openai, model: m, price: free}"
BATTERY = f"experiment.x: {{scenarios: [walks/line], agents: [{PAID}, {FREE}, right], seeds: 2, cells: record}}"
THREADS = "x has language models, which wait: threads:16 plays its cells; --bio-engine says otherwise"


def outcomes(lab: Lab) -> Counter[tuple[str, str]]:
    """How many cells of each agent ended how."""
    return Counter((one.agent, str(one.outcome)) for one in lab.results().values())


def test_what_costs_money_plays_by_leave_alone_and_then_the_run_goes_on(lab: Lab, mode: str) -> None:
    """Without leave its cells are skipped, with the option in the reason; resumed with it, they are what is left to play."""
    lab.conftest(WIRE)
    lab.battery(BATTERY)
    done = lab.run(mode)
    assert done.ret == 0
    assert outcomes(lab) == {("dear", "skipped"): 2, ("cheap", "completed"): 2, ("right", "completed"): 2}
    dear = [one for one in lab.results().values() if one.agent == "dear"]
    assert {one.reason for one in dear} == {"it costs money: add --bio-live (bio: --live)"}
    assert (THREADS in done.stdout.str()) is (mode != "n2"), "-n plays them in the engine's place"
    done = lab.run(mode, "--bio-live", "--bio-resume")
    assert done.ret == 0
    done.stdout.fnmatch_lines(["*4 of 6 cells from before, 2 to play (2 skipped again)*"])
    assert len(lab.dats()) == 1
    assert outcomes(lab) == {("dear", "completed"): 2, ("cheap", "completed"): 2, ("right", "completed"): 2}
    paid = [one.usage.usd for one in lab.results().values() if one.agent == "dear"]
    assert paid == [10 * (10 * 100 + 1000) / 1e6] * 2, "ten calls a cell"


def test_a_run_with_nothing_left_says_nothing_of_threads_and_looks_up_no_price(lab: Lab) -> None:
    """A price that was taken out since is no hindrance: none of its cells would play."""
    lab.conftest(WIRE)
    lab.battery(BATTERY)
    assert lab.run("plain", "--bio-live").ret == 0
    lab.battery(BATTERY.replace(", price: {input: 100, output: 1000}", ""))
    done = lab.run("plain", "--bio-live", "--bio-resume")
    assert done.ret == 0
    done.stdout.fnmatch_lines(["*6 of 6 cells from before, 0 to play*"])
    done.stdout.no_fnmatch_line("*has language models*")


def test_a_model_that_nobody_priced_is_refused_before_anything_plays(lab: Lab, mode: str) -> None:
    """Where it would play: without leave it is skipped, and with cells of others alone it is not asked for."""
    lab.conftest(WIRE)
    lab.battery(BATTERY.replace(", price: {input: 100, output: 1000}", ""))
    done = lab.run(mode, "--bio-live", workers=False)
    assert done.ret == 4
    done.stderr.fnmatch_lines(["*a.battery.yaml:1:*dear: nobody knows what 'm' costs*`price: free`*"])
    assert not lab.dats()
    if mode == "plain":
        assert lab.run(mode, "--bio-live", "--bio-agent", "right").ret == 0
        assert {one.outcome for one in lab.results().values()} == {Outcome.COMPLETED}


def test_who_names_an_engine_is_told_nothing(lab: Lab) -> None:
    lab.conftest(WIRE)
    lab.battery(BATTERY)
    done = lab.run("plain", "--bio-live", "--bio-engine=inline")
    assert done.ret == 0
    done.stdout.no_fnmatch_line("*has language models*")
