"""From what a person types to what is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_alienbio.errors import SpecError, UnknownNameError
from pytest_alienbio.run import battery_files, case_of, find_battery

from .parts import make_catalog, make_plan

HEAD = "experiment.{}: {{scenarios: [walks/plain], agents: [right], seeds: 1}}\n"


def write(path: Path, *heads: str) -> Path:
    """A battery file with these heads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(map(HEAD.format, heads)), "utf-8")
    return path


@pytest.mark.parametrize("name", ["one", "experiments/one", "dat.experiments.one", "dat/experiments/one", "dat.one"])
def test_a_head_is_found_by_each_spelling_of_its_name(tmp_path: Path, name: str) -> None:
    file = write(tmp_path / "experiments" / "deep" / "x.battery.yaml", "one", "two")
    found = find_battery(name, tmp_path)
    assert found is not None
    assert (found.name, found.source) == ("one", str(file))


def test_a_folder_whose_name_ends_in_dat_is_a_folder(tmp_path: Path) -> None:
    write(tmp_path / "mydat" / "x.battery.yaml", "one")
    assert find_battery("mydat/one", tmp_path) is not None
    assert find_battery("my/one", tmp_path) is None


def test_files_and_heads_of_files(tmp_path: Path) -> None:
    """One head needs no naming; of several one must be named."""
    single, double = write(tmp_path / "a.battery.yaml", "one"), write(tmp_path / "any.yaml", "two", "three")
    for name, expected in ((f"{single}", "one"), (f"{single}::one", "one"), (f"{double}::three", "three")):
        found = find_battery(name, tmp_path)
        assert found is not None
        assert found.name == expected
    with pytest.raises(SpecError, match=r"holds several; name one: .*::two, .*::three"):
        find_battery(str(double), tmp_path)
    with pytest.raises(SpecError, match=r"has no battery 'none'; it holds .*::one"):
        find_battery(f"{single}::none", tmp_path)


@pytest.mark.parametrize("name", ["walks/plain", "none", "", ".", "experiments", "experiments/", "/", "dat.", "../one"])
def test_what_is_no_battery_is_none(tmp_path: Path, name: str) -> None:
    """It may be a scenario then."""
    write(tmp_path / "project" / "experiments" / "a.battery.yaml", "one")
    assert find_battery(name, tmp_path / "project" / "sub") is None


@pytest.mark.parametrize("name", ["none.battery.yaml", "sub/none.yaml", "sub/none.yaml::x"])
def test_a_file_that_is_not_there_is_said(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SpecError, match="there is no such file"):
        find_battery(name, tmp_path)


def test_a_name_that_means_several_is_refused_with_the_choice(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        write(tmp_path / folder / "x.battery.yaml", "one")
    with pytest.raises(SpecError, match=r"means several batteries: .*a/x\.battery\.yaml::one, .*b/x\.battery\.yaml::one"):
        find_battery("one", tmp_path)
    assert find_battery("a/one", tmp_path) is not None


def test_broken_files_stand_in_the_way_of_their_own_heads_only(tmp_path: Path) -> None:
    """A file that cannot be read is only read if it mentions the name."""
    write(tmp_path / "a.battery.yaml", "one")
    (tmp_path / "b.battery.yaml").write_text("experiment.two: [", "utf-8")
    assert find_battery("one", tmp_path) is not None
    assert find_battery("pond", tmp_path) is None
    with pytest.raises(SpecError, match=r"b\.battery\.yaml"):
        find_battery("two", tmp_path)


def test_battery_files_by_name_without_hidden_folders_environments_and_data(tmp_path: Path) -> None:
    for name in (
        "b.battery.yml",
        "a/x.battery.yaml",
        ".git/x.battery.yaml",
        "data/x.battery.yaml",
        "venv/x.battery.yaml",
        "c.yaml",
    ):
        write(tmp_path / name, "one")
    (tmp_path / "venv" / "pyvenv.cfg").touch()
    assert [path.relative_to(tmp_path).as_posix() for path in battery_files(tmp_path)] == ["b.battery.yml", "a/x.battery.yaml"]
    assert list(battery_files(tmp_path / "none")) == []


def test_a_case_by_scenario_and_level() -> None:
    """At its default level if none is asked for; the case is the one a battery's plan would have."""
    catalog = make_catalog()
    assert case_of(catalog, "walks/line", None) == make_plan(["walks/line"]).cells[0].case
    assert case_of(catalog, "walks/line", 3).difficulty == 3
    assert case_of(catalog, "walks/plain", None).difficulty is None
    with pytest.raises(SpecError, match="has no difficulty 9; its levels: 1, 2, 3"):
        case_of(catalog, "walks/line", 9)
    with pytest.raises(SpecError, match="its levels: none"):
        case_of(catalog, "walks/plain", 1)
    with pytest.raises(UnknownNameError, match="did you mean 'walks/line'"):
        case_of(catalog, "walks/lime", None)


@pytest.mark.parametrize("key", ["scenario: a/b", "# a world\n\n'scenario' : a/b", 'version: 1\n"scenario": a/b'])
def test_a_scenario_file_is_no_battery(tmp_path: Path, key: str) -> None:
    """Even one that is broken: what is wrong with it is not for the battery's reader to say."""
    file = tmp_path / "world.yaml"
    file.write_text(f"{key}\nother: !ev [", "utf-8")
    assert find_battery(str(file), tmp_path) is None


@pytest.mark.parametrize(("name", "head"), [("x.battery.yaml", ""), ("x.yaml", "::one")])
def test_a_file_called_a_battery_is_read_as_one(tmp_path: Path, name: str, head: str) -> None:
    file = tmp_path / name
    file.write_text("scenario: a/b\n", "utf-8")
    with pytest.raises(SpecError, match="scenario"):
        find_battery(f"{file}{head}", tmp_path)


def test_a_scenario_key_further_in_makes_no_scenario_file(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(HEAD.format("one") + "# scenario: none\n", "utf-8")
    found = find_battery(str(file), tmp_path)
    assert found is not None
    assert found.name == "one"
