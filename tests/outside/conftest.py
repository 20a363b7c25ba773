"""Needs inspect-ai, mlflow, wandb and sacred: what is missing fails, nothing is skipped. No test needs a network."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from pytest_alienbio import stats
from pytest_alienbio.model import Leaf
from pytest_alienbio.store import Dat

from ..exchange.played import a_run

NO_NETWORK = {
    "WANDB_MODE": "offline",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "http_proxy": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
    "no_proxy": "127.0.0.1,localhost",
}
"""A proxy that nobody is at: whoever phones home does not get through."""


def pytest_configure(config: pytest.Config) -> None:
    """What sacred warns of when it is imported, before any test has its marks."""
    config.addinivalue_line("filterwarnings", "ignore:pkg_resources is deprecated:UserWarning")
    config.addinivalue_line("filterwarnings", "ignore:.*pkgutil:DeprecationWarning")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Other people's code may warn of itself: here that is no error."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.filterwarnings("ignore"))


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """For all tests here and what they start."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in NO_NETWORK.items():
            patch.setenv(name, value)
            patch.setenv(name.upper(), value)
        os.environ.pop("WANDB_API_KEY", None)
        yield


@pytest.fixture
def dat(tmp_path: Path) -> Dat:
    """A DAT with two agents, cells that ended in every way, and traces."""
    return a_run(tmp_path / "data")


def leaves(results: object) -> Sequence[Leaf]:
    """As the commands make them."""
    return stats.summarize(results).leaves  # type: ignore[arg-type]
