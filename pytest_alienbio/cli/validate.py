"""`bio validate`: whether files can be honoured, without running anything."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..errors import Complaint, SpecError
from ..report import inert, many
from ..run import build_catalog, find_project, read_ini, settings
from ..run.catalog import validate_scenario_file
from ..run.find import conftests, registered, registers
from ..run.prepare import prepare
from ..run.project import CONFIG_NAME, USER_NAME
from ..spec import MANIFEST_NAME, read_battery, read_manifest, read_project, read_source
from ..spec.complaints import in_order
from ..spec.dialects import is_meant
from ..spec.files import is_battery_file
from .common import Commands, say
from .names import wrong_names, wrong_sets


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio validate`."""
    parser = commands.add_parser(
        "validate",
        help="check battery, scenario, bio.yaml and manifest files; nothing is run",
        description="Check files as a run would: their form, and every name in them. Batteries in YAML and Python, scenario "
        "files, bio.yaml and data manifests. Exits 0 if all is well, 2 if not.",
        epilog="example: bio validate bio.yaml experiments/*.battery.yaml",
    )
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.set_defaults(command=validate)


def validate(args: argparse.Namespace) -> int:
    """Prints a line for each sound file and one for each problem."""
    wrong = problems = 0
    for name in dict.fromkeys(args.files):
        try:
            sound = list(_check(Path(name)))
        except SpecError as error:
            wrong, problems = wrong + 1, problems + len(error.complaints)
            say(inert(str(complaint), most=4096, verbatim=True) for complaint in error.complaints)
        else:
            say(inert(f"{name}: {what}", most=4096, verbatim=True) for what in sound)
    if problems:
        files = f"{wrong} of {len(args.files)} files" if len(args.files) > 1 else "the file"
        say(f"{many(problems, 'problem')} in {files}")
    return 2 if problems else 0


def _check(path: Path) -> Iterator[str]:
    """What a sound file holds. Raises `SpecError` for one that is not."""
    from ..scenarios.older.template import is_older
    from ..scenarios.older.text import TAGS
    from ..scenarios.template import is_scenario

    if path.suffix == ".py" or is_battery_file(path):
        yield from _batteries(path)
        return
    if path.name == MANIFEST_NAME:
        yield f"ok: {many(len(read_manifest(path).sources), 'data source')}; `bio manifest check` compares the data with it"
        return
    source = read_source(path, tags=TAGS, honoured=("!ev", "!_"))
    top = source.value if isinstance(source.value, dict) else {}
    if _configures(path, top):
        yield _configuration(path)
    elif is_scenario(top) or is_older(top):
        project = find_project(Path(os.path.abspath(path)).parent, walk=True)
        info = validate_scenario_file(path, project.scenario_files)
        yield f"ok: scenario {info.name}, " + (
            f"levels {', '.join(map(str, info.levels))}" if info.levels else "without levels"
        )
    else:
        yield from _batteries(path)


def _configures(path: Path, top: Mapping[str, object]) -> bool:
    """Whether it is a `bio.yaml` or the user's `config.yaml`: an unfinished experiment is called like that, too."""
    if is_meant(top) or any(key.startswith("experiment") for key in top):
        return False
    return path.name == CONFIG_NAME or (
        path.name == USER_NAME.name and (bool(top) or path.absolute().parent.name == USER_NAME.parent.name)
    )


def _configuration(path: Path) -> str:
    config = read_project(path)
    environ, folder = dict(os.environ), path.absolute().parent
    if path.name == USER_NAME.name and folder.name == USER_NAME.parent.name:
        environ["XDG_CONFIG_HOME"] = str(folder.parent)
    start = path.parent if path.name == CONFIG_NAME else Path.cwd()
    project = find_project(start, walk=True, environ=environ)
    catalog = build_catalog(project.scenario_files)
    if any(map(registers, conftests(project.root))):
        return "ok in its form; a conftest.py registers agents or scenarios, so its names are known to pytest alone"
    if complaints := wrong_names(config, project, catalog):
        raise SpecError(in_order(complaints))
    return "ok"


def _batteries(path: Path) -> Iterator[str]:
    found = read_battery(path)
    project = find_project(Path(os.path.abspath(path)).parent, walk=True)
    if registered(path, project.root):
        _ask_pytest(path)
        yield "ok: " + ", ".join(battery.name for battery in found)
        return
    ini, ini_file = read_ini(project.root)
    chosen = settings(project, ini=ini, ini_file=ini_file)
    catalog = build_catalog(project.scenario_files)
    complaints: list[Complaint] = []
    sound = []
    for battery in found:
        try:
            cells = len(prepare(chosen.apply(battery), project, catalog)[0])
            sound.append(f"ok: {battery.name}, {many(cells, 'cell')}")
        except SpecError as error:
            complaints += error.complaints
        complaints += wrong_sets(battery, project, catalog)
    if complaints:
        raise SpecError(list(dict.fromkeys(complaints)))
    yield from sound


def _ask_pytest(path: Path) -> None:
    """Has pytest check a battery, with what conftests register. Raises `SpecError` with what it says."""
    command = [sys.executable, "-m", "pytest", "--bio-dry-run", "-q", "-o", "addopts=", "-p", "no:cacheprovider", str(path)]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own interpreter
    if done.returncode:
        said = done.stderr.decode(errors="replace").splitlines()
        lines = [line.strip() for line in said if line.startswith("  ")] or [line for line in said if line.strip()][-3:]
        raise SpecError([Complaint(line) for line in lines or [f"{path}: pytest ended with {done.returncode}"]])
