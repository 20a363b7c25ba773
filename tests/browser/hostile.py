"""A result folder in which every field that an agent, a scenario, a path or an error can fill attacks whoever shows it."""

from __future__ import annotations

from pathlib import Path

from pytest_alienbio.model import (
    AgentProfile,
    Answer,
    Case,
    Cell,
    CellError,
    Message,
    ModelCall,
    ModelUse,
    Outcome,
    Price,
    Request,
    Result,
    Tokens,
    Tool,
    ToolCall,
    Trajectory,
    Turn,
    Usage,
)
from pytest_alienbio.run.run import Run
from pytest_alienbio.store import claim, close
from pytest_alienbio.store.annotations import NOTED, TAGGED
from pytest_alienbio.store.log import NOTICED, append

SET = "window.hacked=1"
ATTACKS = (
    f"<script>{SET}</script>",
    f"</script><script>{SET}</script>",
    f"<img src=x onerror={SET}>",
    f'"><svg onload={SET}><a href="javascript:{SET}">',
    f"' autofocus onfocus='{SET}' onmouseover='{SET}",
    f"javascript:{SET}",
    f"</style></textarea></title></template></pre><iframe srcdoc='<script>parent.{SET}</script>'>",
    f"<!--</script><!-- --!><script>{SET}//]]>",
    "<base href=//evil.example><meta http-equiv=refresh content=0;url=//evil.example><style>*{display:none}</style>",
    f"data:text/html,<script>parent.{SET}</script>",
    "//evil.example/%0a/../..\\..\\#cells?agent=&lt;b&gt;&page=trace",
    "{{7*7}}${7*7}<%= 7*7 %>#{7*7}{% for x in 'x' %}{{ x }}",
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "line\u2028separator\u2029next\x85\r\nend",
    "bidi\u202egnissap\u202c \u2066iso\u2069 \u200f\u200bzero\u200d\ufeffwidth\u00ad",
    "nul\x00bell\x07esc\x1b[2J\x1b]0;owned\x07",
    "lone\ud800surrogate\udfff",
    "x" * 100_000,
    "datum.score; alert(1)); '+event.view.eval('" + SET + "')+'",
    "=cmd|'/c calc'!A1, \"quoted\", |pipe| `tick` [link](javascript:" + SET + ")",
)
"""What sets `window.hacked` if it is taken for markup or script, and what breaks those who lay out text."""
TYPEABLE = tuple(text for text in ATTACKS if "\ud800" not in text)
"""Those that UTF-8 can hold."""


def hostile_dat(root: Path) -> Path:
    """The folder: as many cells as there are attacks, so that each field has each of them once."""
    made = claim(
        root,
        "results/{battery}/{date}_{seq}",
        run_id="20260109T101530-3f9c2a",
        spec={"description": ATTACKS[1], "seeds": [0], "agents": [{"name": text} for text in ATTACKS]},
        fields={"battery": ATTACKS[1]},
        command=["pytest", *TYPEABLE],
        environment={
            "python": ATTACKS[0],
            "platform": ATTACKS[2],
            "host": ATTACKS[3],
            "user": ATTACKS[1],
            "command": list(ATTACKS),
            "git": {"commit": ATTACKS[6], "branch": ATTACKS[1], "dirty": True},
            "packages": dict.fromkeys(ATTACKS, ATTACKS[1]),
            ATTACKS[1]: ATTACKS[0],
        },
        details={"author": ATTACKS[1], "labels": {"team": ATTACKS[2]}, "note": ATTACKS[1]},
    )
    run = Run(made.path, "20260109T101530-3f9c2a", "gw0")
    for number in range(len(ATTACKS)):
        result, cell = _cell(number)
        run.record(result, cell)
        append(made.path, TAGGED, {"tags": [_text(number, 0)], "cell": result.id}, author=_text(number, 1))
        append(made.path, NOTED, {"text": _text(number, 2), "cell": result.id}, author=_text(number, 3))
        append(made.path, NOTICED, {"run": run.run_id, "text": _text(number, 4)})
        append(made.path, _text(number, 5), {_text(number, 6): _text(number, 7)}, command=[TYPEABLE[number % len(TYPEABLE)]])
    run.close()
    close(made, status={"state": _text(0, 0)}, command=["pytest", ATTACKS[1]])
    return made.path


def _text(number: int, field: int) -> str:
    return ATTACKS[(number + field) % len(ATTACKS)]


def _cell(number: int) -> tuple[Result, Cell]:
    def text(field: int) -> str:
        return _text(number, field)

    scored = number % 3 > 0
    outcomes = [outcome for outcome in Outcome if not outcome.scored]
    profile = AgentProfile(text(0), text(1), {text(2): text(3)})
    cell = Cell("b", Case(text(4), 1, {text(5): text(6)}), profile, number, f"{text(4)}[d1-{text(0)}-s{number}]")
    result = Result(
        battery=text(7),
        key=f"key-{number}",
        id=cell.id,
        scenario=text(4),
        scenario_hash=text(8),
        difficulty=number % 5,
        agent=text(0),
        agent_hash=text(9),
        role=text(10),
        seed=number,
        outcome=Outcome.COMPLETED if scored else outcomes[number // 3 % len(outcomes)],
        params={text(5): text(6), "nested": {text(7): [text(8), {text(9): None}]}},
        tags=(text(11), text(12)),
        score=number / len(ATTACKS) if scored else None,
        scores={text(13): 0.5, text(14): 0.25} if scored else {},
        passed=number % 2 == 0 if scored else None,
        passing_score=0.5,
        metrics={text(15): text(16), text(17): 1.5},
        properties={text(18): 3.0, text(19): text(20)},
        reason=text(1),
        error=None if scored else CellError(text(2), text(3), f"Traceback:\n  {text(4)}\n{text(5)}"),
        usage=Usage(1200, 0.01, 3, Tokens(1000, 0, 0, 200, 50), 1, 2.5),
        model=ModelUse(text(6), text(7), (text(8),), text(9), Price(1.0, 2.0, source=text(10)), (text(11),)),
        worker=text(12),
        started_at=1767953730.0 + number,
        ended_at=1767953731.5 + number,
        duration_s=1.5,
        trajectory=_trajectory(number),
        origin=f"csv:{text(13)}:12" if number % 4 == 3 else "",
    )
    return result, cell


def _trajectory(number: int) -> Trajectory:
    def text(field: int) -> str:
        return _text(number, field)

    turns = tuple(
        Turn(
            step,
            text(step),
            {text(step + 1): text(step + 2)},
            step % 2 == 0,
            text(step + 3),
            0.5,
            {text(step + 4): 1.0 + step, text(step + 5): 2.0},
            {text(step + 6): text(step + 7)},
            text(step + 8),
            {text(step + 4): 1.5 + step},
        )
        for step in range(2)
    )
    tool = Tool(text(0), text(1), {"type": "object", "properties": {text(2): {"type": "string", "description": text(3)}}})
    asked = Message("user", text(5))
    said = Message(
        "assistant", text(6), (ToolCall(text(7), {text(8): text(9)}, text(10)), ToolCall(text(1), None, "1", text(2)))
    )
    told = Message("tool", text(11), of=text(10))
    first = Request(text(3), text(4), (tool,), (asked,), 100, {text(12): text(13)})
    second = Request(text(3), text(4), (tool,), (asked, said, told), 100, {text(12): text(13)})
    answer = Answer(said.text, said.calls, Tokens(500, 0, 0, 100, 25), text(14), text(15), text(16))
    calls = (
        ModelCall(0, 1, first, None, text(17), text(18), 500, latency_s=1.0, at=1767953730.1),
        ModelCall(0, 2, first, answer, tokens=answer.tokens, usd=0.005, latency_s=0.5, at=1767953730.5),
        ModelCall(1, 1, second, answer, tokens=answer.tokens, usd=0.005, latency_s=0.5, at=1767953731.0),
    )
    return Trajectory(turns, {text(4): 1.0}, 10.0, calls)
