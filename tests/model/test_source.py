"""Where in a file something stood."""

from __future__ import annotations

import pytest

from pytest_alienbio.model import Source, Tagged
from pytest_alienbio.model.source import Path, plain

SOURCE = Source(
    {"scenarios": [{"name": "x"}]},
    "b.yaml",
    keys={("scenarios",): (2, 1), ("scenarios", 0, "name"): (3, 5)},
    values={(): (1, 1), ("scenarios", 0, "name"): (3, 11)},
)


@pytest.mark.parametrize(
    ("path", "key", "place"),
    [
        (("scenarios", 0, "name"), False, (3, 11)),
        (("scenarios", 0, "name"), True, (3, 5)),
        (("scenarios", 0, "nme"), False, (2, 1)),
        (("scenarios",), False, (2, 1)),
        (("agents",), True, (1, 1)),
    ],
)
def test_the_nearest_known_place_is_found(path: Path, key: bool, place: tuple[int, int]) -> None:
    """The value or its key, else the other, else the nearest parent."""
    assert SOURCE.place(path, key=key) == place


def test_an_unknown_place_is_zero() -> None:
    """Nothing is known of a source without marks."""
    assert Source({}).place(("x",)) == (0, 0)


def test_a_complaint_names_file_and_place() -> None:
    """Ready to be shown."""
    complaint = SOURCE.complain(("scenarios", 0, "name"), "unknown", expected="a scenario", hint="try y")
    assert str(complaint) == "b.yaml:3:11: unknown; expected a scenario; try y"


def test_plain_turns_tags_into_data() -> None:
    """So that a file's text can be hashed whatever its layout; other objects are refused."""
    assert plain({"a": (Tagged("!ev", "1+1"), None, 2)}) == {"a": [{"!ev": "1+1"}, None, 2]}
    with pytest.raises(TypeError, match="set"):
        plain({"a": {1}})
