"""Two specs of a battery compared: what decides results is told, what does not is not."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_alienbio.run.again.changes import MOST, changes

from ..parts import make_plan


def spec(**resolved: Any) -> dict[str, Any]:
    """A spec of one scenario at two levels, two agents, two seeds."""
    cases: list[dict[str, Any]] = [
        {"scenario": "w/a", "difficulty": level, "params": {}, "content_hash": "c", "scoring_hash": "s", "passing_score": 0.6}
        for level in (1, 2)
    ]
    agents = [{"name": name, "kind": "k", "params": {"p": 1}, "role": "candidate"} for name in ("x", "y")]
    return {
        "v": 1,
        "experiment.b": {"agents": agents, "seeds": [0, 1]},
        "resolved": {"cases": cases, "agents": {"x": {"hash": "hx"}, "y": {"hash": "hy"}}, **resolved},
    }


def test_the_same_is_no_change() -> None:
    assert changes(spec(), spec()) == ()


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("content_hash", "C", ("scenarios.w/a: its content changed (2 cases)", "cells: 8 changed")),
        ("scoring_hash", "S", ("scenarios.w/a: its scoring changed (2 cases)", "cells: 8 changed")),
        ("passing_score", None, ("scenarios.w/a: passing_score 0.6 -> none (2 cases)", "cells: 8 changed")),
        ("difficulty", 9, ("scenarios.w/a: 1 case new, 2 cases gone", "cells: 4 new, 8 gone")),
        ("deterministic", True, ()),
    ],
)
def test_what_a_case_is(key: str, value: object, told: tuple[str, ...]) -> None:
    now = spec()
    now["resolved"]["cases"] = [{**case, key: value} for case in now["resolved"]["cases"]]
    assert changes(spec(), now) == told


def test_versions_and_what_a_run_is_drawn_from() -> None:
    now = spec(world="physics 2", looks=[2, 4], random_seed={"w/a": 7})
    assert changes(spec(world="physics 1", looks=[2, 3]), now) == (
        "the world's version: physics 1 -> physics 2",
        "seeds.looks: [2,3] -> [2,4]",
        'task.random_seed: none -> {"w/a":7}',
    )


def test_axes_count_their_cells_by_what_is_played() -> None:
    then, now = spec(played=[[0, "x", {"t": 1}]]), spec(played=[[0, "x", {"t": 1}], [0, "x", {"t": 2}]])
    now["experiment.b"]["params"] = {"t": [1, 2]}
    assert changes(then, now) == ("params.t: none -> [1,2]", "cells: 2 new")


def test_many_changes_are_counted_and_what_a_file_holds_is_harmless() -> None:
    now = spec()
    now["experiment.b"]["agents"] += [{"name": f"n{n}\x1b[31m", "kind": "k"} for n in range(9)]
    now["experiment.b"]["seeds"] = list(range(1000))
    told = changes(spec(), now)
    assert len(told) <= MOST + 2
    assert told[0] == "agents: n0, n1, n2, n3, n4, n5 and 3 more are new"
    assert told[1] == "seeds: 2, 3, 4, 5, 6, 7 and 992 more are new"
    assert all(sentence.isprintable() for sentence in told)


@pytest.mark.parametrize("broken", [{}, {"experiment.b": 3, "resolved": []}, {"resolved": {"cases": [1], "agents": 2}}])
def test_a_damaged_spec_is_another_one_and_no_crash(broken: dict[str, Any]) -> None:
    assert changes(broken, spec())
    assert changes(spec(), broken)


def test_a_plan_is_what_it_was_though_its_runs_are_shown_otherwise() -> None:
    from pytest_alienbio.run.again.resuming import as_stored
    from pytest_alienbio.run.opening import spec_of

    first = as_stored(spec_of(make_plan(["walks/*"], ["half", "right"], params={"bonus": (0.0, 0.5)})))
    second = as_stored(
        spec_of(
            make_plan(["walks/*"], ["half", "right"], params={"bonus": (0.0, 0.5)}, traces="none", tags=("x",), cells="record")
        )
    )
    assert first != second
    assert changes(first, second) == ()
