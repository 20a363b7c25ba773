"""A gate's verdict as people and machines read it: the word first, alike in every form, whatever the names."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from pytest_alienbio.model import Call, Estimate, Interval, NodeCall, Power, Rule, Verdict
from pytest_alienbio.report import as_json, render, render_markdown
from pytest_alienbio.report.columns import width_of
from pytest_alienbio.report.gate import failure_text, gate_document, gate_sections, one_line, power_line, worst

from .documents import EVIL
from .test_agree import NUMBER, Page
from .verdicts import (
    confirmed,
    failed,
    hostile,
    inconclusive,
    invalid,
    many,
    node,
    not_judged,
    passed,
    somewhere,
    verdict,
)

VERDICTS = {
    "failed": failed(),
    "passed": passed(),
    "somewhere": somewhere(),
    "inconclusive": inconclusive(),
    "invalid": invalid(),
    "confirmed": confirmed(),
    "refuted": confirmed(regressed=False),
    "not judged": not_judged(),
    "hostile": hostile(EVIL),
    "many": many(),
    "tokens": replace(failed(), rule=Rule("cost", "tokens", "lower")),
}


@pytest.fixture(params=VERDICTS)
def found(request: pytest.FixtureRequest) -> Verdict:
    """Each of them."""
    return VERDICTS[request.param]


def shown(verdict: Verdict, width: int = 100) -> list[str]:
    """The page's lines on a screen, below its title."""
    return render(gate_document("mine", [verdict]), width).splitlines()[2:]


def test_the_forms_say_the_same_and_names_do_nothing(found: Verdict) -> None:
    """Every number of a screen is in Markdown; JSON has all nodes with raw numbers, and reads back."""
    document = gate_document("mine", [found])
    page = Page(render_markdown(document))
    assert set(NUMBER.findall(render(document, 400, whole=True))) <= set(NUMBER.findall(page.text))
    assert page.foreign == []
    section = json.loads(as_json(document))["sections"][f"gate[{found.rule.name}]"]
    assert section["why"][0]["call"] == found.call
    assert {each["node"]: each["drop"] for each in section["nodes"]} == {each.name: each.drop.value for each in found.nodes}


@pytest.mark.parametrize("width", [40, 80, 200])
def test_no_line_is_too_wide_and_a_screen_is_bounded(found: Verdict, width: int) -> None:
    for ascii in (False, True):
        lines = render(gate_document("mine", [found]), width, ascii=ascii).split("\n")
        assert len(lines) < 120
        assert max(map(width_of, lines)) <= width
        assert all(line.isprintable() and (line.isascii() or not ascii) for line in lines)


def test_the_word_and_its_reason_come_first() -> None:
    lines = shown(failed())
    assert lines[:2] == [
        "FAIL: gate[score]: drops of score, higher is better; a drop up to 0.02 is none",
        "greedy dropped by 0.12 [0.07, 0.17] (p 0.002)",
    ]
    assert lines[2] == "against baselines/mine.json: blessed by ada 2026-11-01 10:00, commit 1a2b3c4d5e (release 3)"


def test_few_nodes_are_shown_and_the_others_are_counted() -> None:
    """The battery, what regressed, the nearest to it; thirty unchanged leaves are a number."""
    lines = shown(failed())
    at = next(at for at, line in enumerate(lines) if line.startswith("agent "))
    rows = lines[at + 1 : at + 8]
    assert [" regressed " in row for row in rows[:3]] == [True] * 3
    assert all("inconclusive" in row for row in rows[3:])
    assert lines[at + 8] == "… and 36 more nodes, 1 contains a regression, 5 inconclusive, 30 unchanged: --all"
    assert render(gate_document("mine", [failed()]), 100, whole=True).count("unchanged") == 30


def test_a_scenario_is_told_only_where_no_leaf_says_as_much() -> None:
    """Where two agents share its loss it is a row, and stands in a failure's text; else it is counted. Markdown has all."""
    alone = [
        node(NodeCall.REGRESSED, p=0.004),
        node(NodeCall.REGRESSED, "", "m/x", drop=0.2),
        node(NodeCall.REGRESSED, "greedy", "m/x", drop=0.35),
        node(NodeCall.UNCHANGED, "prober", "m/x", drop=0.05),
    ]
    shared = [*alone[:2], replace(alone[2], drop=alone[1].drop), node(NodeCall.REGRESSED, "prober", "m/x", drop=0.2)]
    unnamed = [*alone[:2], replace(alone[2], call=NodeCall.INCONCLUSIVE), alone[3]]
    for nodes, told in ((alone, False), (shared, True), (unnamed, True)):
        found = verdict(Call.FAIL, "the battery dropped", found=nodes)
        assert ("all agents  m/x" in render(gate_document("mine", [found]), 200)) == told
        assert ("  m/x regressed" in failure_text(found)) == told
        assert len([row for row in gate_sections([found])[1].rows("nodes") if row["node"] == "*|m/x"]) == 1


def test_the_power_line_names_what_can_be_told() -> None:
    [line] = [line for line in shown(failed(), 200) if line.startswith("this run could")]
    want = "this run could have seen a drop of 0.04 overall, 0.11 by one agent, 0.30 by one agent in one scenario"
    assert line == f"{want}, with a chance of 80%"


def test_why_nothing_could_be_seen_stands_in_for_the_power_line() -> None:
    assert power_line(Power(why="deterministic: any change would have been seen"), sized=False).startswith("deterministic: any")
    assert power_line(Power(), sized=False) == "how small a drop this run could have seen cannot be told"
    said = power_line(Power(0.04, why="any change of the 3 deterministic leaves"), sized=False)
    assert said == (
        "this run could have seen a drop of 0.04 overall, with a chance of 80%, and any change of the 3 deterministic leaves"
    )
    assert power_line(Power(why=EVIL[0]), sized=False).isprintable()


def test_a_regression_that_is_not_located_says_how_to_locate_it() -> None:
    """Not once fresh seeds were played; and not where the only node there is regressed."""
    assert any("--bio-confirm" in line for line in shown(somewhere()))
    assert not any("--bio-confirm" in line for line in shown(confirmed()))
    assert not any("--bio-confirm" in line for line in shown(verdict(Call.FAIL, found=[node(NodeCall.REGRESSED)])))


def test_each_drift_is_told_once_and_edited_settings_are() -> None:
    text = "\n".join(shown(invalid(), 200))
    for drift in invalid().drifts:
        assert text.count(drift.sentence) == 1
    assert text.startswith("INVALID: gate[score]")
    assert "compared: 100 of 120 cells; without a number: 20 provider_error" in text
    assert "edited after the first cell: alpha was 0.05, is 0.2" in text
    assert "could have seen" not in text


def test_the_confirm_stage_says_what_fresh_seeds_gave() -> None:
    text = "\n".join(shown(confirmed(), 200))
    assert "confirmed on fresh seeds: this leaf regressed (p 0.004, alpha 0.02); played on 4 seeds: 10-12, 15" in text
    refuted = "\n".join(shown(confirmed(regressed=False), 200))
    assert "not confirmed on fresh seeds: that this leaf regressed is not shown (p 0.600, alpha 0.02)" in refuted
    assert "what the first stage shows stands" in refuted
    assert "first stage" not in text
    assert "  greedy on m/x regressed: drop 0.10 [0.05, 0.15], from 0.80 to 0.70, p 0.004" in failure_text(confirmed())


@pytest.mark.parametrize("call", Call)
def test_a_verdict_without_a_word_is_told_all_the_same(call: Call) -> None:
    """A rule of a conftest may give a call and nothing else."""
    bare = Verdict(call, "mine", Rule())
    assert one_line(bare).startswith(f"gate[score] {call}: ")
    assert failure_text(bare) == one_line(bare)
    assert shown(bare)[0] == f"{call}: gate[score]: drops of score"


def test_nothing_is_called_equal_or_not_significant(found: Verdict) -> None:
    text = render(gate_document("mine", [found]), 200, whole=True) + failure_text(found)
    assert "equal" not in text
    assert "not significant" not in text


def test_a_failures_text_holds_the_intervals_of_what_regressed() -> None:
    """As JUnit has it: a few lines, each inert."""
    lines = failure_text(failed()).splitlines()
    assert lines[0] == "gate[score] FAIL: greedy dropped by 0.12 [0.07, 0.17] (p 0.002)"
    assert "  greedy on m/hidden regressed: drop 0.40 [0.35, 0.45], from 0.80 to 0.40, p 0.010" in lines
    assert "  the battery regressed: drop 0.10 [0.05, 0.15], from 0.80 to 0.70, p 0.004" in lines
    assert lines[-1].startswith("this run could have seen a drop of 0.04 overall")
    assert [line for line in failure_text(invalid()).splitlines() if "play them again" in line] != []


def test_a_drop_without_luck_says_exact_and_no_interval() -> None:
    """Its interval is itself; machines get it."""
    exact = Estimate(0.37981, Interval(0.37981, 0.37981), 6, stderr=0.0, mark="exact")
    leaf = replace(node(NodeCall.REGRESSED, "greedy", "m/x", p=None), drop=exact, design="exact")
    found = verdict(Call.FAIL, "greedy on m/x dropped by 0.38 (exact)", found=[leaf])
    assert "  greedy on m/x regressed: drop 0.38 (exact), from 0.80 to 0.70" in failure_text(found)
    assert re.search(r"regressed +0\.38 +exact", render(gate_document("mine", [found]), 100))
    assert "[0.38, 0.38]" not in render_markdown(gate_document("mine", [found]))
    assert gate_sections([found])[1].rows("nodes")[0]["interval"] == [0.37981, 0.37981]


def test_a_hostile_failure_text_is_printable_and_short() -> None:
    lines = failure_text(hostile(EVIL)).splitlines()
    assert all(line.isprintable() for line in lines)
    assert len(lines) < 40


def test_several_gates_are_told_the_worst_first() -> None:
    """And machines get a row of each."""
    several = [passed(), replace(invalid(), rule=Rule("cost")), replace(failed(), rule=Rule("speed"))]
    sections = gate_sections(several)
    assert [section.key for section in sections] == ["gates", "gate[speed]", "gate[cost]", "gate[score]"]
    assert [row["call"] for row in sections[0].rows("gates")] == ["FAIL", "INVALID", "PASS"]
    assert worst(several) is Call.FAIL
    assert gate_sections([]) == ()
    assert worst([]) is None
    assert render(gate_document("mine", several), 100).splitlines()[2].startswith("FAIL")
