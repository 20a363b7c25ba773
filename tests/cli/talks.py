"""A run with language models that were asked and answered for real, over a wire that is a function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pytest_alienbio.errors import ProviderError
from pytest_alienbio.model import Answer, Cell, Endpoint, Request, Wire
from pytest_alienbio.run import Project, build_catalog, find_battery, run_batch

from ..agents.llm.readers import Reader
from ..agents.llm.wires import Wire as Fake
from ..agents.llm.wires import in_turn, says

HOSTILE = "\x1b[2J\x1b]0;owned\x07 nul \0 bidi \u202eabc\u202c lone \ud800 tab\tend\n"
"""What a model may answer, to steer a terminal."""
ENDLESS = 1_000_000

TALK = """
experiment.talk:
  scenarios: [{name: mutualism/competition, difficulty: 1}]
  agents:
    - {name: reader, kind: openai, model: model-1, price: free}
    - {name: warm, kind: openai, model: model-1, price: free, params: {temperature: 0.5}}
    - {name: hostile, kind: openai, model: model-1, price: free}
    - {name: shut, kind: openai, model: model-1, price: free}
    - greedy
  seeds: 1
  run: {engine: inline}
"""


class Busy(Reader):
    """A reader whose provider is busy at the third request."""

    def __init__(self, last: int = 10**6) -> None:
        super().__init__()
        self.asked, self.last = 0, last

    def __call__(self, request: Request) -> Answer:
        self.asked += 1
        if self.asked == 3:
            raise ProviderError("busy\x1b[2J", kind="rate_limit", status=429, retry_after_s=0.001)
        answer = super().__call__(request)
        return answer if self.asked < self.last else says("I have had enough.", ("done", {}))


def shut(request: Request) -> Answer:
    """A provider that asks for an hour's patience."""
    raise ProviderError("come back later", kind="rate_limit", status=429, retry_after_s=3600.0)


def models() -> dict[str, Callable[[Request], Answer]]:
    """By the agent's name; `warm` does the same as `reader` for a while."""
    hostile = (
        says(HOSTILE + "x" * ENDLESS, ("wait", {"steps": 1})),
        says(HOSTILE * 3, (f"go{HOSTILE}", {HOSTILE: HOSTILE})),
        says(HOSTILE, ("done", {})),
    )
    return {"reader": Busy(), "warm": Busy(last=7), "hostile": in_turn(*hostile), "shut": shut}


def talk(folder: Path) -> Path:
    """Plays the battery into `folder/data`; gives the folder of the run."""
    (folder / "talk.battery.yaml").write_text(TALK, "utf-8")
    battery, known = find_battery(str(folder / "talk.battery.yaml"), folder), models()
    assert battery

    def connect(cell: Cell | None, endpoint: Endpoint) -> Wire:
        assert cell
        return Fake(known[cell.agent.name])

    catalog = replace(build_catalog(), connect=connect, offline=True)
    return run_batch(battery, Project(folder), catalog, folder / "data", command=["test"]).dat_path
