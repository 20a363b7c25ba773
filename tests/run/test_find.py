"""From what a person types to what is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_alienbio.errors import SpecError, UnknownNameError
from pytest_alienbio.run import battery_files, case_of, find_battery, refuse_unknown
from pytest_alienbio.run.plan import plan

from ..trials import CONFIG, write_experiment
from .parts import Lab, make_catalog, make_plan

HEAD = "experiment.{}: {{scenarios: [walks/plain], agents: [right], seeds: 1}}\n"


def write(path: Path, *heads: str) -> Path:
    """A battery file with these heads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(map(HEAD.format, heads)), "utf-8")
    return path


def write_python(path: Path, *heads: str) -> Path:
    """A Python battery file with these heads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{head} = Battery({head!r}, scenarios=['walks/plain'], agents=['right'], seeds=1)" for head in heads]
    path.write_text("\n".join(["from pytest_alienbio import Battery", *lines, ""]), "utf-8")
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


def test_battery_files_without_hidden_folders_environments_and_data(tmp_path: Path) -> None:
    """Nearer ones first, then by name. A data root is one by what is in it; a folder may be called `data`."""
    for name in (
        "b.battery.yml",
        "a/x.battery.yaml",
        "a/deep/x.battery.yaml",
        "data/x.battery.yaml",
        ".git/x.battery.yaml",
        "results/x.battery.yaml",
        "dat/x.battery.yaml",
        "env/x.battery.yaml",
        "node_modules/x.battery.yaml",
        "c.yaml",
        "test_x_battery.py",
    ):
        write(tmp_path / name, "one")
    for name in ("env/pyvenv.cfg", "results/.bio-claims.json", "dat/_spec_.yaml"):
        (tmp_path / name).touch()
    write_python(tmp_path / "z_battery.py", "one")
    assert [path.relative_to(tmp_path).as_posix() for path in battery_files(tmp_path)] == [
        "b.battery.yml",
        "z_battery.py",
        "a/x.battery.yaml",
        "data/x.battery.yaml",
        "a/deep/x.battery.yaml",
    ]
    assert list(battery_files(tmp_path / "none")) == []


def test_python_batteries_are_found_like_any_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By head, by file, by file::head."""
    monkeypatch.chdir(tmp_path)
    write_python(tmp_path / "experiments" / "x_battery.py", "one", "two")
    for name in ("one", "experiments/one", "dat.experiments.one", "experiments/x_battery.py::one"):
        found = find_battery(name, tmp_path)
        assert found is not None
        assert found.name == "one"
        assert found.source.endswith("experiments/x_battery.py")
    with pytest.raises(SpecError, match="holds several; name one"):
        find_battery("experiments/x_battery.py", tmp_path)


def test_a_python_file_is_run_only_if_it_holds_the_name_as_a_text(tmp_path: Path) -> None:
    """Looking for something else must not run other people's code."""
    ran = tmp_path / "ran"
    text = f"open({str(ran)!r}, 'w').close()  # one\nfrom pytest_alienbio import Battery\nx = Battery('two')\n"
    (tmp_path / "x_battery.py").write_text(text, "utf-8")
    assert find_battery("one", tmp_path) is None
    refuse_with = unknown("tow", tmp_path)
    assert "did you mean 'two'?" in refuse_with
    assert not ran.exists()


@pytest.mark.parametrize("name", ["x.py", "test_x_battery.py", "plain_battery.py"])
def test_a_python_file_that_pytest_would_not_collect_is_no_battery(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x = 1\n" if "plain" in name else "from pytest_alienbio import Battery\n", "utf-8")
    with pytest.raises(SpecError, match=r"this is no Python battery; expected a file called \*_battery\.py"):
        find_battery(str(tmp_path / name), tmp_path)
    with pytest.raises(SpecError, match="there is no such file"):
        find_battery(str(tmp_path / "none_battery.py"), tmp_path)


def test_one_name_in_yaml_and_in_python_is_two(tmp_path: Path) -> None:
    write(tmp_path / "a.battery.yaml", "one")
    write_python(tmp_path / "a_battery.py", "one")
    with pytest.raises(SpecError, match=r"means several batteries: .*a\.battery\.yaml::one, .*a_battery\.py::one"):
        find_battery("one", tmp_path)


@pytest.mark.parametrize("name", ["{}", "{}/", "{}/_spec_.yaml", "{}::b"])
def test_a_dat_is_the_battery_it_was_made_from(tmp_path: Path, name: str) -> None:
    """By its folder or its spec; planned again it has the same cells."""
    lab = Lab(tmp_path, make_plan(["walks/line", "walks/plain"], ["right", "lazy"], [3, 5], description="again"))
    found = find_battery(name.format(lab.dat_path), tmp_path)
    assert found is not None
    again = plan(found, make_catalog())
    assert [(cell.id, cell.key) for cell in again.cells] == [(cell.id, cell.key) for cell in lab.plan.cells]


def test_broken_and_unreadable_files_on_the_way(tmp_path: Path) -> None:
    """One that only mentions the name does not matter; nor do links to nothing, folders and bytes that are no text."""
    write(tmp_path / "z" / "good.battery.yaml", "one")
    (tmp_path / "a.battery.yaml").write_text("experiment.two: {agents: [one]", "utf-8")
    (tmp_path / "b_battery.py").write_text("from pytest_alienbio import Battery\nx = Battery('two', 'one')\n", "utf-8")
    (tmp_path / "c.battery.yaml").write_bytes(b"\xff one \xfe")
    (tmp_path / "d.battery.yaml").symlink_to("nothing")
    (tmp_path / "e.battery.yaml").mkdir()
    (tmp_path / "loop").symlink_to(".", target_is_directory=True)
    found = find_battery("one", tmp_path)
    assert found is not None
    assert found.source.endswith("good.battery.yaml")
    with pytest.raises(SpecError, match=r"a\.battery\.yaml"):
        find_battery("two", tmp_path)


@pytest.mark.parametrize(
    "name", ["a\0b", "\udcff", "x" * 5000, "x/" * 3000 + "y", "/etc/one", "a b", "ö", "../one", "*", "[", "::", "::x"]
)
def test_names_that_no_battery_can_have(tmp_path: Path, name: str) -> None:
    """They are none, whatever the file system thinks of them."""
    write(tmp_path / "a.battery.yaml", "one")
    assert find_battery(name, tmp_path) is None


def unknown(name: str, project: Path) -> str:
    """What is said about a name nobody knows."""
    with pytest.raises(SpecError) as caught:
        refuse_unknown(name, project, make_catalog())
    return str(caught.value)


def test_an_unknown_name_gets_the_nearest_of_batteries_and_scenarios(tmp_path: Path) -> None:
    """As it can be typed; broken files have heads to suggest, too."""
    write(tmp_path / "experiments" / "a.battery.yaml", "mutualism_battery")
    (tmp_path / "experiments" / "b.battery.yaml").write_text("experiment.regulation: [", "utf-8")
    assert unknown("experimets/mutualism_battery", tmp_path).endswith("did you mean 'experiments/mutualism_battery'?")
    assert unknown("dat.experiments.mutualism_batery", tmp_path).endswith("did you mean 'experiments/mutualism_battery'?")
    assert unknown("mutualsm_battery", tmp_path).endswith("did you mean 'mutualism_battery'?")
    assert unknown("regulatoin", tmp_path).endswith("did you mean 'regulation'?")
    assert unknown("walks/lime", tmp_path).endswith("did you mean 'walks/line'?")
    assert "known: experiments/mutualism_battery" in unknown("zzz", tmp_path)


def test_a_folder_says_what_is_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "experiments" / "a.battery.yaml", "one", "two")
    (tmp_path / "empty").mkdir()
    assert unknown("experiments/", tmp_path).endswith("is a folder; name a battery in it: experiments/one, experiments/two")
    assert unknown("empty", tmp_path) == "'empty' is a folder without batteries"


@pytest.mark.parametrize("name", ["walks/plain", "walks/*", "w?lks"])
def test_what_may_be_a_scenario_is_left_to_others(tmp_path: Path, name: str) -> None:
    refuse_unknown(name, tmp_path, make_catalog())
    (tmp_path / "world.yaml").touch()
    refuse_unknown(str(tmp_path / "world.yaml"), tmp_path, make_catalog())


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


def test_a_folder_names_heads_that_are_there_and_says_that_there_are_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Python battery that computes its heads is named by its file."""
    monkeypatch.chdir(tmp_path)
    text = "from pytest_alienbio import Battery\nfor i in '12':\n    globals()['b' + i] = Battery('b_' + i, seeds=1)\n"
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "x_battery.py").write_text(text, "utf-8")
    assert unknown("deep", tmp_path).endswith("is a folder; name a battery in it: deep/x_battery.py")
    assert "b_" not in unknown("b", tmp_path)
    write(tmp_path / "deep" / "a.battery.yaml", *"abcde")
    assert unknown("./deep", tmp_path).endswith("in it: deep/a, deep/b, deep/c, deep/d, ... (6 in all)")
    monkeypatch.chdir(tmp_path / "deep")
    assert unknown(".", tmp_path).endswith("in it: deep/a, deep/b, deep/c, deep/d, ... (6 in all)")


def test_an_experiment_is_found_by_its_id(tmp_path: Path) -> None:
    """As a battery by its head; one that is broken stands in the way of its own id only."""
    config = write_experiment(tmp_path)
    for name in ("EXP-9", "experiments/EXP-9", str(config), f"{config}::EXP-9"):
        battery = find_battery(name, tmp_path)
        assert battery is not None
        assert (battery.name, battery.source) == ("EXP-9", str(config))
    write_experiment(tmp_path, CONFIG.replace("EXP-9", "EXP-8").replace("trials: 2", "trials: no"), name="exp-008")
    assert find_battery("EXP-9", tmp_path) is not None
    with pytest.raises(SpecError, match="`trials` is 'no'"):
        find_battery("EXP-8", tmp_path)
