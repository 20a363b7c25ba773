"""What several commands share: the project and its settings, and how to write to a terminal."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from ..errors import AlienBioError, SpecError, StuckCellError, UnknownNameError
from ..model import inert
from ..run import Project, Settings, find_project, read_ini, settings, shown
from ..run.said import CAPS
from ..run.where import data_root_here
from ..spec.names import CONTINUING, SETTINGS

if TYPE_CHECKING:
    from ..model import AgentEntry, Battery, ScenarioEntry
    from ..play import Catalog, ScenarioInfo

CONFTEST = "scenarios of a conftest.py are known to pytest alone, and not listed here"

Commands = argparse._SubParsersAction  # argparse has no public name for it


def add_data_option(parser: argparse.ArgumentParser) -> None:
    """Adds `--data`."""
    parser.add_argument("--data", metavar="DIR", help="folder of result folders (default: <project>/data)")


def add_set_option(parser: argparse.ArgumentParser) -> None:
    """Adds `--set`."""
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="assignments",
        help="a setting by its name or its key in a battery, like traces=failed; may be repeated (bio config lists them)",
    )


def add_again_options(parser: argparse.ArgumentParser) -> None:
    """Adds `--resume`, `--retry` and `--reuse`."""
    for name, word in CONTINUING.items():
        told = f"{word.help[0].lower()}{word.help[1:].removesuffix('.')}"
        if name == "reuse":
            parser.add_argument("--reuse", action="store_const", const="true", help=told)
        else:
            kind = "?" if word.alone else None
            parser.add_argument(f"--{name}", metavar=word.metavar, help=told, nargs=kind, const=word.alone or None)


def again_given(args: argparse.Namespace) -> dict[str, str | None]:
    """What was said of these, for `settings_here`; None = not given."""
    return {name: getattr(args, name) for name in CONTINUING}


def add_cap_options(parser: argparse.ArgumentParser) -> None:
    """Adds `--max-usd` and its like, and `--rate`."""
    for name in (*CAPS, "rate"):
        word = SETTINGS[name]
        told = f"{word.help[0].lower()}{word.help[1:].removesuffix('.')}"
        parser.add_argument(f"--{word.spelled}", metavar=word.metavar, help=told, action="append" if word.repeats else "store")


def add_live_option(parser: argparse.ArgumentParser) -> None:
    """Adds `--live`."""
    told = SETTINGS["live"].help
    parser.add_argument("--live", action="store_const", const="true", help=f"{told[0].lower()}{told[1:].removesuffix('.')}")


def caps_given(args: argparse.Namespace) -> dict[str, str | None]:
    """What was said of these, for `settings_here`; None = not given."""
    return {**{name: getattr(args, name) for name in CAPS}, "rate": ",".join(args.rate) if args.rate else None}


def project_here() -> Project:
    """The project of the working directory."""
    return find_project(Path.cwd(), walk=True)


def settings_here(args: argparse.Namespace, project: Project, **options: str | None) -> Settings:
    """What holds here: `--data`, `options` (None = not given), `--set`, the environment, and so on down to the built-in."""
    given = {name: text for name, text in {"data": args.data, **options}.items() if text is not None}
    ini, ini_file = read_ini(Path.cwd())
    assignments = getattr(args, "assignments", ())
    return settings(project, options=given, assignments=assignments, ini=ini, ini_file=ini_file, flag="--{}")


def data_here(args: argparse.Namespace) -> Path:
    """The data root that `--data`, `ALIENBIO_DATA`, a file or the project means."""
    if not getattr(args, "assignments", ()):
        return data_root_here(args.data, "--{}")
    project = project_here()
    return settings_here(args, project).data_root(project.root)


def named_batteries(names: Iterable[str], project: Project) -> list[Battery]:
    """The batteries that are meant: files, `file::head` or a head's name. Raises `SpecError` for one that is not there."""
    from ..run import build_catalog, find_battery, refuse_unknown

    found = [(name, find_battery(name, project.root)) for name in names]
    missing = [name for name, battery in found if battery is None]
    if missing:
        refuse_unknown(missing[0], project.root, build_catalog(project.scenario_files))
        raise SpecError(f"no battery {missing[0]!r}; expected a *.battery.yaml file, file::head or a head's name")
    return [battery for _, battery in found if battery]


def find_scenario(catalog: Catalog, name: str) -> tuple[Catalog, ScenarioInfo]:
    """The scenario of that name or file, and a catalog that knows it. Raises `AlienBioError`."""
    from ..play import Shelf, is_outside
    from ..run import read_scenario

    if name in catalog.scenarios or is_outside(name):
        return catalog, catalog.scenario(name)
    if name.endswith((".yaml", ".yml")):
        if not Path(name).is_file():
            raise SpecError(f"there is no file {name!r}; a scenario is named by its name or its file (`bio scenario list`)")
        info = read_scenario(Path(name))
        return replace(catalog, scenarios=Shelf(catalog.scenarios, {info.name: info})), info
    error = UnknownNameError("scenario", name, catalog.scenarios)
    raise AlienBioError(f"{error}; `bio scenario list` lists them; {CONFTEST}")


def refuse_needy(info: ScenarioInfo) -> None:
    """Raises `SpecError` for a scenario that cannot be built without params."""
    if needed := [name for name, required in info.params.named.items() if required]:
        raise SpecError(f"{info.name} is built with the params {', '.join(needed)}, which only a battery gives it")


def words(option: str, texts: Iterable[str]) -> tuple[str, ...]:
    """The words of an option that takes comma lists. Raises `SpecError` for one without any: an unset variable, perhaps."""
    found: list[str] = []
    for text in texts:
        named = [part.strip() for part in text.split(",") if part.strip()]
        if not named:
            raise SpecError(f"{option} is empty; say what is meant, or leave it out")
        found += named
    return tuple(found)


def place_of(file: str, entry: AgentEntry | ScenarioEntry) -> str:
    """Where a configuration file's entry stands, as sources are printed."""
    return shown(f"{file}:{entry.line}:{entry.column}")


def width() -> int:
    """Columns to write for: the terminal's, or 100 where there is none."""
    return shutil.get_terminal_size((100, 24)).columns


def colored() -> bool:
    """Whether standard output is a terminal that may be written to in colour (see no-color.org)."""
    return (
        sys.stdout is not None and sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )


def say(lines: str | Iterable[str]) -> bool:
    """Writes lines to standard output, as they come. Stops quietly once nobody reads them any more (`bio ... | head`), which
    is then False."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        for line in [lines] if isinstance(lines, str) else lines:
            sys.stdout.write(line.encode(encoding, "replace").decode(encoding) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        to_nowhere(sys.stdout)
        return False
    return True


def warn(text: str) -> None:
    """Writes a line to standard error, made harmless. That nobody reads it is no reason to stop."""
    mutter(f"bio: {inert(text, most=4096, verbatim=True)}\n")


def mutter(text: str) -> None:
    """Writes to standard error as it is; once nobody reads it, quietly to nowhere."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        to_nowhere(sys.stderr)


def to_nowhere(stream: TextIO) -> None:
    """What is still buffered goes nowhere, or flushing it at exit would fail again and change the exit code."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def end_stuck(error: StuckCellError) -> None:
    """Ends this process, whose main thread a cell does not let go; its DAT is closed by now."""
    from ..run import EXIT_CODES

    mutter("\n")
    warn(str(error))
    os._exit(EXIT_CODES["incomplete"])
