"""What earlier runs left."""

from __future__ import annotations

import time
from pathlib import Path

from filelock import FileLock

from pytest_alienbio.run.doctor.leftovers import of_clock, of_locks, of_open_runs, of_time_zone
from pytest_alienbio.store.holding import Hold
from pytest_alienbio.store.layout import CLAIMS_LOCK

from ..parts import Lab, make_plan


def test_a_clock_that_went_back_is_told_by_the_newest_record(tmp_path: Path) -> None:
    """Another machine's clock may be a little ahead."""
    Lab(tmp_path, make_plan())
    now = time.time()
    assert not list(of_clock(tmp_path / "data", now))
    assert not list(of_clock(tmp_path / "data", now - 30))
    (only,) = of_clock(tmp_path / "data", now - 3600)
    assert only.grave


def test_runs_that_died_are_named_and_those_that_are_played_are_not(tmp_path: Path) -> None:
    lab = Lab(tmp_path, make_plan())
    (only,) = of_open_runs(tmp_path / "data")
    assert str(lab.dat_path.relative_to(tmp_path)) in only.what
    with Hold(lab.dat_path):
        assert not list(of_open_runs(tmp_path / "data"))
    lab.play()
    lab.close()
    assert not list(of_open_runs(tmp_path / "data"))


def test_a_lock_is_stale_only_if_somebody_holds_it(tmp_path: Path) -> None:
    """The file stays when its holder is gone."""
    Lab(tmp_path, make_plan())
    root = tmp_path / "data"
    assert (root / CLAIMS_LOCK).is_file()
    assert not list(of_locks(root))
    with FileLock(str(root / CLAIMS_LOCK)):
        (only,) = of_locks(root)
    assert only.grave


def test_a_time_zone_that_nobody_knows_is_told() -> None:
    assert not list(of_time_zone({}))
    assert not list(of_time_zone({"TZ": "Europe/Berlin"}))
    assert not list(of_time_zone({"TZ": "CET-1CEST"}))
    assert [each.about for each in of_time_zone({"TZ": "Europe/Berln"})] == ["clock"]
    assert [each.about for each in of_time_zone({"TZ": "../../etc/passwd"})] == ["clock"]
