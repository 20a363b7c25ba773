"""Values out of an evaluated file: of the right type and range, or a complaint and something to go on with."""

from __future__ import annotations

import pytest

from pytest_alienbio.scenarios.document import BROKEN, Complaints, Node
from pytest_alienbio.scenarios.reading import Reader
from pytest_alienbio.spec.reader import read

SOURCE = read("value: 1\n", "x.yaml")


def reader(*present: str, roles: frozenset[str] = frozenset()) -> Reader:
    """A reader with these roles present."""
    made = Reader(Complaints(SOURCE), roles | set(present))
    made.present.update({name: i for i, name in enumerate(present)})
    made.kinds.update(dict.fromkeys(present, "molecule"))
    return made


def said(read_by: Reader) -> list[str]:
    """What it complained about, without the place."""
    return [complaint.what for complaint in read_by.complaints.found.values()]


@pytest.mark.parametrize("value", [True, "1", None, [1], {}])
def test_what_is_no_number_is_not_taken_for_one(value: object) -> None:
    """A boolean is no number either."""
    read_by = reader()
    assert read_by.bare(Node(value, ("value",)), "it") == 1.0
    assert len(said(read_by)) == 1


@pytest.mark.parametrize(("value", "fine"), [(0, False), (0.1, True), (1, True), (1.1, False)])
def test_bounds_are_kept(value: float, fine: bool) -> None:
    """Above 0 and up to 1."""
    read_by = reader()
    read_by.bare(Node(value, ("value",)), "it", above=0.0, high=1.0)
    assert (said(read_by) == []) is fine


def test_a_broken_value_is_complained_about_once_only() -> None:
    """Whoever evaluated it said so already."""
    read_by, broken = reader(), Node(BROKEN, ("value",))
    read_by.bare(broken, "it", above=5.0)
    read_by.role(broken)
    assert read_by.entries(broken, "it") == {}
    assert read_by.items(broken, "it") == []
    assert read_by.flag({"x": broken}, (), "x", True)
    assert read_by.word({"x": broken}, (), "x", "w", "y", "z") == "w"
    assert said(read_by) == []


def test_references_keep_the_present_drop_the_absent_and_refuse_the_unknown() -> None:
    """Absent: known at another difficulty."""
    read_by = reader("a", "b", roles=frozenset({"later"}))
    read_by.kinds["b"] = "species"
    entries = {name: Node(1, ("value",)) for name in ("a", "b", "later", "lter")}
    assert set(read_by.references(Node(entries, ("value",)), "needs", "molecule")) == {"a"}
    assert said(read_by) == ["'b' is no molecule", "unknown role 'lter'"]


def test_a_needed_reference_that_is_absent_is_complained_about() -> None:
    """Where leaving it out would make another thing of the rest."""
    read_by = reader("a", roles=frozenset({"later"}))
    entries = {name: Node(1, ("value",)) for name in ("a", "later")}
    assert set(read_by.references(Node(entries, ("value",)), "in", "molecule", needed=True)) == {"a"}
    assert said(read_by) == ["'later' does not exist at every difficulty this entry does"]


def test_a_list_is_taken_up_to_its_limit() -> None:
    """And one that is longer is complained about."""
    read_by, node = reader(), Node([Node(i, ("value",)) for i in range(5)], ("value",))
    assert len(read_by.items(node, "things", most=5)) == 5
    assert said(read_by) == []
    assert len(read_by.items(node, "things", most=3)) == 3
    assert said(read_by) == ["5 things"]


def test_one_thing_wrong_at_every_difficulty_is_said_once() -> None:
    """By place and words."""
    read_by = reader()
    for _ in range(5):
        read_by.role(Node("x", ("value",)))
    assert said(read_by) == ["unknown role 'x'"]
