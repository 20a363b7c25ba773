"""One cell <-> one sample of an Inspect log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ...model import Json, Outcome, Result, Trajectory, digest
from ...store import codec
from ..foreign import mapping
from .messages import OURS, messages_of
from .transcript import events_of

KEPT = (
    "run", "battery", "key", "id", "scenario", "scenario_hash", "tags", "difficulty", "params", "variant", "agent",
    "agent_hash", "role", "seed", "attempt", "outcome", "better", "passing_score", "metrics", "properties", "task", "reason",
    "error", "usage", "model", "worker", "origin",
)  # fmt: skip
"""Fields of a journal line that Inspect has no place for, or none for "not measured": they stand in a sample's metadata."""
KINDS = {"cached": "input_tokens_cache_read", "cache_written": "input_tokens_cache_write", "reasoning": "reasoning_tokens"}
"""Our kinds of tokens, parts of input and output, as Inspect calls them."""
MOST_NAME = 300


def world(result: Result) -> str:
    """A sample's id: the cell's, without the agent, so that samples of several agents pair; printable."""
    parts = [f"d{result.difficulty}"] if result.difficulty is not None else []
    parts += [f"s{result.seed}", *(f"{name}{_plain(value)}" for name, value in result.params.items())]
    parts += [f"v{result.variant}"] if result.variant != 1 else []
    name = f"{result.scenario}[{'-'.join(parts)}]"
    if len(name) > MOST_NAME:
        name = f"{name[: MOST_NAME - 13]}-{digest(name)[:12]}"
    return "".join(ch if ch.isprintable() else "-" for ch in name)


def sample_of(result: Result, trajectory: Trajectory | None, epoch: int) -> dict[str, Json]:
    """The sample of a cell that was played. A cell that broke has an `error` and no score."""
    row = json.loads(codec.encode(result))
    metadata: dict[str, Json] = {OURS: codec.VERSION, **{name: row[name] for name in KEPT if name in row}}
    if trajectory:
        metadata["initial"], metadata["budget"] = trajectory.initial, trajectory.budget
    question = asked(result)
    uuid = digest([result.run, result.key, result.id, result.attempt])[:22]
    chat = messages_of(trajectory, question, result.agent, uuid) if trajectory else []
    started = (row["started_at"] or "1970-01-01T00:00:00Z").replace("Z", "+00:00")
    events, pool = events_of(chat, result.agent, started)
    last = next((message for message in reversed(chat) if message["role"] == "assistant"), None)
    usage = _usage(result)
    choices = (
        [{"message": last, "stop_reason": "max_tokens" if result.outcome is Outcome.TRUNCATED else "stop"}] if last else []
    )
    output: dict[str, Json] = {
        "model": result.agent,
        "choices": choices,
        "completion": last["content"] if last else "",
    }
    sample: dict[str, Json] = {
        "id": world(result),
        "epoch": epoch,
        "input": question,
        "target": ""
        if result.passing_score is None
        else f"{'<=' if result.better == 'lower' else '>='} {result.passing_score:g}",
        "messages": chat,
        "output": output,
        "scores": scores_of(result),
        "metadata": metadata,
        "store": dict(trajectory.turns[-1].state) if trajectory and trajectory.turns else {},
        "events": events,
        "events_data": pool,
        "model_usage": {result.agent: usage} if usage else {},
        "role_usage": {},
        "total_time": result.duration_s,
        "working_time": result.duration_s,
        "uuid": uuid,
        "error_retries": [],
        "attachments": {},
    }
    for name, moment in (("started_at", row["started_at"]), ("completed_at", row["ended_at"])):
        if moment:
            sample[name] = moment.replace("Z", "+00:00")
    if trajectory:
        sample["turn_count"] = trajectory.steps
    if result.outcome is Outcome.TRUNCATED:
        steps = trajectory.steps if trajectory else result.trace.steps if result.trace else 0
        sample["limit"] = {"type": "turn" if steps else "custom", "limit": float(steps), "reason": result.reason}
    elif not result.outcome.scored:
        error = result.error
        traceback = error.traceback if error else ""
        message = f"{error.type}: {error.message}" if error else f"{result.outcome}: {result.reason}"
        sample["error"] = {"message": message, "traceback": traceback, "traceback_ansi": traceback}
    return sample


def scores_of(result: Result) -> dict[str, Json]:
    """`score`, `passed` (C or I), `score.<name>` for parts of a score, `metric.<name>` for numbers that a task gave."""
    scores: dict[str, Json] = {}
    if result.score is not None:
        scores["score"] = {"value": result.score, **({"explanation": result.reason} if result.reason else {})}
    if result.passed is not None:
        scores["passed"] = {"value": "C" if result.passed else "I"}
    scores |= {f"score.{name}": {"value": value} for name, value in result.scores.items()}
    if result.task:
        numbers = {name: value for name, value in result.metrics.items() if type(value) in (int, float)}
        scores |= {f"metric.{name}": {"value": value} for name, value in numbers.items()}
    return scores


def summary_of(sample: Mapping[str, Json]) -> dict[str, Json]:
    """What `summaries.json` says of a sample."""
    same = ("id", "epoch", "input", "target", "scores", "model_usage", "role_usage", "started_at", "completed_at", "total_time",
            "working_time", "uuid", "turn_count")  # fmt: skip
    metadata, messages = sample["metadata"], sample["messages"]
    assert isinstance(metadata, Mapping)
    assert isinstance(messages, list)
    summary: dict[str, Json] = {name: sample[name] for name in same if name in sample}
    summary["metadata"] = {name: value for name, value in metadata.items() if len(json.dumps(value, default=dict)) < 1024}
    limit, error = sample.get("limit"), sample.get("error")
    if isinstance(limit, Mapping):
        summary["limit"], summary["limit_reason"] = limit["type"], limit["reason"]
    if isinstance(error, Mapping):
        summary["error"] = error["message"]
    return {**summary, "retries": 0, "completed": True, "message_count": len(messages)}


def ours(sample: Mapping[str, Any]) -> Result | None:
    """The cell of a sample that `sample_of` wrote, without trajectory and trace; None if it is somebody else's.

    What Inspect has a place for is read from there. Raises `ValueError` for what a journal line may not hold.
    """
    metadata = sample.get("metadata")
    if not isinstance(metadata, Mapping) or OURS not in metadata:
        return None
    scores = {
        str(name): score.get("value") for name, score in mapping(sample.get("scores")).items() if isinstance(score, Mapping)
    }
    row = {
        **{name: metadata[name] for name in KEPT if name in metadata},
        "v": metadata[OURS],
        "score": scores.get("score"),
        "scores": {name.removeprefix("score."): value for name, value in scores.items() if name.startswith("score.")},
        "passed": {"C": True, "I": False}.get(str(scores.get("passed"))),
        "started_at": sample.get("started_at"),
        "ended_at": sample.get("completed_at"),
        "duration_s": sample.get("total_time"),
    }
    return codec.decode(json.dumps(row))


def asked(result: Result) -> str:
    """What stands for a question: the scenario, and which of its worlds. The agent's briefing is not kept in a DAT."""
    where = [f"difficulty {result.difficulty}"] if result.difficulty is not None else []
    where += [f"seed {result.seed}", *(f"{name}={_plain(value)}" for name, value in result.params.items())]
    where += [f"variant {result.variant}"] if result.variant != 1 else []
    return f"{result.scenario} ({', '.join(where)})"


def _usage(result: Result) -> dict[str, Json]:
    """As Inspect counts; kinds that nobody told are left out where it can be."""
    tokens, usd, split = result.usage.tokens, result.usage.usd, result.usage.split
    if tokens is None and usd is None:
        return {}
    known: dict[str, Json] = {} if usd is None else {"total_cost": usd}
    if split is None:
        return {"input_tokens": 0, "output_tokens": 0, "total_tokens": tokens or 0, **known}
    return {
        "input_tokens": split.input or 0,
        "output_tokens": split.output or 0,
        "total_tokens": tokens or split.total or 0,
        **{theirs: told for ours, theirs in KINDS.items() if (told := getattr(split, ours)) is not None},
        **known,
    }


def _plain(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=dict)
