"""`bio batch`, `bio run` and `Bio` going on with runs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pytest_alienbio import Bio
from pytest_alienbio.cli.main import main
from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Outcome
from pytest_alienbio.run import BatchResult
from pytest_alienbio.store import dat, find_dats, layout

BATTERY = "experiment.mine: {scenarios: [mutualism/competition], agents: [noop, random], seeds: 2, cells: record}\n"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a battery that was cut off after three of its cells."""
    folder = tmp_path_factory.mktemp("played")
    (folder / "bio.yaml").write_text("{}\n")
    (folder / "mine.battery.yaml").write_text(BATTERY)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main(["batch", "mine"]) == 0
    path = find_dats(folder / "data")[0]
    [journal] = layout.journals(path)
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:3]))
    for name in layout.AT_CLOSE:
        (path / name).unlink()
    return folder


@pytest.fixture
def project(played: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, in which the test works."""
    shutil.copytree(played, tmp_path / "project")
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


def test_batch_goes_on_and_exits_as_the_whole_run(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["batch", "mine", "--resume", "--dry-run"]) == 0
    assert "3 of 4 cells from before, 1 to play" in capsys.readouterr().out
    assert main(["batch", "mine", "--resume"]) == 0
    told = capsys.readouterr()
    assert "mine: 3 of 4 cells from before, 1 to play" in told.err
    assert "4 cells, 3 from before, 1 run: 4 completed" in told.out
    assert len(find_dats(project / "data")) == 1
    assert main(["log", "mine"]) == 0
    assert "3 from before, 1 to play" in " ".join(capsys.readouterr().out.split())


def test_bio_has_all_cells_and_takes_over_what_is_there(project: Path) -> None:
    path = find_dats(project / "data")[0]
    done = Bio.run("mine", resume=path)
    assert isinstance(done, BatchResult)
    assert done.counts == {Outcome.COMPLETED: 4}
    assert [result.id for result in done] == [result.id for result in dat.open(path).results()]
    assert done.dat_path == path
    more = Bio.batch("mutualism/competition", ["noop", "random"], 2, reuse=True)
    assert [result.reused for result in more] == [True] * 4
    assert Bio.batch("mutualism/competition", ["noop", "random"], 2, resume=True).dat_path == more.dat_path


@pytest.mark.parametrize("word", ["--resume", "--reuse", "--retry=errors"])
def test_one_cell_is_no_run_to_go_on_with(project: Path, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "mutualism/competition", word]) == 2
    assert "is about a run of a battery, and mutualism/competition is a scenario" in capsys.readouterr().err


def test_bio_says_how_it_is_asked_there(project: Path) -> None:
    with pytest.raises(SpecError, match="resume= is about a run of a battery"):
        Bio.run("mutualism/competition", resume=True)
    with pytest.raises(SpecError, match="retry=: 'none' is nothing that can be retried"):
        Bio.run("mine", retry="none")
    (project / "mine.battery.yaml").write_text(BATTERY.replace("2,", "3,"))
    with pytest.raises(SpecError, match=r"^resume=: .* seeds: 2 is new; cells: 2 new; with reuse= as well"):
        Bio.run("mine", resume=True)
