"""What each place says of the settings: command line, environment, ini, and the two files."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import Complaint, SpecError, did_you_mean
from ..model import Json
from ..spec import CONTINUING, SELECTING, SETTINGS, ProjectConfig, parse_setting
from ..spec.address import IN_ENVIRONMENT, is_secret
from ..spec.settings import setting_of
from .gates.rules import is_file
from .project import shown
from .unset import UNSET

ENV = "ALIENBIO_"
INI = "bio_"
BUILT_IN = "built-in"

OTHER_VARIABLES = frozenset({"AUTHOR", "RUN_ID", "METRICS_FILE", "RESULT_FILE", "DATA_PATH", "PARAMS", "SEED"})
"""Who annotates, a run's id, and what a trial of a task is told.

Besides settings, what selects, and `ALIENBIO_<PROVIDER>_API_KEY`."""
OTHER_INI = frozenset({"batteries"})
CAPS: Mapping[str, str] = {name: setting.key.rpartition(".")[2] for name, setting in SETTINGS.items() if setting.together}
"""Settings that cap runs, and what `model.Caps` calls each."""


@dataclass(frozen=True, slots=True)
class Value:
    """A setting's value, and where it was said as `bio config` prints it."""

    value: Json
    source: str
    wins: bool = False
    """Said on the command line or in the environment, and so stronger than a battery."""


class Said:
    """Collects what each place says, the strongest first; a later one only fills what is open."""

    def __init__(self) -> None:
        self.found: dict[str, Value] = {}
        self.session: dict[str, Value] = {}
        """Caps said for all runs together; those of each run are in `found`."""
        self.complaints: list[Complaint] = []

    def options(self, options: Mapping[str, str], assignments: Sequence[str], flag: str, here: Path) -> None:
        for name, text in options.items():
            spelled = name.replace("_", "-") if flag.startswith("-") else name  # a keyword of `Bio` has no hyphens
            self._text(name, text, flag.format(spelled), here, wins=True)
        source = flag.format("set")
        for assignment in assignments:
            key, equals, text = assignment.partition("=")
            if not equals:
                what = f"{assignment[:60]!r} is no assignment"
                self.complaints.append(Complaint(what, source, expected="KEY=VALUE, like traces=failed"))
                continue
            try:
                setting = setting_of(key.strip())
            except SpecError as error:
                self._refuse(error, source)
                continue
            before = self._taken(setting.name).get(setting.name)
            now = self._text(setting.name, text, f"{source} {setting.name}", here, wins=True)
            if before and now and before.value != now.value:
                what = f"`{setting.name}` is given twice and differently, here and by {before.source}"
                self.complaints.append(Complaint(what, now.source, hint="leave one of them out"))

    def environment(self, environ: Mapping[str, str], here: Path) -> None:
        for variable in sorted(environ):
            name = variable.removeprefix(ENV)
            if name == variable or name in OTHER_VARIABLES or (name.endswith("_API_KEY") and name != "_API_KEY"):
                continue
            if name.lower() not in _KNOWN or name != name.upper():
                known = [ENV + one.upper() for one in _KNOWN]
                hint = did_you_mean(variable.upper(), known, most=20)
                self.complaints.append(Complaint("this environment variable means nothing here", _inert(variable), hint=hint))
            elif environ[variable].strip():
                self._text(name.lower(), environ[variable], variable, here, wins=True)

    def ini(self, ini: Mapping[str, str], file: Path | None, here: Path) -> None:
        title = file.name if file else "ini"
        for key, text in ini.items():
            name = key.removeprefix(INI)
            if name in OTHER_INI:
                continue
            if name not in _KNOWN:
                hint = did_you_mean(key, [INI + one for one in (*_KNOWN, *OTHER_INI)], most=20)
                self.complaints.append(Complaint("this ini key means nothing", f"{title}: {_inert(key)}", hint=hint))
            elif text.strip():
                self._text(name, text, f"{title}: {key}", here)

    def file(self, config: ProjectConfig) -> None:
        """A YAML file, whose values were checked when it was read."""
        for key, (value, place) in config.settings.items():
            setting = setting_of(key)
            value = _placed(setting.name, value, Path(config.file).parent)
            self.found.setdefault(setting.name, Value(value, shown(place)))

    def _text(self, name: str, text: str, source: str, here: Path, *, wins: bool = False) -> Value | None:
        """What a text says, taken if nothing stronger was said; it must be right in any case."""
        try:
            value = parse_setting(name, text) if name in SETTINGS else UNSET[name](text)
        except SpecError as error:
            self._refuse(error, source)
            return None
        if name == "limits_at" and is_secret(text) and not source.startswith(ENV):
            self.complaints.append(Complaint("a user and a password do not belong here", source, hint=IN_ENVIRONMENT))
            return None
        said = Value(_placed(name, value, here), source, wins)
        self._taken(name).setdefault(name, said)
        return said

    def _taken(self, name: str) -> dict[str, Value]:
        """Where what a text says of it belongs."""
        return self.session if name in CAPS else self.found

    def _refuse(self, error: SpecError, source: str) -> None:
        self.complaints += [replace(complaint, file=source) for complaint in error.complaints]


_KNOWN = (*SETTINGS, *SELECTING, *CONTINUING)


def _inert(name: str) -> str:
    """A name nobody has checked, for a message."""
    return name[:100] if name.isprintable() else ascii(name[:100])


def _placed(name: str, value: Json, here: Path) -> Json:
    """A setting's value, with a path in it as it is meant `here`, where it was said."""
    if name == "data" or (name == "baseline" and is_file(str(value))):
        return os.path.normpath(here / os.path.expanduser(str(value)))
    return value
