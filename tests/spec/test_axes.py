"""Axes: what they are called, what they hold, how many combinations there are."""

from __future__ import annotations

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.spec import read
from pytest_alienbio.spec.battery import batteries


def wrong(keys: str) -> list[str]:
    """What is wrong with a head that has `keys` besides what it needs, without the file's name."""
    with pytest.raises(SpecError) as caught:
        batteries(read(f"experiment.x:\n  {keys}\n  scenarios: [a]\n", "f.yaml"))
    return [str(complaint).removeprefix("f.yaml:") for complaint in caught.value.complaints]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("params: [a]", "2:11: `params` is a list; expected a mapping of axes, like {temperature: [0, 0.5, 1]}"),
        ("params: {}", "2:3: `params` is empty; give it an axis or remove it"),
        ("params:", "2:3: `params` is empty; give it a value or remove it"),
        ("params: {t: }", "2:12: `params.t` is empty; give it a value or remove it"),
        ("params: {t: []}", "2:15: `params.t` is empty; expected at least one"),
        (
            "params: {t: {a: 1}}",
            "2:15: `params.t` is a mapping; expected a list of values, like [0, 0.5, 1]; "
            "to give one value, write `params` in the line of the scenario or agent",
        ),
        (
            "params: {t: [[1]]}",
            "2:16: an axis holds a list; expected single values: numbers, texts, true, false or null",
        ),
        ("params: {t: [1, 1.0]}", "2:19: the value 1.0 is given twice; first given at line 2, column 16"),
        ("params: {t: [~, ~]}", "2:19: the value null is given twice; first given at line 2, column 16"),
        (
            "params: {t: [true, 'True']}",
            "2:22: the value 'True' is given twice (in ids it looks like true); first given at line 2, column 16",
        ),
        (
            "params: {t: [a b, a-b]}",
            "2:21: the value 'a-b' is given twice (in ids it looks like 'a b'); first given at line 2, column 16",
        ),
        (
            f"params: {{t: [{'x' * 201}]}}",
            "2:16: this text is too long; expected at most 200 characters; "
            "an axis stands in every id; for long texts give each its own agent, with `as:`",
        ),
        ("params: {difficulty: [1]}", "2:12: `difficulty` is no axis; use `difficulty:` of a scenario"),
        ("params: {seed: [1]}", "2:12: `seed` is no axis; use `seeds:` of the battery"),
        (
            "params: {api_key: [a]}",
            "2:12: a literal `api_key` is refused in a project's files; remove it here and from the file's history; "
            "keep keys in the environment",
        ),
        ("mode: sample\n  samples: 3", "2:3: `mode` without `params`; give axes in `params`, or remove it"),
        ("samples: 3", "2:3: `samples` without `mode: sample`; add it, or remove this"),
        (
            "samples: 3\n  mode: iterate\n  params: {t: [1]}",
            "2:3: `samples` without `mode: sample`; add it, or remove this",
        ),
        (
            "mode: sample\n  params: {t: [1]}",
            "2:3: `samples` is missing; expected how many combinations `mode: sample` takes, like 30",
        ),
        (
            "samples: 7\n  mode: sample\n  params: {t: [1, 2], u: [1, 2, 3]}",
            "2:12: 7 samples of 6 combinations; expected at most 6; `mode: iterate` plays them all",
        ),
        ("samples: 0\n  mode: sample\n  params: {t: [1]}", "2:12: `samples` is 0; expected at least 1"),
        ("samples:\n  mode: sample\n  params: {t: [1]}", "2:3: `samples` is empty; give it a value or remove it"),
        (
            "mode: smaple\n  samples: 2\n  params: {t: [1, 2]}",
            "2:9: `mode` is 'smaple'; expected iterate or sample; did you mean 'sample'?",
        ),
    ],
)
def test_one_mistake(keys: str, said: str) -> None:
    """Its place, and what to do instead."""
    assert wrong(keys) == [said]


@pytest.mark.parametrize("name", ["1st", "a-b", "a b", "a.b", "", "ä", "class", "x" * 65])
def test_axis_that_no_factory_can_take(name: str) -> None:
    """It becomes a keyword argument."""
    [said] = wrong(f"params: {{'{name}': [1]}}")
    assert said.startswith("2:12: ")
    assert "cannot name an axis; expected a param's name" in said


def test_too_many_combinations() -> None:
    """Said before a plan is made of them; samples of as many are fine."""
    axes = ", ".join(f"a{i}: [{', '.join(map(str, range(10)))}]" for i in range(6))
    assert wrong(f"params: {{{axes}}}") == [
        "2:3: these axes have 1,000,000 combinations; expected at most 100,000; "
        "take some of them: `mode: sample` with `samples: 30`"
    ]
    [battery] = batteries(read(f"experiment.x: {{scenarios: [a], params: {{{axes}}}, mode: sample, samples: 30}}"))
    assert (len(battery.params), battery.samples) == (6, 30)


def test_too_many_axes() -> None:
    """However many, their product is not worked out."""
    axes = ", ".join(f"a{i}: [1, 2]" for i in range(20_000))
    assert wrong(f"params: {{{axes}}}") == ["2:11: `params` has 20000 items; expected at most 20"]


def test_different_values_stay_as_written() -> None:
    """In the file's order and with their kinds: true is not 1, and null is a value."""
    [battery] = batteries(read("experiment.x: {scenarios: [a], params: {t: [1, true, 0.5, 'no', ~, -1]}}"))
    assert [repr(value) for value in battery.params["t"]] == ["1", "True", "0.5", "'no'", "None", "-1"]
