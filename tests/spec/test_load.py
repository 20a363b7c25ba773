"""Files: what can be wrong with one before a word of it is read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_alienbio import spec
from pytest_alienbio.errors import Complaint, SpecError
from pytest_alienbio.model import Tagged
from pytest_alienbio.spec import read_battery, read_project, read_source

USERS_OWN = """\
experiment.mutualism_battery:
  scenarios: [mutualism/hidden_dependency, mutualism/competition]
  agents: [claude-opus, gpt-4, oracle, random]
  seeds: 10
  output_path: results/mutualism/{date}_{seq}
"""


def complaint(path: Path | str) -> Complaint:
    """The one thing wrong with reading `path`."""
    with pytest.raises(SpecError) as caught:
        read_source(path)
    [found] = caught.value.complaints
    return found


def test_users_own_battery(tmp_path: Path) -> None:
    """The first specification's example reads letter for letter."""
    path = tmp_path / "mutualism.battery.yaml"
    path.write_text(USERS_OWN)
    [battery] = read_battery(path)
    assert battery.name == "mutualism_battery"
    assert [entry.name for entry in battery.scenarios] == ["mutualism/hidden_dependency", "mutualism/competition"]
    assert [entry.name for entry in battery.agents] == ["claude-opus", "gpt-4", "oracle", "random"]
    assert battery.seeds == tuple(range(10))
    assert battery.output_path == "results/mutualism/{date}_{seq}"
    assert battery.source == str(path)
    assert [(entry.line, entry.column) for entry in battery.agents] == [(3, 12), (3, 25), (3, 32), (3, 40)]


def test_project_file(tmp_path: Path) -> None:
    """`bio.yaml` comes through the same door."""
    path = tmp_path / "bio.yaml"
    path.write_text("scenarios: ['scenarios/*.yaml']\n")
    config = read_project(path)
    assert (config.scenarios, config.file) == (("scenarios/*.yaml",), str(path))


def test_tags_are_handed_on(tmp_path: Path) -> None:
    """Scenario files are read with their tags."""
    path = tmp_path / "s.yaml"
    path.write_text("a: !ev d\n")
    assert read_source(path, tags=("!ev",)).value == {"a": Tagged("!ev", "d")}


def test_missing_file_suggests_the_nearest(tmp_path: Path) -> None:
    """A mistyped name is the usual reason."""
    (tmp_path / "mutualism.battery.yaml").write_text("")
    found = complaint(tmp_path / "mutualsm.battery.yaml")
    assert found.what == "there is no such file"
    assert found.hint == "did you mean 'mutualism.battery.yaml'?"
    assert complaint(tmp_path / "no" / "x.yaml").hint == f"there is no folder {tmp_path / 'no'} either"


def test_a_link_to_nowhere_is_not_its_own_near_match(tmp_path: Path) -> None:
    (tmp_path / "bio.yaml").symlink_to("gone.yaml")
    with pytest.raises(SpecError) as caught:
        read_project(tmp_path / "bio.yaml")
    (found,) = caught.value.complaints
    assert (found.what, found.hint) == ("this is a link to a file that does not exist", "it leads to gone.yaml")


def test_folder_names_its_files(tmp_path: Path) -> None:
    """A folder is not a battery; its files may be."""
    (tmp_path / "a.battery.yaml").write_text("")
    found = complaint(tmp_path)
    assert (found.what, found.hint) == ("this is a folder", "name one of its files: a.battery.yaml")


def test_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    """Opening a pipe without a writer would never return."""
    os.mkfifo(tmp_path / "pipe.yaml")
    assert complaint(tmp_path / "pipe.yaml").what == "this is a device or a pipe"


def test_too_large_file(tmp_path: Path) -> None:
    """Refused by size, however quick it would parse."""
    path = tmp_path / "big.yaml"
    path.write_bytes(b"#" * 10_000_001)
    found = complaint(path)
    assert (found.what, found.hint) == ("the file is larger than 10 MB", "split it into several files")


def test_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Says what to try. (The refusal is played: root may read everything.)"""

    def refuse(*_: object) -> object:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "x.yaml"
    path.write_text("a: 1")
    monkeypatch.setattr("builtins.open", refuse)
    assert complaint(path).hint == f"allow it: chmod u+r {path}"


def test_name_that_no_file_can_have() -> None:
    """A NUL in a path, a path that is too long."""
    assert complaint("a\0b").what.startswith("this file cannot be read")
    assert complaint("a" * 5000).what.startswith("this file cannot be read")


@pytest.mark.parametrize(
    ("data", "place", "what"),
    [
        (b"a: 1\nb: \xff\n", (2, 4), "the byte 0xff is not UTF-8"),
        ("ö: 1\r\ngrö".encode() + b"\xdf\n", (2, 4), "the byte 0xdf is not UTF-8"),
        ("a: 1".encode("utf-16"), (1, 1), "the file is UTF-16"),
        (b"\xef\xbb\xbfa: 1\n", (1, 1), "a byte order mark (BOM) is not allowed"),
    ],
)
def test_other_encodings(tmp_path: Path, data: bytes, place: tuple[int, int], what: str) -> None:
    """UTF-8 without a mark, and the place of what is not."""
    path = tmp_path / "x.yaml"
    path.write_bytes(data)
    found = complaint(path)
    assert ((found.line, found.column), found.what, found.file) == (place, what, str(path))


def test_a_folder_with_python_batteries_names_them_too(tmp_path: Path) -> None:
    """But no other module."""
    (tmp_path / "a_battery.py").write_text("from pytest_alienbio import Battery\n")
    (tmp_path / "b_battery.py").write_text("volts = 12\n")
    assert complaint(tmp_path).hint == "name one of its files: a_battery.py"


SPEC = """\
v: 1
run: r
experiment.x: {{scenarios: ["*"], agents: [{{name: f, kind: f}}], seeds: 1}}
resolved: {{source: {source}}}
"""
MADE_OF = "from pytest_alienbio import Battery\ndef f(): pass\nx = Battery({name!r}, scenarios=['*'], agents=[f], seeds=1)\n"


def dat(project: Path, source: str, name: str = "x", file: str = "e/x_battery.py") -> Path:
    """A DAT's spec in a project, and the Python file it may have come from."""
    for folder in (project / "data" / "results" / "1", (project / file).parent):
        folder.mkdir(parents=True, exist_ok=True)
    (project / file).write_text(MADE_OF.format(name=name))
    spec = project / "data" / "results" / "1" / "_spec_.yaml"
    spec.write_text(SPEC.format(source=source))
    return spec


def test_a_dat_gets_its_players_from_the_file_it_was_made_from(tmp_path: Path) -> None:
    """Found looking upward from the DAT."""
    [battery] = read_battery(dat(tmp_path, "e/x_battery.py"))
    assert [*battery.players] == ["f"]


@pytest.mark.parametrize(
    ("source", "name", "file"),
    [
        ("e/x_battery.py", "other", "e/x_battery.py"),
        ("e/gone_battery.py", "x", "e/x_battery.py"),
        ("../x_battery.py", "x", "data/results/x_battery.py"),
        ("e/x.py", "x", "e/x.py"),
        ("e/x.battery.yaml", "x", "e/x_battery.py"),
        ("[e/x_battery.py]", "x", "e/x_battery.py"),
    ],
)
def test_a_dat_brings_no_other_code(tmp_path: Path, source: str, name: str, file: str) -> None:
    """Only the battery of its name, only from a battery file, never by a path of its own choice."""
    [battery] = read_battery(dat(tmp_path, source, name, file))
    assert battery.players == {}


def test_a_dat_never_names_a_file_by_its_absolute_path(tmp_path: Path) -> None:
    [battery] = read_battery(dat(tmp_path, str(tmp_path / "e" / "x_battery.py")))
    assert battery.players == {}


def test_importing_the_room_is_light() -> None:
    """The parser and pydantic are paid for when a battery is read, not before; what the door offers is there all the same."""
    code = (
        "import sys\nfrom pytest_alienbio import spec\nassert all(getattr(spec, name) for name in spec.__all__)\n"
        "sys.exit(bool({'yaml', 'pydantic', 'numpy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_door_offers_nothing_else() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'read_batery'"):
        spec.read_batery  # noqa: B018
