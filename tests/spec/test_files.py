"""Which files are batteries, by name and by a look."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_alienbio.spec.files import has_head, is_battery_file, walk

IMPORT = b"from pytest_alienbio import Battery\n"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("x.battery.yaml", b"", True),
        ("x.battery.yml", b"", True),
        ("battery.yaml", b"experiment.x:", False),
        ("x_battery.py", IMPORT, True),
        ("x_battery.py", b"import pytest_alienbio as bio\nx = bio.Battery('x')\n", True),
        ("x_battery.py", b"'" * 30_000 + IMPORT, True),
        ("x_battery.py", b"class Battery: volts = 12\n", False),
        ("x_battery.py", b"", False),
        ("test_x_battery.py", IMPORT, False),
        ("x.py", IMPORT, False),
    ],
)
def test_a_battery_by_its_name(tmp_path: Path, name: str, text: bytes, expected: bool) -> None:
    """A Python file must import ours too: other projects have batteries of their own kind."""
    (tmp_path / name).write_bytes(text)
    assert is_battery_file(tmp_path / name) is expected


def test_what_cannot_be_looked_into_is_none(tmp_path: Path) -> None:
    """Missing, a folder, or a pipe, which is not waited for."""
    os.mkfifo(tmp_path / "pipe_battery.py")
    (tmp_path / "folder_battery.py").mkdir()
    assert not any(is_battery_file(tmp_path / f"{name}_battery.py") for name in ("pipe", "folder", "none"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"experiment.x: {}", True),
        (b"# hello\n'experiment.x':\n", True),
        (b"experiment:\n", True),
        (b"v: 1\nrun: x\nexperiment.x:\n", True),
        (b"  experiment.x: {}", False),
        (b"#" * 4096 + b"\nexperiment.x: {}", False),
    ],
)
def test_a_head_near_the_start(tmp_path: Path, text: bytes, expected: bool) -> None:
    """Files that hold none there are not opened further."""
    (tmp_path / "x.yaml").write_bytes(text)
    assert has_head(tmp_path / "x.yaml") is expected


def make(root: Path, *names: str) -> None:
    """Empty files of these names."""
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()


def walked(root: Path, **more: bool | int) -> list[str]:
    """The files below `root`, without folders called `no`."""
    found = walk(root, lambda folder: folder.name == "no", **more)  # type: ignore[arg-type]
    return [Path(file).relative_to(root).as_posix() for file in found]


def test_a_folders_files_come_before_those_below_it(tmp_path: Path) -> None:
    """By name; depth first, or nearest first."""
    make(tmp_path, "z.yaml", "a/b/1.py", "a/2.yml", "c/3.py", "c/x.txt", "b.py")
    assert walked(tmp_path) == ["b.py", "z.yaml", "a/2.yml", "a/b/1.py", "c/3.py"]
    assert walked(tmp_path, nearest=True) == ["b.py", "z.yaml", "a/2.yml", "c/3.py", "a/b/1.py"]


def test_a_huge_tree_ends_somewhere(tmp_path: Path) -> None:
    make(tmp_path, *(f"{n:03}/x.py" for n in range(50)))
    assert len(walked(tmp_path)) == 50
    assert walked(tmp_path, nearest=True, most=3) == ["000/x.py", "001/x.py"]


def test_left_out_are_skipped_folders_environments_and_caches(tmp_path: Path) -> None:
    make(tmp_path, "no/x.py", "env/x.py", "env/pyvenv.cfg", "__pycache__/x.py", "yes/x.py")
    assert walked(tmp_path) == ["yes/x.py"]


def test_links_lead_everywhere_once(tmp_path: Path) -> None:
    """Into a circle, to a folder elsewhere, twice to the same one, to themselves, to nothing."""
    make(tmp_path / "project", "a/x.py")
    make(tmp_path / "other", "y.py")
    (tmp_path / "project" / "a" / "up").symlink_to("..", target_is_directory=True)
    (tmp_path / "project" / "b").symlink_to(tmp_path / "other", target_is_directory=True)
    (tmp_path / "project" / "c").symlink_to(tmp_path / "other", target_is_directory=True)
    (tmp_path / "project" / "self.py").symlink_to("self.py")
    (tmp_path / "project" / "none.py").symlink_to("nothing.py")
    assert walked(tmp_path / "project") == ["a/x.py", "b/y.py"]


def test_names_that_are_no_utf8(tmp_path: Path) -> None:
    """They are files like any other."""
    folder = os.fsencode(tmp_path) + b"/caf\xe9"
    try:
        os.mkdir(folder)
    except OSError:
        pytest.skip("this file system has no such names")
    with open(folder + b"/\xff_battery.py", "wb") as file:
        file.write(IMPORT)
    (found,) = walk(tmp_path, lambda folder: False)
    assert os.fsencode(found) == folder + b"/\xff_battery.py"
    assert is_battery_file(found)


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    assert list(walk(tmp_path / "none", lambda folder: False)) == []
    assert list(walk("a\0b", lambda folder: False)) == []


@pytest.mark.parametrize("module", ["files", "names"])
def test_asking_costs_nothing_but_the_question(module: str) -> None:
    """Every project that has the plugin reads the names, and asks about each of its files."""
    code = (
        f"import sys, pytest_alienbio.spec.{module}\n"
        "print(sorted(name for name in sys.modules if name.startswith('pytest_alienbio')), 'yaml' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"['pytest_alienbio', 'pytest_alienbio.spec', 'pytest_alienbio.spec.{module}'] False\n"


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("experiment:\n  id: E\ntask: {type: t}\nvariations: []\ntrials: 2\n", True),
        ("# first a comment\n'experiment' : {id: E}\n\"task\": {type: t}\ntrials: 2\n", True),
        ("experiment: {id: E}\ntask: {type: t}\n", False),
        ("experiment: default\nmodel: resnet\n", False),
        ("defaults:\n  experiment: x\ntask: a\ntrials: 3\n", False),
        ("#" * 5000 + "\nexperiment: {id: E}\ntask: {type: t}\ntrials: 2\n", False),
        ("experiment: {id: E}\ntask: {type: t}\n" + "# long\n" * 2000 + "trials: 2\n", True),
        ("", False),
    ],
)
def test_a_config_yaml_is_an_experiments_if_it_looks_like_one(text: str, ours: bool, tmp_path: Path) -> None:
    """Others have a `config.yaml` with an `experiment:` in it, too: theirs are left alone."""
    path = tmp_path / "config.yaml"
    path.write_text(text, "utf-8")
    assert is_battery_file(path) is ours
    path.rename(tmp_path / "other.yaml")
    assert not is_battery_file(tmp_path / "other.yaml")


def test_a_config_yaml_that_is_no_file_is_none(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").mkdir()
    assert not is_battery_file(tmp_path / "config.yaml")
    assert not is_battery_file(tmp_path / "missing" / "config.yml")
