"""A recorded run of the line, and a judge that needs no network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock

from pytest_alienbio.agents.llm import LLMAgent
from pytest_alienbio.errors import ProviderError
from pytest_alienbio.model import FREE, Access, Answer, Cell, Endpoint, Price, Request, Tokens, ToolCall, Wire
from pytest_alienbio.play import AgentInfo, Catalog
from pytest_alienbio.store import Dat, dat

from ..parts import Lab, make_plan


def recorded(root: Path, agents: Sequence[str] = ("right", "half"), seeds: Sequence[int] = (0, 1, 2), **more: object) -> Dat:
    """A closed run of `walks/plain`."""
    lab = Lab(root, make_plan(agents=agents, seeds=seeds, **more))
    lab.play()
    lab.close()
    return dat.open(lab.dat_path)


def snapshot(folder: Path) -> dict[str, bytes]:
    """What a run's own files hold: all but its log and what lies in `rescored/`."""
    return {
        name: path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not (name := path.relative_to(folder).as_posix()).startswith("rescored/")
        if not name.startswith((".", "log."))
    }


class Bench:
    """Judges for all cells: `answers` are given in turn to each cell's wire; a `ProviderError` is raised."""

    def __init__(self, *answers: Answer | ProviderError) -> None:
        self.answers, self.requests, self.lock = answers, list[Request](), Lock()
        self.closed = 0

    def connect(self, cell: Cell | None, endpoint: Endpoint) -> Wire:
        """A way to it."""
        return Speaking(self)


class Speaking:
    """One cell's."""

    provider, version = "fake", "fake 1"

    def __init__(self, bench: Bench) -> None:
        self.bench, self.at = bench, 0

    def ask(self, request: Request, *, timeout_s: float) -> Answer:
        """The next answer."""
        with self.bench.lock:
            self.bench.requests.append(request)
        answer = self.bench.answers[self.at % len(self.bench.answers)]
        self.at += 1
        if isinstance(answer, ProviderError):
            raise answer
        return answer

    def close(self) -> None:
        """Counted."""
        with self.bench.lock:
            self.bench.closed += 1


def mark(score: object, why: str = "so it is") -> Answer:
    """A judgement."""
    call = ToolCall("give_score", {"score": score, "why": why}, "c1")  # type: ignore[dict-item]
    return Answer("", (call,), Tokens(input=1000, output=50), "tool_use", "fake-1-2026", "r1")


def with_judge(catalog: Catalog, bench: Bench, price: Price = FREE) -> Catalog:
    """`catalog` with the language model `sage`."""

    def sage(*, access: Access = Access()) -> LLMAgent:  # noqa: B008 - frozen
        return LLMAgent(Endpoint("openai", "sage-1", provider="fake", price=access.price or price))

    agents = {**catalog.agents, "sage": AgentInfo("sage", sage, is_model=True)}
    return replace(catalog, agents=agents, connect=bench.connect)


RUBRIC = "rubric: careful\njudge: sage\ncriteria: Was it careful?\nscale: [0, 10]\nreplicates: 2\n"


def rubric_file(root: Path, text: str = RUBRIC) -> Path:
    """A rubric on disk."""
    path = root / "careful.rubric.yaml"
    path.write_text(text, "utf-8")
    return path
