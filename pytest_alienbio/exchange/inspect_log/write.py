"""Results -> Inspect logs: one log an agent of a DAT, one sample a cell."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from statistics import fmean, stdev
from typing import IO

from ...model import Json, Outcome, Result, Trajectory, digest, slug
from ...store import codec
from ..around import Around
from .messages import OURS
from .sample import sample_of, summary_of, world

FORMATS = ("eval", "json")
"""`eval`: a zip with a member a sample; `json`: one document."""
VERSION = 2
"""Of Inspect's log format."""

NOT_PLAYED = (Outcome.NOT_RUN, Outcome.SKIPPED)
_FIXED = (1980, 1, 1, 0, 0, 0)
_EPOCH = "1970-01-01T00:00:00+00:00"

Trace = Callable[[Result], Trajectory | None]
"""Looks up what happened in a cell; None if that was not kept."""


def log_name(battery: str, agent: str, around: Around, form: str = "eval") -> str:
    """A file name as Inspect gives them, `<time>_<task>-<model>_<id>.eval`: a folder of them is a log directory to it."""
    when = (_utc(around.at) or _EPOCH).split(".")[0].split("+")[0].replace(":", "-")
    name = slug(f"{battery}-{agent}").replace("/", "-").replace("_", "-")[:80]
    return f"{when}+00-00_{name}_{_identity(battery, agent, around, 'task')}.{form}"


def write_log(out: IO[bytes], results: Iterable[Result], around: Around, *, trace: Trace, form: str = "eval") -> None:
    """Writes the results of one agent in one battery as one log: `eval` (a zip, sample by sample) or `json`.

    A cell that was played is a sample, one that broke a sample with an `error` and no score. A cell that was not
    (`not_run`, `skipped`) is none: its line stands in the log's metadata. The same input gives the same bytes. Raises
    `ValueError` for results of several agents or batteries, or none at all.
    """
    log = _Log(around)
    if form == "json":
        samples = [sample for _, sample in log.samples(results, trace)]
        head = log.header()
        text = json.dumps(head, default=dict)[:-1] + ', "samples": ['
        out.write(text.encode())
        for number, sample in enumerate(samples):
            out.write((",\n" if number else "\n").encode() + json.dumps(sample, default=dict).encode())
        out.write(b"\n]}\n")
        return
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        summaries: list[Json] = []
        for name, sample in log.samples(results, trace):
            _member(archive, f"samples/{name}.json", sample)
            summaries.append(summary_of(sample))
        head = log.header()
        _member(archive, "_journal/start.json", {name: head[name] for name in ("version", "eval", "plan")})
        _member(archive, "_journal/summaries/1.json", summaries)
        _member(archive, "summaries.json", summaries)
        _member(archive, "header.json", head)


def _member(archive: zipfile.ZipFile, name: str, value: Json) -> None:
    entry = zipfile.ZipInfo(name, _FIXED)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, json.dumps(value, default=dict))


class _Log:
    """Makes the samples, and collects on the way what the head of the log says about all of them."""

    def __init__(self, around: Around) -> None:
        self._around = around
        self._first: Result | None = None
        self._epochs: dict[str, int] = {}
        self._values: dict[str, dict[str, list[float]]] = {}
        """`{scorer: {sample id: value by epoch}}`."""
        self._samples = self._broken = 0
        self._not_played: list[Json] = []
        self._usage: dict[str, float] = {}
        self._times: list[str] = []

    def samples(self, results: Iterable[Result], trace: Trace) -> Iterator[tuple[str, Mapping[str, Json]]]:
        """Name and sample of every cell that was played."""
        for result in results:
            self._same(result)
            if result.outcome in NOT_PLAYED:
                self._not_played.append(json.loads(codec.encode(result)))
                continue
            name = world(result)
            epoch = self._epochs[name] = self._epochs.get(name, 0) + 1
            sample = sample_of(result, trace(result), epoch)
            self._count(result, name, sample)
            yield f"{name}_epoch_{epoch}", sample
        if self._first is None:
            raise ValueError("no results: there is nothing to write a log of")

    def _same(self, result: Result) -> None:
        self._first = first = self._first or result
        if (result.battery, result.agent) != (first.battery, first.agent):
            raise ValueError(f"a log is of one battery and one agent; got {first.id} and {result.id}")

    def _count(self, result: Result, name: str, sample: Mapping[str, Json]) -> None:
        self._samples += 1
        self._broken += "error" in sample
        scores = sample["scores"]
        assert isinstance(scores, Mapping)
        for scorer, score in scores.items():
            assert isinstance(score, Mapping)
            value = score["value"]
            number = {"C": 1.0, "I": 0.0}[value] if isinstance(value, str) else float(str(value))
            self._values.setdefault(scorer, {}).setdefault(name, []).append(number)
        used = sample["model_usage"]
        assert isinstance(used, Mapping)
        for amounts in used.values():
            assert isinstance(amounts, Mapping)
            for key, amount in amounts.items():
                if isinstance(amount, int | float):
                    self._usage[key] = self._usage.get(key, 0) + amount
        self._times += [text for key in ("started_at", "completed_at") if isinstance(text := sample.get(key), str)]

    def header(self) -> dict[str, Json]:
        """The log without its samples."""
        first, around = self._first, self._around
        assert first is not None
        started, ended = (min(self._times), max(self._times)) if self._times else ("", "")
        usage = {first.agent: {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0, **self._usage}} if self._usage else {}
        scorers = [_definition(name) for name in self._values]
        ours: dict[str, Json] = {
            "v": codec.VERSION,
            "place": around.place,
            "user": around.user,
            "host": around.host,
            "command": around.command,
            "not_played": self._not_played,
        }
        metadata: dict[str, Json] = {OURS: ours}
        return {
            "version": VERSION,
            "status": "success" if around.closed else "started",
            "eval": {
                "eval_id": _identity(first.battery, first.agent, around, "eval"),
                "run_id": around.run or first.run,
                "created": _utc(around.at) or started or _EPOCH,
                "task": first.battery,
                "task_id": _identity(first.battery, first.agent, around, "task"),
                "task_version": 0,
                "task_attribs": {},
                "task_args": {},
                "task_args_passed": {},
                **({"task_description": around.description} if around.description else {}),
                "dataset": {
                    "name": first.battery,
                    "samples": len(self._epochs),
                    "sample_ids": list(self._epochs),
                    "shuffled": False,
                },
                "model": first.agent,
                "model_generate_config": {},
                "model_args": {"role": first.role, "hash": first.agent_hash},
                "config": {"epochs": max(self._epochs.values(), default=1), "fail_on_error": False, "continue_on_fail": True},
                **({"revision": _revision(around)} if around.commit else {}),
                "packages": dict(around.packages),
                "tags": list(around.tags),
                "metadata": metadata,
                "scorers": scorers,
            },
            "plan": {"name": "plan", "steps": [{"solver": first.agent, "params": {}, "params_passed": {}}], "config": {}},
            "results": {
                "total_samples": self._samples,
                "completed_samples": self._samples - self._broken,
                "scores": [self._score(name) for name in self._values],
                **({"headline": {"scorer": "score", "score": "score", "metric": "mean"}} if "score" in self._values else {}),
            },
            "stats": {"started_at": started, "completed_at": ended, "model_usage": usage, "role_usage": {}},
            "invalidated": False,
            "tags": sorted(around.tags),
            "metadata": metadata,
        }

    def _score(self, name: str) -> Json:
        """Mean and standard error as Inspect reckons them: over samples, each the mean of its epochs."""
        by_sample = self._values[name]
        scored = sum(map(len, by_sample.values()))
        metrics: dict[str, Json] = {}
        for metric, value in zip((_mean_name(name), "stderr"), _mean_and_stderr(by_sample.values()), strict=True):
            if value is not None:
                metrics[metric] = {"name": metric, "value": value, "params": {}}
        unscored = self._samples - self._broken - scored
        return {
            "name": name,
            "scorer": name,
            "scored_samples": scored,
            "unscored_samples": unscored,
            "params": {},
            "metrics": metrics,
        }


def _mean_and_stderr(by_sample: Iterable[Sequence[float]]) -> tuple[float | None, float | None]:
    """Of the means of some samples; None for what one sample does not tell, or numbers so large that their sum is none."""
    try:
        reduced = [fmean(values) for values in by_sample]
        return fmean(reduced), stdev(reduced) / len(reduced) ** 0.5 if len(reduced) > 1 else None
    except OverflowError:
        return None, None


def _mean_name(scorer: str) -> str:
    return "accuracy" if scorer == "passed" else "mean"


def _definition(scorer: str) -> Json:
    metrics: list[Json] = [{"name": f"inspect_ai/{metric}", "options": {}} for metric in (_mean_name(scorer), "stderr")]
    return {"name": scorer, "options": {}, "metrics": metrics, "metadata": {}}


def _revision(around: Around) -> Json:
    known = {} if around.dirty is None else {"dirty": around.dirty}
    return {"type": "git", "origin": "", "commit": around.commit, **known}


def _identity(battery: str, agent: str, around: Around, what: str) -> str:
    """22 letters and digits, the same for the same DAT, battery and agent."""
    return digest([what, around.run, around.place, battery, agent])[:22]


def _utc(text: str) -> str:
    return text.replace("Z", "+00:00")
