"""The log of a DAT in words."""

from __future__ import annotations

from pathlib import Path

from pytest_alienbio.model import Json
from pytest_alienbio.store import deeds_of, log


def test_a_run_that_reused_cells_says_from_where_and_what_had_changed(tmp_path: Path) -> None:
    log.append(tmp_path, "created", {"reused": {"2026-11-26_001": 5}, "changed": ["seeds: 6 is new", "cells: 1 new"]})
    (deed,) = deeds_of(tmp_path)
    assert deed.about == "5 reused from 2026-11-26_001; seeds: 6 is new; cells: 1 new"


def test_a_cluster_says_how_many_of_its_workers_wrote_what(tmp_path: Path) -> None:
    """A thousand workers are a line; what is of no known form is passed over."""
    workers: dict[str, Json] = {
        "tls://a:1": {"name": "a", "writes": "all"},
        "tls://b:1": {"writes": "all"},
        "tls://c:1": {"writes": "nothing"},
    }
    log.append(tmp_path, "cluster", {"scheduler": "tls://a:8786", "workers": {**workers, "tls://d:1": 3}})
    log.append(tmp_path, "cluster", {"workers": [1]})
    told = [deed.about for deed in deeds_of(tmp_path)]
    assert told == ["tls://a:8786; 2 workers wrote all; 1 worker wrote nothing", ""]
