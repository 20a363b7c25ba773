"""A baseline's file: small JSON that is reviewed like code, one case of one agent a line, so that a bless reads as a diff."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path

from ..errors import Complaint, SpecError
from ..model import Baseline, BatchCell, Json
from .codec import VERSION
from .disk import replace_file, store_error
from .layout import safe_name

FOLDER = "baselines"
"""Beside a battery's file."""
SUFFIX = ".json"

CASE = ("agent", "scenario", "difficulty", "params", "variant", "seeds", "why")
"""Keys of a line of `cells`; the others are metrics."""


def default_path(folder: Path, name: str) -> Path:
    """The file of the baseline `name` of a battery in `folder`: `baselines/<name>.json`."""
    return folder / FOLDER / f"{safe_name(name)}{SUFFIX}"


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Writes the file, all or nothing, and its folder. Raises `StoreError`, and `SpecError` for a metric it cannot hold."""
    text = text_of(baseline)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise store_error("create", path.parent, error) from error
    replace_file(path, [text.encode()])


def text_of(baseline: Baseline) -> str:
    """The file's text: the same for the same content, and every number exactly as it is.

    Raises `SpecError` for a metric that is called like another key of a line.
    """
    batch = baseline.batch
    metrics = list(batch.better) + sorted({m for cell in batch.cells for m in cell.values} - set(batch.better))
    if clash := next((metric for metric in metrics if metric in CASE), ""):
        raise SpecError(Complaint(f"a baseline cannot hold a metric called {clash!r}", hint=f"call it metrics.{clash}"))
    head: dict[str, Json] = {"v": VERSION, "battery": batch.battery, "metrics": {m: batch.better.get(m) for m in metrics}}
    if blessing := baseline.blessing:
        told: dict[str, Json] = {"by": blessing.by, "at": blessing.at, "why": blessing.why, "verdict": blessing.verdict}
        head["blessed"] = {**_given(told), **({"forced": True} if blessing.forced else {})}
    about: dict[str, Json] = {"run": batch.run, "dat": batch.dat, "at": batch.at, "commit": batch.commit}
    known: dict[str, Json] = {} if batch.dirty is None else {"dirty": batch.dirty}
    head["from"] = {**_given(about), **known, "format": batch.version, **_given({"world": batch.world})}
    lines = [f"{_json(key)}: {_json(value)}" for key, value in head.items()]
    scenarios: dict[str, Json] = {
        name: {
            **_given({"content": each.content, "scoring": each.scoring, "bar": each.bar}),
            **({"deterministic": True} if each.deterministic else {}),
        }
        for name, each in sorted(batch.scenarios.items())
    }
    agents: dict[str, Json] = {
        name: {
            **_given({"hash": each.hash, "role": each.role}),
            **({"deterministic": True} if each.deterministic else {}),
            **({"models": list(each.models)} if each.models else {}),
            **({"verified": found} if (found := sorted(s for a, s in baseline.verified if a == name)) else {}),
        }
        for name, each in sorted(batch.agents.items())
    }
    lines += [f'"{key}": {_block(entries)}' for key, entries in (("scenarios", scenarios), ("agents", agents))]
    cases = ",\n".join(_json(each) for each in _cases(batch.cells, metrics))
    lines.append(f'"cells": [\n{cases}\n]' if cases else '"cells": []')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _cases(cells: Iterable[BatchCell], metrics: list[str]) -> Iterator[dict[str, Json]]:
    order = sorted(cells, key=lambda cell: (cell.agent, cell.scenario, cell.unit))
    for (agent, scenario, (_, params, variant)), group in groupby(order, key=lambda c: (c.agent, c.scenario, c.stratum)):
        some = list(group)
        line: dict[str, Json] = {"agent": agent, "scenario": scenario}
        if some[0].difficulty is not None:
            line["difficulty"] = some[0].difficulty
        if params:
            line["params"] = json.loads(params)
        if variant != 1:
            line["variant"] = variant
        line["seeds"] = [cell.seed for cell in some]
        for metric in metrics:
            line[metric] = [cell.values.get(metric) for cell in some]
        if why := {str(cell.seed): cell.why for cell in some if cell.why}:
            line["why"] = why
        yield line


def _block(entries: Mapping[str, Json]) -> str:
    """A mapping with an entry a line."""
    inside = ",\n".join(f"{_json(name)}: {_json(value)}" for name, value in entries.items())
    return f"{{\n{inside}\n}}" if inside else "{}"


def _given(values: Mapping[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in values.items() if value not in ("", None)}


def _json(value: Json) -> str:
    """On one line. What a reviewer could not see (marks that turn text around, say) is escaped."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return text if text.isprintable() else "".join(ch if ch.isprintable() else json.dumps(ch)[1:-1] for ch in text)
