"""The line below pytest's own: whatever pytest writes and wherever it stands, nothing of pytest's is lost or moved."""

from __future__ import annotations

import io
import os

import pyte
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_alienbio.plugin.live_line import LiveLine, Render

COLUMNS, ROWS = 12, 5
SIZE = os.terminal_size((COLUMNS, ROWS))


class Strict(pyte.HistoryScreen):
    """As real terminals do, moving the cursor brings it back from behind the last column."""

    def index(self) -> None:
        super().index()
        self.ensure_hbounds()


class Screen(io.StringIO):
    """A file that is a small terminal: line feeds as a terminal's driver turns them, everything kept that scrolled off."""

    encoding = "utf-8"

    def __init__(self) -> None:
        super().__init__()
        self.screen = Strict(COLUMNS, ROWS, history=1000, ratio=1)
        self._stream = pyte.Stream(self.screen)

    def write(self, text: str) -> int:
        self._stream.feed(text.replace("\n", "\r\n"))
        return len(text)

    def fileno(self) -> int:
        return 1

    def isatty(self) -> bool:
        return True

    @property
    def lines(self) -> list[str]:
        above = ["".join(line[x].data for x in range(COLUMNS)).rstrip() for line in self.screen.history.top]
        return [*above, *(row.rstrip() for row in self.screen.display)]

    @property
    def written(self) -> list[str]:
        """All rows down to the cursor's."""
        return self.lines[: len(self.lines) - ROWS + self.screen.cursor.y + 1]

    @property
    def below(self) -> str:
        return "".join(self.lines[-ROWS:][self.screen.cursor.y + 1 : self.screen.cursor.y + 2])


@pytest.fixture
def size(monkeypatch: pytest.MonkeyPatch) -> list[os.terminal_size | None]:
    """What the terminal's size is; None as the last one: it is none."""
    sizes: list[os.terminal_size | None] = [SIZE]

    def asked(_: int) -> os.terminal_size:
        if sizes[-1] is None:
            raise OSError("not a terminal")
        return sizes[-1]

    monkeypatch.setattr(os, "get_terminal_size", asked)
    return sizes


def reporter(screen: Screen, config: pytest.Config) -> pytest.TerminalReporter:
    """pytest's reporter on that screen."""
    made = pytest.TerminalReporter(config, screen)
    made._tw.hasmarkup = True
    return made


def says(text: str) -> Render:
    """Renders `text`, cut to the width."""
    return lambda width, *, ascii: text[:width]


def test_it_stands_below_and_the_cursor_stays(size: object, pytestconfig: pytest.Config) -> None:
    """In the middle of pytest's row, and again after pytest went on in it."""
    screen = Screen()
    pytests = reporter(screen, pytestconfig)
    line = LiveLine(pytests)
    pytests.write("\na.py ..")
    line.show(says("1/3 cells"))
    assert (screen.below, screen.screen.cursor.x) == ("1/3 cells", 7)
    pytests.write(".", green=True)
    assert (screen.below, screen.screen.cursor.x) == ("1/3 cells", 8)
    pytests.write_line("")
    assert screen.lines == ["", "a.py ...", "", "", ""]
    line.show_again()
    assert screen.below == "1/3 cells"
    line.close()
    assert screen.lines == ["", "a.py ...", "", "", ""]
    assert pytests._tw._file is screen


def test_at_the_bottom_the_screen_scrolls_by_one_row(size: object, pytestconfig: pytest.Config) -> None:
    screen = Screen()
    pytests = reporter(screen, pytestconfig)
    line = LiveLine(pytests)
    pytests.write("1\n2\n3\n4\n5 .")
    line.show(says("cells"))
    line.show(says("done"))
    assert screen.lines == ["1", "2", "3", "4", "5 .", "done"]
    line.close()
    assert screen.lines == ["1", "2", "3", "4", "5 .", ""]


def test_a_file_that_is_captured_just_now_is_left_alone(
    size: list[os.terminal_size | None], pytestconfig: pytest.Config
) -> None:
    """A write in the middle of a test goes where that test's output goes; the line on the screen is not its business."""
    screen = Screen()
    pytests = reporter(screen, pytestconfig)
    line = LiveLine(pytests)
    pytests.write("\n.")
    line.show(says("cells"))
    assert screen.below == "cells"
    size.append(None)
    before = list(screen.lines)
    line.show(says("more cells"))
    line.close()
    assert screen.lines == before


def test_a_terminal_without_a_row_to_spare_shows_nothing(
    size: list[os.terminal_size | None], pytestconfig: pytest.Config
) -> None:
    size.append(os.terminal_size((80, 2)))
    screen = Screen()
    pytests = reporter(screen, pytestconfig)
    line = LiveLine(pytests)
    pytests.write("\n.")
    line.show(says("cells"))
    assert screen.lines == ["", ".", "", "", ""]


def test_what_the_terminal_cannot_encode_is_asked_for_in_ascii(size: object, pytestconfig: pytest.Config) -> None:
    """Names may hold anything; a session must not end over one."""
    screen = Screen()
    screen.encoding = "latin-1"
    pytests = reporter(screen, pytestconfig)
    line = LiveLine(pytests)
    pytests.write("\n.")
    line.show(lambda width, *, ascii: "plain" if ascii else "测试")
    assert screen.below == "plain"


def test_where_the_cursor_is_unknown_it_waits_for_the_next_line(size: object, pytestconfig: pytest.Config) -> None:
    """Raw text may move it anywhere."""
    screen = Screen()
    pytests = reporter(screen, pytestconfig)
    line = LiveLine(pytests)
    pytests._tw.write("\na.py \x1b[3C")
    line.show(says("cells"))
    assert screen.below == ""
    pytests.write("\n")
    line.show_again()
    assert screen.below == "cells"


def test_text_right_of_the_cursor_is_spared(size: object, pytestconfig: pytest.Config) -> None:
    """xdist rewrites the row it is in when it replaces a worker."""
    screen = Screen()
    pytests = reporter(screen, pytestconfig)
    line = LiveLine(pytests)
    pytests.write("\na long row\r")
    pytests.write("A")
    line.show(says("cells"))
    assert screen.lines == ["", "A long row", "cells", "", ""]
    line.close()
    assert screen.lines == ["", "A long row", "", "", ""]


WRITES = st.one_of(
    st.text("abc", max_size=30),
    st.sampled_from(["\n", ".", "F", "\rdone", " [ 50%]\n", "x" * COLUMNS, "x" * (2 * COLUMNS), "two\nlines", "\n\n12\r3"]),
)
STEPS = st.lists(st.one_of(WRITES, st.sampled_from([1, 2, 3])), max_size=40)


@given(STEPS)
@example(["a", 1, "two\nlines"])
@example(["a", 1, "\rdone", 2])
def test_pytests_output_is_what_it_would_be_without(pytestconfig: pytest.Config, steps: list[str | int]) -> None:
    """Whatever is written and whenever the line is shown: once it is closed only pytest's own text is there, in place."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "get_terminal_size", lambda _: SIZE)
        plain, screen = Screen(), Screen()
        alone, pytests = reporter(plain, pytestconfig), reporter(screen, pytestconfig)
        line = LiveLine(pytests)
        for step in ["\n", *steps]:
            if isinstance(step, str):
                alone.write(step)
                pytests.write(step)
            else:
                line.show(says("cells!" * step))
            assert screen.screen.cursor.x == plain.screen.cursor.x
            assert screen.written == plain.written
            assert screen.below in ("", "cells!", "cells!cells!"[: COLUMNS - 1])
        line.close()
        assert "\n".join(screen.lines).rstrip() == "\n".join(plain.lines).rstrip()
