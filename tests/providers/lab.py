"""A project with language models at the fake provider, run as a user runs it: agents by name, each with a key of its own."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from pytest_alienbio.model import Result, Trajectory, WireFormat
from pytest_alienbio.store import dat, find_dats, trajectory_of
from pytest_alienbio.store.dat import Dat

from ..journeys.conftest import Project
from .fake import Fake

FORMATS = get_args(WireFormat)
NO_PROXY = {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}


@dataclass(slots=True)
class Lab:
    """`agents`: those added so far. Their keys are in variables named after them, which only `live` sets."""

    project: Project
    agents: dict[str, Fake] = field(default_factory=dict)
    lines: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, name: str, fake: Fake, wire_format: str = "openai", **line: Any) -> Fake:
        """An agent of this name that asks `fake`; `line`: what its line in `bio.yaml` says beside."""
        self.agents[name] = fake
        place = fake.anthropic if wire_format == "anthropic" else fake.openai
        told = {"kind": wire_format, "model": f"model-{name}", "base_url": place, "price": {"input": 2, "output": 8}}
        self.lines[name] = {**told, "api_key": {"env": self.variable(name)}, **line}
        self.project.write("bio.yaml", json.dumps({"agents": self.lines}))
        return fake

    @staticmethod
    def variable(name: str) -> str:
        """The variable that holds its key."""
        return f"TESTS_{name.upper()}_KEY"

    @property
    def keys(self) -> dict[str, str]:
        """The environment that lets them play."""
        return {self.variable(name): fake.key for name, fake in self.agents.items()} | NO_PROXY

    def battery(self, text: str, name: str = "a") -> None:
        """Writes `a.battery.yaml`, whose experiment is `a`."""
        self.project.write(f"{name}.battery.yaml", f"experiment.{name}:\n{text}")

    def dats(self) -> list[Dat]:
        """Result folders, newest first."""
        return [dat.open(path) for path in find_dats(self.project.path / "data")]

    def newest(self) -> tuple[Dat, dict[str, Result]]:
        """The newest of them with its results by cell."""
        found = self.dats()[0]
        return found, {result.id: result for result in found.results()}


def trajectory(found: Dat, result: Result) -> Trajectory:
    """What is stored of a cell."""
    trace = found.trace(result)
    assert trace is not None, result.id
    return trajectory_of(trace)


def every_file(*folders: Path) -> Mapping[Path, bytes]:
    """All that lies below, whatever it is."""
    return {
        Path(base, name): Path(base, name).read_bytes()
        for folder in folders
        for base, _, names in os.walk(folder)
        for name in names
    }
