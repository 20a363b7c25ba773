"""No test sees the settings of whoever runs it, or of the project it is run in."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from _pytest import pytester

from pytest_alienbio.scenarios import generate
from pytest_alienbio.scenarios.instance import Instance
from pytest_alienbio.scenarios.template import Template

if find_spec("hypothesis"):
    from hypothesis import settings

    # How long an example takes tells of the machine and what else it does: limits of time are tests of their own.
    settings.register_profile("any machine", deadline=None)
    settings.load_profile("any machine")

_KEYS = ("_API_KEY", "_AUTH_TOKEN")
"""How variables end in which the clients of providers find what they pay with."""


def pytest_collection(session: pytest.Session) -> None:
    """Each of xdist's workers begins to import at a place of its own; the first where collecting begins.

    In a fresh checkout all of them would rewrite the asserts of the same modules at the same moment. So each writes its share
    of them into `__pycache__`, and reads those of the others.
    """
    config = session.config
    worker: dict[str, str | int] = getattr(config, "workerinput", {})
    number, count = int(str(worker.get("workerid", "gw0")).removeprefix("gw")), int(worker.get("workercount", 1))
    if number == 0:
        return
    here = config.invocation_params.dir
    left_out = {(here / each).resolve() for each in config.getoption("ignore") or ()}
    folders = [(here / each.partition("::")[0]).resolve() for each in config.args]
    files = [file for folder in folders for file in sorted(folder.rglob("test_*.py")) if left_out.isdisjoint(file.parents)]
    for file in files[len(files) * number // count : len(files) * (number + 1) // count]:
        with suppress(Exception, pytest.skip.Exception, pytest.fail.Exception):  # told when it is collected
            import_module(".".join(file.relative_to(config.rootpath).with_suffix("").parts))


def pytest_collection_finish() -> None:
    """What collecting made, half a million objects and more, stays: no collection of garbage looks at it again.

    pytest collects garbage at the end of each session, also of those that tests begin in this process.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def nobodys_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A user without a file of their own, no `ALIENBIO_*`, no CI and no keys of providers, for every test and every process it
    starts: none can make a call that somebody pays.

    Who forbids bytecode wants none beside their sources. The hundreds of processes below share a place for it instead of
    compiling everything anew, which would be two thirds of their time.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in [each for each in os.environ if each.startswith(("ALIENBIO_", "GITHUB_")) or each.upper().endswith(_KEYS)]:
            patch.delenv(name)
        patch.delenv("TOX_ENV_DIR", raising=False)  # else all processes below share one cache: `--lf` plays what others failed
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("nobody")))
        if os.environ.get("PYTHONDONTWRITEBYTECODE"):
            base = tmp_path_factory.getbasetemp()
            all_workers = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
            patch.delenv("PYTHONDONTWRITEBYTECODE")
            patch.setenv("PYTHONPYCACHEPREFIX", str(all_workers / "bytecode"))
        yield


class Forgetting(pytester.SysModulesSnapshot):
    """What pytester forgets after a session in this process and after its test: modules, but none of ours.

    The rooms go on with what they have looked up in their modules: if one of these were imported again, its classes would be
    there twice, and values of the one are no instances of the other.
    """

    def __init__(self, preserve: Callable[[str], bool] | None = None) -> None:
        super().__init__(lambda name: name.partition(".")[0] == "pytest_alienbio" or bool(preserve and preserve(name)))


@pytest.fixture(scope="session", autouse=True)
def each_class_once() -> Iterator[None]:
    """A module of ours is imported once, however many sessions the tests begin in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pytester, "SysModulesSnapshot", Forgetting)
        yield


ANEW = {Path(__file__).parent / room for room in ("scenarios", "contracts", "world", "benchmarks")}
"""Rooms whose tests are about how worlds are made: there each is generated whenever one is asked for."""

_attempt = generate._attempt
_made: dict[tuple[str, str, int, int, int], Instance | str] = {}


def _once(template: Template, difficulty: int, seed: int, attempt: int) -> Instance | str:
    key = (template.content_hash, template.name, difficulty, seed, attempt)
    if key not in _made:
        _made[key] = _attempt(template, difficulty, seed, attempt)
    return _made[key]


@pytest.fixture(scope="module", autouse=True)
def each_world_once(request: pytest.FixtureRequest) -> Iterator[None]:
    """The same world, a frozen value, is generated once in this process, however many tests play in it."""
    with pytest.MonkeyPatch.context() as patch:
        if ANEW.isdisjoint(request.path.parents):
            patch.setattr(generate, "_attempt", _once)
        yield
