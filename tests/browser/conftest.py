"""One browser a session; pages that fail their test by whatever they do wrong; and the result folders they show."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from ..journeys.conftest import Project
from .demo import played
from .hostile import hostile_dat
from .set_up import NAMES, browser, hindrance

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from .witness import Witness

ARGS = (
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)


def missing() -> str:
    """What there is not that these tests need; '' if all is there."""
    if lacking := [name for name in ("playwright", "axe_playwright_python") if find_spec(name) is None]:
        return f"{' and '.join(lacking)} not installed: tox -e browser has it"
    if browser() is None:
        return f"no Chromium ({', '.join(NAMES)}), and none can be installed here: {hindrance() or 'apt-get could not'}"
    return ""


@contextmanager
def launched() -> Iterator[Browser]:
    """The browser, with nothing of its own to say to anybody."""
    from playwright.sync_api import sync_playwright

    args = [*ARGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=browser(), args=args)
        yield started
        started.close()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser; its pages are opened by `witness`. Ended with this folder's tests: it occupies its thread's event loop."""
    if lacking := missing():
        pytest.skip(lacking)
    with launched() as started:
        yield started


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of a session share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def once(folder: Path, name: str, make: Callable[[Path], object]) -> Path:
    """What `make` makes in a folder of this name, made by the first worker that asks."""
    made = folder / name
    with FileLock(folder / f"{name}.lock"):
        if not made.exists():
            make(unfinished := folder / f"{name}.unfinished")
            unfinished.rename(made)
    return made


@pytest.fixture(scope="session")
def demo(shared: Path) -> Path:
    """A project that was played, see `demo.py`."""
    return once(shared, "project", played) / "demo"


@pytest.fixture(scope="session")
def hostile(shared: Path) -> Path:
    """A project whose results attack whoever shows them, see `hostile.py`."""
    return once(shared, "hostile", lambda folder: hostile_dat(folder / "data"))


def reported(project: Path, into: Path, pattern: str = "*") -> Path:
    """The page that `bio report` writes of the results of a project that `pattern` names, in a new folder `into`."""
    into.mkdir()
    done = Project(project).bio("report", pattern, "--format", "html", "-o", str(into / "report.html"))
    assert done.returncode == 0, done.stderr
    return into / "report.html"


@pytest.fixture(scope="session")
def report(shared: Path, demo: Path) -> Path:
    """The page of the project that was played."""
    return once(shared, "report", lambda folder: reported(demo, folder)) / "report.html"


@pytest.fixture(scope="session")
def said(demo: Path) -> str:
    """The same report as a text of 120 columns."""
    done = Project(demo).bio("report", "*", "-o", "said.txt")
    assert done.returncode == 0, done.stderr
    return (demo / "said.txt").read_text("utf-8")


@pytest.fixture
def witness(chromium: Browser) -> Iterator[Witness]:
    """Opens pages, and fails the test by what they do wrong."""
    from .witness import witnessed

    with witnessed(chromium) as made:
        yield made
