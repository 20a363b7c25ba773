"""A command's words."""

from __future__ import annotations

from pytest_alienbio.scenarios.task.trial import filled, placeholders


def test_names_in_braces_become_params() -> None:
    """Text as it is, all else as JSON; what nobody knows, and braces of other uses, stay."""
    words = ["run", "--n={n}", "{name}", "{list}", "{unknown}", '{"a": {n}}', "{}", "{1}"]
    values = {"n": 3, "name": "a b", "list": [1, None], "flag": True}
    assert filled(words, values) == ["run", "--n=3", "a b", "[1, null]", "{unknown}", '{"a": 3}', "{}", "{1}"]


def test_which_names_a_command_asks_for() -> None:
    assert placeholders(["{python}", "x{n}y{n}", "{}", "{m}"]) == ["python", "n", "m"]


def test_a_value_is_never_filled_in_turn() -> None:
    """What a param holds is no template."""
    assert filled(["{a}"], {"a": "{b}", "b": "no"}) == ["{b}"]
