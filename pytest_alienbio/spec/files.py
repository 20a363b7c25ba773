"""Which files are batteries, told by their names and by a look into them. Light: standard library only.

Asked for every file a session collects, in every project that has the plugin: so the rule stands here, once, and what it
needs of a file is near its start.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Callable, Iterator

BATTERY_YAML = (".battery.yaml", ".battery.yml")
BATTERY_PYTHON = "_battery.py"
EXPERIMENT_YAML = ("config.yaml", "config.yml")
YAML = (".yaml", ".yml")
SUFFIXES = (*YAML, ".py")
"""How every file ends that may be a battery."""

_HEAD = re.compile(rb"""^["']?experiment[.:]""", re.MULTILINE)
_EXPERIMENT = re.compile(rb"""^["']?experiment["']?[ \t]*:""", re.MULTILINE)
_PARTS = re.compile(rb"""^["']?(task|variations|trials)["']?[ \t]*:""", re.MULTILINE)
_IMPORT = re.compile(rb"\bpytest_alienbio\b.*\bBattery\b", re.DOTALL)

FilePath = str | os.PathLike[str]


def is_battery_file(path: FilePath) -> bool:
    """Whether `path` is a battery by its name: `*.battery.yaml|yml`, or `*_battery.py` whose first 64 KiB import `Battery`;
    or a `config.yaml` that is an experiment's.

    Other projects have modules of such names too, and reading a Python battery runs it. `test_*_battery.py` is a test.
    """
    name = os.path.basename(path)
    if name.endswith(BATTERY_YAML):
        return True
    if name in EXPERIMENT_YAML:
        return is_experiment(path)
    return name.endswith(BATTERY_PYTHON) and not name.startswith("test_") and _holds(path, _IMPORT, 65536)


def is_experiment(path: FilePath) -> bool:
    """Whether a YAML file is an experiment's: its first 4 KiB hold `experiment:`, and its first 64 KiB two of `task:`,
    `variations:` and `trials:`, each at the start of a line.

    Others have a `config.yaml` with an `experiment:` in it, too. Of a file without that word no more than 4 KiB is read.
    """
    return _holds(path, _EXPERIMENT, 4096) and len(set(_PARTS.findall(_start(path, 65536)))) >= 2


def has_head(path: FilePath) -> bool:
    """Whether the first 4 KiB of a YAML file hold an `experiment` head, whatever it is called."""
    return _holds(path, _HEAD, 4096)


def walk(
    folder: FilePath, skip: Callable[[os.DirEntry[str]], bool], *, nearest: bool = False, most: int | None = None
) -> Iterator[str]:
    """Every file below `folder` that ends in one of `SUFFIXES`, a folder's own by name before those of its subfolders.

    Left out are folders that `skip` refuses, `__pycache__`, virtual environments, and what cannot be read; a folder that
    links lead to twice is entered once. With `nearest` all folders of one depth come before deeper ones. It ends after
    `most` folders.
    """
    entered: set[tuple[int, int]] = set()
    pending = deque([os.fspath(folder)])
    while pending and (most is None or len(entered) < most):
        place = pending.popleft() if nearest else pending.pop()
        try:
            about = os.stat(place)
            if (about.st_dev, about.st_ino) in entered:
                continue
            entered.add((about.st_dev, about.st_ino))
            with os.scandir(place) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except (OSError, ValueError):
            continue
        if any(entry.name == "pyvenv.cfg" for entry in entries):
            continue
        folders = [entry.path for entry in entries if entry.name != "__pycache__" and _is(entry.is_dir) and not skip(entry)]
        pending.extend(folders if nearest else reversed(folders))
        yield from (entry.path for entry in entries if entry.name.endswith(SUFFIXES) and _is(entry.is_file))


def _is(kind: Callable[[], bool]) -> bool:
    try:
        return kind()
    except OSError:  # a link into itself
        return False


def _holds(path: FilePath, pattern: re.Pattern[bytes], most: int) -> bool:
    return pattern.search(_start(path, most)) is not None


def _start(path: FilePath, most: int) -> bytes:
    """At most so many bytes of a file; none of what is no file or cannot be read."""
    if not os.path.isfile(path):  # a pipe would keep us waiting
        return b""
    try:
        with open(path, "rb") as file:
            return file.read(most)
    except OSError:
        return b""
