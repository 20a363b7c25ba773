"""Finding DATs below a data root."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_alienbio.store import distinct, find_dats, find_run, log, source_of

from .samples import a_dat


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Three DATs: two of `mutualism_battery`, then one of `smoke`; among them things that are none."""
    for number, battery in enumerate(("mutualism_battery", "mutualism_battery", "smoke")):
        dat = a_dat(tmp_path, f"r{number}", battery, "results/%s/{seq}" % battery.removesuffix("_battery"))  # noqa: UP031
        os.utime(dat.path / "_spec_.yaml", (1000 + number, 1000 + number))
    (tmp_path / "results" / "half-made").mkdir()
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "_spec_.yaml").write_text("v: 1\n")
    inner = tmp_path / "results" / "smoke" / "001" / "artifacts"
    inner.mkdir()
    (inner / "_spec_.yaml").write_text("v: 1\n")
    (tmp_path / "loop").symlink_to(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*", ["smoke/001", "mutualism/002", "mutualism/001"]),
        ("", ["smoke/001", "mutualism/002", "mutualism/001"]),
        ("results/mutualism", ["mutualism/002", "mutualism/001"]),
        ("results/mutualism/001/", ["mutualism/001"]),
        ("mutualism/*", ["mutualism/002", "mutualism/001"]),
        ("mutualism/001", ["mutualism/001"]),
        ("ism/001", []),
        ("results/*/001", ["smoke/001", "mutualism/001"]),
        ("mutualism_battery", ["mutualism/002"]),
        ("experiments/mutualism_battery", ["mutualism/002"]),
        ("dat.experiments.mutualism_battery", ["mutualism/002"]),
        ("dat/experiments/mutualism_battery", ["mutualism/002"]),
        ("experiments.mutualism_battery", ["mutualism/002"]),
        ("experimentsmutualism_battery", []),
        ("experiments..mutualism_battery", []),
        ("experiments", []),
        ("dat.", []),
        ("nothing", []),
        ("../*", []),
        ("results/mut", []),
    ],
)
def test_a_pattern_means_these_dats(
    root: Path, pattern: str, found: list[str], tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Newest first; hidden folders, half-made ones, links and the inside of DATs are left out.

    Patterns also mean what lies below the working directory, so that is one with nothing in it or beside it.
    """
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "deep"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert [path.relative_to(root / "results").as_posix() for path in find_dats(root, pattern)] == found


def test_a_dat_elsewhere_is_found_by_its_path(root: Path, tmp_path: Path) -> None:
    """Results of someone else need not lie below the data root."""
    path = root / "results" / "smoke" / "001"
    assert find_dats(tmp_path / "other", str(path)) == [path]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("data/results/mutualism", ["mutualism/002", "mutualism/001"]),
        ("data/results/mutualism/", ["mutualism/002", "mutualism/001"]),
        ("./data/results/smoke/001", ["smoke/001"]),
        ("data/results/*/001", ["smoke/001", "mutualism/001"]),
        ("../*/data/results/mutual*", ["mutualism/002", "mutualism/001"]),
        ("data/results/*/009", []),
        ("data/resultss", []),
    ],
)
def test_a_path_from_here_is_as_good(
    root: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, pattern: str, found: list[str]
) -> None:
    """What a shell completes, or would expand: the folder stands below the working directory, not below the root."""
    here = tmp_path_factory.mktemp("project")
    root.rename(here / "data")
    monkeypatch.chdir(here)
    results = here / "data" / "results"
    for path in (pattern, str(here / pattern)):
        got = [each.resolve().relative_to(results).as_posix() for each in find_dats(here / "data", path)]
        assert got == found


def test_what_lies_below_the_root_goes_before_a_folder_here(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project has a folder `experiments`, too: a battery's name stays a battery's name."""
    monkeypatch.chdir(root)
    (root / "smoke").mkdir()
    assert [path.parent.name for path in find_dats(root, "smoke")] == ["smoke"]


def test_a_root_that_does_not_exist_holds_nothing(tmp_path: Path) -> None:
    """Before the first run there are no results, which is no error."""
    assert find_dats(tmp_path / "data") == []


def test_a_run_is_found_by_its_id(root: Path) -> None:
    """The run that created a DAT, or resumed it."""
    dat = find_run(root, "r1")
    assert dat is not None
    assert dat.path.relative_to(root).as_posix() == "results/mutualism/002"
    log.append(root / "results" / "mutualism" / "001", "resumed", {"run": "r9"})
    resumed = find_run(root, "r9")
    assert resumed is not None
    assert resumed.path.name == "001"
    assert find_run(root, "nobody") is None


@pytest.mark.parametrize("battery", ["experiments2", "experiments_all", "data", "date"])
def test_a_name_that_begins_like_a_prefix_stays_a_name(tmp_path: Path, battery: str) -> None:
    dat = a_dat(tmp_path, "r0", battery, "results/x/{seq}")
    assert find_dats(tmp_path, battery) == find_dats(tmp_path, f"experiments/{battery}") == [dat.path]


def test_the_source_of_a_dat(tmp_path: Path) -> None:
    """None where its spec cannot be read; '' for one that was made from arguments."""
    made = a_dat(tmp_path, "r", "x", "x/{seq}").path
    for text, source in (
        ("v: 1\nresolved: {source: a/b.battery.yaml}\n", "a/b.battery.yaml"),
        ("v: 1\nresolved: {source: [1]}\n", ""),
        ("v: 1\nresolved: 3\n", ""),
        ("v: 1\n", ""),
        ("v: [", None),
    ):
        (made / "_spec_.yaml").write_text(text, "utf-8")
        assert source_of(made) == source


def test_a_dat_comes_once_however_it_is_named(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From here, through `..`, through a link: absolute, as the first name has it."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    (tmp_path / "here" / "link").symlink_to(root / "results" / "smoke" / "001")
    named = ["smoke", "../results/smoke/001", "link", "../results/smoke"]
    found = [path for name in named for path in find_dats(root, name)]
    assert found == [root / "results" / "smoke" / "001"] * 2 + [tmp_path / "here" / "link", root / "results" / "smoke" / "001"]
    assert distinct(found) == [root / "results" / "smoke" / "001"]
    assert distinct([*found, tmp_path / "gone"]) == [root / "results" / "smoke" / "001"]


def test_what_was_imported_does_not_take_over_the_name_of_a_battery(tmp_path: Path) -> None:
    """However new it is; without a run of our own it is meant."""
    own = a_dat(tmp_path, "r0", "mine", "results/mine/{seq}").path
    imported = a_dat(tmp_path, "r1", "mine", "imports/mine/{seq}").path
    theirs = a_dat(tmp_path, "r2", "theirs", "imports/theirs/{seq}").path
    for age, path in enumerate((own, imported, theirs)):
        os.utime(path / "_spec_.yaml", (1000 + age, 1000 + age))
    assert find_dats(tmp_path, "mine") == [own]
    assert find_dats(tmp_path, "theirs") == [theirs]
    assert find_dats(tmp_path, "imports/*") == [theirs, imported]
