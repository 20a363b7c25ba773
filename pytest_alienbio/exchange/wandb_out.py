"""Cells as offline W&B runs: one for each agent of each DAT. Nothing is sent; `wandb sync` is the user's."""

from __future__ import annotations

import json
import os
import shutil
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import MissingExtraError
from ..model import Json, Result, digest, slug
from ..store import codec, consumed
from .around import Around, around
from .cells import Cells
from .groups import groups
from .runs_of import agent_params, data_root, summary_of

INSTALL = "pip install 'pytest-alienbio[wandb]'"
QUIET: Mapping[str, str] = {
    "WANDB_MODE": "offline",
    "WANDB_SILENT": "true",
    "WANDB_CONSOLE": "off",
    "WANDB_ERROR_REPORTING": "false",
    "WANDB_DISABLE_GIT": "true",
    "WANDB_DISABLE_CODE": "true",
}
"""Set while the runs are written: no network, no account, nothing about this machine but what the DAT says."""
STAGED, CACHE = "staged", ".cache"
"""Below the folder: what syncing uploads beside the runs (the tables), which runs name by whole paths; and W&B's cache."""

_TABLE = (
    "id", "scenario", "difficulty", "seed", "outcome", "score", "passed", "passing_score", "better", "attempt", "params",
    "variant", "duration_s", "started_at", "ended_at", "tokens", "usd", "reason", "key", *consumed.COLUMNS,
)  # fmt: skip
"""Columns of the table of cells, before the parts of the score."""
MOST_PARTS = 40
_UNHELD = ("tags", "properties", "metrics", "task", "error", "scenario_hash", "worker", "origin")
"""Fields of a journal line that are nowhere in a run."""


def write(cells: Cells, folder: Path) -> None:
    """Writes `wandb/offline-run-<time>-<id>` folders below `folder`.

    A run has config, a summary and a table `cells` with a row a cell; the folder is to be synced from where it is. Its id
    is the same whenever the same DAT is written, so that syncing it again changes that run. Raises `MissingExtraError`
    without wandb.
    """
    scratch = {"WANDB_DATA_DIR": str(folder.absolute() / STAGED), "WANDB_CACHE_DIR": str(folder.absolute() / CACHE)}
    before = {name: os.environ.get(name) for name in (*QUIET, *scratch, "WANDB_DIR", "WANDB_API_KEY")}
    os.environ.pop("WANDB_API_KEY", None)
    os.environ.update({**QUIET, **scratch})
    try:
        wandb = _wandb()
        for results in groups(cells):
            _write_agent(wandb, results, cells, folder)
        if wandb.run is None:  # else somebody here is in the middle of a run of their own
            wandb.teardown()
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
    _tidy(folder)


def _tidy(folder: Path) -> None:
    """Takes away what is about this moment and this machine: debug logs, scratch folders, and links to all that."""
    shutil.rmtree(folder / CACHE, ignore_errors=True)
    for link in [path for path in folder.rglob("*") if path.is_symlink()]:
        link.unlink()
    for run in folder.glob("wandb/offline-run-*"):
        for name in ("logs", "tmp"):
            shutil.rmtree(run / name, ignore_errors=True)


def _wandb() -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import wandb
    except ImportError:
        raise MissingExtraError(f"W&B is not installed: {INSTALL}") from None
    return wandb


def _write_agent(wandb: Any, results: Sequence[Result], cells: Cells, folder: Path) -> None:
    first = results[0]
    dat = cells.dat(first)
    about = around(dat, data_root(dat)) if dat else Around(run=first.run)
    config: dict[str, Json] = {
        "battery": first.battery,
        "agent": first.agent,
        "agent_hash": first.agent_hash,
        "role": first.role,
        "agent_params": agent_params(dat, first.agent),
        "dat": about.place,
        "run": about.run or first.run,
        "user": about.user,
        "commit": about.commit,
        "command": about.command,
    }
    run = wandb.init(
        project=slug(first.battery).replace("/", "-")[:128] or "alienbio",
        id=digest([about.run or first.run, first.battery, first.agent])[:16],
        name=f"{first.agent} {about.place}".strip()[:128],
        notes=about.description or None,
        tags=[tag[:64] for tag in about.tags] or None,
        config={name: value for name, value in config.items() if value not in ("", {}, None)},
        dir=str(folder),
        mode="offline",
        reinit="create_new",
        settings=wandb.Settings(
            silent=True,
            console="off",
            disable_git=True,
            save_code=False,
            x_disable_stats=True,
            x_disable_meta=True,
            x_save_requirements=False,
        ),
    )
    own = list(dict.fromkeys(name for result in results for name in result.scores))[:MOST_PARTS]
    table = wandb.Table(columns=[*_TABLE, *(f"score.{name}" for name in own)], allow_mixed_types=True)
    for result in results:
        cells.note(json.loads(codec.encode(result)), _UNHELD)
        if result.scores.keys() - own:
            cells.lose(f"scores beyond the first {MOST_PARTS}")
        table.add_data(*(_plain(result, name) for name in _TABLE), *(result.scores.get(name) for name in own))
    run.log({"cells": table})
    run.summary.update(summary_of(results, cells.leaves))
    run.finish(exit_code=0)


def _plain(result: Result, name: str) -> object:
    if name == "params":
        return json.dumps(result.params, default=dict, sort_keys=True) if result.params else ""
    if name in ("tokens", "usd"):
        return getattr(result.usage, name)
    if name in consumed.COLUMNS:
        model = None if result.model is None else consumed.model_row(result.model)
        return consumed.columns_of(consumed.usage_row(result.usage), model)[consumed.COLUMNS.index(name)]
    if name in ("started_at", "ended_at"):
        return codec.time_text(moment) if (moment := getattr(result, name)) else None
    value = getattr(result, name)
    return value.value if name == "outcome" else value
