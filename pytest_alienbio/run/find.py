"""From what a person types to what is meant: a battery by file, name or result folder; a case by scenario."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..errors import Complaint, SpecError, did_you_mean
from ..model import Battery, Case
from ..play import Catalog, is_outside
from ..spec import read_battery
from ..spec.checks import HEAD_NAME
from ..spec.files import BATTERY_PYTHON, BATTERY_YAML, EXPERIMENT_YAML, YAML, is_battery_file, walk
from ..store import layout

MOST_FOLDERS = 10_000
"""How many folders of a project are searched for a name, the nearest first: a project may be somebody's whole disk."""
MOST_BYTES = 10_000_000
REGISTERS = b"pytest_alienbio_register_"
"""In a conftest: agents or scenarios that only pytest gets to know."""
MOST_NAMES = 4
"""Batteries of a folder that are named, where somebody named the folder."""

_SKIP = {"node_modules", "build", "dist", "venv"}
_YAML_HEAD = re.compile(rb"""^["']?experiment\.([A-Za-z0-9_][A-Za-z0-9_.-]*)["']?[ \t]*:""", re.MULTILINE)
_SCENARIO_HEAD = re.compile(rb"""^(["']?)(?:scenario|scenarios?\.[A-Za-z0-9_./-]+|interface)\1[ \t]*:""", re.MULTILINE)
"""`scenario:` of a scenario file, or what tells one of the older format."""
_EXPERIMENT_ID = re.compile(
    rb"""(?:^[ \t]+|[{,][ \t]*)["']?id["']?[ \t]*:[ \t]*["']?([A-Za-z0-9_][A-Za-z0-9_.-]*)""", re.MULTILINE
)
_PYTHON_HEAD = re.compile(rb"""\bBattery\(\s*(?:name\s*=\s*)?["']([A-Za-z0-9_][A-Za-z0-9_.-]*)["']\s*[,)]""")


def find_battery(name: str, project: Path) -> Battery | None:
    """The battery `name` means: a file, `file::head`, a head's name as in `experiments/mutualism_battery`, or a DAT, whose
    `_spec_.yaml` plays the same cells again.

    None if it means none: then it may be a scenario, by name or as a file with `scenario:` in it. Raises `SpecError` if
    it means several, or a file that holds none.
    """
    file, _, head = name.partition("::")
    path = Path(file)
    if os.path.isfile(spec := path / layout.SPEC):
        return _of_file(spec, head)
    if not head and _is_scenario_file(path):
        return None
    if path.suffix in YAML and (os.path.isfile(path) or not _is_scenario_name(file)):
        return _of_file(path, head)
    if path.suffix == ".py":
        return _of_python(path, head)
    folder, _, wanted = _path_of(name).rpartition("/")
    if not HEAD_NAME.fullmatch(wanted) or os.path.isabs(folder) or ".." in Path(folder).parts:
        return None
    matches = list(_named(wanted, battery_files(project / folder)))
    if len(matches) > 1:
        raise SpecError(f"{name!r} means several batteries: " + ", ".join(f"{m.source}::{m.name}" for m in matches))
    return matches[0] if matches else None


def battery_files(folder: Path) -> Iterator[Path]:
    """Every `*.battery.yaml`, experiment and Python battery below `folder`, nearer ones first, then by name.

    Hidden folders, environments, what is built or installed, and data roots are left out.
    """
    return (Path(file) for file in walk(folder, _skipped, nearest=True, most=MOST_FOLDERS) if is_battery_file(file))


def registers(conftest: Path) -> bool:
    """Whether a conftest registers agents or scenarios."""
    return conftest.is_file() and REGISTERS in conftest.read_bytes()


def registered(path: Path, root: Path) -> bool:
    """Whether a conftest that counts for the file at `path` registers agents or scenarios."""
    here = Path(os.path.abspath(path)).parent
    folders = [folder for folder in (here, *here.parents) if folder == root or folder.is_relative_to(root)]
    return any(registers(folder / "conftest.py") for folder in folders)


def conftests(folder: Path) -> Iterator[Path]:
    """Every `conftest.py` below `folder`, but where `battery_files` does not look either."""
    found = walk(folder, _skipped, nearest=True, most=MOST_FOLDERS)
    return (Path(file) for file in found if os.path.basename(file) == "conftest.py")


def refuse_unknown(name: str, project: Path, catalog: Catalog) -> None:
    """For a `name` that is no battery: raises `SpecError` unless it is a scenario's, a file or a pattern.

    It says what is spelled nearly like it among the project's batteries and all scenarios.
    """
    if name in catalog.scenarios or is_outside(name) or os.path.isfile(name) or any(ch in name for ch in "*?["):
        return  # what is looked up elsewhere says itself that it is not there
    if os.path.isdir(name):
        raise _folder(name, project)
    heads = dict.fromkeys(_spelled(project))
    what = f"there is no battery and no scenario {name!r} in {project}"
    raise SpecError(Complaint(what, hint=did_you_mean(_path_of(name), {*heads, *catalog.scenarios})))


def case_of(catalog: Catalog, scenario: str, difficulty: int | None) -> Case:
    """The case of a scenario at a level, or at its default level. Raises `SpecError` for a level it does not have."""
    info = catalog.scenario(scenario)
    if difficulty is not None and difficulty not in info.levels:
        has = ", ".join(map(str, info.levels)) or "none"
        raise SpecError(f"{scenario} has no difficulty {difficulty}; its levels: {has}")
    level = info.default_level if difficulty is None else difficulty
    return info.case(level)


def _skipped(folder: os.DirEntry[str]) -> bool:
    if folder.name.startswith(".") or folder.name in _SKIP:
        return True
    return any(os.path.exists(os.path.join(folder.path, name)) for name in (layout.CLAIMS, layout.SPEC))


def _named(wanted: str, files: Iterable[Path]) -> Iterator[Battery]:
    """The batteries called `wanted`. Files that do not even mention the name are not read, nor run: they may be broken.

    One that is broken stands in the way only if it has that head itself.
    """
    for file in files:
        text = _content(file)
        name = wanted.encode()
        if not any(mention in text for mention in ([b'"%b"' % name, b"'%b'" % name] if file.suffix == ".py" else [name])):
            continue
        try:
            batteries = read_battery(file)
        except SpecError:
            if wanted in _heads_in(file, text):
                raise
            continue
        yield from (battery for battery in batteries if battery.name == wanted)


def _spelled(project: Path) -> Iterator[str]:
    """The heads of the project's batteries as they can be typed, told by a look: no file is parsed or run."""
    for file in battery_files(project):
        for head in _typed(file, project):
            yield head
            yield head.rpartition("/")[2]


def _typed(file: Path, project: Path) -> list[str]:
    """The heads of a project's file with its folder in front, as far as a look tells."""
    folder = os.path.relpath(file.parent, project).replace(os.sep, "/")
    return [head if folder == "." else f"{folder}/{head}" for head in _heads_in(file, _content(file))]


def _folder(name: str, project: Path) -> SpecError:
    """Why a folder is no battery, with the batteries below it: by head, else by file (a Python one may compute its heads)."""
    below: list[str] = []
    for file in battery_files(Path(os.path.abspath(name))):
        heads = _typed(file, project) if file.is_relative_to(os.path.abspath(project)) else []
        below += heads or [os.path.relpath(file)]
    more = f", ... ({len(below)} in all)" if len(below) > MOST_NAMES else ""
    hint = f"name a battery in it: {', '.join(below[:MOST_NAMES])}{more}" if below else ""
    return SpecError(Complaint(f"{name!r} is a folder" + ("" if below else " without batteries"), hint=hint))


def _heads_in(file: Path, text: bytes) -> list[str]:
    """Heads that stand in a battery file's text as such."""
    if file.name in EXPERIMENT_YAML:
        return [head.decode() for head in _EXPERIMENT_ID.findall(text)[:1]]
    return [head.decode() for head in (_PYTHON_HEAD if file.suffix == ".py" else _YAML_HEAD).findall(text)]


def _content(file: Path) -> bytes:
    """A file's bytes; none if it cannot be read, or is too large to be a battery."""
    try:
        with open(file, "rb") as source:
            text = source.read(MOST_BYTES + 1)
    except OSError:
        return b""
    return text if len(text) <= MOST_BYTES else b""


def _path_of(name: str) -> str:
    """`experiments/x` for each of its spellings: `dat.experiments.x`, `dat/experiments/x`."""
    if name.startswith("dat."):
        return name.removeprefix("dat.").replace(".", "/")
    return name.removeprefix("dat/")


def _is_scenario_name(text: str) -> bool:
    return "/" not in text and not text.endswith(BATTERY_YAML)


def _is_scenario_file(path: Path) -> bool:
    """Whether a file looks like a scenario. It is not parsed: what is wrong with it is said by who reads it as one."""
    if path.suffix not in YAML or path.name.endswith(BATTERY_YAML) or not os.path.isfile(path):
        return False
    return _SCENARIO_HEAD.search(_content(path)) is not None


def _of_python(path: Path, head: str) -> Battery:
    """A Python battery that is named by its file: of a kind that pytest would collect too."""
    if os.path.isfile(path) and not is_battery_file(path):
        what = "this is no Python battery"
        expected = f"a file called *{BATTERY_PYTHON}, and no test, that imports Battery from pytest_alienbio"
        raise SpecError(Complaint(what, str(path), expected=expected))
    return _of_file(path, head)


def _of_file(path: Path, head: str) -> Battery:
    batteries = read_battery(path)
    for battery in batteries:
        if head in ("", battery.name) and (head or len(batteries) == 1):
            return battery
    names = ", ".join(f"{path}::{battery.name}" for battery in batteries)
    raise SpecError(f"{path} has no battery {head!r}; it holds {names}" if head else f"{path} holds several; name one: {names}")
