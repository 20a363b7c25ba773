"""Where we are and what the project's and the user's own files add: the folder, agents, sets, scenario files, settings."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..errors import SpecError
from ..model import AgentEntry, Price, ProviderEntry, ScenarioEntry
from ..spec import ProjectConfig
from ..spec.names import SETTINGS
from .ini import located, rootdir

CONFIG_NAME = "bio.yaml"
EXPERIMENTS = "experiments"
"""The folder of a project with its experiments, and their `tasks/`."""
USER_NAME = Path("alienbio", "config.yaml")

_KEYS = {
    "agents",
    "gates",
    "prices",
    "providers",
    "scenarios",
    "sets",
    *(setting.key.partition(".")[0] for setting in SETTINGS.values()),
}
"""Of both files, at the top."""

Sets = Mapping[str, tuple[ScenarioEntry, ...]]


@dataclass(frozen=True, slots=True)
class Project:
    """A folder, and what its `bio.yaml` and the user's own file say; the project's wins."""

    root: Path
    profiles: Mapping[str, AgentEntry] = field(default_factory=dict)
    scenario_files: tuple[Path, ...] = ()
    sets: Sets = field(default_factory=dict)
    """Sets of scenarios by name. Scenario files in them are absolute paths."""
    own: ProjectConfig = field(default_factory=ProjectConfig)
    """The `bio.yaml`; `file` is '' without one."""
    user: ProjectConfig = field(default_factory=ProjectConfig)
    """The user's file; `file` is '' without one."""

    @property
    def prices(self) -> Mapping[str, Price]:
        """What models cost, by globs of their names; those of the project come first."""
        return {**self.own.prices, **{glob: price for glob, price in self.user.prices.items() if glob not in self.own.prices}}

    @property
    def providers(self) -> Mapping[str, ProviderEntry]:
        """Keys and servers by provider. One that the project names is the project's alone: no address of its is sent a key
        that the user's file has for another."""
        return {**self.user.providers, **self.own.providers}

    @property
    def profile_files(self) -> Mapping[str, str]:
        """In which file each profile stands."""
        return {**dict.fromkeys(self.user.agents, self.user.file), **dict.fromkeys(self.own.agents, self.own.file)}


def find_project(start: Path, *, walk: bool = False, environ: Mapping[str, str] | None = None, about: str = "") -> Project:
    """The project `start` lies in: the nearest folder upward with a `bio.yaml`, else `start` itself.

    With `walk` that is then the folder pytest takes as its rootdir when it is started in `start`. Where no file marks one
    either, a `start` inside a folder `experiments` lies in the project that has this folder. The plugin starts at pytest's
    rootdir, `bio` and `Bio` at the working directory with `walk`: they mean the same project unless a `bio.yaml` lies below
    pytest's rootdir, where only those started inside it see it. Raises `SpecError` for a bad `bio.yaml` or user file.

    `about` is the one key of these files that matters to the caller: a file whose keys are others is not checked, nor
    refused, since that takes longer than many a question to the results.
    """
    user = _user(os.environ if environ is None else environ, about)
    config = next((found for folder in (start, *start.parents) if os.path.lexists(found := folder / CONFIG_NAME)), None)
    own = _own(config, start, about) if config else ProjectConfig()
    if config:
        root = config.parent
    elif marked := located(start)[0]:
        root = marked if walk else start
    else:
        root = above_experiments(start) or start
    files = (path for one in (own, user) for pattern in one.scenarios for path in _glob(one, pattern))
    return Project(
        root,
        {**user.agents, **own.agents},
        tuple(dict.fromkeys(files)),
        {**_sets(user), **_sets(own)},
        own,
        user,
    )


def above_experiments(start: Path) -> Path | None:
    """The folder with the nearest folder `experiments` that `start` is or lies in; None without one in its repository."""
    for folder in (start, *start.parents):
        if folder.name == EXPERIMENTS:
            return folder.parent
        if os.path.lexists(folder / ".git"):
            return None
    return None


def user_file(environ: Mapping[str, str] | None = None) -> Path | None:
    """Where the user's own file would be: below `XDG_CONFIG_HOME`, else `~/.config`. None if nobody has a home here."""
    given = (os.environ if environ is None else environ).get("XDG_CONFIG_HOME", "")
    folder = Path(given if os.path.isabs(given) else os.path.expanduser("~/.config"))
    return folder / USER_NAME if folder.is_absolute() else None


def shown(place: str) -> str:
    """A place in a configuration file as a source is printed: a `bio.yaml` without its folder, the home folder as `~`."""
    folder, name = os.path.split(place)
    home = os.path.expanduser("~")
    if folder and name.partition(":")[0] == CONFIG_NAME:
        return name
    return "~" + place.removeprefix(home) if place.startswith(home + os.sep) else place


def _user(environ: Mapping[str, str], about: str) -> ProjectConfig:
    path = user_file(environ)
    if path is None:
        return ProjectConfig()
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return ProjectConfig()
    except OSError:
        pass  # there, or not to be seen: who reads it says what is wrong
    return _read(path, about, mine=True)


def _read(path: Path, about: str, *, mine: bool = False) -> ProjectConfig:
    try:
        found = path.stat()
        if stat.S_ISREG(found.st_mode) and not (found.st_size and _tells(path.read_bytes(), about)):
            return ProjectConfig(file=str(path))  # it only marks the folder, as far as we care
    except OSError:
        pass  # who reads it says what is wrong
    from ..spec import read_project  # late, for the same reason

    return read_project(path, mine=mine)


def _tells(text: bytes, about: str) -> bool:
    """Whether a file may say something of the key `about`, or has a key that is no key (`dato`); '' is any key."""
    keys = {key.decode(errors="replace") for key in re.findall(rb"(?m)^([^\s#][^:\n]*?)\s*:", text)}
    return about.encode() in text or not keys <= _KEYS


def _own(config: Path, start: Path, about: str) -> ProjectConfig:
    try:
        return _read(config, about)
    except SpecError as error:
        if config.parent == start or config.parent.is_relative_to(rootdir(start)):
            raise
        *others, last = error.complaints
        found = f"this file was found by looking upward from {start}"
        ends = f"an empty {CONFIG_NAME} in your project's root ends the search"
        raise SpecError([*others, replace(last, hint="; ".join(filter(None, (last.hint, found, ends))))]) from None


def _sets(config: ProjectConfig) -> Sets:
    return {name: tuple(replace(entry, file=config.file) for entry in entries) for name, entries in config.sets.items()}


def _glob(config: ProjectConfig, pattern: str) -> list[Path]:
    try:
        found = sorted(Path(config.file).parent.glob(pattern))
    except (NotImplementedError, ValueError) as error:
        raise SpecError(f"{config.file}: scenarios: {pattern!r} is no pattern of files below its folder: {error}") from None
    if not found:
        raise SpecError(f"{config.file}: scenarios: no file matches {pattern!r}")
    return found
