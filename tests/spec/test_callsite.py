"""Where a call stands in its file."""

from __future__ import annotations

import sys
import textwrap

from pytest_alienbio.spec.callsite import CallSite, Text, call_site

SOURCE = textwrap.dedent("""\
    made = []


    def note(*args, **keys):
        made.append(here())


    first = note(1, seeds=10)
    note(
        "x",
        scenarios=["a", {"name": "b", "params": {"p": 1}}],
        agents=("one", *made, "two"), größe="ä", tags=[
            "t",
        ],
        **{"more": 1},
    )


    def inside():
        note(a=1)


    inside()
""")


def sites(source: str = SOURCE) -> list[CallSite]:
    """The sites of the calls of `note`."""
    space: dict[str, object] = {"here": lambda: call_site(sys._getframe(2))}
    exec(compile(source, "file.py", "exec"), space)  # noqa: S102 - code with known places is what is looked at
    found = space["made"]
    assert isinstance(found, list)
    return found


def test_the_line_is_that_of_the_call_also_of_a_long_one() -> None:
    assert [site.line_in("file.py") for site in sites()] == [8, 9, 20]


def test_the_line_in_a_file_that_only_led_there() -> None:
    """The innermost of its frames; 0 for a file that had nothing to do with it."""
    inner = sites()[2]
    assert inner.frames[:2] == (("file.py", 20), ("file.py", 23))
    assert inner.line_in(__file__) > 0
    assert inner.line_in("other.py") == 0


def test_every_argument_that_is_written_out_has_its_place() -> None:
    """Keys where they begin, values where they stand; columns count characters; after a star no index is certain."""
    marks = Text(SOURCE.encode()).marks(sites()[1].span, ("root",))
    assert marks.keys == {
        ("root",): (9, 1),
        ("root", "scenarios"): (11, 5),
        ("root", "scenarios", 1, "name"): (11, 22),
        ("root", "scenarios", 1, "params"): (11, 35),
        ("root", "scenarios", 1, "params", "p"): (11, 46),
        ("root", "agents"): (12, 5),
        ("root", "größe"): (12, 35),
        ("root", "tags"): (12, 46),
    }
    assert marks.values["root", "scenarios", 0] == (11, 16)
    assert marks.values["root", "scenarios", 1, "params", "p"] == (11, 51)
    assert marks.values["root", "tags", 0] == (13, 9)
    assert ("root", "agents", 0) in marks.values
    assert ("root", "agents", 1) not in marks.values


def test_a_call_that_is_not_in_the_text_has_no_places() -> None:
    """Made by `exec`, or by a file that has changed since."""
    text = Text(b"x = 1\n")
    assert text.marks(sites()[0].span, ()).values == {}
    assert text.marks((None, None, None, None), ()).keys == {}


def test_no_frame_no_site() -> None:
    """Called from C alone."""
    assert call_site(None).frames == ()


def test_a_deep_recursion_is_not_kept_whole() -> None:
    def deep(n: int) -> CallSite:
        return deep(n - 1) if n else call_site(sys._getframe())

    assert len(deep(300).frames) == 100
